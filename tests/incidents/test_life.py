"""The whole life of an incident, told through the API as its people live it."""

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
    desk.send()
    time.forward(minutes=30)
    desk.act("eng", number, "locate", fault_class="hardware", reason="power unit burnt out")
    restored = desk.act("dou", number, "restore", evidence="test calls succeed")
    assert restored["state"] == "restored"
    assert restored["affected"]["now"] == 0
    assert restored["user_minutes"] >= 600
    assert all(row["until_at"] for row in restored["impact"])
    desk.act("dou", number, "review", cause="power unit", effect="service back in 30 min", improvements="spare unit")
    desk.send()
    desk.finish_tasks(number)
    closed = desk.act("dou", number, "close")
    assert closed["state"] == "closed"
    assert [closed[name] is not None for name in ("cause", "effect", "improvements")] == [True] * 3
    first, correction, all_clear = desk.notices(number)
    assert [each["kind"] for each in (first, correction, all_clear)] == ["first", "correction", "all_clear"]
    assert (first["state"], correction["state"], all_clear["state"]) == ("sent", "draft", "sent")
    assert first["counts"] == all_clear["counts"] == {"submitted": 20}
    assert closed["actions"] == ["reopen"]


@pytest.mark.proves("D1", "R4", "B7")
def test_a_storm_that_reaches_two_counties_needs_nobody_awake_to_begin_the_response(desk: Desk) -> None:
    number = desk.storm("CELL-1", "CELL-3")
    seen = desk.see(number)
    assert (seen["state"], seen["tier"], seen["source"]) == ("responding", 3, "alarms")
    assert seen["area"]["code"] == "8001"
    assert seen["commander"]["username"] == "pre", "tier III is the prefecture's group"
    assert {role["role"] for role in seen["roles"]} >= {"commander", "technical_lead", "customer_service_lead"}
    desk.send()
    assert desk.notices(number)[0]["counts"] == {"submitted": 25}
    kinds = desk.kinds(number)
    assert kinds.index("incident.graded") < kinds.index("incident.assessed") < kinds.index("incident.activated")
    assert "page.queued" in kinds
    actors = {line["actor"] for line in desk.journal(number) if line["kind"].startswith("incident.")}
    assert actors == {"system:correlate"}
    assert seen["facts"]["missing"] == ["user_feedback", "first_measures"]


def test_a_small_fault_from_alarms_is_assessed_and_waits_for_a_person(desk: Desk) -> None:
    number = desk.storm("CELL-1")
    assert (desk.see(number)["state"], desk.see(number)["tier"]) == ("assessed", 4)
    desk.fail(number, "CELL-1", "CELL-3")
    assert (desk.see(number)["state"], desk.see(number)["tier"]) == ("responding", 3)


@pytest.mark.proves("B12", "B2", "I8")
def test_the_audience_follows_the_outage_and_hears_of_its_end_once(desk: Desk) -> None:
    number = desk.storm("CELL-1", "CELL-3")
    desk.send()
    desk.fail(number, "CELL-1", "CELL-3", "CELL-2")
    desk.send()
    assert desk.notices(number)[0]["counts"] == {"submitted": 35}
    desk.fail(number, "CELL-2")
    desk.send()
    assert desk.see(number)["affected"] == {"now": 10, "peak": 35, "projected": 10}
    partly = [each for each in desk.notices(number) if each["kind"] == "all_clear"]
    assert [desk.told(each["id"]) for each in partly] == [{"CELL-1", "CELL-3"}]
    desk.fail(number)
    assert desk.see(number)["quiet_at"] is not None
    desk.act("dou", number, "restore")
    desk.send()
    clears = [each for each in desk.notices(number) if each["kind"] == "all_clear"]
    assert sum(each["counts"]["submitted"] for each in clears) == 35
    assert desk.told(clears[-1]["id"]) == {"CELL-2"}


@pytest.mark.proves("R1")
@pytest.mark.parametrize("kind", ["complaint_surge", "information_security"])
def test_plans_without_elements_run(desk: Desk, kind: str) -> None:
    number = desk.report("ada", kind=kind, area="8001", complaints=400, summary="calls about one matter")["number"]
    desk.act("ada", number, "assess")
    seen = desk.act("ada", number, "activate")
    assert seen["state"] == "responding"
    assert {task["department"] for task in seen["tasks"]} >= {"technical", "customer_service", "security", "operations"}
    assert desk.notices(number) == []
    told = [line["data"]["reason"] for line in desk.journal(number) if line["kind"] == "incident.not_told"]
    assert told == ["restricted" if kind == "information_security" else "nobody_cut_off"]


@pytest.mark.proves("R22")
def test_the_journal_tells_it_in_both_languages_with_notes_and_names(desk: Desk) -> None:
    number = desk.report("kef", summary="no dial tone in the market")["number"]
    line = desk.journal(number)[0]
    assert line["kind"] == "incident.reported"
    assert line["actor"] == "kef"
    assert line["text"] == {
        "zh": "上报网络故障，区域：梅江区：no dial tone in the market",
        "en": "Reported: network fault, Meijiang: no dial tone in the market",
    }
    answer = desk.get("ada", f"/api/v1/incidents/{number}/journal?after={line['seq']}&limit=1")
    assert answer.json["items"][0]["seq"] > line["seq"]
    assert answer.json["next"] is not None


@pytest.mark.proves("R22")
def test_an_outage_that_ends_before_a_response_is_confirmed_all_the_same(desk: Desk) -> None:
    number = desk.report("kef", elements=["CELL-1"])["number"]
    desk.act("dou", number, "assess")
    refused = desk.post("dou", f"/api/v1/incidents/{number}/actions/restore")
    assert (refused.status_code, refused.json["code"]) == (409, "restoration-shown")
    restored = desk.act("dou", number, "restore", evidence="test calls succeed")
    assert restored["state"] == "restored"
    assert restored["responding_at"] == restored["restored_at"]
