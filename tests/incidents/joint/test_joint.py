"""Nature, scope and harm are judged with the departments concerned, and recorded (R29). Told over the API and the page."""

import pytest

from tests.conftest import Time
from tests.incidents.joint.conftest import Table


@pytest.mark.proves("R29")
def test_departments_say_how_they_see_it_and_the_commander_decides(desk: Table, time: Time) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    opened = desk.ask_all(number, minutes=10, reason="one cell or the whole ring?")
    assert opened["departments"] == ["technical", "customer_service", "security", "operations"], "those of the plan"
    assert "Give the view" in "".join(desk.waits("eng"))
    assert desk.view("eng", number, "technical", fault_class="hardware", cause_class="power", tier=3).status_code == 201
    assert "Give the view" not in "".join(desk.waits("eng"))
    assert "Decide" not in "".join(desk.waits("ada")), "the others have time left"
    time.forward(minutes=11)
    late = desk.view("kef", number, "customer_service", harm="high", tier=2, note="calls from a hospital").json
    assert [view["late"] for view in late["views"]] == [False, True]
    assert (late["suggested"], late["disagreed"], late["overdue"]) == (2, ["harm", "tier"], True)
    assert late["silent"] == ["security", "operations"]
    assert "Decide" in "".join(desk.waits("ada"))
    again = desk.view("kef", number, "customer_service", harm="medium", tier=3).json
    assert [view["counts"] for view in again["views"]] == [True, False, True], "the last word counts, all stay"
    assert again["suggested"] == 3
    refused = desk.decide("ada", number, tier=2)
    assert (refused.status_code, refused.json["field"]) == (422, "reason")
    done = desk.decide("ada", number, tier=2, harm="high", fault_class="hardware", reason="the hospital has no line")
    assert done.status_code == 200, done.text
    assert done.json["decision"]["accepted"] is False
    seen = desk.see(number)
    assert (seen["state"], seen["tier"], seen["fault_class"]) == ("assessed", 2, "hardware")
    assert seen["assessed_at"] is not None
    line = next(each for each in desk.journal(number) if each["kind"] == "assessment.decided")
    assert line["data"]["silent"] == ["security", "operations"]
    assert "the hospital has no line" in line["text"]["en"]
    assert "联合研判结论" in line["text"]["zh"]
    assert desk.view("sec", number, "security").status_code == 409, "it is over; both stay on record"


@pytest.mark.proves("R29")
def test_a_second_round_can_lower_the_tier_with_a_reason_and_by_whoever_may(desk: Table) -> None:
    number = desk.storm("CELL-1", "CELL-4")
    assert desk.see(number)["tier"] == 2
    desk.ask_all(number, departments=["technical"])
    assert desk.post("ada", f"/api/v1/incidents/{number}/assessments").status_code == 409, "one round at a time"
    assert desk.view("eng", number, "technical", tier=3).status_code == 201
    assert desk.decide("dou", number, tier=3).status_code in (403, 422), "lowering from tier II asks for more"
    assert desk.decide("ada", number, tier=3).status_code == 422, "and for a reason"
    assert desk.see(number)["tier"] == 2
    assert desk.decide("ada", number, tier=2, reason="until the ring is closed").status_code == 200
    desk.ask_all(number, departments=["technical"])
    assert desk.view("eng", number, "technical", 2, tier=3).status_code == 201
    assert desk.decide("ada", number, 2, tier=3, reason="the ring is closed").status_code == 200
    assert desk.see(number)["tier"] == 3
    rounds = desk.get("aud", f"/api/v1/incidents/{number}/assessments").json["items"]
    assert [each["round"] for each in rounds] == [1, 2]
    assert [each["decision"]["tier"] for each in rounds] == [2, 3]
