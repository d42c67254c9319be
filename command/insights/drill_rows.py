"""Drills of a period, what they came to, and what became of improvement actions."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from command.drills.evaluation.models import DrillEvaluation, DrillRating, DrillSettlement
from command.drills.evaluation.proposals import Rating
from command.drills.models import HELD, Drill, State
from command.drills.programme import seeing
from command.improvement import reading, visible
from command.improvement.models import ImprovementAction
from command.improvement.models import State as ActionState
from command.incidents import house
from command.insights.filters import Filters
from command.insights.incident_rows import Asked
from command.insights.measures import Measure, rate
from command.people.access import Principal
from playbooks.scenario import Subject

YEAR = timedelta(days=365)


def held(session: Session, asked: Asked, who: Principal) -> Measure:
    """Drills held ÷ drills that were due in the period and were held or missed. Called-off ones are counted beside; those without notice
    that `who` may not know of count nowhere."""
    due = and_(Drill.due_at >= asked.begin, Drill.due_at < asked.until, seeing.visible(who.person_id))
    query = select(Drill.state, func.count()).where(due).group_by(Drill.state)
    counts = Counter(dict(session.execute(query).tuples().all()))
    good = sum(counts[state] for state in HELD)
    return rate(good, good + counts[State.MISSED], cancelled=counts[State.CANCELLED])


def subjects(session: Session, asked: Asked, who: Principal) -> Measure:
    """Of the five subjects (R9) those on which a drill was held within the year that ends with the period."""
    since = asked.until - YEAR
    query = select(Drill.subject).where(Drill.state.in_(HELD), Drill.due_at >= since, Drill.due_at < asked.until)
    found = set(session.scalars(query.where(seeing.visible(who.person_id)).distinct()))
    return rate(len(found & set(Subject)), len(Subject))


def results(session: Session, asked: Asked, who: Principal) -> dict[str, Measure]:
    """How objectives were rated in drills of the period whose evaluation is signed: performed, with some challenges, with major ones,
    unable. What the trainer settled counts, else what all evaluators said."""
    signed = select(DrillEvaluation.drill_id)
    of = select(Drill.id).where(
        Drill.due_at >= asked.begin, Drill.due_at < asked.until, Drill.id.in_(signed), seeing.visible(who.person_id)
    )
    rows = [
        session.execute(select(table.drill_id, table.objective, table.rating).where(table.drill_id.in_(of))).tuples()
        for table in (DrillRating, DrillSettlement)
    ]
    return ratings(rows[0], rows[1])


def ratings(said: Iterable[tuple[int, str, str]], settled: Iterable[tuple[int, str, str]]) -> dict[str, Measure]:
    """The share of each rating among the objectives that have one. Pure. Evaluators who differ, with nothing settled, give none."""
    by: dict[tuple[int, str], set[str]] = defaultdict(set)
    for drill, objective, rating in said:
        by[drill, objective].add(rating)
    by.update({(drill, objective): {rating} for drill, objective, rating in settled})
    final = Counter(next(iter(each)) for each in by.values() if len(each) == 1)
    return {str(each): rate(final[each], sum(final.values())) for each in Rating}


def actions_done(session: Session, wanted: Filters, today: date, who: Principal) -> Measure:
    """Improvement actions verified on or before their day ÷ those whose day lies in the period and is over, or that were verified. Days
    are the operator's; dropped ones ask for nothing and are counted beside."""
    row = ImprovementAction
    due = row.due_on.between(wanted.first, wanted.last)
    query = select(row.state, row.due_on, row.verified_at).where(due, visible.seen(session, who))
    return done(session.execute(query).tuples(), today, house.settings(session).tz)


def done(rows: Iterable[tuple[str, date, datetime | None]], today: date, zone: tzinfo) -> Measure:
    """The same of rows of state, day due, and when they were verified. Pure."""
    good = late = dropped = 0
    for state, due_on, verified_at in rows:
        if state == ActionState.DROPPED:
            dropped += 1
        elif state == ActionState.VERIFIED and verified_at and verified_at.astimezone(zone).date() <= due_on:
            good += 1
        elif state == ActionState.VERIFIED or due_on < today:
            late += 1
    return rate(good, good + late, dropped=dropped)


def actions(session: Session, who: Principal) -> dict[str, Measure]:
    """Improvement actions not done and late today."""
    found = reading.figures(session, who)
    return {"actions_open": Measure(found.open), "actions_late": Measure(found.late)}
