"""Importing the operator's records: areas, services and elements from CSV. Subscribers have `subscriber_import`.

Rows are known by their code or name, so the same file twice changes nothing and a corrected file mends what it names. Good rows are
kept whatever the others hold. These files are small next to subscribers and are read whole."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core.database import Database
from command.network import masks
from command.network.csvfile import BadRow, Columns, Rejects, Row, check_encoding, read
from command.network.models import Area, AreaPlace, AreaTravel, Element, Link, Service
from command.network.revision import changed

T = TypeVar("T")
Progress = Callable[[int], None]
Reject = Callable[[int, BadRow], None]
Lined = tuple[int, Row]

LEVELS = ("country", "province", "prefecture", "county")
AREAS = Columns(("code", "parent", "level", "name_zh", "name_en"), {"latitude": "", "longitude": ""})
TRAVEL = Columns(("from", "to", "minutes"))
LONGEST_WAY = 10_080
"""Minutes: a week."""
SERVICES = Columns(("code", "bit", "name_zh", "name_en"), {"critical": "0"})
ELEMENTS = Columns(("name", "kind", "area", "services"), {"uplinks": "", "core": "0"})
_TRUTH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
_SLICE = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did: rows kept, rows set aside in `errors`, and rows kept with a doubt about their number."""

    kept: int
    bad: int
    doubtful: int
    errors: Path | None


def quiet(_: int) -> None:
    """Progress that nobody watches."""


def areas(database: Database, path: Path, progress: Progress = quiet) -> Outcome:
    """Import areas: code, parent, level, name_zh, name_en, latitude, longitude. A parent may stand below its child in the file; a place
    that is left out stays what it was."""
    return _run(database, path, AREAS, _areas, progress)


def travel(database: Database, path: Path, progress: Progress = quiet) -> Outcome:
    """Import the minutes from one area to another: from, to, minutes."""
    return _run(database, path, TRAVEL, _travel, progress)


def services(database: Database, path: Path, progress: Progress = quiet) -> Outcome:
    """Import services: code, bit, name_zh, name_en, critical. A bit, once given, is never another service's."""
    return _run(database, path, SERVICES, _services, progress)


def elements(database: Database, path: Path, progress: Progress = quiet) -> Outcome:
    """Import elements: name, kind, area, uplinks (;), services (;), core. Links between elements of the file become those it names."""
    return _run(database, path, ELEMENTS, _elements, progress)


def _run(
    database: Database,
    path: Path,
    columns: Columns,
    work: Callable[[Database, Iterable[Lined], Reject], int],
    progress: Progress,
) -> Outcome:
    check_encoding(path)
    with Rejects(path) as rejects:
        kept = work(database, read(path, columns, rejects.add, progress), rejects.add)
        database.write(changed, actor="system:import")
    return Outcome(kept, rejects.count, 0, rejects.path if rejects.count else None)


def truth(row: Row, name: str) -> bool:
    """1/true/yes or 0/false/no/empty. Raises BadRow."""
    try:
        return _TRUTH[row[name].lower()]
    except KeyError:
        raise BadRow(name, f"{row[name]!r} is neither yes nor no", "write 1 or 0") from None


def needed(row: Row, name: str) -> str:
    """The value of a field that must not be empty. Raises BadRow."""
    if not row[name]:
        raise BadRow(name, "is empty", "fill it in")
    return row[name]


def service_mask(written: str, bits: dict[str, int]) -> int:
    """The mask of codes separated by semicolons. Raises BadRow naming the unknown one."""
    try:
        return masks.of((code.strip() for code in written.split(";") if code.strip()), bits)
    except KeyError as unknown:
        raise BadRow(
            "services", f"service {unknown} is unknown", "import the services first or correct the code"
        ) from None


def good(rows: Iterable[Lined], reject: Reject, make: Callable[[Row], T]) -> Iterator[tuple[int, T]]:
    """(line, made) of the rows that `make` accepts."""
    for line, row in rows:
        try:
            yield line, make(row)
        except BadRow as bad:
            reject(line, bad)


def slices(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of up to `size`."""
    iterator = iter(rows)
    while some := list(islice(iterator, size)):
        yield some


def upsert(session: Session, table: Table, key: str | tuple[str, ...], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; one whose key is known takes the new values instead."""
    if not rows:
        return
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = make(table)
    keys = (key,) if isinstance(key, str) else key
    given = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=given), rows)


def _once(
    rows: Iterable[tuple[int, T]], key: Callable[[T], str], field: str, reject: Reject
) -> Iterator[tuple[int, T]]:
    first: dict[str, int] = {}
    for line, row in rows:
        if (before := first.setdefault(key(row), line)) != line:
            reject(line, BadRow(field, f"is the same as at line {before}", "keep one of the two lines"))
        else:
            yield line, row


# --- areas


def _area(row: Row) -> Row:
    if row["level"] not in LEVELS:
        raise BadRow("level", f"{row['level']!r} is no level", "write one of " + ", ".join(LEVELS))
    for name in ("code", "name_zh", "name_en"):
        needed(row, name)
    if row["level"] != LEVELS[0] and not row["parent"]:
        raise BadRow("parent", "is empty", "name the area it lies in; only a country has none")
    _place(row)
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
    unique = _once(good(rows, reject, _area), _code, "code", reject)
    highest_first = sorted(unique, key=lambda lined: LEVELS.index(lined[1]["level"]))
    with database.read() as session:
        levels = dict(session.execute(select(Area.code, Area.level)).tuples().all())
    kept = [row for _, row in good(highest_first, reject, lambda row: _placed(row, levels))]
    database.write(partial(_write_areas, rows=kept), actor="system:import")
    return len(kept)


def _code(row: Row) -> str:
    return row["code"]


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
    for level in LEVELS:
        here = [row for row in rows if row["level"] == level]
        values = [
            {
                "code": row["code"],
                "parent_id": known.get(row["parent"]),
                "level": level,
                "name_zh": row["name_zh"],
                "name_en": row["name_en"],
            }
            for row in here
        ]
        upsert(session, _table(Area), "code", values)
        known = dict(session.execute(select(Area.code, Area.id)).tuples().all())
    places = [{"area_id": known[row["code"]], **place} for row in rows if (place := _place(row))]
    upsert(session, _table(AreaPlace), "area_id", places)


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


# --- travel


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
    upsert(session, _table(AreaTravel), ("from_id", "to_id"), rows)


# --- services


def _service(row: Row, taken: dict[str, int]) -> dict[str, Any]:
    code = needed(row, "code")
    if not row["bit"].isdecimal() or not 0 <= int(row["bit"]) <= 62:
        raise BadRow("bit", f"{row['bit']!r} is no bit", "write a whole number from 0 to 62")
    bit = int(row["bit"])
    owner = next((other for other, theirs in taken.items() if theirs == bit), code)
    if owner != code:
        raise BadRow("bit", f"{bit} belongs to service {owner}", "give it a free bit")
    if taken.get(code, bit) != bit:
        raise BadRow("bit", f"service {code} has bit {taken[code]} already", "keep it: stored masks mean it")
    taken[code] = bit
    names = {name: needed(row, name) for name in ("name_zh", "name_en")}
    return {"code": code, "bit": bit, "critical": truth(row, "critical"), **names}


def _services(database: Database, rows: Iterable[Lined], reject: Reject) -> int:
    with database.read() as session:
        taken = service_bits(session)
    unique = _once(rows, _code, "code", reject)
    made = [row for _, row in good(unique, reject, lambda row: _service(row, taken))]
    database.write(lambda session: upsert(session, _table(Service), "code", made), actor="system:import")
    return len(made)


def service_bits(session: Session) -> dict[str, int]:
    """Code → bit of every service."""
    return dict(session.execute(select(Service.code, Service.bit)).tuples().all())


# --- elements


@dataclass(frozen=True, slots=True)
class _Element:
    values: dict[str, Any]
    uplinks: tuple[str, ...]


def _element(row: Row, areas: dict[str, int], bits: dict[str, int]) -> _Element:
    name = needed(row, "name")
    if row["area"] not in areas:
        raise BadRow("area", f"area {row['area']!r} is unknown", "import the areas first or correct the code")
    values = {
        "name": name,
        "kind": needed(row, "kind"),
        "area_id": areas[row["area"]],
        "core": truth(row, "core"),
        "services": service_mask(row["services"], bits),
    }
    return _Element(values, tuple(part.strip() for part in row["uplinks"].split(";") if part.strip()))


def _elements(database: Database, rows: Iterable[Lined], reject: Reject) -> int:
    with database.read() as session:
        areas = dict(session.execute(select(Area.code, Area.id)).tuples().all())
        bits = service_bits(session)
    made = good(rows, reject, lambda row: _element(row, areas, bits))
    unique = list(_once(made, lambda element: str(element.values["name"]), "name", reject))
    for some in slices(unique, _SLICE):
        values = [element.values for _, element in some]
        database.write(partial(upsert, table=_table(Element), key="name", rows=values), actor="system:import")
    with database.read() as session:
        ids = dict(session.execute(select(Element.name, Element.id)).tuples().all())
        known = set(session.execute(select(Link.a_id, Link.b_id)).tuples().all())
    wanted = set(_links(unique, ids, reject))
    in_file = {ids[str(element.values["name"])] for _, element in unique}
    gone = {link for link in known - wanted if in_file.issuperset(link)}
    for some_links in slices(sorted(wanted - known), _SLICE):
        database.write(partial(_add_links, links=some_links), actor="system:import")
    for some_links in slices(sorted(gone), _SLICE):
        database.write(partial(_drop_links, links=some_links), actor="system:import")
    return len(unique)


def _links(elements: Iterable[tuple[int, _Element]], ids: dict[str, int], reject: Reject) -> Iterator[tuple[int, int]]:
    for line, element in elements:
        own = ids[str(element.values["name"])]
        for name in element.uplinks:
            other = ids.get(name)
            if other is None:
                reject(
                    line,
                    BadRow("uplinks", f"element {name!r} is unknown", "the element is kept without this link; add it"),
                )
            elif other == own:
                reject(
                    line,
                    BadRow("uplinks", "an element cannot be its own uplink", "the element is kept without this link"),
                )
            else:
                yield min(own, other), max(own, other)


def _add_links(session: Session, links: Collection[tuple[int, int]]) -> None:
    session.execute(insert(Link), [{"a_id": a, "b_id": b} for a, b in links])


def _drop_links(session: Session, links: Collection[tuple[int, int]]) -> None:
    for a, b in links:
        session.execute(delete(Link).where(Link.a_id == a, Link.b_id == b))
