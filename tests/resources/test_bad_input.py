"""What cannot be is refused through every door, page, API and file, with the field, the reason and the way out, and changes nothing."""

from pathlib import Path
from typing import Any

import pytest

from command.core.installation import Installation
from command.resources import imports
from tests.conftest import Time
from tests.resources.test_imports import errors
from tests.resources.test_life import API
from tests.resources.test_pages import House

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WRONG = (-1, 0, 1.5, "two", 2**63)


@pytest.fixture
def house(installation: Installation, time: Time) -> House:
    return House(installation).stocked(time)  # type: ignore[return-value]


@pytest.mark.proves("D4", "R11", "I6")
def test_negative_fractional_and_endless_counts_are_refused_by_every_address_that_takes_one(house: House) -> None:
    number = house.responding()
    stock = house.receive(house.near, "cable", quantity=3)
    request = house.approved(number, resource="cable", quantity=2)
    (held,) = house.ok("dou", f"{API}/out", take=[{"stock": stock, "quantity": 1}])["items"]
    before = house.stock(stock)
    need = {"resource": "cable", "need_by": house.soon(hours=2), "place": "CELL-1"}
    order = {"source": "vendor", "partner": "Cable Works"}
    doors: tuple[tuple[str, dict[str, Any], str], ...] = (
        (f"/api/v1/incidents/{number}/resource-requests", need, "quantity"),
        (f"{API}/requests/{request}/orders", order, "quantity"),
        (f"{API}/pools/{house.near}/actions/receive", {"resource": "cable", "type": 2}, "quantity"),
        (f"{API}/stocks/{stock}/actions/stop", {"source": "available", "reason": "torn"}, "quantity"),
        (f"{API}/stocks/{stock}/actions/count", {"note": "counted"}, "available"),
        (f"{API}/stocks/{stock}/actions/minimum", {}, "minimum"),
        (f"{API}/out/{held['id']}/actions/return", {"note": "back"}, "good"),
    )
    for address, body, field in doors:
        for count in WRONG:
            if count == 0 and field in ("available", "minimum"):
                continue
            refused = house.no("dou", address, **body, **{field: count})
            assert refused["status"] == 422, (address, count)
    for count in WRONG:
        taking = [{"stock": stock, "quantity": count}]
        assert house.no("dou", f"{API}/requests/{request}/actions/fill", take=taking)["field"] == "take.0.quantity"
    assert house.stock(stock) == before


@pytest.mark.proves("D4", "R11", "I6")
def test_by_page_a_unit_named_twice_one_that_expired_and_more_than_was_taken_are_refused(house: House) -> None:
    number = house.responding()
    stock = house.receive(house.near, "generator", "GEN-1", "GEN-2")
    first, second = house.units(stock)
    address, officer = f"/resources/requests/{house.approved(number, quantity=2, type=2)}", house.sign_in("dou")
    twice = officer.send(f"{address}/fill", address, stock=stock, unit=[first, first])
    assert twice.status_code == 422 and "asked for twice" in twice.text
    house.ok("dou", f"{API}/units/{first}/actions/certify", name="emission test", expires_on=house.soon(days=1)[:10])
    house.time.forward(days=3)
    officer = house.sign_in("dou")
    expired = officer.send(f"{address}/fill", address, stock=stock, unit=first)
    assert expired.status_code == 409 and "expired on" in expired.text and "Renew" in expired.text
    for wrong in ("-1", "1.5", "two"):
        page = f"/incidents/{number}/resources"
        typed = {"resource": "generator", "type": "2", "place": "north gate", "need_by": house.soon(hours=9)[:16]}
        refused = officer.send(page, page, quantity=wrong, **typed)
        assert refused.status_code == 422 and "north gate" in refused.text
    assert officer.send(f"{address}/fill", address, stock=stock, unit=second).status_code == 303
    (held,) = house.read("out")["items"]
    out = f"/resources/out/{held['id']}"
    for step in ("assign", "release"):
        assert officer.send(f"{out}/step", out, step=step).status_code == 303
    for good, status in (("2", 409), ("-1", 422), ("0.5", 422)):
        refused = officer.send(f"{out}/return", out, good=good, note="three came")
        assert refused.status_code == status and "three came" in refused.text
    assert house.stock(stock)["out"] == 1
    closed = officer.send(f"/resources/pools/{house.near}/close", f"/resources/pools/{house.near}")
    assert closed.status_code == 409 and "is in use" in closed.text


@pytest.mark.proves("R11", "I6")
def test_two_incidents_cannot_share_a_unit_and_merging_them_keeps_it_once(house: House) -> None:
    one, other = house.responding(), house.responding(elements=["CELL-4"], area="800201")
    stock = house.receive(house.near, "generator", "GEN-1", "GEN-2")
    first, _ = house.units(stock)
    mine, theirs = (house.approved(number, quantity=1, type=2) for number in (one, other))
    take = [{"stock": stock, "unit": first}]
    house.ok("dou", f"{API}/requests/{mine}/actions/fill", take=take)
    refused = house.no("dou", f"{API}/requests/{theirs}/actions/fill", take=take)
    assert refused["code"] == "not-there" and "who has it" in refused["remedy"]
    house.act("ada", one, "merge", into=other, reason="one event")
    assert [each["incident"] for each in house.read("out")["items"]] == [other]
    assert house.no("dou", f"{API}/requests/{theirs}/actions/fill", take=take)["code"] == "not-there"
    assert house.stock(stock)["out"] == 1


@pytest.mark.proves("D4", "R11")
def test_by_file_a_unit_in_two_pools_a_count_too_large_and_a_closed_pool_are_refused(
    house: House, tmp_path: Path
) -> None:
    house.receive(house.near, "generator", "GEN-1")
    house.ok("dou", f"{API}/pools/{house.far}/actions/close")
    path = tmp_path / "pools.csv"
    head = "pool,resource,type,state,quantity,minimum,serial"
    rows = (
        ("meichuan,generator,2,available,,,GEN-2", None),
        ("meichuan,generator,2,available,,,GEN-2", None),
        ("meichuan,generator,3,available,,,GEN-2", "serial"),
        ("yunzhan,generator,2,available,,,GEN-3", "pool"),
        ("meichuan,cable,2,available,99999999999999999999,,", "quantity"),
        ("meichuan,cable,2,available,5,-1,", "minimum"),
        ("meichuan,generator,2,available,2,,GEN-4", "quantity"),
    )
    path.write_text("\n".join([head, *(row for row, _ in rows)]), encoding="utf-8")
    outcome = imports.resources(house.database, path)
    assert errors(outcome) == [(line, field) for line, (_, field) in enumerate(rows, 2) if field]
    assert outcome.kept == 2
