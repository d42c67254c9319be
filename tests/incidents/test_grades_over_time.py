"""Tiers rise by themselves as facts grow and minutes pass, and fall only by a person with a reason (D1, I7, B7, R3)."""

import pytest

from tests.conftest import Time
from tests.incidents.conftest import Desk


@pytest.mark.proves("D1", "R3", "B7")
def test_an_outage_that_spreads_over_counties_and_prefectures_rises_with_its_rules_named(desk: Desk) -> None:
    seen = desk.report(elements=["CELL-1"])
    number = seen["number"]
    assert (seen["tier"], seen["rules"], seen["response_level"]) == (4, ["iv-rest"], 3)
    desk.fail(number, "CELL-1", "CELL-3")
    seen = desk.see(number)
    assert (seen["tier"], seen["rules"], seen["response_level"]) == (3, ["iii-two-counties"], 2)
    desk.fail(number, "AGG-1", "CELL-4")
    seen = desk.see(number)
    assert seen["tier"] == 2
    assert seen["rules"] == ["ii-two-prefectures", "iii-two-counties"]
    assert seen["affected"]["now"] == 45
    assert [reason["id"] for reason in seen["reasons"]] == seen["rules"]


@pytest.mark.proves("I7")
def test_nothing_that_happens_lowers_a_tier_by_itself(desk: Desk, time: Time) -> None:
    number = desk.report(elements=["CELL-1", "CELL-3"])["number"]
    desk.fail(number, "CELL-1")
    desk.tick()
    seen = desk.see(number)
    assert (seen["tier"], seen["current_tier"]) == (3, 4)
    time.forward(hours=1)
    desk.tick()
    assert desk.see(number)["tier"] == 3


@pytest.mark.proves("I7")
def test_lowering_takes_a_person_who_may_and_a_reason_and_it_lasts(desk: Desk) -> None:
    number = desk.report(elements=["CELL-1", "CELL-3"])["number"]
    without = desk.refused("dou", number, "regrade", tier=4)
    assert (without["status"], without["field"]) == (422, "reason")
    assert desk.refused("eng", number, "regrade", tier=4, reason="small")["status"] == 403
    lowered = desk.act("dou", number, "regrade", tier=4, reason="both cells serve a building site")
    assert (lowered["tier"], lowered["overruled"]) == (4, ["iii-two-counties"])
    desk.tick()
    assert desk.see(number)["tier"] == 4
    desk.fail(number, "CELL-1", "CELL-3", "CELL-4")
    assert desk.see(number)["tier"] == 2, "a rule that matches anew still raises it"


def test_the_elapsed_minutes_alone_raise_a_tier(desk: Desk, time: Time) -> None:
    number = desk.report(kind="service_interruption", area="8001")["number"]
    desk.act("dou", number, "impact", area="8001", users=35, services=["emergency"])
    assert desk.see(number)["projected_tier"] == 2
    eta = time.now().replace(microsecond=0)
    time.forward(minutes=1)
    desk.tick()
    assert desk.see(number)["current_tier"] == 4
    time.forward(minutes=15)
    desk.tick()
    seen = desk.see(number)
    assert seen["current_tier"] == 2
    assert "incident.graded" in desk.kinds(number)
    assert eta is not None


@pytest.mark.proves("B7")
def test_the_projected_grade_uses_the_plans_duration_until_there_is_an_eta(desk: Desk, time: Time) -> None:
    number = desk.report(kind="service_interruption", area="8001")["number"]
    eta = (time.now()).isoformat()
    soon = desk.refused("dou", number, "eta", eta=eta)
    assert soon["field"] == "eta"
    from_plan = desk.act("dou", number, "impact", area="8001", users=35, services=["emergency"])
    assert (from_plan["current_tier"], from_plan["projected_tier"], from_plan["tier"]) == (4, 2, 2)


def test_a_raised_tier_adds_what_its_plan_asks_for_and_takes_nothing_away(desk: Desk) -> None:
    number = desk.responding()
    before = desk.see(number)
    desk.act("dou", number, "regrade", tier=1, reason="the minister is here")
    after = desk.see(number)
    assert {t["code"] for t in before["tasks"]} < {t["code"] for t in after["tasks"]}
    assert {"secure_emergency_numbers", "report_to_regulator"} <= {t["code"] for t in after["tasks"]}
    assert {c["code"] for c in before["clocks"]} < {c["code"] for c in after["clocks"]}
    started = [line["data"] for line in desk.journal(number) if line["kind"] == "escalation.started"]
    assert len(started) == 3, "the on-call engineer is paged already; commander and operations are added"
    due = {t["code"]: t["due_at"] for t in before["tasks"]}
    assert all(t["due_at"] <= due[t["code"]] for t in after["tasks"] if t["code"] in due)


def test_the_same_tier_again_is_a_conflict(desk: Desk) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    assert desk.refused("dou", number, "regrade", tier=4, reason="again")["status"] == 409
