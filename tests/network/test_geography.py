"""Outlines of areas from GeoJSON: good features are kept, a bad one is named by number and field, a map is never too heavy."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from command.core.database import Database
from command.core.installation import Installation
from command.core.problems import Invalid
from command.network import geography, outlines
from command.network.commands import group
from command.network.models import Area, AreaShape
from tests.builders import build_network

SQUARE = [[115.0, 24.0], [115.5, 24.0], [115.5, 24.5], [115.0, 24.5], [115.0, 24.0]]


@pytest.fixture
def areas(installation: Installation) -> Database:
    installation.database.write(lambda session: build_network(session, installation.keyring))
    return installation.database


def feature(code: Any, ring: Any = None, kind: str = "Polygon") -> dict[str, Any]:
    coordinates = [ring or SQUARE] if kind == "Polygon" else [[ring or SQUARE]]
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": kind, "coordinates": coordinates}}


def written(folder: Path, *features: Any) -> Path:
    path = folder / "map.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": list(features)}), "utf-8")
    return path


def kept(database: Database) -> dict[str, Any]:
    with database.read() as session:
        return dict(session.execute(select(Area.code, AreaShape.rings).join(Area)).tuples().all())


@pytest.mark.proves("D2")
def test_outlines_are_kept_by_the_code_of_their_area(areas: Database, tmp_path: Path) -> None:
    outcome = geography.geography(areas, written(tmp_path, feature("800101"), feature(800102, kind="MultiPolygon")))
    assert (outcome.kept, outcome.bad) == (2, 0)
    assert kept(areas) == {"800101": [SQUARE], "800102": [SQUARE]}
    moved = [[x + 1, y] for x, y in SQUARE]
    geography.geography(areas, written(tmp_path, feature("800101", moved)))
    assert kept(areas)["800101"] == [moved], "the same area again replaces its outline"


def test_each_bad_feature_is_named_and_the_others_are_kept(areas: Database, tmp_path: Path) -> None:
    path = written(
        tmp_path,
        feature("800101"),
        feature("999999"),
        feature("800102", [[0, 0], [1, 1], [0, 0]]),
        feature("800102", [[500000, 2600000], *SQUARE]),
        feature("800102", SQUARE[:-1]),
        {"type": "Feature", "properties": {"code": "800102"}, "geometry": {"type": "Point", "coordinates": [1, 2]}},
        {"type": "Feature", "properties": None, "geometry": None},
        feature("800101"),
        feature("800102", [["a", 1], *SQUARE]),
        7,
    )
    outcome = geography.geography(areas, path)
    assert (outcome.kept, outcome.bad) == (1, 9)
    with (tmp_path / "map.geojson.errors.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["line"] for row in rows] == [str(n) for n in range(2, 11)]
    assert {row["field"] for row in rows} == {"properties.code", "geometry.coordinates", "geometry.type"}
    assert all(row["reason"] and row["remedy"] for row in rows)
    assert rows[6]["reason"] == "is the same as of feature 1"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"type": "FeatureCollection",\n"features": [\n}', "line 3"),
        ("[]", "line 1"),
        ('{"type": "FeatureCollection", "features": 7}', "line 1"),
        ('{"type": "FeatureCollection", "features": [NaN]}', "line 1"),
        ("[" * 100_000, "line 1"),
    ],
)
def test_what_is_no_geojson_is_refused_whole_with_its_line(
    areas: Database, tmp_path: Path, text: str, line: str
) -> None:
    path = tmp_path / "map.geojson"
    path.write_text(text, "utf-8")
    with pytest.raises(Invalid, match=line):
        geography.geography(areas, path)
    assert kept(areas) == {}


def test_a_file_beyond_the_limits_is_refused(areas: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, feature("800101"), feature("800102"))
    for limit, most in (("LARGEST", 100), ("MOST_FEATURES", 1), ("MOST_POINTS", 7)):
        with monkeypatch.context() as patch:
            patch.setattr(geography, limit, most)
            with pytest.raises(Invalid):
                geography.geography(areas, path)


def circle(points: int, radius: float = 1.0) -> list[tuple[float, float]]:
    turns = [2 * math.pi * n / points for n in range(points)]
    ring = [(110 + radius * math.cos(turn), 24 + radius * math.sin(turn)) for turn in turns]
    return [*ring, ring[0]]


def test_a_heavy_outline_is_thinned_and_keeps_its_form() -> None:
    found = outlines.fitted({"a": [circle(20_000)], "b": [circle(20_000, 0.4)]}, 600)
    assert 40 < sum(len(ring) for rings in found.values() for ring in rings) <= 600
    for code, radius in (("a", 1.0), ("b", 0.4)):
        assert all(abs(math.dist(point, (110, 24)) - radius) < 0.01 for point in found[code][0])
        assert found[code][0][0] == found[code][0][-1]


near = st.tuples(st.floats(100, 120), st.floats(20, 40))


@given(st.lists(near, min_size=3, max_size=30), st.integers(1, 12))
def test_no_shape_vanishes_however_small_the_budget(points: Any, budget: int) -> None:
    ring = [*points, points[0]]
    found = outlines.fitted({"a": [ring]}, budget)
    assert len(found["a"]) == 1 and 4 <= len(found["a"][0]) <= len(ring)


def test_the_command_says_what_became_of_the_file(
    areas: Database, installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("command.network.commands.opened", lambda: installation)
    path = written(tmp_path, feature("800101"), feature("999999"))
    answer = CliRunner().invoke(group, ["geography", str(path)])
    assert answer.exit_code == 1
    assert "1 rows kept; 1 errors" in answer.output
