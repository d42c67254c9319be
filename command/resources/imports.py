"""Importing pools from CSV or XLSX: a row is a unit, or how many counted pieces a pool has in a state.

Rows are known by pool, resource, type and serial number, so the same file twice changes nothing, and a corrected file mends what it
names; a count that differs is put on record like stock-taking. Each row is one unit of work: good ones are kept whatever the others
hold."""

import re
from collections.abc import Iterable
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.problems import N_, Invalid, Problem
from command.network.csvfile import BadRow, Columns, Rejects, Row, check_encoding, read
from command.network.imports import Outcome, Progress, needed, quiet
from command.network.models import Area
from command.resources import finding, register, sheets, upkeep
from command.resources.models import Resource, ResourceCertificate, ResourcePool, ResourceStock, ResourceUnit
from command.resources.register import Definition, Home
from command.resources.states import IN_POOL, Bucket, Kind

POOL = ("pool_zh", "pool_en", "area", "place", "department", "partner")
"""What a pool is; needed in the first row of a new one."""
RESOURCE = ("kind", "resource_zh", "resource_en", "measure_zh", "measure_en", "rest_hours", "fresh_days", "plan_lines")
"""What a resource is; needed in the first row of a new one."""
TYPE = ("type_zh", "type_en")
UNIT = ("serial", "service_due", "certificate", "expires")
COLUMNS = Columns(
    ("pool", "resource", "type"),
    {**dict.fromkeys((*POOL, *RESOURCE, *TYPE, *UNIT), ""), "quantity": "", "state": "available", "minimum": ""},
)
WRITTEN = ("pool", *POOL, "resource", *RESOURCE, "type", *TYPE, "state", "quantity", "minimum", *UNIT)
"""The columns in the order in which an export writes them."""
AWAY = "out"
"""The state of a unit that was out when it was exported: one that is known stays as it is."""


def resources(
    database: Database, path: Path, progress: Progress = quiet, *, actor: str = "system:import", most: int | None = None
) -> Outcome:
    """Import pools, what they hold, certificates and services that are due, as the act of `actor`. A file of more than `most` rows is
    refused whole, with Invalid."""
    if not sheets.is_workbook(path):
        check_encoding(path)
    with Rejects(path) as rejects:
        kept = 0
        for line, row in _read(path, rejects, progress, most):
            try:
                database.write(partial(_row, row=plain(row)), actor=actor)
                kept += 1
            except BadRow as bad:
                rejects.add(line, bad)
            except Problem as problem:
                rejects.add(line, _bad(problem))
    return Outcome(kept, rejects.count, 0, rejects.path if rejects.count else None)


def _read(path: Path, rejects: Rejects, progress: Progress, most: int | None) -> Iterable[tuple[int, Row]]:
    if sheets.is_workbook(path):
        rows = sheets.read(path, COLUMNS, rejects.add)
    else:
        rows = read(path, COLUMNS, rejects.add, progress)
    if most is None:
        return rows
    found = list(islice(rows, most + 1))
    if len(found) > most:
        raise Invalid(
            N_("%(file)s has more than %(most)d rows."),
            field="file",
            remedy=N_("Divide it into several files, or import it with tocsin import resources."),
            file=path.name,
            most=most,
        )
    return found


def _bad(problem: Problem) -> BadRow:
    filled = (text % problem.values if problem.values else text for text in (problem.detail, problem.remedy))
    return BadRow(_FIELDS.get(problem.field, problem.field), *filled)


_FIELDS = {"serials": "serial", "found": "quantity", "due_on": "service_due", "expires_on": "expires", "code": "pool"}


def plain(row: Row) -> Row:
    """A row without the marks that an export sets before cells which a spreadsheet would take for formulas."""
    return {name: value[1:] if value[:1] == "'" and runs(value[1:]) else value for name, value in row.items()}


def runs(value: str) -> bool:
    """Whether a spreadsheet might take a text for a formula, one that begins with full-width signs too."""
    return value.lstrip(" \n\u3000").startswith(FORMULAS)


FORMULAS = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")


def _row(session: Session, row: Row) -> None:
    pool = _pool(session, row)
    resource = _resource(session, row)
    capability = _whole(row, "type", 1, 4)
    if resource.serial:
        _unit(session, pool, resource, capability, row)
    else:
        _pieces(session, pool, resource, capability, row)
    if row["minimum"]:
        stock = register.stock_of(session, pool, resource, capability)
        register.set_minimum(session, stock.id, _whole(row, "minimum", 0, register.MOST))


def _whole(row: Row, name: str, least: int, most: int) -> int:
    if not row[name].isdecimal() or not least <= int(row[name]) <= most:
        raise BadRow(name, f"{row[name]!r} cannot be used", f"write a whole number from {least} to {most}")
    return int(row[name])


def _day(row: Row, name: str) -> date:
    try:
        return date.fromisoformat(row[name])
    except ValueError:
        raise BadRow(name, f"{row[name]!r} is no day", "write it as 2027-03-31") from None


def _pool(session: Session, row: Row) -> ResourcePool:
    """The pool of a row, opened or changed where the row says so."""
    code = needed(row, "pool")
    found = session.scalar(select(ResourcePool).where(ResourcePool.code == code))
    if found is not None:
        area = session.get_one(Area, found.area_id).code
        owner = {"department": found.department, "partner": found.partner}
        held = {"pool_zh": found.name_zh, "pool_en": found.name_en, "area": area, "place": found.place, **owner}
        if all(row[name] in ("", held[name]) for name in POOL):
            return finding.open_pool(session, found.id)
        row = {**row, **{name: row[name] or held[name] for name in POOL if name not in owner}}
        if not (row["department"] or row["partner"]):
            row |= owner
    zh, en, area_code, place = (needed(row, name) for name in ("pool_zh", "pool_en", "area", "place"))
    home = Home(zh, en, area_code, place, row["department"], row["partner"])
    return register.open_pool(session, code, home)


def _resource(session: Session, row: Row) -> Resource:
    """The resource of a row, set up or changed where the row says so."""
    code = needed(row, "resource")
    found = session.scalar(select(Resource).where(Resource.code == code))
    given = {name: row[name] for name in ("kind", "measure_zh", "measure_en") if row[name]}
    given |= {to: row[name] for name, to in (("resource_zh", "name_zh"), ("resource_en", "name_en")) if row[name]}
    if given.get("kind", Kind.MATERIAL) not in list(Kind):
        raise BadRow("kind", f"{given['kind']!r} is no kind", "write one of " + ", ".join(Kind))
    numbers = {name: _whole(row, name, 0, 3650) for name in ("rest_hours", "fresh_days") if row[name]}
    told: dict[str, Any] = {**given, **numbers, "types": _types(row, found)}
    if row["plan_lines"]:
        told["plan_lines"] = _plan_lines(row)
    if found is not None and all(getattr(found, name) == value for name, value in told.items()):
        return found
    if found is None:
        for name in ("kind", "resource_zh", "resource_en"):
            needed(row, name)
    held = {name: getattr(found, name) for name in _HELD} if found is not None else {}
    serial = found.serial if found is not None else bool(row["serial"])
    return register.define(session, Definition(code=code, **{"serial": serial, **held, **told}))


_HELD = ("kind", "name_zh", "name_en", "measure_zh", "measure_en", "rest_hours", "fresh_days", "plan_lines")


def _plan_lines(row: Row) -> list[str]:
    """Ids of lines of playbooks, with blanks between them."""
    found = sorted(set(row["plan_lines"].split()))
    if any(re.fullmatch("[a-z][a-z0-9_]{0,63}", each) is None for each in found):
        raise BadRow("plan_lines", f"{row['plan_lines']!r} are no ids", "write ids of playbooks' lines as repair_crew")
    return found


def _types(row: Row, found: Resource | None) -> dict[str, dict[str, str]]:
    types: dict[str, dict[str, str]] = dict(found.types) if found is not None else {}
    if row["type_zh"] or row["type_en"]:
        types[row["type"]] = {"zh": row["type_zh"], "en": row["type_en"]}
    return types


def _unit(session: Session, pool: ResourcePool, resource: Resource, capability: int, row: Row) -> None:
    """A unit: new in the pool, or known there and kept up to date."""
    serial = needed(row, "serial")
    if row["quantity"] not in ("", "1"):
        raise BadRow("quantity", "a unit with a serial number is one piece", "leave it empty, or write 1")
    found = session.scalar(
        select(ResourceUnit).where(ResourceUnit.resource_id == resource.id, ResourceUnit.serial == serial)
    )
    if found is None:
        state = row["state"]
        if state not in IN_POOL:
            raise BadRow("state", f"{state!r} cannot be a new unit's", "write one of " + ", ".join(IN_POOL))
        ready = state != Bucket.IN_RESERVE
        register.receive(session, pool.id, resource.code, capability, serials=[serial], ready=ready)
        found = session.scalars(
            select(ResourceUnit).where(ResourceUnit.resource_id == resource.id, ResourceUnit.serial == serial)
        ).one()
        if state == Bucket.OUT_OF_SERVICE:
            upkeep.do_unit(session, found.id, "stop", "imported as out of service")
    else:
        stock = session.get_one(ResourceStock, found.stock_id)
        if (stock.pool_id, stock.type) != (pool.id, capability):
            raise BadRow("serial", "this unit is on record in another pool or type", "correct the pool, type or number")
    _keep(session, found, row)


def _keep(session: Session, unit: ResourceUnit, row: Row) -> None:
    """A unit's next service and certificate, where they differ."""
    if row["service_due"] and unit.service_due_on != _day(row, "service_due"):
        upkeep.service(session, unit.id, _day(row, "service_due"))
    if not row["certificate"]:
        return
    query = select(ResourceCertificate.expires_on).where(
        ResourceCertificate.unit_id == unit.id, ResourceCertificate.name == row["certificate"]
    )
    if session.scalar(query) != _day(row, "expires"):
        upkeep.certify(session, unit.id, row["certificate"], _day(row, "expires"))


def _pieces(session: Session, pool: ResourcePool, resource: Resource, capability: int, row: Row) -> None:
    """Counted pieces of a state: the first time they come in, later a difference is put on record."""
    if row["serial"]:
        raise BadRow("serial", "pieces of this resource are counted", "leave the serial number empty")
    if row["state"] not in IN_POOL:
        raise BadRow("state", f"{row['state']!r} is no state of a pool", "write one of " + ", ".join(IN_POOL))
    bucket, number = Bucket(row["state"]), _whole(row, "quantity", 0, register.MOST)
    stock = register.stock_of(session, pool, resource, capability)
    if getattr(stock, bucket) == number:
        return
    if stock.received == 0 and bucket != Bucket.OUT_OF_SERVICE:
        ready = bucket == Bucket.AVAILABLE
        register.receive(session, pool.id, resource.code, capability, quantity=number, ready=ready)
    else:
        register.count(session, stock.id, {bucket: number}, "counted by import")
