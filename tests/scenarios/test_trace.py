"""One id from an alarm to the text on a customer's phone: the log of web and engine says the whole way under it."""

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from command.core import heads, log
from command.core.database import Database
from command.core.journal import Entry, Stream
from command.core.keys import Keyring
from tests.scenarios.centre import Centre, at_night

WAY = ("alarms", "incident.reported", "notice.drafted", "notice.approved", "fan_out", "calls", "receipts")
"""What must be found under one id, in this order."""
NUMBER = re.compile(r"(?<!\d)(?:\+86)?1[2-9]\d{9}(?!\d)")


class Log(io.StringIO):
    """Standard error of the processes, which log for machines."""

    def lines(self, trace: str | None = None) -> list[dict[str, Any]]:
        """The lines so far; with `trace` those that a search for it finds."""
        found = (line for line in self.getvalue().splitlines() if line.startswith("{") and (trace or "") in line)
        return [json.loads(line) for line in found]

    def events(self, trace: str) -> list[str]:
        """What is found under an id, in order; a line of the journal as what it tells of."""
        return [name for line in self.lines(trace) for name in line.get("kinds", [line["event"]])]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    out = Log()
    monkeypatch.setattr(sys, "stderr", out)
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    log.configure("json")
    yield out
    structlog.reset_defaults()
    root.handlers[:] = kept
    root.setLevel(level)


@pytest.fixture
def centre(database: Database, keyring: Keyring, tmp_path: Path) -> Iterator[Centre]:
    with at_night(Centre, database, keyring, tmp_path) as made:
        yield made


def in_order(found: list[str], wanted: tuple[str, ...]) -> bool:
    """Whether all that is wanted was found, each after the one before it."""
    rest = iter(found)
    return all(each in rest for each in wanted)


@pytest.mark.proves("R27", "I4", "I10")
def test_one_id_is_found_from_the_alarm_to_the_delivered_text(said: Log, centre: Centre) -> None:
    down = {"source": "nms", "problem": "LINK-DOWN", "severity": "critical", "raised_at": centre.now().isoformat()}
    answer = centre.post("dou", "/api/v1/alarms", alarms=[{"element": each, **down} for each in ("CELL-1", "CELL-2")])
    trace, (number,) = answer.headers["X-Trace"], answer.json["incidents"]
    decision = centre.post("dou", f"/api/v1/incidents/{number}/actions/activate")
    assert decision.status_code == 200, decision.text
    decided = decision.headers["X-Trace"]
    centre.engine()
    assert centre.received(), "customers were told"
    found = said.events(trace)
    assert in_order(found, WAY), found
    assert in_order(found, ("alarms", "escalation.started", "page.queued", "page.submitted", "calls")), found
    calls = [line for line in said.lines(trace) if line["event"] == "calls"]
    heard = [line for line in said.lines(trace) if line["event"] == "receipts"]
    assert {each for line in heard for each in line["deliveries"]} <= {
        each for line in calls for each in line["deliveries"]
    }
    assert sum(line["states"].get("delivered", 0) for line in heard) > 0

    (of_it,) = [line for line in said.lines(trace) if line.get("request") == decided]
    assert "incident.activated" in of_it["kinds"], "who decided has a request of their own, named beside"
    assert [line["event"] for line in said.lines(decided)] == ["journal", "request"]
    assert NUMBER.search(said.getvalue()) is None, "no number in any line"

    with centre.database.read() as session:
        assert session.scalar(select(Stream.trace).where(Stream.id == f"incident:{number}")) == trace
        kept = dict(
            session.execute(select(Entry.kind, Entry.trace).where(Entry.stream_id == f"incident:{number}")).all()
        )
        assert (kept["incident.reported"], kept["incident.activated"]) == (trace, decided)
        assert not heads.verify(session, centre.installation.keyring).faults, "it verifies as before"


def test_what_came_before_there_were_ids_is_handled_as_ever(said: Log, centre: Centre) -> None:
    """An incident that code of before began: its stream has no id, nor have its texts."""
    number = centre.responding()
    forget = "UPDATE stream SET trace = NULL", "UPDATE body SET trace = NULL"
    centre.do(lambda session: [session.connection().exec_driver_sql(each) for each in forget])
    centre.engine()
    assert centre.received()
    called = [line["trace"] for line in said.lines() if line["event"] == "calls"]
    assert None in called, "the notice's texts have none; a page that is written now has one of its own"
    assert centre.see(number)["state"] == "responding"
