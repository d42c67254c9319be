"""Several incidents of one event: one picture, several commanders (R35). Told over the API."""

import pytest

from tests.conftest import Time
from tests.incidents.family.conftest import Families


@pytest.mark.proves("R35", "R3", "D1")
def test_a_parent_is_graded_on_the_people_of_all_each_once(desk: Families, time: Time) -> None:
    west = desk.report(elements=["CELL-1", "CELL-2"])["number"]
    north = desk.report(elements=["CELL-2", "CELL-3"])["number"]
    east = desk.report(elements=["CELL-4"], area="8002")["number"]
    assert [desk.see(each)["tier"] for each in (west, north, east)] == [4, 3, 4]
    time.forward(minutes=10)
    made = desk.made("ada", west, "parent", children=[north, east], summary="power failure in two prefectures")
    parent = made["number"]
    seen = desk.see(parent)
    assert seen["affected"]["now"] == 45, "30, 15 and 10 users, of whom 10 are the same"
    assert seen["user_minutes"] == pytest.approx(450, abs=40), "ten minutes of 45 people, not of 55"
    assert (seen["tier"], seen["rules"][0]) == (2, "ii-two-prefectures"), "two prefectures, which no child is"
    assert seen["response_level"] == 2, "a region, by the area of the whole (R3)"
    assert (seen["area"]["code"], seen["children"]) == ("80", [west, north, east])
    assert desk.see(west)["tier"] == 4, "a child keeps its own tier"
    assert desk.see(north)["parent"] == parent
    time.forward(minutes=10)
    desk.fail(north, "CELL-3")
    assert desk.see(parent)["affected"]["now"] == 45, "CELL-2 is cut off by the other one still"
    desk.fail(west, "CELL-1")
    assert desk.see(parent)["affected"] == {"now": 35, "peak": 45, "projected": 35}
    assert desk.see(parent)["user_minutes"] == pytest.approx(900, abs=80)
    assert "incident.adopted" in desk.kinds(parent)
    assert "incident.joined" in desk.kinds(west)


@pytest.mark.proves("R35")
def test_a_parent_is_restored_after_its_children_and_closed_after_them(desk: Families) -> None:
    child = desk.responding(elements=["CELL-1"])
    parent = desk.responding(elements=["CELL-4"], area="8002")
    desk.adopt(parent, child)
    refused = desk.refused("ada", parent, "restore", evidence="test calls succeed")
    assert (refused["status"], refused["code"]) == (409, "children-restored")
    assert child in refused["remedy"], "it says what is open"
    assert desk.refused("ada", parent, "cancel", reason="no")["code"] == "no-open-children"
    other = desk.report(elements=["CELL-6"], area="8002")["number"]
    assert desk.refused("ada", parent, "merge", into=other)["code"] == "no-open-children"
    desk.act("ada", child, "restore", evidence="test calls succeed")
    desk.act("ada", parent, "restore", evidence="test calls succeed")
    desk.act("ada", parent, "review", cause="a", effect="b", improvements="c")
    refused = desk.refused("ada", parent, "close")
    assert child in refused["remedy"]


@pytest.mark.proves("R35")
def test_a_parent_without_faults_of_its_own_is_quiet_once_its_children_are(desk: Families) -> None:
    child = desk.report(elements=["CELL-1"])["number"]
    parent = desk.made("ada", child, "parent", summary="cable")["number"]
    assert desk.see(parent)["quiet_at"] is None
    desk.fail(child)
    assert desk.see(parent)["quiet_at"] is not None
    desk.fail(child, "CELL-1", "CELL-2")
    assert desk.see(parent)["quiet_at"] is None
    assert desk.see(parent)["affected"]["now"] == 30


@pytest.mark.proves("R35", "B12", "I8", "B2")
def test_somebody_cut_off_by_two_children_is_told_once_and_hears_of_the_end_once(desk: Families) -> None:
    one = desk.responding(elements=["CELL-1"])
    two = desk.report(elements=["CELL-1", "CELL-2"])["number"]
    desk.made("ada", one, "parent", children=[two], summary="cable")
    desk.send()
    desk.act("dou", two, "assess")
    desk.act("dou", two, "activate")
    desk.send()
    firsts = [each for number in (one, two) for each in desk.notices(number) if each["kind"] == "first"]
    assert [desk.told(each["id"]) for each in firsts] == [{"CELL-1"}, {"CELL-2"}]
    desk.act("ada", one, "restore", evidence="test calls succeed")
    desk.send()
    assert not any(each["counts"] for each in desk.notices(one) if each["kind"] == "all_clear"), (
        "CELL-1 is cut off still"
    )
    desk.act("ada", two, "restore", evidence="test calls succeed")
    desk.send()
    clears = [each for number in (one, two) for each in desk.notices(number) if each["kind"] == "all_clear"]
    assert sum(sum(each["counts"].values()) for each in clears) == 30, "20 and 10, each once"


@pytest.mark.proves("R35", "R4")
def test_a_prefecture_s_part_of_a_big_incident_goes_to_its_own_commander(desk: Families) -> None:
    big = desk.storm("CELL-1", "CELL-4")
    assert desk.see(big)["commander"]["username"] == "ada", "tier II is the province's"
    desk.send()
    child = desk.made("ada", big, "child", areas=["8001"], reason="Meichuan takes its own")
    number = child["number"]
    assert (child["commander"]["username"], child["area"]["code"], child["parent"]) == ("pre", "8001", big)
    assert (child["state"], child["affected"]["now"]) == ("responding", 20)
    seen = desk.see(big)
    assert (seen["affected"]["now"], seen["children"], seen["quiet_at"]) == (30, [number], None)
    desk.send()
    assert [each["kind"] for each in desk.notices(number) if each["kind"] == "first"] == [], (
        "all of them were told before"
    )
    assert not any(each["counts"] for each in desk.notices(big) if each["kind"] == "all_clear")
    desk.fail(number)
    desk.act("pre", number, "restore", evidence="test calls succeed")
    desk.send()
    clears = [each for one in (big, number) for each in desk.notices(one) if each["kind"] == "all_clear"]
    assert sum(sum(each["counts"].values()) for each in clears) == 20
    assert desk.see(big)["affected"]["now"] == 10
    assert "incident.carved" in desk.kinds(big)
    assert desk.refused("ada", big, "child", areas=["8001"])["field"] == "areas", "nothing lies there any more"


@pytest.mark.proves("R35")
def test_splitting_off_and_coming_back_counts_no_minute_twice(desk: Families, time: Time) -> None:
    child = desk.report(elements=["CELL-1"])["number"]
    parent = desk.report(elements=["CELL-4"], area="8002")["number"]
    time.forward(minutes=10)
    desk.adopt(parent, child)
    assert desk.see(parent)["user_minutes"] == pytest.approx(300, abs=40)
    overview = desk.get("ada", "/api/v1/insights/overview").json
    assert (overview["incidents"], overview["users"]) == (1, 30), "the child counts within its parent, each person once"
    filed = desk.get("ada", f"/archive/{parent}?lang=en").text
    assert f">{child}</a>" in filed
    desk.act("ada", child, "split", reason="another cable after all")
    assert desk.see(parent)["affected"]["now"] == 10
    assert desk.see(child)["parent"] is None
    desk.adopt(parent, child)
    assert desk.see(parent)["user_minutes"] == pytest.approx(300, abs=40)
    assert desk.kinds(child).count("incident.joined") == 2
    assert desk.refused("ada", parent, "split")["status"] == 409
