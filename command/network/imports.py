"""Importing the operator's records: services and elements from CSV, and what all imports have in common. Areas have `area_import`,
subscribers `subscriber_import`.

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
from command.network.models import Area, Element, Link, Service
from command.network.revision import changed

T = TypeVar("T")
Progress = Callable[[int], None]
Reject = Callable[[int, BadRow], None]
Lined = tuple[int, Row]

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


def services(database: Database, path: Path, progress: Progress = quiet) -> Outcome:
    """Import services: code, bit, name_zh, name_en, critical. A bit, once given, is never another service's."""
    return imported(database, path, SERVICES, _services, progress)


def elements(database: Database, path: Path, progress: Progress = quiet) -> Outcome:
    """Import elements: name, kind, area, uplinks (;), services (;), core. Links between elements of the file become those it names."""
    return imported(database, path, ELEMENTS, _elements, progress)


def imported(
    database: Database,
    path: Path,
    columns: Columns,
    work: Callable[[Database, Iterable[Lined], Reject], int],
    progress: Progress,
) -> Outcome:
    """Read a file of these columns and let `work` keep its good rows; a new revision of the network follows."""
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


def once(rows: Iterable[tuple[int, T]], key: Callable[[T], str], field: str, reject: Reject) -> Iterator[tuple[int, T]]:
    """The rows whose key did not come before; the others are set aside with the line of the first."""
    first: dict[str, int] = {}
    for line, row in rows:
        if (before := first.setdefault(key(row), line)) != line:
            reject(line, BadRow(field, f"is the same as at line {before}", "keep one of the two lines"))
        else:
            yield line, row


def code_of(row: Row) -> str:
    """What areas and services are known by."""
    return row["code"]


def table_of(model: Any) -> Table:
    """The table of a model, for statements that take many rows."""
    table: Table = model.__table__
    return table


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
    unique = once(rows, code_of, "code", reject)
    made = [row for _, row in good(unique, reject, lambda row: _service(row, taken))]
    database.write(lambda session: upsert(session, table_of(Service), "code", made), actor="system:import")
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
    unique = list(once(made, lambda element: str(element.values["name"]), "name", reject))
    for some in slices(unique, _SLICE):
        values = [element.values for _, element in some]
        database.write(partial(upsert, table=table_of(Element), key="name", rows=values), actor="system:import")
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
