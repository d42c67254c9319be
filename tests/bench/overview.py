"""`overview`: five years of 50,000 incidents with 20 journal entries each, 200 of them open, as page and interface show them by month: the
99th percentile of 100 reads against half a second, and the mean against that with a tenth of the history."""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import mean
from typing import Any

import structlog
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from command.core import clock
from command.engine import summaries
from command.incidents.models import Incident
from command.network.models import Area, Service
from tests.bench.ground import DIALECTS, figure, ground
from tests.builders import Operator
from tests.insights import history

INCIDENTS, ENTRIES, OPEN, DAYS = 50_000, 20, 200, 5 * 365
READS = 100
GOAL, GROWTH = 0.5, 1.5
_STREAMS = (
    "INSERT INTO stream (id, head_seq, head_hash) SELECT 'incident:' || number, {entries}, {hash} FROM incident",
    "INSERT INTO entry (stream_id, seq, at, actor, kind, data, exercise, prev_hash, hash) "
    "SELECT 'incident:' || number, n.i, reported_at, 'system', CASE n.i % 5 WHEN 0 THEN 'impact.changed' ELSE 'incident.comment' END, "
    "'{{\"users_now\":' || (users_peak / n.i) || '}}', {no}, {hash}, {hash} FROM incident, {series} AS n",
)


def run() -> Iterator[dict[str, Any]]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for dialect in DIALECTS:
        small, whole = (_measured(dialect, INCIDENTS // part) for part in (10, 1))
        p99 = sorted(whole)[int(len(whole) * 0.99)]
        yield figure(f"overview p99 {dialect}", p99, "s", GOAL, 1.0)
        yield figure(f"overview growth {dialect}", mean(whole), "s", mean(small), GROWTH)


def _measured(dialect: str, incidents: int) -> list[float]:
    with ground(dialect) as base:
        desk = Operator(base.copy())
        desk.do(lambda session: _fill(session, incidents, sqlite=base.server is None))
        while summaries.run_once(desk.installation):
            pass
        if base.server is not None:
            with desk.database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("VACUUM ANALYZE"))
        found = [*_reads(desk, incidents)]
        desk.database.close()
    return found


def _fill(session: Session, incidents: int, *, sqlite: bool) -> None:
    areas = list(session.scalars(select(Area.id).where(Area.level == "county")))
    history.fill(session, incidents, clock.now(session), DAYS, areas, list(session.scalars(select(Service.id))))
    newest = select(Incident.id).order_by(Incident.reported_at.desc()).limit(OPEN)
    opened = {"state": "responding", "restored_at": None, "closed_at": None, "ended_at": None}
    session.execute(update(Incident).where(Incident.id.in_(newest)).values(**opened, users_now=Incident.users_peak))
    series = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {n}) SELECT i FROM n)"
    words = {
        "entries": ENTRIES,
        "hash": "x'00'" if sqlite else "'\\x00'::bytea",
        "no": "0" if sqlite else "false",
        "series": (series if sqlite else "(SELECT i FROM generate_series(1, {n}) AS i)").format(n=ENTRIES),
    }
    for statement in _STREAMS:
        session.execute(text(statement.format(**words)))


def _reads(desk: Operator, incidents: int) -> Iterator[float]:
    with desk.database.read() as session:
        begin = (clock.now(session) - timedelta(days=DAYS)).date()
    addresses = (f"/api/v1/insights/overview?from={begin}", f"/overview?from={begin}&lang=en")
    assert (desk.get("ada", addresses[0]).json or {}).get("incidents") == incidents
    assert desk.get("ada", addresses[1]).status_code == 200
    for at in range(READS):
        begun = time.perf_counter()
        desk.get("ada", addresses[at % 2])
        yield time.perf_counter() - begun
