"""The rate of complaints of the last windows as bars, the mean of the same hours of earlier weeks as a line, for drawing as SVG."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.complaints import cells, rules
from command.complaints.models import Case
from command.complaints.surge import Cell, Key, counted
from command.core import clock
from command.incidents import places

POINTS = 24
"""Windows that a chart shows: with windows of an hour, a day."""
WIDTH, HEIGHT, STEP = 480, 120, 20
"""Of the drawing, and of one window in it."""
Windows = Sequence[Mapping[Cell, int]]


@dataclass(frozen=True, slots=True)
class Past:
    """Complaints by cell in each of the last windows, and in the same windows of each earlier week that there are records of."""

    ends: tuple[datetime, ...]
    now: Windows
    weeks: Sequence[Windows]


@dataclass(frozen=True, slots=True)
class Bar:
    """One window: its end, complaints in it, usual ones (None: too few records), and where the bar stands."""

    ends: datetime
    count: int
    usual: float | None
    x: int
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, the line of what is usual (points of an SVG polyline, empty without), the height of the threshold (None: none), the top."""

    bars: tuple[Bar, ...]
    usual: str
    limit: float | None
    top: int


def past(session: Session) -> Past:
    """What charts are drawn of: one query for each week."""
    rule, tree, now = rules.current().surge, places.tree(session), clock.now(session)
    window = timedelta(minutes=rule.window)
    first = session.scalar(select(func.min(Case.opened_at)).where(Case.complaint, Case.exercise.is_(False)))
    ends = tuple(now - window * back for back in reversed(range(POINTS)))
    starts = [now - cells.WEEK * week for week in range(rule.weeks + 1)]
    known = [end for end in starts[1:] if first is not None and first <= end - window * POINTS]
    return Past(
        ends, _windows(session, starts[0], window, tree), [_windows(session, end, window, tree) for end in known]
    )


def _windows(session: Session, now: datetime, window: timedelta, tree: places.Tree) -> Windows:
    columns = (Case.opened_at, Case.kind, Case.area_id, Case.service_id, Case.tariff_plan)
    begins = now - window * POINTS
    query = select(*columns).where(
        Case.complaint, Case.exercise.is_(False), Case.kind.is_not(None), Case.opened_at > begins, Case.opened_at <= now
    )
    made: list[Counter[Cell]] = [Counter() for _ in range(POINTS)]
    for at, kind, area_id, service_id, plan in session.execute(query).tuples():
        back = min(int((now - at) / window), POINTS - 1)
        made[POINTS - 1 - back][cells.cell(tree, kind or "", area_id, service_id, plan)] += 1
    return made


def drawn(found: Past, key: Key | None = None, threshold: int | None = None) -> Chart:
    """The chart of a key, or of all complaints. Pure."""
    least = rules.current().surge.least_weeks
    counts = [_of(cell, key) for cell in found.now]
    usual = [
        sum(_of(week[at], key) for week in found.weeks) / len(found.weeks) if len(found.weeks) >= least else None
        for at in range(POINTS)
    ]
    top = max(1, threshold or 0, *counts, *(round(each) for each in usual if each is not None))
    bars = tuple(
        Bar(found.ends[at], counts[at], usual[at], at * STEP, _y(counts[at], top), HEIGHT - _y(counts[at], top))
        for at in range(POINTS)
    )
    line = " ".join(f"{bar.x + STEP / 2:g},{_y(bar.usual, top):g}" for bar in bars if bar.usual is not None)
    return Chart(bars, line, _y(threshold, top) if threshold else None, top)


def _of(cell_counts: Mapping[Cell, int], key: Key | None) -> int:
    return sum(cell_counts.values()) if key is None else counted(cell_counts, key)


def _y(value: float, top: int) -> float:
    return round(HEIGHT - HEIGHT * value / top, 1)
