"""Stock is taken of a whole pool: everything in it is looked at, differences are on record, and the next one is due by rule."""

import pytest

from command.core.installation import Installation
from tests.conftest import Time
from tests.resources.test_life import API, Depot
from tests.resources.test_pages import House

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def depot(installation: Installation, time: Time) -> Depot:
    return Depot(installation).stocked(time)


@pytest.mark.proves("D4", "R11")
def test_what_is_missing_damaged_or_too_many_is_a_line_of_the_ledger_with_its_note(depot: Depot) -> None:
    cable = depot.receive(depot.near, "cable", quantity=10)
    generators = depot.receive(depot.near, "generator", "GEN-1", "GEN-2", "GEN-3")
    first, second, third = depot.units(generators)
    depot.ok("dou", f"{API}/out", take=[{"stock": generators, "unit": third}], place="Songping")
    found = {
        "stocks": {str(cable): {"available": 12}},
        "units": {str(first): "missing", str(second): "damaged"},
    }
    address = f"{API}/pools/{depot.near}/actions/take_stock"
    assert depot.no("dou", address, **found)["field"] == "note"
    assert depot.stock(cable)["received"] == 10, "what was refused has changed nothing"
    depot.ok("dou", address, **found, note="yearly count")
    assert (depot.stock(cable)["available"], depot.stock(cable)["received"]) == (12, 12)
    kept = depot.stock(generators)
    assert [kept[name] for name in ("available", "out_of_service", "out", "lost")] == [0, 1, 1, 1]
    assert kept["counted_at"] and depot.stock(cable)["counted_at"]
    assert depot.read(f"units/{second}")["unit"]["condition"] == "damaged"
    moves = [move for move in depot.read(f"pools/{depot.near}")["moves"] if move["verb"] == "count"]
    assert len(moves) == 3 and all(move["note"] == "yearly count" for move in moves)


@ONE
@pytest.mark.proves("D4")
def test_nothing_may_be_overlooked_and_what_is_not_there_cannot_be_counted(depot: Depot) -> None:
    cable = depot.receive(depot.near, "cable", quantity=10)
    unit = depot.units(depot.receive(depot.near, "generator", "GEN-1"))[0]
    address = f"{API}/pools/{depot.near}/actions/take_stock"
    assert depot.no("dou", address, units={str(unit): "present"})["field"] == f"stock-{cable}-available"
    assert depot.no("dou", address, stocks={str(cable): {"available": 10}})["field"] == f"unit-{unit}"
    both = {"stocks": {str(cable): {"available": 10}}, "units": {str(unit): "present"}}
    refused = depot.no("dou", address, **both | {"units": {str(unit): "present", "999": "present"}})
    assert refused["field"] == "unit-999"
    assert depot.no("dou", address, **both, as_of=1)["code"] == "moved-meanwhile"
    assert depot.no("dou", address, **both | {"stocks": {str(cable): {"available": -1}}})["status"] == 422
    depot.ok("dou", address, **both)
    assert depot.post("eng", address, **both).status_code == 403


@ONE
@pytest.mark.proves("D4")
def test_the_next_one_is_due_so_many_days_after_the_last(depot: Depot, time: Time) -> None:
    depot.receive(depot.near, "cable", quantity=10)
    rule = f"{API}/pools/{depot.near}/actions/count_rule"
    ruled = depot.ok("dou", rule, days=90)
    assert depot.no("dou", rule, days=0)["field"] == "days"
    time.forward(days=20)
    assert depot.read(f"pools/{depot.near}")["pool"]["count_due"] == ruled["count_due"]
    cable = depot.read(f"pools/{depot.near}")["stocks"][0]["id"]
    taken = depot.ok(
        "dou", f"{API}/pools/{depot.near}/actions/take_stock", stocks={str(cable): {"available": 10}}, units={}
    )
    assert taken["count_due"] > ruled["count_due"]
    assert depot.ok("dou", rule, days=None)["count_due"] is None


@ONE
@pytest.mark.proves("D4")
def test_the_sheet_keeps_what_was_typed_and_says_what_was_overlooked(installation: Installation, time: Time) -> None:
    house: House = House(installation).stocked(time)  # type: ignore[assignment]
    cable = house.receive(house.near, "cable", quantity=10)
    unit = house.units(house.receive(house.near, "generator", "GEN-1"))[0]
    visitor = house.sign_in("dou")
    page = f"/resources/pools/{house.near}/stock-taking"
    assert "on record: 10" in visitor.see(page)
    refused = visitor.send(page, page, **{f"unit-{unit}": "missing", "note": "the shelf is empty"})
    assert refused.status_code == 422 and "This was not looked at yet." in refused.text
    assert (
        f'name="unit-{unit}" value="missing" checked' in refused.text
        and "the shelf is empty</textarea>" in refused.text
    )
    typed = {f"stock-{cable}-available": "9.5", f"unit-{unit}": "missing", "note": "the shelf is empty"}
    wrong = visitor.send(page, page, **typed)
    assert (
        wrong.status_code == 422 and f'id="stock-{cable}-available-error"' in wrong.text and 'value="9.5"' in wrong.text
    )
    kept = visitor.send(page, page, **typed | {f"stock-{cable}-available": "9"})
    assert kept.status_code == 303
    assert house.stock(cable)["lost"] == 1 and house.read(f"units/{unit}")["unit"]["card"] == "lost"
    pool = visitor.send(f"/resources/pools/{house.near}/count-rule", f"/resources/pools/{house.near}", days="30")
    assert pool.status_code == 303 and "Every 30 days" in visitor.see(f"/resources/pools/{house.near}")
    assert "stock-taking due" not in visitor.see("/resources/pools")
    time.forward(days=31)
    visitor = house.sign_in("dou")
    assert "stock-taking due" in visitor.see("/resources/pools")
