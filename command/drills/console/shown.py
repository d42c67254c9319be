"""What the pages of drills show: injects in the order of exercise time, lanes of roles, and what the exercise's incidents say."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.drills.models import InjectState
from command.drills.runs.views import DrillView, IncidentView, InjectView
from command.incidents import reading, standing, views
from command.incidents.reading import Wanted
from command.incidents.rendering import Line
from command.incidents.views import SummaryOut
from command.notices.models import Notice
from command.oncall.models import Page, PageState
from playbooks.texts import Text

OPEN_PAGES = (PageState.SENDING, PageState.WAITING, PageState.ACKNOWLEDGED)
GONE = ("cancelled", "merged", "closed")
WHOLE = 2
"""Incidents that the console shows with all it knows of them; the others are named."""
LINES = 8
"""The newest lines of a journal that the console shows."""


@dataclass(frozen=True, slots=True)
class Played:
    """An exercise incident as the console shows it: in short, how many of its tasks are done, pages acknowledged, notices written, and the
    newest lines of its journal."""

    incident: SummaryOut
    tasks: int
    tasks_done: int
    pages: int
    acknowledged: int
    notices: int
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Lane:
    """A role and the injects to it that have a place in time, each with its share of the drill's length (0..1)."""

    role: str
    name: Text
    marks: Sequence[tuple[float, InjectView]]


def clock(second: float) -> str:
    """Exercise time: 0:05:30."""
    whole = max(0, int(second))
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def in_order(view: DrillView) -> list[InjectView]:
    """Injects as they came and as they will; those that wait for a sign last."""
    return sorted(view.injects, key=lambda each: (_second(each) is None, _second(each) or 0.0, each.number))


def newest(view: DrillView) -> list[InjectView]:
    """Injects that were delivered, the newest first."""
    return sorted(view.injects, key=lambda each: (each.delivered_s or 0.0, each.number), reverse=True)


def without_expected(view: DrillView, mine: Sequence[InjectView]) -> DrillView:
    """A drill with these injects alone, none of which says what is expected or how it is seen."""
    bare = tuple(replace(each, expected=None, proof=None, after=None, reason=None, due_s=None) for each in mine)
    return replace(view, injects=bare, sees_all=False)


def lanes(view: DrillView) -> list[Lane]:
    """The roles in the order in which something comes to them."""
    found: dict[str, list[InjectView]] = {}
    for each in in_order(view):
        found.setdefault(each.to, []).append(each)
    return [
        Lane(
            role,
            mine[0].role_name,
            [(min(1.0, at / view.duration_s), each) for each in mine if (at := _second(each)) is not None],
        )
        for role, mine in found.items()
    ]


def counts(view: DrillView) -> dict[str, int]:
    """How many injects are in which state."""
    return {str(state): sum(each.state == state for each in view.injects) for state in InjectState}


def worst(view: DrillView) -> list[IncidentView]:
    """The incidents of a drill, those of the highest tier first, of these the newest."""
    newest = reversed(view.incidents)
    return sorted(newest, key=lambda each: (each.state in GONE, each.tier))


def played(session: Session, view: DrillView, language: str) -> list[Played]:
    """The worst incidents of a drill."""
    return [_played(session, each.number, language) for each in worst(view)[:WHOLE]]


def at_clock(at: datetime, zone: tzinfo) -> str:
    """The time of day in a zone: 14:05:30."""
    return f"{at.astimezone(zone):%H:%M:%S}"


@dataclass(frozen=True, slots=True)
class Called:
    """A page of the drill to a player, which may be on their screen alone: of which incident, how it stands, since when."""

    page_id: int
    incident: str
    state: str
    at: datetime


def called(session: Session, view: DrillView, person_id: int) -> list[Called]:
    """The pages of a drill's incidents to somebody that they may still answer or say more to, the newest first."""
    mine = select(Page).where(
        Page.incident_number.in_([each.number for each in view.incidents]),
        Page.person_id == person_id,
        Page.state.in_(OPEN_PAGES),
    )
    rows = session.scalars(mine.order_by(Page.id.desc()))
    return [Called(row.id, row.incident_number, row.state, row.created_at) for row in rows]


def mark(view: DrillView, played: Sequence[Played] = (), called: Sequence[Called] = ()) -> str:
    """A few digits by which a page sees whether what it shows of a drill is still the same; time that passes alone changes nothing."""
    lines = [line.seq for each in played for line in each.lines]
    told = [
        (
            each.incident.model_dump(exclude={"user_minutes"}),
            each.tasks_done,
            each.pages,
            each.acknowledged,
            each.notices,
        )
        for each in played
    ]
    return hashlib.sha256(repr((replace(view, second=0.0), told, lines, called)).encode()).hexdigest()[:16]


def _second(inject: InjectView) -> float | None:
    return inject.delivered_s if inject.delivered_s is not None else inject.due_s


def _played(session: Session, number: str, language: str) -> Played:
    incident = standing.find(session, number)
    tasks = views.full(session, incident, language).tasks
    pages = dict(
        session.execute(select(Page.state, func.count()).where(Page.incident_id == incident.id).group_by(Page.state))
        .tuples()
        .all()
    )
    return Played(
        incident=views.summary(session, incident, language),
        tasks=len(tasks),
        tasks_done=sum(task.state == "done" for task in tasks),
        pages=sum(pages.values()),
        acknowledged=pages.get(PageState.ACKNOWLEDGED, 0),
        notices=session.scalar(select(func.count()).where(Notice.incident_id == incident.id)) or 0,
        lines=reading.read(session, number, Wanted(), LINES).lines,
    )
