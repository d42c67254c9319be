"""Importing the outlines of areas from GeoJSON (RFC 7946): each feature's property `code` is the code of an imported area.

A file that is no GeoJSON is refused whole, with the line. A feature that cannot be used is set aside with its number in the file, the
field, the reason and the remedy; the others are kept. An outline that an area had before is replaced."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.problems import N_, Invalid
from command.network import outlines
from command.network.csvfile import BadRow, Rejects, check_encoding
from command.network.imports import Outcome, Progress, quiet
from command.network.models import Area, AreaShape
from command.network.outlines import Point
from command.network.revision import changed

LARGEST = 64 << 20
"""Bytes of a file."""
MOST_FEATURES = 5_000
MOST_POINTS = 2_000_000
KEPT_POINTS = 20_000
"""Points of all outlines together, as kept: a map that a board can draw at once."""
DEGREES = "write longitude and latitude in degrees (WGS 84)"


def geography(database: Database, path: Path, progress: Progress = quiet) -> Outcome:
    """Import outlines. Raise Invalid where the file as a whole cannot be used."""
    features = _features(path)
    with database.read() as session:
        areas = dict(session.execute(select(Area.code, Area.id)).tuples().all())
    shapes: dict[str, list[list[Point]]] = {}
    first: dict[str, int] = {}
    points = 0
    with Rejects(path) as rejects:
        for number, feature in enumerate(features, 1):
            try:
                code = _code(feature, areas)
                if code in first:
                    raise BadRow(
                        "properties.code", f"is the same as of feature {first[code]}", "join them in one feature"
                    )
                shapes[code] = list(_rings(feature))
                first[code] = number
            except BadRow as bad:
                rejects.add(number, bad)
                continue
            points += sum(map(len, shapes[code]))
            if points > MOST_POINTS:
                raise _too_much(path, number)
        kept = outlines.fitted(shapes, KEPT_POINTS)
        database.write(lambda session: _write(session, {areas[code]: rings for code, rings in kept.items()}))
    progress(path.stat().st_size)
    return Outcome(len(kept), rejects.count, 0, rejects.path if rejects.count else None)


def _features(path: Path) -> list[Any]:
    if path.stat().st_size > LARGEST:
        raise Invalid(
            N_("%(file)s is larger than %(most)d MiB."),
            field="file",
            remedy=N_("Simplify the outlines first; the board draws no more than 20,000 points of them."),
            file=path.name,
            most=LARGEST >> 20,
        )
    check_encoding(path)
    try:
        found = json.loads(path.read_text("utf-8-sig"), parse_constant=_no_number)
    except json.JSONDecodeError as wrong:
        raise _not_geojson(path, wrong.lineno, wrong.msg) from wrong
    except (RecursionError, ValueError) as wrong:
        raise _not_geojson(path, 1, str(wrong)) from wrong
    features = found.get("features") if isinstance(found, dict) and found.get("type") == "FeatureCollection" else None
    if not isinstance(features, list):
        raise _not_geojson(path, 1, "no FeatureCollection with features")
    if len(features) > MOST_FEATURES:
        raise _too_much(path, MOST_FEATURES + 1)
    return features


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _not_geojson(path: Path, line: int, why: str) -> Invalid:
    return Invalid(
        N_("%(file)s, line %(line)d: this is no GeoJSON (%(why)s)."),
        field="file",
        remedy=N_("Give a FeatureCollection of polygons whose property code is the code of an imported area."),
        file=path.name,
        line=line,
        why=why,
    )


def _too_much(path: Path, feature: int) -> Invalid:
    return Invalid(
        N_("%(file)s: too much at feature %(feature)d."),
        field="file",
        remedy=N_("A file holds 5,000 features and 2,000,000 points at most; simplify the outlines first."),
        file=path.name,
        feature=feature,
    )


def _code(feature: Any, areas: dict[str, int]) -> str:
    """The code of the area a feature outlines. Raises BadRow."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = properties.get("code") if isinstance(properties, dict) else None
    if isinstance(code, int) and not isinstance(code, bool):
        code = str(code)
    if not isinstance(code, str) or not code:
        raise BadRow("properties.code", "is missing", "name the code of an imported area")
    if code not in areas:
        raise BadRow("properties.code", f"area {code[:64]!r} is unknown", "import the areas first or correct the code")
    return code


def _rings(feature: dict[str, Any]) -> Iterator[list[Point]]:
    """The closed rings of a polygon or of several. Raises BadRow."""
    given = feature.get("geometry")
    geometry: dict[str, Any] = given if isinstance(given, dict) else {}
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise BadRow("geometry.type", f"{kind!r} is no outline", "write Polygon or MultiPolygon")
    polygons = [geometry.get("coordinates")] if kind == "Polygon" else geometry.get("coordinates")
    if not isinstance(polygons, list) or not polygons:
        raise BadRow("geometry.coordinates", "is empty", "list the rings of the outline")
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon:
            raise BadRow("geometry.coordinates", "holds a polygon without rings", "list the rings of the outline")
        for ring in polygon:
            yield _ring(ring)


def _ring(ring: Any) -> list[Point]:
    if not isinstance(ring, list) or len(ring) < 4:
        raise BadRow("geometry.coordinates", "holds a ring of fewer than four points", "close each ring with its first")
    points = [_point(each) for each in ring]
    if points[0] != points[-1]:
        raise BadRow("geometry.coordinates", "holds a ring that is not closed", "end each ring with its first point")
    return points


def _point(given: Any) -> Point:
    pair = given[:2] if isinstance(given, list) else []
    if len(pair) < 2 or not all(
        isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in pair
    ):
        raise BadRow("geometry.coordinates", "holds a point that is no pair of numbers", DEGREES)
    if not (-180 <= pair[0] <= 180 and -90 <= pair[1] <= 90):
        raise BadRow("geometry.coordinates", "holds a point outside the earth's degrees", DEGREES)
    return float(pair[0]), float(pair[1])


def _write(session: Session, shapes: dict[int, list[list[Point]]]) -> None:
    if shapes:
        session.execute(delete(AreaShape).where(AreaShape.area_id.in_(list(shapes))))
        changed(session)
        session.execute(insert(AreaShape), [{"area_id": area, "rings": rings} for area, rings in shapes.items()])
