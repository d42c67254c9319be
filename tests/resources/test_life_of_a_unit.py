"""One unit's life on its page, page by page, and finding units among ten thousand."""

from typing import Any

import pytest

from command.core.installation import Installation
from command.resources import life, unit_list_pages
from tests.conftest import Time
from tests.resources.test_life import API
from tests.resources.test_pages import House


@pytest.fixture
def house(installation: Installation, time: Time) -> House:
    return House(installation).stocked(time)  # type: ignore[return-value]


def used(house: House, number: str, stock: int, unit: int, rating: int, **need: Any) -> None:
    """A unit serves an incident, comes back and is evaluated."""
    request = house.approved(number, quantity=1, type=2, **need)
    take = [{"stock": stock, "unit": unit}]
    (held,) = house.ok("dou", f"{API}/requests/{request}/actions/fill", take=take)["taken"]
    for step in ("assign", "release"):
        house.ok("dou", f"{API}/out/{held['id']}/actions/{step}")
    house.ok("dou", f"{API}/out/{held['id']}/actions/return", good=1)
    house.ok("dou", f"{API}/out/{held['id']}/actions/rate", rating=rating)


@pytest.mark.proves("R11", "D4")
def test_a_life_has_movements_with_what_they_served_services_and_certificates_the_latest_first(house: House) -> None:
    number = house.responding()
    stock = house.receive(house.near, "generator", "GEN-1", "GEN-2")
    unit, other = house.units(stock)
    house.time.forward(minutes=1)
    house.ok("dou", f"{API}/units/{unit}/actions/service", due_on=house.soon(days=90)[:10])
    house.ok("dou", f"{API}/units/{other}/actions/service", due_on=house.soon(days=10)[:10])
    house.time.forward(minutes=1)
    house.ok("dou", f"{API}/units/{unit}/actions/certify", name="emission test", expires_on=house.soon(days=60)[:10])
    house.time.forward(minutes=1)
    used(house, number, stock, unit, rating=4)
    found = house.read(f"units/{unit}/life")
    told = [each["kept"] or each["move"]["verb"] for each in found["items"]]
    assert (told, found["next"]) == (["return", "take", "certified", "serviced", "receive"], None)
    assert {each["use"]["incident"] for each in found["items"] if each["use"]} == {number}
    assert found["items"][3]["until"] == house.soon(days=90)[:10]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_long_life_is_turned_page_by_page_and_loses_no_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life, "PAGE", 3)
    stock = house.receive(house.near, "generator", "GEN-1")
    (unit,) = house.units(stock)
    for verb in ("stow", "ready") * 2:
        house.ok("dou", f"{API}/units/{unit}/actions/{verb}")
        house.ok("dou", f"{API}/units/{unit}/actions/service", due_on="2099-01-01")
    pages, page = [], 1
    while page:
        found = house.read(f"units/{unit}/life?page={page}")
        pages.append([each["kept"] or each["move"]["verb"] for each in found["items"]])
        page = found["next"]
    assert [len(each) for each in pages] == [3, 3, 3]
    told = [each for one in pages for each in one]
    assert (told.count("serviced"), told.count("stow"), told.count("ready"), told[-1]) == (4, 2, 2, "receive")
    reader = house.sign_in("kef")
    assert "?page=2#life" in reader.see(f"/resources/units/{unit}")
    assert reader.client.get(f"/resources/units/{unit}?page=-5").status_code == 200


@pytest.mark.proves("R11", "R19")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_of_a_unit_counts_its_uses_and_hides_what_served_a_restricted_incident(house: House) -> None:
    secret = house.report(by="ada", restricted=True)["number"]
    stock = house.receive(house.near, "generator", "GEN-1")
    (unit,) = house.units(stock)
    request = house.request(secret, by="ada", quantity=1, type=2, place="secret room")
    house.ok("cou", f"{API}/requests/{request}/actions/approve")
    take = [{"stock": stock, "unit": unit}]
    house.ok("ada", f"{API}/requests/{request}/actions/fill", take=take)
    shown = house.sign_in("ops").see(f"/resources/units/{unit}")
    assert "not said" in shown and "Restricted" not in shown and secret not in shown and "secret room" not in shown
    assert "Meichuan" in shown and "1 Depot Road" in shown
    assert secret not in house.get("ops", f"{API}/units/{unit}/life").text


@pytest.mark.proves("D4")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_among_many_units_pages_stay_short_and_one_is_found_by_its_number(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock = house.receive(house.near, "generator", *(f"GEN-{n:03}" for n in range(120)))
    monkeypatch.setattr(unit_list_pages, "PAGE", 50)
    reader = house.sign_in("kef")
    for address, most in (
        ("/resources", 0),
        ("/resources?state=available", 0),
        ("/resources?q=GEN-0", 20),
        (f"/resources/pools/{house.near}", 30 + 50),  # and the last movements
        (f"/resources/stocks/{stock}", 50),
    ):
        assert reader.see(address).count('href="/resources/units/') == most, address
    assert "GEN-119" in reader.see("/resources?q=gen-119") and "GEN-118" not in reader.see("/resources?q=gen-119")
    assert "GEN-1" not in reader.see("/resources?q=%25")
    third = reader.see(f"/resources/stocks/{stock}?after={house.units(stock)[0] + 99}")
    assert third.count('href="/resources/units/') == 20 and "Back to the first" in third
    assert "GEN-0" not in reader.see(f"/resources/stocks/{stock}?state=lost")
    assert "Generator" in reader.see("/resources?department=operations")
    assert "Generator" not in reader.see("/resources?department=technical").split('class="tcards"')[1]
