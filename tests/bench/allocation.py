"""`allocation`: 10,000 units and 200 open requests: where one could be filled from, the plan across incidents, and the last unit wanted by
fifty at once. The growth is that of the plan from a tenth of it, the quickest of five each."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.installation import Installation
from command.core.problems import Conflict
from command.network.models import Area, AreaPlace
from command.people.models import Person
from command.resources import allocation, planning, request_views
from command.resources.allocation import Taking
from command.resources.models import (
    Resource,
    ResourceAllocation,
    ResourcePool,
    ResourceRequest,
    ResourceStock,
    ResourceUnit,
)
from tests.bench.ground import DIALECTS, figure, ground, growth

UNITS, REQUESTS, AREAS, KINDS, TAKERS = 10_000, 200, 24, 20, 50
SOURCES_MS, PLAN_S = 300.0, 3.0
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)


def run() -> Iterator[dict[str, Any]]:
    """Milliseconds of proposals, seconds of plans from rows; the baseline of a goal in time is that time."""
    for dialect in DIALECTS:
        with ground(dialect) as base:
            small, whole, alike = (base.copy() for _ in range(3))
            fill(small.database, UNITS // 10, REQUESTS // 10, KINDS)
            fill(whole.database, UNITS, REQUESTS, KINDS)
            fill(alike.database, UNITS, REQUESTS, 1)
            yield figure(f"allocation sources {dialect}", _sources(whole), "ms p95", SOURCES_MS, 1.0)
            took, tenth = _plan(whole), _plan(small)
            yield figure(f"allocation plan {dialect}", median(took), "s", PLAN_S, 1.0)
            yield figure(f"allocation plan of one resource {dialect}", median(_plan(alike)), "s", PLAN_S, 1.0)
            yield growth(f"allocation growth {dialect}", min(took), min(tenth))
            yield _last_unit(dialect, whole.database)
            for each in (small, whole, alike):
                base.drop(each)


def fill(database: Database, units: int, requests: int, kinds: int) -> None:
    """A pool in every area, units of every kind in each, requests of all tiers; every tenth unit is held for a request."""

    def work(session: Session) -> None:
        session.execute(insert(Area), [_area(n) for n in range(1, AREAS + 1)])
        session.execute(
            insert(AreaPlace),
            [{"area_id": n, "latitude": 26 + n / 9, "longitude": 107 + n / 7} for n in range(1, AREAS + 1)],
        )
        session.execute(insert(Person), [_person()])
        session.execute(insert(Resource), [_kind(n) for n in range(1, kinds + 1)])
        session.execute(insert(ResourcePool), [_pool(n) for n in range(1, AREAS + 1)])
        stocks = [(1 + n % AREAS, 1 + n // AREAS) for n in range(AREAS * kinds)]
        mine = [range(n, units, len(stocks)) for n in range(len(stocks))]
        held = [n for n in range(units) if n % 10 == 0]
        session.execute(insert(ResourceStock), [_stock(n, *stocks[n], mine[n]) for n in range(len(stocks))])
        session.execute(
            insert(ResourceUnit), [_unit(n, n % len(stocks), stocks[n % len(stocks)][1]) for n in range(units)]
        )
        session.execute(insert(ResourceRequest), [_request(n, kinds) for n in range(requests)])
        session.execute(insert(ResourceAllocation), [_held(n, n % len(stocks), stocks, kinds, requests) for n in held])

    database.write(work, actor="system:bench")
    database.write(lambda s: s.execute(text("ANALYZE")), actor="system:bench")


def _area(n: int) -> dict[str, Any]:
    return {"id": n, "code": f"A{n}", "level": "county", "name_zh": f"区{n}", "name_en": f"Area {n}"}


def _person() -> dict[str, Any]:
    return {"id": 1, "username": "bench", "name_zh": "b", "name_en": "b", "created_at": NOW}


def _kind(n: int) -> dict[str, Any]:
    return {"id": n, "code": f"kind-{n}", "kind": "material", "name_zh": f"k{n}", "name_en": f"k{n}", "serial": True}


def _pool(n: int) -> dict[str, Any]:
    named = {"name_zh": f"库{n}", "name_en": f"Pool {n}", "place": "1 Road"}
    return {"id": n, "code": f"pool-{n}", "area_id": n, "department": "operations", **named}


def _stock(n: int, pool: int, kind: int, mine: range) -> dict[str, Any]:
    out = sum(unit % 10 == 0 for unit in mine)
    counts = {"received": len(mine), "available": len(mine) - out, "out": out}
    return {"id": n + 1, "pool_id": pool, "resource_id": kind, "type": 1 + n % 4, **counts}


def _unit(n: int, stock: int, kind: int) -> dict[str, Any]:
    bucket = "out" if n % 10 == 0 else "available"
    due = (NOW + timedelta(days=n % 60 - 10)).date()
    return {
        "id": n + 1,
        "stock_id": stock + 1,
        "resource_id": kind,
        "serial": f"U-{n}",
        "bucket": bucket,
        "service_due_on": due,
    }


def _request(n: int, kinds: int) -> dict[str, Any]:
    when = {"need_by": NOW + timedelta(hours=1 + n % 9), "asked_at": NOW, "asked_by": 1, "place": "Site"}
    what = {"resource_id": 1 + n % kinds, "type": 1 + n % 4, "quantity": 60, "area_id": 1 + n % AREAS}
    return {
        "id": n + 1,
        "incident_id": n + 1,
        "incident_number": f"B-{n}",
        "tier": 1 + n // 3 % 4,
        "state": "approved",
        **what,
        **when,
    }


def _held(n: int, stock: int, stocks: list[tuple[int, int]], kinds: int, requests: int) -> dict[str, Any]:
    """A unit that is held for a request of its kind."""
    rows = range(stocks[stock][1] - 1, requests, kinds)
    request = rows[n // 10 % len(rows)] + 1
    return {
        "stock_id": stock + 1,
        "unit_id": n + 1,
        "request_id": request,
        "quantity": 1,
        "taken_at": NOW,
        "changed_at": NOW,
    }


def _sources(installation: Installation) -> float:
    """p95 of the proposals of all requests, in milliseconds."""
    took = []
    for request_id in range(1, REQUESTS + 1):
        begun = time.perf_counter()
        with installation.database.read() as session:
            assert request_views.sources(session, session.get_one(ResourceRequest, request_id), "en")
        took.append((time.perf_counter() - begun) * 1000)
    return sorted(took)[int(len(took) * 0.95) - 1]


def _plan(installation: Installation) -> list[float]:
    """Five times, in seconds."""
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        with installation.database.read() as session:
            made = planning.propose(session, session.scalars(select(ResourceRequest)).all(), exercise=False)
        took.append(time.perf_counter() - begun)
        assert made.lines and not any(each.too_many for each in made.lacking.values())
    return took


def _last_unit(dialect: str, database: Database) -> dict[str, Any]:
    """Of fifty who want the same unit at once one gets it, and each other one is told; nobody waits for ever."""
    told: list[str] = []
    start = threading.Barrier(TAKERS)

    def take() -> None:
        start.wait()
        try:
            database.write(lambda s: allocation.take(s, [Taking(2, unit_id=2)]), actor="system:bench")
            told.append("got")
        except Conflict as refused:
            told.append(refused.code)

    begun = time.perf_counter()
    takers = [threading.Thread(target=take) for _ in range(TAKERS)]
    for each in takers:
        each.start()
    for each in takers:
        each.join(60)
    took = time.perf_counter() - begun
    assert sorted(told) == ["got", *["not-there"] * (TAKERS - 1)], told
    return figure(f"allocation last unit {dialect}", took, "s for 50", 30.0, 1.0)
