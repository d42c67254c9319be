"""The release before serves; its database is migrated and each of its processes replaced by one of this release, one by one, while people
and machines go on. Nothing fails, no page is late, nothing is lost or doubled (docs/operate/upgrade.md).

`make test-upgrade` does it in five minutes, `LASTS=60` in one."""

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.alarms.models import Alarm
from command.core import heads, schema
from command.core.database import Database
from command.core.keys import parse
from command.incidents.models import Incident
from command.messages.models import TOLD, Delivery, Lane, State
from command.oncall.models import Escalation, Page
from tests.faults.hosts.city import NGINX, wait
from tests.faults.upgrade.load import Load
from tests.faults.upgrade.releases import ROOT, NoRelease, Releases, before, unpack
from tests.messages.house import ENDED, received_by
from tests.pace import UNIT, _seconds, _work

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.long,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (see .ci/nginx)"),
    pytest.mark.proves("I1", "I2", "I4", "I11"),
]
LATE = 10.0
"""Seconds until a page is with the provider; no answer takes longer either. More where others use the machine (tests/pace.py)."""
SETUP = """
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import parse
from command.core.settings import read
from tests.builders import Operator
settings = read()
print(Operator(Installation(settings, Database(settings.url), parse(settings.keys))).token("dou"))
"""
"""Sets the small operator up, as the release before has it."""


@pytest.fixture
def releases(request: pytest.FixtureRequest) -> Iterator[Releases]:
    """Both releases, the database at the schema of before. The folder is not pytest's: PostgreSQL runs as a user who may not enter that."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-upgrade-"))
    folder.chmod(0o755)
    try:
        try:
            old = unpack(request.config.getoption("before") or before(), folder / "before")
        except NoRelease as error:
            pytest.skip(str(error))
        made = Releases(folder, old)
        try:
            made.run(old, "-m", "command.cli", "db", "upgrade")
            yield made
        finally:
            made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_one_release_replaces_another_under_load(releases: Releases, request: pytest.FixtureRequest) -> None:
    lasts: float = request.config.getoption("lasts")
    token = releases.run(releases.old, "-c", SETUP).split()[-1]
    webs = [releases.start("web", releases.old, f"old-web-{n}") for n in (1, 2)]
    engines = [releases.start("engine", releases.old, f"old-engine-{n}") for n in (1, 2)]
    releases.serve(*webs)
    load = Load(releases.url, token)
    load.begin()
    begun = time.monotonic()

    paces = [1.0]

    def until(share: float) -> None:
        paces.append(_seconds(_work, time.monotonic) / UNIT)
        time.sleep(max(0.0, begun + share * lasts - time.monotonic()))

    until(0.15)
    migrated = time.monotonic()
    releases.run(ROOT, "-m", "command.cli", "db", "upgrade")
    migrated = time.monotonic() - migrated
    for at, old in enumerate(engines):
        until(0.25 + 0.15 * at)
        releases.start("engine", ROOT, f"new-engine-{at + 1}")
        releases.stop(old)
    for at, old in enumerate(webs):
        until(0.55 + 0.15 * at)
        new = releases.start("web", ROOT, f"new-web-{at + 1}")
        releases.serve(*(new if web is old else web for web in releases.doors))
        time.sleep(min(10.0, lasts / 30))  # what nginx handed on before it knew
        releases.stop(old)
    until(1.0)
    load.end()
    slow = max(paces)

    database = Database(releases.database)
    try:
        wait(lambda: _settled(database), "what was sent", 120)
        with database.read(snapshot=True) as session:
            assert schema.serves(session.connection(), schema.head()) is None
            assert not heads.verify(session, parse(releases.keys)).faults
        seen = _seen(database, load, releases.keys)
    finally:
        database.close()
    copies = received_by(releases.simulator.url)
    figures = {name: value for name, value in seen.items() if name != "numbers"} | {
        "looks": load.looks,
        "acts": load.acts,
    }
    print(
        {
            "lasted": round(time.monotonic() - begun),
            "migrated in": round(migrated, 2),
            **figures,
            "slowest": load.slowest,
        }
    )
    assert load.failed == [], "\n".join([*load.failed, *releases.errors()])
    assert max(load.slowest.values()) < LATE * slow, f"on a machine {slow:.1f} times slower than a quiet one"
    assert (seen["alarms"], seen["incidents"]) == (len(load.alarms), len(load.incidents)), (
        "nothing lost, nothing doubled"
    )
    assert copies == seen["numbers"], "each number got what its rows say, once"
    assert (seen["paged"], seen["latest page"] < LATE * slow) == (seen["chains"], True), (
        "each chain paged somebody in time"
    )
    assert seen["pages"] > 0
    assert seen["notices"] > 0 and not seen["unknown"]
    assert load.looks > lasts / 4, "pages were looked at all the time"


def _settled(database: Database) -> bool:
    with database.read() as session:
        waits = select(func.count()).where(Delivery.state.not_in(ENDED))
        return session.scalar(waits) == 0


def _seen(database: Database, load: Load, keys: str) -> dict[str, Any]:
    with database.read() as session:
        alarms = select(func.count()).where(Alarm.source == "upgrade", Alarm.object.in_(load.alarms))
        everything = select(func.count()).where(Alarm.source == "upgrade")
        assert session.scalar(alarms) == session.scalar(everything)
        return {
            "alarms": session.scalar(alarms),
            "incidents": session.scalar(select(func.count()).select_from(Incident)),
            "numbers": _numbers(session, keys),
            "unknown": session.scalar(select(func.count()).where(Delivery.state == State.UNKNOWN)),
            "notices": session.scalar(
                select(func.count()).where(Delivery.notice_id.is_not(None), Delivery.state.in_(TOLD))
            ),
            **_pages(session),
        }


def _numbers(session: Session, keys: str) -> Counter[str]:
    """How many messages each number should have, by the rows."""
    keyring = parse(keys)
    return Counter(
        keyring.decrypt(number) for number in session.scalars(select(Delivery.number).where(Delivery.state.in_(TOLD)))
    )


def _pages(session: Session) -> dict[str, object]:
    """How many pages went out, and how long the slowest took: from the start of its chain to the page, and from there to the provider."""
    sent = select(Delivery.created_at, Delivery.submitted_at).where(
        Delivery.lane == Lane.PAGE, Delivery.submitted_at.is_not(None)
    )
    first = select(Escalation.created_at, func.min(Page.created_at)).join(Page, Page.escalation_id == Escalation.id)
    chains = session.execute(first.group_by(Escalation.id, Escalation.created_at)).all()
    messages = session.execute(sent).all()
    late = [(then - asked).total_seconds() for asked, then in (*chains, *messages)]
    chained = session.scalar(select(func.count()).select_from(Escalation))
    return {
        "chains": chained,
        "paged": len(chains),
        "pages": len(messages),
        "latest page": round(max(late, default=0.0), 2),
    }
