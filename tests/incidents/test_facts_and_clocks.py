"""The ten minutes of R5, the thirty of R2, and every other limit: one row per clock, breached once, to the second."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import service
from tests.conftest import Time
from tests.incidents.conftest import Desk


@pytest.mark.proves("R5")
def test_the_ten_minutes_run_from_the_first_sign_and_stop_with_the_fifth_fact(desk: Desk, time: Time) -> None:
    first_sign = (time.now() - timedelta(minutes=4)).isoformat()
    number = desk.report(detected_at=first_sign)["number"]
    assert desk.see(number)["facts"]["missing"] == ["scope", "user_feedback", "first_measures"]
    desk.act("kef", number, "facts", feedback="forty calls")
    desk.act("dou", number, "impact", area="800101", users=12)
    running = desk.clock(number, "report-to-centre")
    assert running["state"] == "running"
    assert running["started_at"] == desk.see(number)["detected_at"]
    time.forward(minutes=5)
    seen = desk.act("dou", number, "facts", measures="crew on its way")
    assert seen["facts"]["missing"] == []
    assert desk.clock(number, "report-to-centre")["state"] == "met"


@pytest.mark.proves("R5")
def test_eleven_minutes_after_the_first_sign_are_too_late_even_when_reported_at_once(desk: Desk, time: Time) -> None:
    first_sign = (time.now() - timedelta(minutes=11)).isoformat()
    number = desk.report(detected_at=first_sign, elements=["CELL-1"], feedback="calls", measures="restarted")["number"]
    clock = desk.clock(number, "report-to-centre")
    assert clock["state"] == "breached"
    assert clock["met_at"] is not None


@pytest.mark.proves("R2")
@pytest.mark.parametrize(("late", "state"), [(timedelta(0), "met"), (timedelta(seconds=1), "breached")])
def test_handling_that_begins_after_thirty_minutes_exactly_is_met_and_a_second_later_is_not(
    desk: Desk, late: timedelta, state: str
) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    desk.act("dou", number, "assess")

    def begin(session: Session) -> None:
        incident = service.lock(session, number)
        at_that_instant(session, incident.reported_at + timedelta(minutes=30) + late)
        service.activate(session, incident, desk.principal("dou"))

    desk.do(begin, f"person:{desk.people['dou']}")
    assert desk.clock(number, "first-response")["state"] == state


def at_that_instant(session: Session, at: datetime) -> None:
    """Let this unit of work happen at an instant: within one, the clock stands still anyway."""
    behind = at - clock.now(session)
    clock.move(session, behind, allowed=True)
    session.info["clock.now"] = at


def test_a_breach_is_journaled_once_however_often_engines_look(desk: Desk, time: Time) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    desk.tick()
    assert "clock.breached" not in desk.kinds(number)
    time.forward(minutes=30, seconds=1)
    for _ in range(3):
        desk.tick()
    breached = [line["data"]["clock"] for line in desk.journal(number) if line["kind"] == "clock.breached"]
    assert sorted(breached) == ["first-response", "report-to-centre"]


def test_a_breach_stays_a_breach_when_it_is_met_late(desk: Desk, time: Time) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    time.forward(minutes=40)
    desk.tick()
    desk.act("dou", number, "assess")
    desk.act("dou", number, "activate")
    clock = desk.clock(number, "first-response")
    assert (clock["state"], clock["met_at"] is not None) == ("breached", True)


@pytest.mark.proves("R2")
def test_the_time_to_restore_follows_the_tier(desk: Desk) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    general = desk.clock(number, "sla-resolve")["due_at"]
    desk.act("dou", number, "regrade", tier=2, reason="a hospital depends on it")
    urgent = desk.clock(number, "sla-resolve")["due_at"]
    assert urgent < general
    assert len([c for c in desk.see(number)["clocks"] if c["code"] == "sla-resolve"]) == 1
    assert desk.clock(number, "cn-inform-1h")["state"] == "running"


def test_the_regulators_clock_is_stopped_by_the_person_who_told_it(desk: Desk) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    desk.act("dou", number, "regrade", tier=2, reason="a hospital depends on it")
    desk.act("dou", number, "clock", code="cn-inform-1h", reason="told the duty desk by phone")
    assert desk.clock(number, "cn-inform-1h")["state"] == "met"
    again = desk.refused("dou", number, "clock", code="cn-inform-1h")
    assert again["status"] == 409
    own = desk.refused("dou", number, "clock", code="first-response")
    assert (own["status"], own["field"]) == (422, "code")


def test_reopening_runs_the_restoration_clock_again_in_its_one_row(desk: Desk, time: Time) -> None:
    number = desk.responding()
    desk.act("dou", number, "restore", evidence="test calls")
    assert desk.clock(number, "sla-resolve")["state"] == "met"
    desk.act("dou", number, "reopen", reason="down again")
    assert desk.clock(number, "sla-resolve")["state"] == "running"
    time.forward(hours=49)
    desk.tick()
    assert desk.clock(number, "sla-resolve")["state"] == "breached"


def test_a_cancelled_incident_asks_for_nothing_any_more(desk: Desk, time: Time) -> None:
    number = desk.report()["number"]
    desk.act("dou", number, "cancel", reason="false alarm")
    time.forward(hours=2)
    desk.tick()
    assert {each["state"] for each in desk.see(number)["clocks"]} == {"void"}
    assert "clock.breached" not in desk.kinds(number)
