"""The pages of the pools: what stands where, what can be done without a script, and refusals that keep what was typed."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from command.core.installation import Installation
from command.people import passwords
from command.people.models import Person
from tests.conftest import Time
from tests.resources.test_life import API, Depot

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PASSWORD = "four words nobody joins"
_HASH = passwords.hashed(PASSWORD)


class House(Depot):
    """The depot, and people at browsers."""

    def sign_in(self, username: str) -> "Visitor":
        def work(session: Any) -> None:
            session.get_one(Person, self.people[username]).password_hash = _HASH

        self.do(work)
        visitor = Visitor(self.client())
        done = visitor.send("/sign-in", "/sign-in", username=username, password=PASSWORD)
        assert done.status_code == 303, done.text
        return visitor


class Visitor:
    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def see(self, address: str, language: str = "en") -> str:
        answer = self.client.get(f"{address}{'&' if '?' in address else '?'}lang={language}")
        assert answer.status_code == 200, answer.text
        Whole().feed(answer.text)
        return answer.text

    def send(self, address: str, page: str, **fields: Any) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)
        assert found, f"{page} has no form"
        return self.client.post(f"{address}?lang=en", data={"csrf_token": found[1], **fields})


class Whole(HTMLParser):
    """No id twice, no inline style, every label has its field."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert "style" not in given
        name = given.get("id")
        assert name is None or name not in self.ids, f"id {name} is there twice"
        if name:
            self.ids.add(name)


@pytest.fixture
def house(installation: Installation, time: Time) -> House:
    return House(installation).stocked(time)  # type: ignore[return-value]


def test_the_board_shows_what_is_in_the_pools_and_what_is_out_and_filters(house: House) -> None:
    stock = house.receive(house.near, "generator", "GEN-1", "GEN-2")
    house.receive(house.far, "cable", quantity=7)
    house.ok("dou", f"{API}/out", take=[{"stock": stock, "unit": house.units(stock)[0]}], place="Songping")
    visitor = house.sign_in("kef")
    page = visitor.see("/resources")
    assert "GEN-1 Generator" in page and "Songping" in page and "Yunzhan" in page
    assert "Cable" not in visitor.see("/resources?area=8001")
    assert "Cable" not in visitor.see("/resources?kind=human") and "GEN-1" not in visitor.see("/resources?q=cable")
    only = visitor.see("/resources?state=held")
    assert "GEN-1" in only and 'id="column-available"' not in only
    assert visitor.client.get("/resources?kind=magic").status_code == 200
    assert "应急资源" in visitor.see("/resources", "zh") and "可调用" in visitor.see("/resources", "zh")


def test_pages_that_somebody_may_only_read_have_no_forms_to_change_things(house: House) -> None:
    stock = house.receive(house.near, "generator", "GEN-1")
    (unit,) = house.units(stock)
    reader = house.sign_in("kef")
    for address in ("/resources/pools", f"/resources/pools/{house.near}", f"/resources/units/{unit}"):
        assert f'action="{address}' not in reader.see(address)
    token = reader.client.get("/me").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', token)
    assert found
    refused = reader.client.post(f"/resources/pools/{house.near}/close", data={"csrf_token": found[1]})
    assert refused.status_code == 403
    assert reader.client.get("/resources/pools/999").status_code == 404


@pytest.mark.proves("D4")
def test_a_pool_is_opened_filled_counted_and_closed_by_forms(house: House) -> None:
    visitor = house.sign_in("dou")
    home = {"code": "qinglan", "name_zh": "青岚库", "name_en": "Qinglan", "area": "8002", "place": "3 Road"}
    kept = visitor.send("/resources/pools", "/resources/pools", **home)
    assert kept.status_code == 422 and "3 Road" in kept.text and "department or to a partner" in kept.text
    opened = visitor.send("/resources/pools", "/resources/pools", department="operations", **home)
    assert opened.status_code == 303
    page = opened.headers["Location"]
    wrong = visitor.send(
        f"{page}/receive", page, at="receive", resource="cable", type="2", quantity="1.5", note="from stock"
    )
    assert wrong.status_code == 422 and "1.5" in wrong.text and "from stock" in wrong.text
    visitor.send(f"{page}/receive", page, at="receive", resource="cable", type="2", quantity="9", ready="1")
    visitor.send(f"{page}/receive", page, at="receive", resource="generator", type="2", serials="G-7\nG-8", ready="1")
    shown = visitor.see(page)
    assert "G-8" in shown and "Cable" in shown
    stock = re.search(r'id="stock-(\d+)" aria', shown)
    cable = next(each["id"] for each in house.read("stocks?resource=cable")["items"])
    assert stock
    refused = visitor.send(f"{page}/stocks/{cable}/count", page, at=f"stock-{cable}", available="8")
    assert refused.status_code == 422 and "takes a reason" in refused.text
    visitor.send(f"{page}/stocks/{cable}/count", page, available="8", note="counted")
    visitor.send(f"{page}/stocks/{cable}/minimum", page, minimum="10")
    visitor.send(f"{page}/stocks/{cable}/work", page, verb="stop", source="available", quantity="1", reason="torn")
    visitor.send(f"{page}/stocks/{cable}/take", page, quantity="2", place="Songping")
    counts = house.stock(cable)
    assert [counts[name] for name in ("available", "out_of_service", "out", "lost", "minimum")] == [5, 1, 2, 1, 10]
    assert "under the minimum of 10" in visitor.see(page)
    closed = visitor.send(f"{page}/close", page)
    assert closed.status_code == 409 and "is in use" in closed.text


@pytest.mark.proves("R11")
def test_from_asking_to_evaluating_by_forms_alone(house: House) -> None:
    number = house.responding()
    stock = house.receive(house.near, "generator", "GEN-1")
    (unit,) = house.units(stock)
    page = f"/incidents/{number}/resources"
    engineer, commander, officer = (house.sign_in(each) for each in ("eng", "ada", "dou"))
    typed = {"resource": "generator", "type": "3", "quantity": "1", "place": "CELL-1", "why": "battery runs out"}
    past = engineer.send(page, page, need_by="2020-01-01T10:00", **typed)
    assert past.status_code == 422 and "battery runs out" in past.text and "has passed" in past.text
    need_by = house.soon(hours=30)[:16]
    address = engineer.send(page, page, need_by=need_by, **typed).headers["Location"]
    assert "CELL-1" in engineer.see(page) and "Waits for approval" in engineer.see("/resources/requests")
    assert commander.send(f"{address}/decide", address, how="refuse").status_code == 422
    assert commander.send(f"{address}/decide", address, how="approve").status_code == 303
    assert "GEN-1" in officer.see(address)
    assert officer.send(f"{address}/fill", address, stock=stock, unit=unit).status_code == 303
    out = re.search(r"/resources/out/\d+", officer.see(address))
    assert out
    assert officer.send(f"{out[0]}/step", out[0], step="check_in").status_code == 409
    for step in ("assign", "dispatch", "check_in", "release"):
        assert officer.send(f"{out[0]}/step", out[0], step=step, place="CELL-1").status_code == 303
    more = officer.send(f"{out[0]}/return", out[0], good="2")
    assert more.status_code == 409 and "are given back" in more.text
    assert officer.send(f"{out[0]}/return", out[0], good="1", ready="1").status_code == 303
    assert officer.send(f"{out[0]}/rate", out[0], rating="5", condition="good").status_code == 303
    assert officer.send(f"{address}/close", address).status_code == 303
    life = officer.see(f"/resources/units/{unit}")
    assert "rated 5 of 5" in life and number in life
    assert "已归还" in officer.see(address, "zh")


def test_orders_and_what_was_taken_ahead_cover_a_request_by_forms(house: House) -> None:
    number = house.responding()
    stock = house.receive(house.near, "cable", quantity=3)
    request = house.approved(number, resource="cable", quantity=5, type=2)
    address, officer = f"/resources/requests/{request}", house.sign_in("dou")
    (held,) = house.ok("dou", f"{API}/out", take=[{"stock": stock, "quantity": 2}])["items"]
    assert "ahead of need" in officer.see(address)
    assert officer.send(f"{address}/attach", address, allocation=held["id"]).status_code == 303
    order = {"source": "vendor", "partner": "Cable Works", "quantity": "9", "at": "order"}
    refused = officer.send(f"{address}/order", address, **order)
    assert refused.status_code == 409 and "Cable Works" in refused.text
    assert officer.send(f"{address}/order", address, **{**order, "quantity": "3"}).status_code == 303
    turn = re.search(rf"{address}/orders/\d+", officer.see(address))
    assert turn
    assert officer.send(turn[0], address, turn="arrive").status_code == 303
    assert house.read(f"requests/{request}")["missing"] == 0
    assert officer.send(f"{address}/cancel", address, reason="not needed").status_code == 303


def test_a_unit_is_kept_fit_by_forms(house: House) -> None:
    stock = house.receive(house.near, "contacts", "Site contacts")
    (unit,) = house.units(stock)
    page, officer = f"/resources/units/{unit}", house.sign_in("dou")
    day = house.soon(days=10)[:10]
    assert officer.send(f"{page}/certify", page, name="checked by security", expires_on="soon").status_code == 422
    officer.send(f"{page}/certify", page, name="checked by security", expires_on=day)
    officer.send(f"{page}/service", page, due_on=day)
    officer.send(f"{page}/check", page)
    shown = officer.see(page)
    assert "checked by security" in shown and "expires soon" in shown and day in shown
    assert officer.send(f"{page}/work", page, verb="stop").status_code == 422
    assert officer.send(f"{page}/work", page, verb="stop", reason="two numbers are wrong").status_code == 303
    assert "two numbers are wrong" in officer.see(page)
    certificate = re.search(r'name="certificate" value="(\d+)"', officer.see(page))
    assert certificate
    assert officer.send(f"{page}/uncertify", page, certificate=certificate[1]).status_code == 303
    assert "None is asked for" in officer.see(page)


@pytest.mark.proves("R11", "R19")
def test_the_plan_is_accepted_by_forms_and_what_a_lower_tier_loses_is_confirmed_by_itself(house: House) -> None:
    minor, major = house.responding(), house.responding(elements=["CELL-4"], area="800201")
    house.act("ada", major, "regrade", tier=2)
    stock = house.receive(house.near, "cable", quantity=4)
    low = house.approved(minor, resource="cable", quantity=3)
    page, officer = "/resources/plan", house.sign_in("dou")
    line = re.search(r'name="line" value="([^"]+)" checked', officer.see(page))
    assert line and minor in officer.see(page)
    assert officer.send(page, page).status_code == 422
    assert officer.send(page, page, line=line[1]).status_code == 303
    stale = officer.send(page, page, line=line[1])
    assert stale.status_code == 409 and "has changed since" in stale.text
    high = house.approved(major, resource="cable", quantity=3)
    shown = officer.see(page)
    assert f"I have it taken from {minor}" in shown and "Taken from a lower tier" in shown
    lost = re.search(r'type="hidden" name="line" value="([^"]+)"', shown)
    assert lost
    preempt = {"line": lost[1], "preempt_line": lost[1].partition("@")[0], "reason": "the city is dark"}
    kept = officer.send(page, page, **preempt)
    assert kept.status_code == 422 and "the city is dark" in kept.text
    assert officer.send(page, page, preempt="1", **preempt).status_code == 303
    assert house.read(f"requests/{low}")["missing"] == 2 and "Lost to higher tiers" in officer.see(
        f"/resources/requests/{low}"
    )
    assert house.stock(stock)["out"] == 3
    held = re.search(rf'name="line" value="({high}[^"]+)" checked', officer.see(page))
    assert held
    reader = house.sign_in("kef").see(page, "zh")
    assert 'name="line"' not in reader and "跨事件" in reader
