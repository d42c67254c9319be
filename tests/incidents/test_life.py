"""The whole life of an incident, told through the API as its people live it."""

from typing import Any

import pytest

from tests.conftest import Time
from tests.incidents.conftest import Desk


@pytest.mark.proves("R6", "R8", "R22", "D1", "R7")
def test_an_incident_from_report_to_close(desk: Desk, time: Time) -> None:
    reported = desk.report("kef", elements=["CELL-1"], summary="no signal", feedback="calls", measures="crew sent")
    number = reported["number"]
    assert reported["state"] == "reported"
    assert reported["affected"] == {"now": 20, "peak": 20, "projected": 20}
    assert desk.act("dou", number, "assess", reason="a cell is down")["state"] == "assessed"
    responding = desk.act("dou", number, "activate")
    assert responding["state"] == "responding"
    assert {task["department"] for task in responding["tasks"]} == {
        "technical",
        "customer_service",
        "security",
        "operations",
    }
    time.forward(minutes=30)
    desk.act("eng", number, "locate", fault_class="hardware", reason="power unit burnt out")
    restored = desk.act("dou", number, "restore", evidence="test calls succeed")
    assert restored["state"] == "restored"
    assert restored["affected"]["now"] == 0
    assert restored["user_minutes"] >= 600
    assert all(row["until_at"] for row in restored["impact"])
    desk.act("dou", number, "review", cause="power unit", effect="service back in 30 min", improvements="spare unit")
    desk.finish_tasks(number)
    closed = desk.act("dou", number, "close")
    assert closed["state"] == "closed"
    assert [closed[name] is not None for name in ("cause", "effect", "improvements")] == [True] * 3
