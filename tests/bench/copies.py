"""Keeping an installation: a backup, its proof, and a move to the other kind of database.

    python -m tests.bench copies

`backup`, `backup_check`, `move`: seconds, and seconds of this process's processor, for ROWS deliveries with numbers and receipts' ids,
beside the small operator; without a goal, for nothing else proves as much. `backup_size`: bytes of the archive a row."""

import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from command.core import clock, heads, log
from command.core.installation import Installation
from command.core.keys import Keyring, new_key, parse
from command.core.settings import Settings
from command.messages import service
from command.messages.models import Delivery, Lane, Purpose, State
from command.operating import backup, moving, restore
from tests.bench.send import TEXT, databases
from tests.builders import Operator

ROWS = 300_000
AT_ONCE = 20_000
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


def run(rows: int = ROWS) -> Iterator[dict[str, Any]]:
    """Each figure on both databases."""
    log.configure(level=40)
    keys = new_key()
    with databases() as urls, databases() as targets, tempfile.TemporaryDirectory() as folder:
        for name, url in urls.items():
            settings = Settings(env="test", data=Path(folder) / name, database_url=url, keys=keys)
            installation = Installation.open(settings)
            _fill(installation, rows)
            installation.database.close()
            yield from _figures(name, settings, parse(keys), targets[OTHER[name]], rows)


def _figures(name: str, settings: Settings, keyring: Keyring, to: str, rows: int) -> Iterator[dict[str, Any]]:
    file = settings.data / "bench.zip"
    yield _timed("backup", name, rows, partial(backup.make, settings, keyring, file))
    yield {"name": f"backup_size_{name}", "value": round(file.stat().st_size / rows), "unit": "bytes/row"}
    yield _timed("backup_check", name, rows, lambda: _good(restore.check(file, keyring)))
    yield _timed("move_from", name, rows, partial(moving.move, settings, keyring, to, rehearsal=name != "sqlite"))


def _good(found: restore.Findings) -> None:
    assert not found.faults, found.faults


def _timed(what: str, name: str, rows: int, work: Any) -> dict[str, Any]:
    begun, used = time.perf_counter(), time.process_time()
    work()
    took, used = time.perf_counter() - begun, time.process_time() - used
    figure = {"name": f"{what}_{name}", "value": round(took, 1), "unit": "s", "rows": rows, "rate": round(rows / took)}
    return figure | {"processor": round(used, 1)}


def _fill(installation: Installation, rows: int) -> None:
    """The small operator, and one notice that reached everybody."""
    operator = Operator(installation)
    body = operator.database.write(lambda session: service.put_body(session, TEXT, "zh"))
    for at in range(0, rows, AT_ONCE):
        span = range(at, min(rows, at + AT_ONCE))
        operator.database.write(lambda session, span=span: _put(session, installation, body, span))  # type: ignore[misc]
    operator.database.write(lambda session: heads.sign(session, installation.keyring))


def _put(session: Session, installation: Installation, body: int, span: range) -> None:
    now = clock.now(session)
    fixed = {
        "purpose": Purpose.NOTICE,
        "notice_id": 1,
        "lane": Lane.FIRST,
        "body_id": body,
        "state": State.DELIVERED,
        "created_at": now,
        "due_at": now,
        "submitted_at": now,
        "settled_at": now,
        "gateway": "twilio",
        "tries": 1,
        "exercise": False,
    }
    encrypt = installation.keyring.encrypt
    each = [
        {
            "addressee": n,
            "recipient": n.to_bytes(16, "big"),
            "number": encrypt(f"+86120{n:08d}"),
            "attempt": f"b-{n}",
            "provider_id": f"SM{n:032x}",
        }
        for n in span
    ]
    session.execute(insert(Delivery), [fixed | one for one in each])
