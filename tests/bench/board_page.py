"""`board_page`: the command board with 200 active incidents at 20 requests a second, and again with ten times the closed ones."""

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from command.boards import store
from command.boards.cards import Cards
from command.boards.models import BoardCard
from command.core import journal, schema
from command.core.columns import dump
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import new_key, parse
from command.core.settings import Settings
from command.incidents.models import Incident
from tests.bench.ground import figure
from tests.boards.stage import Stage

ACTIVE, CLOSED, GROWTH = 200, 10_000, 10
RATE, SECONDS = 20, 15
GOAL = 1.2
_SLICE = 500


def run() -> Iterator[dict[str, Any]]:
    """p99 milliseconds of GET /board in the server, on SQLite; the baseline has a tenth of the history."""
    baseline, value = (_measured(closed) for closed in (CLOSED, CLOSED * GROWTH))
    yield figure("board_page", value, "ms p99", baseline, GOAL)


def _measured(closed: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'tocsin.db'}"
        settings = Settings(env="test", data=Path(folder), database_url=url, keys=new_key(), quiet_hours=False)
        schema.upgrade(url)
        stage = Stage(Installation(settings, Database(url), parse(settings.keys)))
        number = stage.report(elements=["CELL-1"])
        card = stage.folded("command")[number]
        for start in range(0, closed, _SLICE):
            _write(stage, card, range(start, start + _SLICE), active=False)
        _write(stage, card, range(ACTIVE - 1), active=True)
        while stage.database.write(store.snapshot_due):
            pass
        found = _p99(stage)
        stage.database.close()
    return found


def _write(stage: Stage, card: dict[str, Any], numbers: range, *, active: bool) -> None:
    """Incidents like the first: rows, a stream of one entry each, and what the command board's stream says of them."""

    def work(session: Session) -> None:
        columns = Incident.__table__.c
        first = dict(session.execute(select(*columns).order_by(Incident.id).limit(1)).mappings().one())
        rows = []
        board = journal.month(store.line("command"), datetime.now(UTC))
        for n in numbers:
            name = f"{'active' if active else 'closed'}-{n}"
            rows.append({k: v for k, v in first.items() if k not in ("id", "number", "state", "request_key")})
            rows[-1] |= {"number": name, "state": "reported" if active else "closed"}
            journal.record(session, board, Cards(cards={name: {**card, "number": name}}))
            if not active:
                journal.record(session, board, Cards(cards={name: None}))
            else:
                told = {"board": store.line("command"), "card": name, "data": dump(card), "exercise": False}
                session.execute(insert(BoardCard), [told | {"changed_at": datetime.now(UTC)}])
            session.add(journal.Stream(id=f"incident:{name}", head_seq=1, head_hash=journal.GENESIS))
        session.execute(insert(Incident), rows)

    hooks, stage.database.before_append = stage.database.before_append, []
    stage.do(work)
    stage.database.before_append = hooks


def _p99(stage: Stage) -> float:
    """Milliseconds of the slowest of a hundred requests, RATE a second for SECONDS, after one that warms up."""
    took = []
    page = stage.get("ada", "/board?lang=en")
    assert page.status_code == 200 and page.text.count("incident-row") >= ACTIVE, orjson.dumps(
        page.text.count("incident-row")
    )
    due = time.monotonic()
    for _ in range(RATE * SECONDS):
        time.sleep(max(0.0, due - time.monotonic()))
        due += 1 / RATE
        begun = time.perf_counter()
        assert stage.get("ada", "/board?lang=en").status_code == 200
        took.append((time.perf_counter() - begun) * 1000)
    return sorted(took)[int(len(took) * 0.99) - 1]
