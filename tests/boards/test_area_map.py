"""The map of areas: shares add up as they should, tiles are of a level that fits, outlines keep their form."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.boards import derived, drawing, tiles
from command.boards.tiles import Spot
from tests.boards.stage import Stage


def row(number: str, *areas: tuple[int, int, float]) -> dict[str, Any]:
    return {"number": number, "areas": [list(area) for area in areas]}


def test_shares_of_several_incidents_add_up_to_the_whole_area_at_most() -> None:
    rows = {"A": row("A", (1, 60, 0.6), (2, 5, 0.05)), "B": row("B", (1, 70, 0.7))}
    first, second = derived.areas(rows)["areas"]
    assert (first["area_id"], first["users"], first["share"], first["incidents"]) == (1, 130, 1.0, ["A", "B"])
    assert (second["area_id"], second["share"]) == (2, 0.05)


def test_rows_written_before_there_was_a_map_are_read_too() -> None:
    old = {"A": {"number": "A", "tier": 1}}
    assert [made(old) for made in derived.CARDS.values()] == [
        {"alerts": []},
        {"areas": []},
        {"notices": []},
        {"sums": {}, "open": {}},
    ]


def test_only_a_derived_card_that_differs_is_told() -> None:
    before = {"A": row("A", (1, 60, 0.6))}
    assert derived.changed(before, {"A": before["A"] | {"eta": "later"}}) == frozenset()
    assert derived.changed(before, {"A": row("A", (1, 61, 0.61))}) == {"map"}


@pytest.mark.proves("D2", "B6")
def test_each_subscriber_of_an_incident_is_counted_once_whatever_they_lost(stage: Stage) -> None:
    stage.report(elements=["CELL-1", "CELL-4"])
    areas = {one["area_id"]: one for one in derived.areas(stage.folded("command"))["areas"]}
    county = areas[stage.network.areas["800101"]]
    assert (county["users"], county["share"]) == (20, round(20 / 30, 4)), "voice and data are lost by the same people"
    assert areas[stage.network.areas["800201"]]["users"] == 10


def test_an_area_that_recovers_leaves_the_map(stage: Stage) -> None:
    number = stage.storm("CELL-1", "CELL-4")
    stage.fail(number, "CELL-4")
    found = derived.areas(stage.folded("command"))["areas"]
    assert [one["area_id"] for one in found] == [stage.network.areas["800201"]]


def spots(counties: int, per_prefecture: int = 10) -> list[Spot]:
    made = [Spot(1, "00", None, "country", "Nation"), Spot(2, "80", 1, "province", "Province")]
    for n in range(counties):
        prefecture = 10 + n // per_prefecture
        if n % per_prefecture == 0:
            made.append(Spot(prefecture, f"80{prefecture:04}", 2, "prefecture", f"City {prefecture}"))
        made.append(Spot(10_000 + n, f"80{prefecture:04}{n:04}", prefecture, "county", f"County {n}"))
    return made


def test_tiles_are_counties_in_their_prefectures_while_they_fit() -> None:
    found = tiles.groups(spots(25))
    assert [(group.name, len(group.tiles)) for group in found] == [("City 10", 10), ("City 11", 10), ("City 12", 5)]
    many = tiles.groups(spots(3000))
    assert [(group.name, len(group.tiles)) for group in many] == [("Province", 300)]


def test_a_chain_goes_up_to_the_country_and_survives_a_loop() -> None:
    by_id = {spot.id: spot for spot in spots(1)}
    assert tiles.chain(by_id, 10_000) == [10_000, 10, 2, 1]
    by_id[1] = Spot(1, "00", 2, "country", "Nation")
    assert tiles.chain(by_id, 10_000) == [10_000, 10, 2, 1]


SQUARE = [[110.0, 24.0], [112.0, 24.0], [112.0, 26.0], [110.0, 26.0], [110.0, 24.0]]


def test_a_square_of_degrees_is_drawn_narrower_than_high_and_north_above() -> None:
    found = drawing.draw({7: [SQUARE]})
    assert found.height == pytest.approx(drawing.WIDTH / math.cos(math.radians(25)), abs=0.1)
    assert found.paths[7].startswith(f"M0.0 {found.height:.1f}L1000.0 {found.height:.1f}L1000.0 0.0")
    assert drawing.draw({}).paths == {}


degrees = st.tuples(st.floats(-179, 179), st.floats(-89, 89)).map(list)


@given(st.dictionaries(st.integers(1, 9), st.lists(st.lists(degrees, min_size=4, max_size=8), min_size=1, max_size=3)))
def test_every_point_lies_in_the_box(outlines: Any) -> None:
    found = drawing.draw(outlines)
    for path in found.paths.values():
        figures = [float(each) for each in path.replace("M", " ").replace("L", " ").replace("Z", " ").split()]
        assert all(-0.1 <= x <= drawing.WIDTH + 0.1 for x in figures[::2])
        assert all(-0.1 <= y <= found.height + 0.1 for y in figures[1::2])
