"""Alarms of injects, through the real intake as alarms of an exercise, in step with exercise time. How far each came is in its row: killed
at any instant an engine goes on where it stopped, and no alarm is sent twice or left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.alarms import intake, trace
from command.alarms.models import Alarm
from command.alarms.reports import Key, Report, Severity
from command.core import clock
from command.core.paths import CONFIG
from command.drills import kept
from command.drills.models import Drill, DrillInject
from command.drills.runs import joining
from command.drills.runs.models import DrillFeed
from playbooks.scenario import Inject

RECORDINGS = {"microwave": CONFIG / "demo" / "trace" / "alarms.csv.gz"}
SEVERITIES = CONFIG / "demo" / "problems.csv"
AT_ONCE = 300
"""Alarms in one unit of work."""


@dataclass(frozen=True, slots=True)
class Fed:
    """One alarm of an inject, so many seconds of exercise time after it was delivered."""

    after_s: float
    element: str
    object: str
    problem: str
    severity: str


def source(drill: Drill) -> str:
    """The source that alarms of a drill come from: each drill's are alarms of their own."""
    return f"drill-{drill.id}"


def of(inject: Inject) -> Sequence[Fed]:
    """The alarms of an inject in the order they are sent."""
    if inject.trace is None:
        return [Fed(0.0, each.element, "", each.problem, each.severity) for each in inject.alarms]
    return _recorded(inject.trace.name, inject.trace.start, inject.trace.end, inject.trace.speed)


@lru_cache(maxsize=8)
def _recorded(name: str, start: float, end: float, speed: float) -> Sequence[Fed]:
    naming = trace.Naming(severities=trace.severities(SEVERITIES))
    return [
        Fed(
            (each.at - start) / speed,
            each.element,
            each.object,
            each.problem,
            "cleared" if each.clears else each.severity,
        )
        for each in trace.read(RECORDINGS[name], naming, start, end)
    ]


def begin(session: Session, inject: DrillInject) -> None:
    """Alarms of an inject that is delivered are due from now on."""
    session.add(DrillFeed(inject_id=inject.id, drill_id=inject.drill_id, sent=0, over=False, exercise=True))
    session.flush()


def unfinished(session: Session, drill: Drill) -> list[DrillFeed]:
    """Recordings that still go on, the first first."""
    mine = select(DrillFeed).where(DrillFeed.drill_id == drill.id, DrillFeed.over.is_(False))
    return list(session.scalars(mine.order_by(DrillFeed.inject_id)))


def work(session: Session, drill: Drill) -> bool:
    """Send what is due of a locked drill that runs, after taking the intake's lock; whether anything was sent."""
    second = kept.ticking(drill).at(clock.now(session))
    sent = False
    for feed in unfinished(session, drill):
        row = session.get_one(DrillInject, feed.inject_id)
        sent = _send(session, drill, feed, row, second) or sent
    return sent


def _send(session: Session, drill: Drill, feed: DrillFeed, row: DrillInject, second: float) -> bool:
    alarms = of(Inject.model_validate(row.content))
    since = second - (row.delivered_s or 0.0)
    due = [each for each in alarms[feed.sent : feed.sent + AT_ONCE] if each.after_s <= since]
    if due:
        _receive(session, drill, due)
    feed.sent += len(due)
    feed.over = feed.sent >= len(alarms)
    session.flush()
    return bool(due)


def _receive(session: Session, drill: Drill, due: Sequence[Fed]) -> None:
    now = clock.now(session)
    reports = [
        Report(Key(source(drill), each.element, each.object, each.problem), Severity(each.severity), now)
        for each in due
    ]
    with joining.on_behalf(session, drill, "alarms"):
        intake.receive(session, reports, exercise=True)


def end(session: Session, drill: Drill) -> int:
    """Send no more, and clear what a drill raised and did not clear; return how many alarms. The intake's lock is held already."""
    for feed in unfinished(session, drill):
        feed.over = True
    raised = select(Alarm).where(Alarm.exercise, Alarm.source == source(drill), Alarm.state == "raised")
    now = clock.now(session)
    reports = [
        Report(Key(each.source, each.element, each.object, each.problem), Severity.CLEARED, now)
        for each in session.scalars(raised).all()
    ]
    for at in range(0, len(reports), AT_ONCE):
        intake.receive(session, reports[at : at + AT_ONCE], exercise=True)
    return len(reports)
