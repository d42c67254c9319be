"""`impact`: 50,000 elements and 2,000,000 subscribers, all cut off, against the grouped distinct SQL given the cut-off set."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from command.core import clock
from command.network import impact, service
from tests.bench.ground import DIALECTS, Ground, figure, ground, growth, stopwatch

ELEMENTS, SUBSCRIBERS = 50_000, 2_000_000
GOAL = 2.0
_DISTINCT = """SELECT e.area_id, v.id, count(DISTINCT s.id) FROM cut_off c JOIN element e ON e.id = c.element_id
JOIN subscriber s ON s.element_id = e.id JOIN service v ON (s.services & c.services & v.mask) != 0
WHERE c.incident_id = 1 AND c.until_at IS NULL GROUP BY e.area_id, v.id"""


def run() -> Iterator[dict[str, Any]]:
    for dialect in DIALECTS:
        small, _, _ = _measure(dialect, 10)
        took, raw, cut = _measure(dialect, 1)
        yield figure(f"impact {dialect}", took, "s", raw, GOAL)
        yield figure(f"impact with its cut-off written {dialect}", took + cut, "s", raw, GOAL)
        yield growth(f"impact growth {dialect}", took, small)


def _measure(dialect: str, part: int) -> tuple[float, float, float]:
    """(seconds of the impact, of the plain SQL, of finding and writing what is cut off)"""
    with ground(dialect) as base:
        base.fill(ELEMENTS // part, SUBSCRIBERS // part, cut_off=False)
        return _of(base, ELEMENTS // part)


def _of(base: Ground, elements: int) -> tuple[float, float, float]:
    database = base.copy().database
    with database.read() as session:
        service.topology(session)
        service.subscribers_total(session, None)
    with stopwatch() as cut:
        database.write(lambda s: service.set_cut_off(s, 1, range(1, elements + 1), clock.now(s), False))
    masks = ", ".join(f"({i}, {1 << i - 1})" for i in range(1, 9))
    statement = _DISTINCT.replace("service v", f"(SELECT column1 AS id, column2 AS mask FROM (VALUES {masks}) AS m) v")
    with database.read() as session:
        session.execute(text("SELECT count(*) FROM subscriber"))
        with stopwatch() as raw:
            rows = session.execute(text(statement)).all()
        with stopwatch() as took:
            found = impact.affected(session, 1)
    assert {(v, a): n for a, v, n in rows} == {(h.service_id, h.area_id): h.users for h in found.rows}
    database.close()
    return took[0], raw[0], cut[0]
