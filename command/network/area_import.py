"""Importing areas from CSV: their tree, where they lie, and how long the way from one to another takes."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.network.csvfile import BadRow, Columns, Row
from command.network.imports import (
    Lined,
    Outcome,
    Progress,
    Reject,
    code_of,
    good,
    imported,
    needed,
    once,
    quiet,
    table_of,
    upsert,
)
from command.network.models import Area, AreaPlace, AreaTravel

LEVELS = ("country", "province", "prefecture", "county")
AREAS = Columns(("code", "parent", "level", "name_zh", "name_en"), {"latitude": "", "longitude": "", "zone": ""})
TRAVEL = Columns(("from", "to", "minutes"))
ZONES = available_timezones()
LONGEST_WAY = 10_080
"""Minutes: a week."""


def areas(database: Database, path: Path, progress: Progress = quiet) -> Outcome:
    """Import areas: code, parent, level, name_zh, name_en, latitude, longitude, zone. A parent may stand below its child in the file; a
    place that is left out stays what it was. An area without a zone takes that of the area it lies in."""
    return imported(database, path, AREAS, _areas, progress)


def travel(database: Database, path: Path, progress: Progress = quiet) -> Outcome:
    """Import the minutes from one area to another: from, to, minutes."""
    return imported(database, path, TRAVEL, _travel, progress)


def _area(row: Row) -> Row:
    if row["level"] not in LEVELS:
        raise BadRow("level", f"{row['level']!r} is no level", "write one of " + ", ".join(LEVELS))
    for name in ("code", "name_zh", "name_en"):
        needed(row, name)
    if row["level"] != LEVELS[0] and not row["parent"]:
        raise BadRow("parent", "is empty", "name the area it lies in; only a country has none")
    _place(row)
    if row["zone"] and row["zone"] not in ZONES:
        raise BadRow("zone", f"{row['zone']!r} is no time zone", "write an IANA name such as Asia/Urumqi, or nothing")
    return row


def _place(row: Row) -> dict[str, float]:
    """Latitude and longitude where they are given. Raises BadRow."""
    if bool(row["latitude"]) != bool(row["longitude"]):
        lacking = "longitude" if row["latitude"] else "latitude"
        raise BadRow(lacking, "is empty", "write both or neither")
    found = {}
    for name, most in (("latitude", 90), ("longitude", 180)):
        if not row[name]:
            continue
        try:
            found[name] = float(row[name])
        except ValueError:
            raise BadRow(name, f"{row[name]!r} is no number", "write degrees such as 24.31") from None
        if not -most <= found[name] <= most:
            raise BadRow(name, f"{row[name]} is not on the earth", f"write degrees from -{most} to {most}")
    return found


def _areas(database: Database, rows: Iterable[Lined], reject: Reject) -> int:
    unique = once(good(rows, reject, _area), code_of, "code", reject)
    highest_first = sorted(unique, key=lambda lined: LEVELS.index(lined[1]["level"]))
    with database.read() as session:
        levels = dict(session.execute(select(Area.code, Area.level)).tuples().all())
    kept = [row for _, row in good(highest_first, reject, lambda row: _placed(row, levels))]
    database.write(partial(_write_areas, rows=kept), actor="system:import")
    return len(kept)


def _placed(row: Row, levels: dict[str, str]) -> Row:
    parent = row["parent"]
    if parent and parent not in levels:
        raise BadRow("parent", f"area {parent!r} is unknown", "add a line for it or correct the code")
    if parent and LEVELS.index(levels[parent]) >= LEVELS.index(row["level"]):
        raise BadRow("parent", f"a {row['level']} cannot lie in a {levels[parent]}", "name an area of a higher level")
    levels[row["code"]] = row["level"]
    return row


def _write_areas(session: Session, rows: list[Row]) -> None:
    """Level by level, so that parents have ids."""
    known = dict(session.execute(select(Area.code, Area.id)).tuples().all())
    zones = dict(session.execute(select(Area.code, Area.zone)).tuples().all())
    for level in LEVELS:
        here = [row for row in rows if row["level"] == level]
        values = [
            {
                "code": row["code"],
                "parent_id": known.get(row["parent"]),
                "level": level,
                "name_zh": row["name_zh"],
                "name_en": row["name_en"],
                "zone": _zone_of(row, zones),
            }
            for row in here
        ]
        upsert(session, table_of(Area), "code", values)
        known = dict(session.execute(select(Area.code, Area.id)).tuples().all())
    places = [{"area_id": known[row["code"]], **place} for row in rows if (place := _place(row))]
    upsert(session, table_of(AreaPlace), "area_id", places)


def _zone_of(row: Row, zones: dict[str, str | None]) -> str | None:
    """The zone of an area: its own, else that of the area it lies in; remembered for those in it."""
    zones[row["code"]] = row["zone"] or zones.get(row["parent"])
    return zones[row["code"]]


def _travel(database: Database, rows: Iterable[Lined], reject: Reject) -> int:
    with database.read() as session:
        ids = dict(session.execute(select(Area.code, Area.id)).tuples().all())
    kept = {(row["from_id"], row["to_id"]): row for _, row in good(rows, reject, lambda row: _way(row, ids))}
    database.write(partial(_write_travel, rows=list(kept.values())), actor="system:import")
    return len(kept)


def _way(row: Row, ids: dict[str, int]) -> dict[str, int]:
    for name in ("from", "to"):
        if row[name] not in ids:
            raise BadRow(name, f"area {row[name]!r} is unknown", "import the areas first or correct the code")
    if not row["minutes"].isdecimal() or not 1 <= int(row["minutes"]) <= LONGEST_WAY:
        raise BadRow("minutes", f"{row['minutes']!r} is no time", f"write whole minutes from 1 to {LONGEST_WAY}")
    return {"from_id": ids[row["from"]], "to_id": ids[row["to"]], "minutes": int(row["minutes"])}


def _write_travel(session: Session, rows: list[dict[str, int]]) -> None:
    upsert(session, table_of(AreaTravel), ("from_id", "to_id"), rows)
