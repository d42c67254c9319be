"""From a request to its evaluation, over the API: asked, approved, filled in parts, dispatched, given back."""

from datetime import timedelta
from typing import Any

import pytest

from command.core.installation import Installation
from tests.conftest import Time
from tests.incidents.conftest import Desk

API = "/api/v1/resources"


class Depot(Desk):
    """The small operator with a store in Meichuan, one in Yunzhan, and generators, cable and crews in them."""

    time: Time

    def stocked(self, time: Time) -> "Depot":
        self.time = time
        for code, kind, serial, more in (
            ("generator", "material", True, {"types": {"2": {"zh": "50千瓦", "en": "50 kVA"}}}),
            ("cable", "material", False, {"measure_en": "km", "measure_zh": "公里"}),
            ("crew", "human", True, {"rest_hours": 8}),
            ("contacts", "information", True, {"fresh_days": 7}),
        ):
            body = {"code": code, "kind": kind, "serial": serial, "name_zh": code, "name_en": code.title(), **more}
            self.ok("dou", f"{API}/catalogue", **body)
        self.near = self.pool("meichuan", "8001")
        self.far = self.pool("yunzhan", "8002")
        return self

    def ok(self, by: str, address: str, **body: Any) -> dict[str, Any]:
        answer = self.post(by, address, **body)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json
        return found

    def no(self, by: str, address: str, **body: Any) -> dict[str, Any]:
        answer = self.post(by, address, **body)
        assert 400 <= answer.status_code < 500, answer.text
        found: dict[str, Any] = answer.json
        assert found["detail"] and found["remedy"]
        return found

    def read(self, address: str, by: str = "ada") -> Any:
        answer = self.get(by, f"{API}/{address}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def pool(self, code: str, area: str) -> int:
        body = {
            "name_zh": code,
            "name_en": code.title(),
            "area": area,
            "place": "1 Depot Road",
            "department": "operations",
        }
        found: int = self.ok("dou", f"{API}/pools", code=code, **body)["id"]
        return found

    def receive(self, pool: int, resource: str, *serials: str, quantity: int = 0, capability: int = 2) -> int:
        body = {"resource": resource, "type": capability, "serials": list(serials), "quantity": quantity}
        found: int = self.ok("dou", f"{API}/pools/{pool}/actions/receive", **body)["id"]
        return found

    def units(self, stock: int) -> list[int]:
        return [unit["id"] for unit in self.read(f"stocks/{stock}/units")["items"]]

    def stock(self, stock: int) -> dict[str, Any]:
        items = self.read("stocks?limit=200")["items"]
        found: dict[str, Any] = next(each for each in items if each["id"] == stock)
        return found

    def soon(self, **delta: float) -> str:
        return str((self.time.now() + timedelta(**delta)).isoformat())

    def request(self, number: str, by: str = "eng", **body: Any) -> int:
        given = {"resource": "generator", "quantity": 2, "need_by": self.soon(hours=2), "place": "CELL-1", **body}
        found: int = self.ok(by, f"/api/v1/incidents/{number}/resource-requests", **given)["id"]
        return found

    def approved(self, number: str, **body: Any) -> int:
        request = self.request(number, **body)
        self.ok("ada", f"{API}/requests/{request}/actions/approve")
        return request


@pytest.fixture
def depot(installation: Installation, time: Time) -> Depot:
    return Depot(installation).stocked(time)


@pytest.mark.proves("R11", "D4", "I6")
def test_a_request_is_approved_filled_in_parts_used_given_back_and_evaluated(depot: Depot) -> None:
    number = depot.responding()
    stock = depot.receive(depot.near, "generator", "GEN-1", "GEN-2")
    first, _ = depot.units(stock)
    request = depot.request(number, quantity=2)
    depot.ok("ada", f"{API}/requests/{request}/actions/approve")
    filled = depot.ok("dou", f"{API}/requests/{request}/actions/fill", take=[{"stock": stock, "unit": first}])
    assert (filled["covered"], filled["missing"]) == (1, 1)
    (held,) = filled["taken"]
    address = f"{API}/out/{held['id']}/actions"
    assert depot.ok("dou", f"{address}/assign")["state"] == "assigned"
    under_way = depot.ok("dou", f"{address}/dispatch", place="CELL-1", eta_at=depot.soon(minutes=40))
    assert under_way["card"] == "en_route" and under_way["eta_at"]
    assert depot.ok("dou", f"{address}/check_in")["eta_at"] is None
    assert depot.stock(stock)["out"] == 1 and depot.stock(stock)["available"] == 1
    depot.ok("dou", f"{address}/release")
    assert depot.ok("dou", f"{address}/return", good=1)["state"] == "returned"
    depot.ok("dou", f"{address}/rate", rating=4, condition="worn", note="ran six hours")
    order = {"source": "mutual_aid", "partner": "Neighbour Telecom", "quantity": 1}
    ordered = depot.ok("dou", f"{API}/requests/{request}/orders", **order)
    depot.ok("dou", f"{API}/requests/{request}/orders/{ordered['orders'][0]['id']}/actions/arrive")
    assert depot.ok("dou", f"{API}/requests/{request}/actions/close")["state"] == "closed"
    kept = depot.stock(stock)
    assert (kept["available"], kept["uses"], kept["rating"]) == (2, 1, 4.0)
    assert depot.read(f"units/{first}")["unit"]["condition"] == "worn"
    assert [line["verb"] for line in depot.read(f"units/{first}")["moves"]] == ["return", "take", "receive"]
    kinds = depot.kinds(number)
    for kind in ("request.asked", "request.decided", "resource.changed", "resource.returned", "resource.rated"):
        assert kind in kinds
    told = [line["text"]["en"] for line in depot.journal(number) if line["kind"] == "resource.changed"]
    assert told[0].startswith("1 of Generator: held") and "en route, expected" in told[2]


@pytest.mark.proves("R11")
def test_what_runs_short_is_used_up_lost_or_comes_back_damaged_and_the_books_say_so(depot: Depot) -> None:
    stock = depot.receive(depot.near, "cable", quantity=10)
    (held,) = depot.ok("dou", f"{API}/out", take=[{"stock": stock, "quantity": 6}], place="CELL-2")["items"]
    address = f"{API}/out/{held['id']}/actions"
    depot.ok("dou", f"{address}/stage")
    assert depot.no("dou", f"{address}/return", good=1)["code"] == "not-released"
    depot.ok("dou", f"{address}/return", used=2)
    depot.ok("dou", f"{address}/release")
    assert depot.no("dou", f"{address}/return", good=5)["code"] == "more-than-taken"
    assert depot.no("dou", f"{address}/return", lost=1)["field"] == "reason"
    depot.ok("dou", f"{address}/return", good=2, damaged=1, lost=1, note="cut and stolen")
    kept = depot.stock(stock)
    assert [kept[name] for name in ("received", "available", "out_of_service", "out", "used", "lost")] == [
        10,
        6,
        1,
        0,
        2,
        1,
    ]
    assert depot.no("dou", f"{address}/return", good=1)["code"] == "more-than-taken"


@pytest.mark.proves("D4")
def test_taking_stock_puts_differences_on_record(depot: Depot) -> None:
    stock = depot.receive(depot.near, "cable", quantity=10)
    assert depot.no("dou", f"{API}/stocks/{stock}/actions/count", available=8)["field"] == "reason"
    depot.ok("dou", f"{API}/stocks/{stock}/actions/count", available=8, in_reserve=1, note="yearly count")
    kept = depot.stock(stock)
    assert [kept[name] for name in ("received", "available", "in_reserve", "lost")] == [11, 8, 1, 2]
    assert {line["verb"] for line in depot.read(f"pools/{depot.near}")["moves"]} == {"receive", "count"}
    depot.ok("dou", f"{API}/stocks/{stock}/actions/minimum", minimum=20)
    assert depot.stock(stock)["below_minimum"] is True


@pytest.mark.proves("R11")
@pytest.mark.parametrize("count", [-1, 0, 1.5, "two"])
def test_counts_below_one_and_fractions_are_refused_with_their_field(depot: Depot, count: Any) -> None:
    stock = depot.receive(depot.near, "cable", quantity=3)
    refused = depot.no("dou", f"{API}/out", take=[{"stock": stock, "quantity": count}])
    assert refused["field"] == "take.0.quantity"


@pytest.mark.proves("R11", "I6")
def test_what_cannot_be_given_is_refused_with_the_way_out(depot: Depot, time: Time) -> None:
    number = depot.responding()
    stock = depot.receive(depot.near, "generator", "GEN-1", "GEN-2", "GEN-3")
    weak = depot.receive(depot.near, "generator", "GEN-9", capability=4)
    one, two, three = depot.units(stock)
    request = depot.approved(number, quantity=2, type=2)
    fill = f"{API}/requests/{request}/actions/fill"
    twice = [{"stock": stock, "unit": one}, {"stock": stock, "unit": one}]
    assert depot.no("dou", fill, take=twice)["field"] == "unit"
    assert "less capable" in depot.no("dou", fill, take=[{"stock": weak, "unit": depot.units(weak)[0]}])["detail"]
    many = [{"stock": stock, "unit": unit} for unit in (one, two, three)]
    assert depot.no("dou", fill, take=many)["code"] == "more-than-asked"
    depot.ok("dou", f"{API}/units/{one}/actions/certify", name="emission test", expires_on=depot.soon(days=3)[:10])
    time.forward(days=5)
    refused = depot.no("dou", fill, take=[{"stock": stock, "unit": one}])
    assert refused["code"] == "certificate-expired" and "Renew" in refused["remedy"]
    depot.ok("dou", fill, take=[{"stock": stock, "unit": two}])
    assert depot.no("dou", f"{API}/out", take=[{"stock": stock, "unit": two}])["code"] == "not-there"
    depot.ok("dou", f"{API}/units/{three}/actions/stop", reason="leaks oil")
    assert "out of service" in depot.no("dou", f"{API}/out", take=[{"stock": stock, "unit": three}])["detail"]
    assert depot.no("dou", f"{API}/pools/{depot.near}/actions/close")["code"] == "in-use"
    assert depot.no("dou", f"{API}/pools/{depot.near}/actions/receive", resource="generator", type=2, serials=["GEN-1"])
    phone = "1380000" + "1234"
    wrong = {"resource": "generator", "type": 2, "serials": [phone]}
    assert depot.no("dou", f"{API}/pools/{depot.near}/actions/receive", **wrong)["field"] == "serials"


@pytest.mark.proves("R11")
def test_people_who_came_back_rest_before_they_go_again(depot: Depot, time: Time) -> None:
    stock = depot.receive(depot.near, "crew", "Crew A")
    (crew,) = depot.units(stock)
    (held,) = depot.ok("dou", f"{API}/out", take=[{"stock": stock, "unit": crew}])["items"]
    depot.ok("dou", f"{API}/out/{held['id']}/actions/stage")
    depot.ok("dou", f"{API}/out/{held['id']}/actions/release")
    depot.ok("dou", f"{API}/out/{held['id']}/actions/return", good=1)
    assert depot.no("dou", f"{API}/out", take=[{"stock": stock, "unit": crew}])["code"] == "resting"
    time.forward(hours=9)
    depot.ok("dou", f"{API}/out", take=[{"stock": stock, "unit": crew}])


@pytest.mark.proves("R11", "R19")
def test_requests_are_decided_by_the_authority_table_and_not_by_whoever_asked(depot: Depot) -> None:
    number = depot.responding()
    request = depot.request(number, by="ada")
    address = f"{API}/requests/{request}/actions"
    assert depot.post("kef", f"{address}/approve").status_code == 403
    assert depot.no("ada", f"{address}/approve")["status"] == 403
    assert depot.no("ada", f"{address}/approve", override=True)["field"] == "reason"
    depot.ok("ada", f"{address}/approve", override=True, reason="nobody else is awake")
    assert "authority.overridden" in depot.kinds(number)
    other = depot.request(number)
    assert depot.no("dep", f"{API}/requests/{other}/actions/refuse")["field"] == "reason"
    depot.ok("dep", f"{API}/requests/{other}/actions/refuse", reason="the site has a battery")
    assert depot.no("dou", f"{API}/requests/{other}/actions/fill", take=[{"stock": 1}])["status"] in (404, 409)


@pytest.mark.proves("R11")
def test_sources_are_ranked_by_nearness_and_by_what_will_do(depot: Depot) -> None:
    number = depot.responding()
    far = depot.receive(depot.far, "generator", "FAR-1", capability=3)
    strong = depot.receive(depot.near, "generator", "BIG-1", capability=1)
    fits = depot.receive(depot.near, "generator", "MID-1", capability=3)
    depot.receive(depot.near, "generator", "SMALL-1", capability=4)
    request = depot.approved(number, quantity=1, type=3)
    found = depot.read(f"requests/{request}/sources")["items"]
    assert [each["stock"]["id"] for each in found] == [fits, strong, far]
    assert [unit["serial"] for unit in found[0]["units"]] == ["MID-1"]


@pytest.mark.proves("R11")
def test_what_was_staged_ahead_of_need_goes_to_a_request(depot: Depot) -> None:
    stock = depot.receive(depot.near, "cable", quantity=5)
    (held,) = depot.ok("dou", f"{API}/out", take=[{"stock": stock, "quantity": 3}], place="Songping")["items"]
    address = f"{API}/out/{held['id']}/actions"
    depot.ok("dou", f"{address}/stage")
    assert "no incident" in depot.no("dou", f"{address}/assign")["detail"]
    number = depot.responding()
    request = depot.approved(number, resource="cable", quantity=4)
    assert depot.ok("dou", f"{API}/requests/{request}/actions/attach", allocation=held["id"])["missing"] == 1
    assert depot.ok("dou", f"{address}/assign")["incident"] == number
    assert depot.no("ada", f"{API}/requests/{request}/actions/cancel", reason="over")["detail"].startswith("3 pieces")


@pytest.mark.proves("R11")
def test_the_tier_of_the_incident_is_the_priority_and_a_merged_one_takes_its_requests_along(depot: Depot) -> None:
    minor, major = depot.responding(), depot.responding(elements=["CELL-4"], area="800201")
    request, other = depot.request(minor), depot.request(major)
    assert [each["id"] for each in depot.read("requests")["items"]] == [request, other]
    depot.act("ada", major, "regrade", tier=2)
    assert next((each["id"], each["tier"]) for each in depot.read("requests")["items"]) == (other, 2)
    depot.act("ada", minor, "merge", into=major, reason="one event")
    moved = depot.read(f"requests/{request}")
    assert (moved["incident"], moved["tier"]) == (major, 2)


@pytest.mark.proves("R11", "R19")
def test_of_a_restricted_incident_others_see_that_something_is_out_and_no_more(depot: Depot) -> None:
    number = depot.report(by="ada", restricted=True)["number"]
    stock = depot.receive(depot.near, "cable", quantity=5)
    asked = depot.request(number, by="ada", resource="cable", quantity=2, place="secret room")
    depot.ok("cou", f"{API}/requests/{asked}/actions/approve")
    filled = depot.ok("ada", f"{API}/requests/{asked}/actions/fill", take=[{"stock": stock, "quantity": 2}])
    held = filled["taken"][0]["id"]
    for by, sees in (("ada", True), ("ops", False)):
        listed = {each["id"] for each in depot.read("requests", by=by)["items"]}
        assert (asked in listed) is sees
        assert (depot.get(by, f"{API}/requests/{asked}").status_code == 200) is sees
    seen = depot.read(f"out/{held}", by="ops")
    assert (seen["incident"], seen["request_id"], seen["place"], seen["restricted"]) == (None, None, None, False)
    assert number not in depot.get("ops", f"{API}/out").text
    assert "secret room" not in depot.get("ops", f"{API}/pools/{depot.near}").text


@pytest.mark.proves("R11", "I3")
def test_what_a_drill_takes_stands_in_a_column_of_its_own(depot: Depot) -> None:
    number = depot.report(by="tra", exercise=True)["number"]
    stock = depot.receive(depot.near, "cable", quantity=5)
    request = depot.approved(number, resource="cable", quantity=1)
    depot.ok("dou", f"{API}/requests/{request}/actions/fill", take=[{"stock": stock, "quantity": 1}])
    depot.ok("dou", f"{API}/out", take=[{"stock": stock, "quantity": 1}], place="Songping")
    in_drill = depot.read("out?state=in_drill")["items"]
    assert [(each["incident"], each["exercise"]) for each in in_drill] == [(number, True)]
    assert [each["exercise"] for each in depot.read("out?state=held")["items"]] == [False]


def test_information_grows_stale_and_service_falls_due(depot: Depot, time: Time) -> None:
    stock = depot.receive(depot.near, "contacts", "Site contacts")
    (unit,) = depot.units(stock)
    depot.ok("dou", f"{API}/units/{unit}/actions/service", due_on=depot.soon(days=20)[:10])
    assert depot.read(f"units/{unit}")["unit"]["service"] == "due"
    time.forward(days=21)
    shown = depot.read(f"units/{unit}")["unit"]
    assert (shown["stale"], shown["service"]) == (True, "overdue")
    depot.ok("dou", f"{API}/units/{unit}/actions/check")
    assert depot.read(f"units/{unit}")["unit"]["stale"] is False


def test_a_pool_is_closed_once_it_holds_nothing(depot: Depot) -> None:
    stock = depot.receive(depot.far, "cable", quantity=2)
    depot.ok("dou", f"{API}/stocks/{stock}/actions/lose", source="available", quantity=2, reason="flood")
    assert depot.ok("dou", f"{API}/pools/{depot.far}/actions/close")["closed_at"]
    assert depot.far not in [each["id"] for each in depot.read("pools")["items"]]
    again = {"resource": "cable", "type": 2, "quantity": 1}
    assert "closed" in depot.no("dou", f"{API}/pools/{depot.far}/actions/receive", **again)["detail"]
