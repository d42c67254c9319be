"""Pages of a period and what they were to the people on call: counted where the rows are, nights on the operator's wall clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from command.insights import knowing, sql_time
from command.insights.filters import Filters
from command.insights.incident_rows import Asked
from command.insights.measures import Measure, rate, spread
from command.insights.sql_time import SECOND, micros
from command.oncall.duties import fairness, schedules
from command.oncall.duties.fairness import DAWN, DUSK
from command.oncall.models import Page, PageState
from command.people.access import Principal
from command.people.models import Person

LONGEST = timedelta(days=366)
"""Of a longer period the hours on call are not computed: they come from plans, day by day."""
OPEN = (PageState.SENDING, PageState.WAITING)


@dataclass(frozen=True, slots=True)
class Load:
    """What a period was to one person: pages, how many of them they answered, how many came at night, seconds until their answers (mean),
    hours on call and of these at night; hours are None where the period is too long for them."""

    person: Person
    pages: int
    answered: int
    night: int
    mean_answer: float | None
    hours: float | None
    night_hours: float | None


def mine(session: Session, wanted: Filters, asked: Asked, who: Principal) -> ColumnElement[bool]:
    """Pages sent in the period for incidents that the choices name and `who` may know of, cancelled and merged ones too: somebody was
    called. Exercises are none."""
    belongs = knowing.of_incidents(session, wanted, who)
    return and_(
        Page.created_at >= asked.begin,
        Page.created_at < asked.end,
        Page.exercise.is_(False),
        belongs(Page.incident_id),
    )


def counts(session: Session, which: ColumnElement[bool], zone: ZoneInfo, asked: Asked) -> dict[str, Measure]:
    """Pages sent, answered, at night, and how long answers took.

    Answered ÷ pages that are over: one still waiting, and one stopped because the incident needed nobody any more, counts neither way. Of a
    page that was declined the answer counts as one: somebody knows."""
    over = Page.state.not_in((*OPEN, PageState.STOPPED))
    answered = and_(over, Page.answered_at.is_not(None))
    sums = [func.coalesce(func.sum(case((each, 1), else_=0)), 0) for each in (over, answered, _night(zone, asked))]
    total, ended, good, night = map(int, session.execute(select(func.count(), *sums).where(which)).one())
    took = select(micros(Page.answered_at) - micros(Page.created_at)).where(which, Page.answered_at.is_not(None))
    return {
        "pages": Measure(total),
        "pages_answered": rate(good, ended),
        "pages_at_night": rate(night, total),
        "answer_time": spread(session.scalars(took)),
    }


def passed_on(session: Session, which: ColumnElement[bool]) -> Measure:
    """Chains of pages that had to go on to a second step ÷ chains."""
    chains = select(Page.escalation_id, func.max(Page.step).label("step")).where(which).group_by(Page.escalation_id)
    each = chains.subquery()
    query = select(func.count(), func.coalesce(func.sum(case((each.c.step > 0, 1), else_=0)), 0))
    total, further = map(int, session.execute(query).one())
    return rate(further, total)


def loads(session: Session, which: ColumnElement[bool], zone: ZoneInfo, asked: Asked) -> list[Load]:
    """What the period was to each person, who had most pages first. Hours on call are those of all duties, by the plans as they stand."""
    answer = micros(Page.answered_at) - micros(Page.created_at)
    columns = (
        func.count(),
        func.count(Page.answered_at),
        func.sum(case((_night(zone, asked), 1), else_=0)),
        func.avg(case((answer >= 0, answer))),
    )
    rows = session.execute(select(Page.person_id, *columns).where(which).group_by(Page.person_id)).all()
    paged = {row[0]: row for row in rows}
    hours = _hours(session, zone, asked)
    query = select(Person).where(Person.id.in_({*paged, *(hours or {})}))
    found = [_load(person, paged.get(person.id), hours) for person in session.scalars(query.order_by(Person.id))]
    return sorted(found, key=lambda load: (-load.pages, -(load.hours or 0), load.person.id))


def _load(person: Person, row: Sequence[object] | None, hours: dict[int, tuple[timedelta, timedelta]] | None) -> Load:
    _, pages, answered, night, mean = row or (0, 0, 0, 0, None)
    whole, dark = (hours or {}).get(person.id, (timedelta(), timedelta()))
    hour = timedelta(hours=1)
    return Load(
        person,
        int(str(pages)),
        int(str(answered)),
        int(str(night)),
        float(str(mean)) / SECOND if mean is not None else None,
        None if hours is None else whole / hour,
        None if hours is None else dark / hour,
    )


def _hours(session: Session, zone: ZoneInfo, asked: Asked) -> dict[int, tuple[timedelta, timedelta]] | None:
    """Hours on call of each person over all schedules, and of these at night; None of a period that is too long."""
    if asked.until - asked.begin > LONGEST:
        return None
    found: dict[int, tuple[timedelta, timedelta]] = {}
    for schedule in schedules.every(session) if asked.until > asked.begin else ():
        for share in fairness.shares(schedules.spans(session, schedule, asked.begin, asked.until), zone):
            if share.member is not None:
                whole, dark = found.get(share.member, (timedelta(), timedelta()))
                found[share.member] = whole + share.whole, dark + share.nights
    return found


def _night(zone: ZoneInfo, asked: Asked) -> ColumnElement[bool]:
    """Whether a page went out at night on the wall clock of a zone, whatever its clock did meanwhile."""
    offset = case(
        *((Page.created_at < until, literal(shift)) for until, shift in offsets(zone, asked.begin, asked.end)),
        else_=literal(_shift(zone, asked.end)),
    )
    day = 86_400 * SECOND
    # A zone west of Greenwich before 1970 is not among the periods that can be asked for: the sum is never below zero.
    local = (micros(Page.created_at) + offset) % day
    dusk, dawn = ((each.hour * 60 + each.minute) * 60 * SECOND for each in (DUSK, DAWN))
    return or_(local >= dusk, local < dawn)


def offsets(zone: ZoneInfo, begin: datetime, end: datetime) -> list[tuple[datetime, int]]:
    """The stretches of a period in which the wall clock of a zone is the same microseconds ahead: until when, and how many. Found by
    halving, to the second; a zone that changes twice within a week is none on earth."""
    found: list[tuple[datetime, int]] = []
    at, end = begin.astimezone(UTC), end.astimezone(UTC)
    while at < end:
        following = min(at + timedelta(days=7), end)
        if _shift(zone, at) != _shift(zone, following):
            low, high = at, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if _shift(zone, middle) == _shift(zone, at) else (low, middle)
            found.append((high.replace(microsecond=0), _shift(zone, at)))
        at = following
    found.append((end, _shift(zone, end)))
    return found


def _shift(zone: ZoneInfo, at: datetime) -> int:
    return (at.astimezone(zone).utcoffset() or timedelta()) // sql_time.MICROSECOND
