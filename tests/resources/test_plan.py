"""The plan across incidents over the API: what is gathered, accepted, refused once it is stale, and taken from lower tiers on record."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.people.models import Person
from tests.conftest import Time
from tests.resources.test_life import API, Depot

PLAN, ACCEPT = f"{API}/plan", f"{API}/plan/accept"


class Staff(Depot):
    """The depot with two incidents, of tier 4 in Meichuan and of tier 2 in Yunzhan, and a resource manager (sec)."""

    minor: str
    major: str

    def at_work(self) -> "Staff":
        self.do(self._manager)
        self.minor = self.responding()
        self.major = self.responding(elements=["CELL-4"], area="800201")
        self.act("ada", self.major, "regrade", tier=2)
        return self

    def _manager(self, session: Session) -> None:
        (held,) = session.get_one(Person, self.people["sec"]).posts
        held.post = "resource_manager"

    def plan(self, by: str = "ada", **query: Any) -> dict[str, Any]:
        words = "&".join(f"{name}={value}" for name, value in query.items())
        answer = self.get(by, f"{PLAN}?{words}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def line(self, request: int, by: str = "ada") -> dict[str, Any]:
        """The one line that a request would get."""
        (found,) = next(each["lines"] for each in self.plan(by)["items"] if each["request_id"] == request)
        return dict(found)

    def hold(self, request: int, stock: int, quantity: int) -> int:
        filled = self.ok("dou", f"{API}/requests/{request}/actions/fill", take=[{"stock": stock, "quantity": quantity}])
        held: int = filled["taken"][-1]["id"]
        return held

    def missing(self, request: int) -> int:
        found: int = self.read(f"requests/{request}")["missing"]
        return found


def chosen(*lines: dict[str, Any], preempt: bool = False) -> list[dict[str, Any]]:
    return [{"line": line["line"], "version": line["version"], "preempt": preempt} for line in lines]


@pytest.fixture
def staff(installation: Installation, time: Time) -> Staff:
    found = Staff(installation)
    found.stocked(time)
    return found.at_work()


@pytest.mark.proves("R11", "D4")
def test_the_plan_serves_the_higher_tier_first_says_what_is_lacking_and_changes_nothing(staff: Staff) -> None:
    units = staff.units(staff.receive(staff.near, "generator", "GEN-1", "GEN-2"))
    staff.receive(staff.near, "generator", "WEAK-1", capability=4)
    low = staff.approved(staff.minor, quantity=1, type=2)
    high = staff.approved(staff.major, quantity=2, type=2)
    staff.request(staff.major, quantity=5)
    staff.ok("dou", f"{API}/units/{units[0]}/actions/service", due_on=staff.soon(days=-3)[:10])
    made = staff.plan()
    first, second = made["items"]
    assert [(each["request_id"], each["tier"]) for each in made["items"]] == [(high, 2), (low, 4)]
    assert [(line["quantity"], line["serials"]) for line in first["lines"]] == [(2, ["GEN-2", "GEN-1"])]
    assert first["lines"][0]["text"].startswith("2 × Generator of Meichuan for ")
    assert (second["lines"], second["lacking"]) == ([], 1)
    assert any("less capable" in each for each in second["why"])
    assert (made["lines"], made["preempting"], made["short"]) == (1, 0, 1)
    assert staff.missing(high) == 2 and "resource.changed" not in staff.kinds(staff.major)


@pytest.mark.proves("R11", "I6")
def test_accepted_lines_are_held_for_their_requests_in_one_go(staff: Staff) -> None:
    units = staff.receive(staff.near, "generator", "GEN-1", "GEN-2")
    cable = staff.receive(staff.far, "cable", quantity=9)
    low = staff.approved(staff.minor, resource="cable", quantity=4)
    high = staff.approved(staff.major, quantity=2)
    lines = [line for each in staff.plan()["items"] for line in each["lines"]]
    done = staff.ok("dou", ACCEPT, lines=chosen(*lines))
    assert len(done["items"]) == 2
    assert (staff.missing(low), staff.missing(high)) == (0, 0)
    assert (staff.stock(units)["available"], staff.stock(cable)["available"]) == (0, 5)
    assert staff.plan()["items"] == []
    assert staff.no("dou", ACCEPT, lines=chosen(*lines))["code"] == "stale-plan"


@pytest.mark.proves("R11", "I6")
def test_a_plan_that_has_changed_meanwhile_is_refused_whole(staff: Staff) -> None:
    stock = staff.receive(staff.near, "cable", quantity=4)
    staff.receive(staff.near, "generator", "GEN-1")
    low = staff.approved(staff.minor, resource="cable", quantity=3)
    other = staff.approved(staff.minor, quantity=1)
    seen = [line for each in staff.plan()["items"] for line in each["lines"]]
    high = staff.approved(staff.major, resource="cable", quantity=2)
    refused = staff.no("dou", ACCEPT, lines=chosen(*seen))
    assert refused["code"] == "stale-plan" and "nothing was done" in refused["detail"]
    assert [staff.missing(each) for each in (low, other, high)] == [3, 1, 2]
    generator = next(line for line in seen if line["serials"])
    staff.ok("dou", ACCEPT, lines=chosen(generator))
    twice = staff.line(high)
    assert staff.no("dou", ACCEPT, lines=chosen(twice, twice))["field"] == "lines"
    assert staff.stock(stock)["available"] == 4


@pytest.mark.proves("R11", "R19", "I6")
def test_taking_from_a_lower_tier_needs_a_confirmation_a_reason_and_somebody_who_may(staff: Staff) -> None:
    stock = staff.receive(staff.near, "cable", quantity=4)
    low = staff.approved(staff.minor, resource="cable", quantity=4)
    held = staff.hold(low, stock, 4)
    high = staff.approved(staff.major, resource="cable", quantity=3)
    line = staff.line(high)
    assert (line["quantity"], line["takes_from"]["incident"], line["takes_from"]["tier"]) == (3, staff.minor, 4)
    assert f"{staff.minor} loses it" in line["text"]
    assert staff.no("dou", ACCEPT, lines=chosen(line))["code"] == "preempts"
    confirmed = chosen(line, preempt=True)
    assert staff.no("dou", ACCEPT, lines=confirmed)["field"] == "reason"
    assert staff.post("eng", ACCEPT, lines=confirmed, reason="city is dark").status_code == 403
    assert staff.no("sec", ACCEPT, lines=confirmed, reason="city is dark")["status"] == 403
    assert (staff.missing(low), staff.missing(high)) == (0, 3)
    staff.ok("dou", ACCEPT, lines=confirmed, reason="city is dark")
    assert (staff.missing(low), staff.missing(high)) == (3, 0)
    counts = staff.stock(stock)
    assert (counts["available"], counts["out"], counts["received"]) == (0, 4, 4)
    lost = next(each for each in staff.journal(staff.minor) if each["kind"] == "resource.preempted")
    got = next(each for each in staff.journal(staff.major) if each["kind"] == "resource.preempts")
    assert staff.major in lost["text"]["en"] and "city is dark" in lost["text"]["en"]
    assert staff.minor in got["text"]["zh"] and "city is dark" in got["text"]["zh"]
    assert staff.read(f"out/{held}")["quantity"] == 1
    assert staff.read(f"requests/{low}")["taken_away"] == 3


@pytest.mark.proves("R11", "R19")
def test_a_resource_manager_takes_from_a_lower_tier_on_their_own_word_and_that_is_reviewed(staff: Staff) -> None:
    (unit,) = staff.units(staff.receive(staff.near, "generator", "GEN-1"))
    low, high = staff.approved(staff.minor, quantity=1), staff.approved(staff.major, quantity=1)
    stock = staff.read("stocks?resource=generator")["items"][0]["id"]
    filled = staff.ok("dou", f"{API}/requests/{low}/actions/fill", take=[{"stock": stock, "unit": unit}])
    staff.ok("dou", f"{API}/out/{filled['taken'][0]['id']}/actions/assign")
    confirmed = chosen(staff.line(high), preempt=True)
    staff.ok("sec", ACCEPT, lines=confirmed, reason="nobody answers", override=True)
    assert "authority.overridden" in staff.kinds(staff.major)
    (now,) = staff.read(f"requests/{high}")["taken"]
    assert (now["serial"], now["state"]) == ("GEN-1", "assigned")
    assert [each["verb"] for each in staff.read(f"units/{unit}")["moves"]][:2] == ["take", "preempt"]


@pytest.mark.proves("R11")
def test_what_is_under_way_is_only_named_as_what_somebody_would_have_to_release(staff: Staff) -> None:
    stock = staff.receive(staff.near, "cable", quantity=2)
    low, high = (
        staff.approved(staff.minor, resource="cable", quantity=2),
        staff.approved(staff.major, resource="cable", quantity=1),
    )
    held = staff.hold(low, stock, 2)
    for step in ("assign", "dispatch"):
        staff.ok("dou", f"{API}/out/{held}/actions/{step}")
    (need,) = staff.plan()["items"]
    assert need["lines"] == [] and any("2 of lower tiers are under way" in each for each in need["why"])
    (holder,) = staff.read(f"requests/{high}/sources")["holders"]
    assert holder["takes_from"] == {"incident": staff.minor, "request_id": low, "tier": 4, "release_first": True}


@pytest.mark.proves("R11")
def test_pieces_staged_ahead_of_need_are_planned_from_where_they_are(staff: Staff) -> None:
    staff.receive(staff.far, "generator", "GEN-1")
    stock = staff.receive(staff.near, "cable", quantity=5)
    (held,) = staff.ok("dou", f"{API}/out", take=[{"stock": stock, "quantity": 5}])["items"]
    staff.ok("dou", f"{API}/out/{held['id']}/actions/stage", place="8002")
    high = staff.approved(staff.major, resource="cable", quantity=2)
    line = staff.line(high)
    assert (line["state"], line["takes_from"]) == ("staged", None)
    assert line["area"] == staff.read("stocks?area=8002&limit=1")["items"][0]["pool"]["area_name"]
    staff.ok("dou", ACCEPT, lines=chosen(line))
    (now,) = staff.read(f"requests/{high}")["taken"]
    assert (now["quantity"], now["state"]) == (2, "staged")
    assert staff.read(f"out/{held['id']}")["quantity"] == 3 and staff.stock(stock)["out"] == 5
    staff.ok("dou", f"{API}/out/{now['id']}/actions/release")
    other = staff.approved(staff.minor, resource="cable", quantity=4)
    spare = staff.read(f"requests/{other}/sources")["spare"]
    assert {(each["state"], each["quantity"], each["takes_from"]) for each in spare} == {
        ("staged", 3, None),
        ("released", 2, None),
    }
    assert {each["area"] for each in spare} == {line["area"]}, "both are where they were brought"


@pytest.mark.proves("R19")
def test_restricted_incidents_are_planned_only_by_those_who_may_know_of_them(staff: Staff) -> None:
    hidden = staff.report(by="ada", restricted=True)["number"]
    stock = staff.receive(staff.near, "cable", quantity=3)
    asked = staff.request(hidden, by="ada", resource="cable", quantity=3, place="secret room")
    staff.ok("cou", f"{API}/requests/{asked}/actions/approve")
    assert staff.plan("ops")["items"] == [] and hidden in str(staff.plan("ada"))
    staff.ok("ada", f"{API}/requests/{asked}/actions/fill", take=[{"stock": stock, "quantity": 3}])
    high = staff.approved(staff.major, resource="cable", quantity=2)
    (unseen,) = staff.plan("ops")["items"]
    assert unseen["lines"] == [] and hidden not in str(staff.read(f"requests/{high}/sources", by="ops"))
    line = staff.line(high)
    assert line["takes_from"]["incident"] == hidden
    staff.ok("ada", ACCEPT, lines=chosen(line, preempt=True), reason="secret plan")
    got = next(each for each in staff.journal(staff.major) if each["kind"] == "resource.preempts")
    assert hidden not in str(got) and "secret plan" not in str(got) and "another task" in got["text"]["en"]
    assert "secret plan" not in staff.get("ops", f"{API}/pools/{staff.near}").text


@pytest.mark.proves("R11", "I3")
def test_drills_have_a_plan_of_their_own_and_give_back_what_real_events_need(staff: Staff) -> None:
    drill = staff.report(by="tra", exercise=True)["number"]
    stock = staff.receive(staff.near, "cable", quantity=3)
    practice = staff.approved(drill, resource="cable", quantity=2)
    assert staff.plan()["items"] == []
    (need,) = staff.plan(exercise="true")["items"]
    assert need["request_id"] == practice
    staff.ok("dou", ACCEPT, lines=chosen(*need["lines"]), exercise=True)
    staff.approved(staff.major, resource="cable", quantity=3)
    (real,) = staff.plan()["items"]
    offered = {(line["quantity"], line["recall_minutes"]) for line in real["lines"]}
    assert (offered, real["lacking"]) == ({(1, None), (2, 20)}, 0)
    assert staff.stock(stock)["out"] == 2, "nothing is taken before somebody accepts it"
    staff.ok("dou", ACCEPT, lines=chosen(*real["lines"]))
    assert staff.stock(stock)["out"] == 3 and staff.plan(exercise="true")["items"][0]["missing"] == 2


@pytest.mark.proves("R11", "I6")
def test_two_incidents_that_share_a_stock_are_merged_with_all_that_they_have_and_nothing_is_counted_twice(
    staff: Staff,
) -> None:
    stock = staff.receive(staff.near, "cable", quantity=6)
    low = staff.approved(staff.minor, resource="cable", quantity=4)
    high = staff.approved(staff.major, resource="cable", quantity=3)
    held, kept = staff.hold(low, stock, 4), staff.hold(high, stock, 2)
    for step in ("assign", "dispatch", "check_in"):
        staff.ok("dou", f"{API}/out/{held}/actions/{step}")
    assert [line["takes_from"] for line in staff.plan()["items"][0]["lines"]] == []
    staff.act("ada", staff.minor, "merge", into=staff.major, reason="one event")
    whole = staff.get("ada", f"/api/v1/incidents/{staff.major}/resource-requests").json["items"]
    assert {(each["id"], each["tier"], each["covered"]) for each in whole} == {(low, 2, 4), (high, 2, 2)}
    assert {staff.read(f"out/{each}")["incident"] for each in (held, kept)} == {staff.major}
    counts = staff.stock(stock)
    assert (counts["available"], counts["out"], counts["received"]) == (0, 6, 6)
    (need,) = staff.plan()["items"]
    assert need["lines"] == [] and need["lacking"] == 1, "an incident takes nothing from itself"
    passed = next(each for each in staff.journal(staff.major) if each["kind"] == "request.passed_on")
    assert passed["data"]["requests"] == 1 and passed["data"]["out"] == 4 and staff.minor in passed["text"]["en"]
    assert "request.passed_on" in staff.kinds(staff.minor)
    staff.ok("dou", f"{API}/out/{held}/actions/release")
    staff.ok("dou", f"{API}/out/{held}/actions/return", good=4)
    assert staff.no("dou", f"{API}/out/{held}/actions/return", good=1)["code"] == "more-than-taken"


@pytest.mark.proves("R11", "I3")
def test_a_drill_with_units_is_not_merged_with_a_real_event(staff: Staff) -> None:
    drill = staff.report(by="tra", exercise=True)["number"]
    stock = staff.receive(staff.near, "cable", quantity=2)
    staff.hold(staff.approved(drill, resource="cable", quantity=2), stock, 2)
    refused = staff.refused("ada", drill, "merge", into=staff.major, reason="one event")
    assert refused["status"] == 409 and refused["remedy"]
    assert staff.read("out")["items"][0]["incident"] == drill


@pytest.mark.proves("R11", "I6")
def test_of_several_who_accept_the_same_line_at_once_one_does_and_the_others_are_told(staff: Staff) -> None:
    stock = staff.receive(staff.near, "cable", quantity=4)
    low = staff.approved(staff.minor, resource="cable", quantity=3)
    staff.hold(low, stock, 3)
    high = staff.approved(staff.major, resource="cable", quantity=4)
    (need,) = staff.plan()["items"]
    body = {"lines": chosen(*need["lines"], preempt=True), "reason": "the city is dark"}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: staff.post("dou", ACCEPT, **body).status_code, range(6)))
    assert sorted(answers) == [200, *[409] * 5]
    assert (staff.missing(high), staff.missing(low)) == (0, 3)
    counts = staff.stock(stock)
    assert (counts["available"], counts["out"]) == (0, 4)
    assert staff.kinds(staff.minor).count("resource.preempted") == 1
