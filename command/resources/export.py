"""Pools as a CSV file that `tocsin import resources` reads: imported where it came from, it changes nothing."""

import csv
from collections.abc import Iterator
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.network.models import Area
from command.resources import reading
from command.resources.imports import AWAY, WRITTEN, runs
from command.resources.models import ResourceCertificate, ResourceUnit
from command.resources.reading import Line, Wanted
from command.resources.states import IN_POOL, Bucket

GONE = (Bucket.LOST, Bucket.USED)


def write(session: Session, out: IO[str]) -> int:
    """Write every open pool; how many rows that were. Units lost and used up are left out."""
    writer = csv.writer(out)
    writer.writerow(WRITTEN)
    count = 0
    for row in rows(session):
        writer.writerow([harmless(row.get(name, "")) for name in WRITTEN])
        count += 1
    return count


def harmless(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + value if runs(value) else value


def rows(session: Session) -> Iterator[dict[str, str]]:
    """One row a unit and certificate, or a stock and state."""
    areas = dict(session.execute(select(Area.id, Area.code)).tuples().all())
    for line in reading.stocks(session, Wanted()):
        stock, resource, pool = line
        common = {**_pool(line, areas[pool.area_id]), **_resource(line), "minimum": str(stock.minimum or "")}
        if resource.serial:
            units = [unit for unit in reading.units(session, stock.id) if unit.bucket not in GONE]
            certificates = reading.certificates(session, [unit.id for unit in units])
            for unit in units:
                own = certificates.get(unit.id, [])
                yield common | _unit(unit) | (_certificate(own[0]) if own else {})
                for certificate in own[1:]:
                    yield common | _unit(unit) | _certificate(certificate)
        else:
            for bucket in IN_POOL:
                if (number := getattr(stock, bucket)) or bucket == Bucket.AVAILABLE:
                    yield common | {"state": bucket, "quantity": str(number)}


def _pool(line: Line, area: str) -> dict[str, str]:
    pool = line[2]
    return {
        "pool": pool.code,
        "pool_zh": pool.name_zh,
        "pool_en": pool.name_en,
        "area": area,
        "place": pool.place,
        "department": pool.department,
        "partner": pool.partner,
    }


def _resource(line: Line) -> dict[str, str]:
    stock, resource, _ = line
    words = resource.types.get(str(stock.type), {})
    return {
        "resource": resource.code,
        "kind": resource.kind,
        "resource_zh": resource.name_zh,
        "resource_en": resource.name_en,
        "measure_zh": resource.measure_zh,
        "measure_en": resource.measure_en,
        "rest_hours": str(resource.rest_hours or ""),
        "fresh_days": str(resource.fresh_days or ""),
        "plan_lines": " ".join(resource.plan_lines),
        "type": str(stock.type),
        "type_zh": words.get("zh", ""),
        "type_en": words.get("en", ""),
    }


def _unit(unit: ResourceUnit) -> dict[str, str]:
    return {
        "state": AWAY if unit.bucket == Bucket.OUT else unit.bucket,
        "serial": unit.serial,
        "service_due": unit.service_due_on.isoformat() if unit.service_due_on else "",
    }


def _certificate(row: ResourceCertificate) -> dict[str, str]:
    return {"certificate": row.name, "expires": row.expires_on.isoformat()}
