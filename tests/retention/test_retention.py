"""Messages go by rule when what they were about is long over: their figures stay, what is held stays, and the journal says what went."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from command.cli import main
from command.core import clock, heads
from command.core.installation import Installation
from command.core.keys import new_key
from command.engine import retention
from command.incidents.models import Incident
from command.messages.models import Delivery, KeptTime, State, Tally
from command.notices.models import Notice
from command.retention import purging
from command.retention.models import NoticePurge
from command.retention.rules import Rule, rule
from playbooks.source import SourceError, load
from tests.conftest import Time
from tests.incidents.conftest import Desk

API = "/api/v1/retention"
YEARS = 1096


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


@pytest.fixture
def closed(desk: Desk, time: Time) -> str:
    """An incident that told 20 people, whose messages arrived, and is closed."""
    number = desk.responding()
    desk.send()
    time.forward(minutes=3)

    def work(session: Session) -> None:
        """What receipts and the people of three weeks would have done."""
        now, first = clock.now(session), select(Notice.id).where(Notice.incident_number == number)
        mine = Delivery.notice_id.in_(first)
        session.execute(update(Delivery).where(mine).values(state=State.DELIVERED, settled_at=now, lease_until=None))
        counts = session.execute(
            select(Delivery.notice_id, func.count()).where(mine).group_by(Delivery.notice_id)
        ).all()
        session.execute(text("DELETE FROM tally"))
        session.add_all(Tally(notice_id=id, state=State.DELIVERED, count=count) for id, count in counts)
        session.execute(update(Notice).values(state="sent", finished_at=now))
        over = {"state": "closed", "closed_at": now, "ended_at": now, "restored_at": now}
        session.execute(update(Incident).where(Incident.number == number).values(**over))

    desk.do(work)
    return number


def rows(desk: Desk) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.count()).select_from(Delivery).where(Delivery.notice_id.is_not(None))) or 0


def purge(desk: Desk, size: int = purging.PIECE) -> list[int]:
    """Piece after piece until nothing is due."""
    found = []
    while (gone := desk.do(lambda session: purging.piece(session, rule(), size))) is not None:
        found.append(gone)
    return found


def figures(desk: Desk, number: str) -> dict[str, Any]:
    """What a notice's page and the figures of the period say of what was sent."""
    [notice] = [each for each in desk.notices(number) if each["kind"] == "first"]
    with desk.database.read() as session:
        day = clock.now(session).date()
    asked = f"from={day - timedelta(days=YEARS + 2)}&to={day}"
    found = desk.get("ada", f"/api/v1/insights/figures?{asked}")
    assert found.status_code == 200, found.text
    wanted = [each for each in found.json["figures"] if "deliver" in each["code"] or "notice" in each["code"]]
    return {"counts": notice["counts"], "audience": notice["audience"], "figures": wanted}


@pytest.mark.proves("B10", "I9")
def test_messages_go_when_their_time_is_over_and_no_figure_changes(desk: Desk, closed: str, time: Time) -> None:
    before = rows(desk)
    assert before >= 20
    assert purge(desk) == []
    time.forward(days=YEARS)
    said = figures(desk, closed)
    assert any(each["value"] is not None for each in said["figures"])
    assert sum(purge(desk)) == before
    assert rows(desk) == 0
    assert figures(desk, closed) == said
    with desk.database.read() as session:
        assert session.scalar(select(func.sum(KeptTime.count))) == said["counts"]["delivered"]
        assert heads.verify(session, desk.installation.keyring).faults == ()
    certificates = desk.get("ada", API).json["certificates"]
    assert sum(each["rows"] for each in certificates) == before
    assert all(each["done_at"] and len(each["digest"]) == 64 for each in certificates)


def test_a_removal_that_was_cut_off_goes_on_and_its_digest_is_that_of_one_in_one_piece(
    desk: Desk, closed: str, time: Time
) -> None:
    time.forward(days=YEARS)
    with desk.database.read() as session:
        first = select(func.min(Delivery.notice_id)).scalar_subquery()
        query = select(*purging._D).where(purging._D.notice_id == first).order_by(purging._D.id)
        whole = purging._chained(b"", session.execute(query).all()).hex()
    desk.do(lambda session: purging.piece(session, rule(), 7))
    begun = desk.get("ada", API).json["certificates"][0]
    assert (begun["rows"], begun["done_at"]) == (7, None) and begun["left"] > 0
    purge(desk, 7)
    with desk.database.read() as session:
        assert session.scalars(select(NoticePurge.done_at)).all().count(None) == 0
    assert rows(desk) == 0
    assert desk.get("ada", API).json["certificates"][-1]["digest"] == whole


def test_an_advisory_goes_by_the_rule_of_warnings(desk: Desk, closed: str, time: Time) -> None:
    def advise(session: Session) -> None:
        """The same notice, had it been a warning's."""
        session.execute(update(Notice).values(incident_id=0, warning_id=1, incident_number="WX-1"))

    desk.do(advise)
    kept = rows(desk)
    time.forward(days=rule().warnings - 1)
    assert purge(desk) == [] and rows(desk) == kept
    time.forward(days=2)
    assert sum(purge(desk)) == kept
    assert {each["incident"] for each in desk.get("ada", API).json["certificates"]} == {"WX-1"}


@pytest.mark.parametrize("state", [State.SUBMITTED, State.READY, State.IN_DOUBT])
def test_a_notice_with_a_message_that_has_not_ended_stays_whole(
    desk: Desk, closed: str, time: Time, state: State
) -> None:
    def unsettle(session: Session) -> None:
        first = session.scalars(select(Delivery).where(Delivery.notice_id.is_not(None)).order_by(Delivery.id)).first()
        assert first is not None
        first.state = state
        session.execute(update(Tally).where(Tally.notice_id == first.notice_id).values(count=Tally.count - 1))
        session.add(Tally(notice_id=first.notice_id, state=state, count=1))

    desk.do(unsettle)
    time.forward(days=YEARS)
    kept = rows(desk)
    purge(desk)
    assert rows(desk) == kept


def test_an_incident_that_is_not_closed_keeps_its_messages(desk: Desk, time: Time) -> None:
    desk.responding()
    desk.send()
    time.forward(days=YEARS)
    kept = rows(desk)
    assert purge(desk) == [] and rows(desk) == kept > 0


def test_what_is_held_stays_until_it_is_released(desk: Desk, closed: str, time: Time) -> None:
    held = desk.post("dou", f"{API}/holds", number=closed, reason="the court asked for it")
    assert held.status_code == 204, held.text
    assert desk.post("dou", f"{API}/holds", number=closed, reason="again").status_code == 409
    time.forward(days=YEARS)
    kept = rows(desk)
    assert purge(desk) == [] and rows(desk) == kept
    assert [each["number"] for each in desk.get("ada", API).json["holds"]] == [closed]
    released = desk.post("dep", f"{API}/holds/release", number=closed, reason="it is decided")
    assert released.status_code == 204, released.text
    assert sum(purge(desk)) == kept


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"number": "nothing", "reason": "because"}, 404, None),
        ({"number": "", "reason": "because"}, 422, "number"),
        ({"reason": "because"}, 422, "number"),
    ],
)
def test_a_hold_of_nothing_is_refused(desk: Desk, body: dict[str, Any], status: int, field: str | None) -> None:
    answer = desk.post("dou", f"{API}/holds", **body)
    assert answer.status_code == status
    assert field is None or answer.json["field"] == field
    assert desk.post("tra", f"{API}/holds", **body).status_code == 403


def test_a_hold_needs_a_reason(desk: Desk, closed: str) -> None:
    answer = desk.post("dou", f"{API}/holds", number=closed, reason="  ")
    assert (answer.status_code, answer.json["field"]) == (422, "reason")


def test_the_engine_removes_at_night_and_not_while_something_grave_goes_on(desk: Desk, closed: str, time: Time) -> None:
    grave = desk.responding()
    time.forward(days=YEARS)

    def until(hour: int) -> None:
        with desk.database.read() as session:
            now = clock.now(session).astimezone(desk.installation.settings.tz)
        time.forward(minutes=((hour - now.hour) % 24) * 60)

    until(12)
    assert retention.run_once(desk.installation) is False
    until(2)
    desk.do(lambda s: s.execute(update(Incident).where(Incident.number == grave).values(current_tier=2)))
    assert retention.run_once(desk.installation) is False
    desk.do(lambda s: s.execute(update(Incident).where(Incident.number == grave).values(current_tier=3)))
    kept = rows(desk)
    while retention.run_once(desk.installation):
        pass
    assert rows(desk) < kept


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.proves("I10")
def test_nothing_of_a_removed_number_is_left_in_the_file(desk: Desk, closed: str, time: Time, tmp_path: Path) -> None:
    with desk.database.read() as session:
        attempt = session.scalars(select(Delivery.attempt).where(Delivery.notice_id.is_not(None)).limit(1)).one()
    file = Path(str(desk.database.writer.url.database))
    assert _left(desk, file, attempt.encode())
    time.forward(days=YEARS)
    purge(desk)
    assert not _left(desk, file, attempt.encode())


def _left(desk: Desk, file: Path, what: bytes) -> bool:
    with desk.database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return what in file.read_bytes()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_says_what_would_go_and_removes_it_when_it_is_told(
    desk: Desk, closed: str, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", desk.installation.settings.url)
    monkeypatch.setenv("TOCSIN_KEYS", new_key())
    monkeypatch.setenv("TOCSIN_ENV", "test")

    def run(words: list[str]) -> Any:
        return CliRunner().invoke(main, ["retention", *words])

    assert "days by tier I 1095" in run(["check"]).output
    assert "messages 0" in run(["plan"]).output
    time.forward(days=YEARS)
    kept = rows(desk)
    said = run(["plan"])
    assert f"in all: messages {kept}" in said.output and "nothing was removed" in said.output
    assert CliRunner().invoke(main, ["retention", "run"], input="n\n").exit_code == 1
    assert rows(desk) == kept
    assert f"removed: messages {kept}" in run(["run", "--yes"]).output
    assert rows(desk) == 0


def test_a_rule_that_keeps_less_than_the_law_is_refused_with_its_remedy(tmp_path: Path) -> None:
    file = tmp_path / "retention.yaml"
    file.write_text("tiers: [1095, 1095, 400, 30]\nwarnings: 400\nexercises: 90\nhours: [1, 1]\n")
    with pytest.raises(SourceError) as refused:
        load(file, Rule)
    said = str(refused.value)
    assert "six months" in said and "180" in said and "no hours" in said


def test_hours_may_go_over_midnight() -> None:
    night = rule().model_copy(update={"hours": (23, 2)})
    at = [night.at_work(datetime(2026, 1, 1, hour, tzinfo=UTC), "UTC") for hour in (22, 23, 0, 1, 2)]
    assert at == [False, True, True, True, False]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_records_are_held_and_released_on_the_page_and_a_refusal_keeps_what_was_typed(desk: Desk, closed: str) -> None:
    headers = {"Authorization": f"Bearer {desk.token('dou')}"}

    def post(address: str, **typed: str) -> Any:
        return desk.client().post(f"/retention/{address}?lang=en", data=typed, headers=headers)

    refused = post("holds", number=closed, reason="")
    assert refused.status_code == 422 and f'value="{closed}"' in refused.text
    assert post("holds", number=closed, reason="the court asked for it").status_code == 303
    assert "the court asked for it" in desk.client().get("/retention?lang=en", headers=headers).text
    assert post("holds/release", number=closed, reason="it is decided").status_code == 303
    assert "No records are held." in desk.client().get("/retention?lang=en", headers=headers).text
