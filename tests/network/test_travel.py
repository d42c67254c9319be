"""How long the way takes: the matrix first, then the straight line, never less than the least."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from command.core.database import Database
from command.network import area_import, travel
from command.network.models import Area, AreaPlace
from command.network.travel import WITHIN, Travel, kilometres

PEKING, SHANGHAI = (39.9042, 116.4074), (31.2304, 121.4737)
PLACES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
HEAD = "code,parent,level,name_zh,name_en"
AREAS = f"""{HEAD},latitude,longitude
8,,country,国,Land,,
80,8,province,省,Province,28.0,118.0
8001,80,prefecture,市,City,28.0,118.5
8002,80,prefecture,市,Town,27.0,118.5
800201,8002,county,县,County,,
"""


def test_the_great_circle_from_peking_to_shanghai() -> None:
    assert kilometres(PEKING, SHANGHAI) == pytest.approx(1067, abs=2)


@given(PLACES, PLACES)
def test_the_way_back_is_as_long_and_none_is_longer_than_half_round_the_earth(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    there = kilometres(a, b)
    assert there == pytest.approx(kilometres(b, a)) and 0 <= there <= 20_016
    assert kilometres(a, a) == 0


def test_the_matrix_counts_before_the_straight_line_and_for_what_lies_within() -> None:
    known = Travel(
        places={1: (28.0, 118.0), 2: (28.0, 119.0), 3: (28.0, 118.1)}, parents={21: 2, 2: None}, matrix={(1, 2): 240}
    )
    assert known.minutes(1, 2) == known.minutes(2, 1) == known.minutes(1, 21) == 240
    assert known.minutes(2, 3) == pytest.approx(kilometres((28.0, 119.0), (28.0, 118.1)) * 1.35 / 50 * 60)
    assert known.minutes(1, 3) == WITHIN and known.minutes(3, 3) == WITHIN, "never less than the way within an area"
    assert known.minutes(1, 9) is None


@pytest.mark.proves("R11")
def test_places_and_ways_are_imported_and_a_file_without_places_leaves_them(tmp_path: Path, database: Database) -> None:
    given_areas, ways = tmp_path / "areas.csv", tmp_path / "travel.csv"
    given_areas.write_text(AREAS)
    assert area_import.areas(database, given_areas).kept == 5
    ways.write_text("from,to,minutes\n8001,8002,95\n8001,9,5\n8002,8001,soon\n8002,80,0\n")
    found = area_import.travel(database, ways)
    assert (found.kept, found.bad) == (1, 3)
    errors = Path(f"{ways}.errors.csv").read_text()
    assert "area '9' is unknown" in errors and "'soon' is no time" in errors and "write whole minutes" in errors
    given_areas.write_text("\n".join(",".join(line.split(",")[:5]) for line in AREAS.splitlines()) + "\n")
    assert area_import.areas(database, given_areas).bad == 0
    with database.read() as session:
        ids = dict(session.execute(select(Area.code, Area.id)).tuples().all())
        known = travel.read(session)
        assert len(session.scalars(select(AreaPlace)).all()) == 3
    assert known.minutes(ids["8001"], ids["800201"]) == 95, "the county lies in the town"
    assert known.minutes(ids["8"], ids["80"]) is None, "the land lies nowhere in particular"


@pytest.mark.parametrize(
    ("place", "said"),
    [("28.0,", "write both or neither"), ("north,118", "is no number"), ("91,118", "is not on the earth")],
)
def test_a_place_that_cannot_be_is_named(tmp_path: Path, database: Database, place: str, said: str) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(f"{HEAD},latitude,longitude\n8,,country,国,Land,{place}\n")
    assert area_import.areas(database, file).bad == 1
    assert said in Path(f"{file}.errors.csv").read_text()
