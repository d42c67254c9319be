"""What the figures of a period leave out: counted by why, and listed for those who may know of it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_
from command.incidents import visibility
from command.incidents.guards import FINAL, State
from command.incidents.models import Incident
from command.insights import population
from command.insights.buckets import instants
from command.insights.filters import Filters
from command.network import service as network
from command.people.access import Principal

LISTED = 50
"""Incidents listed for each reason, the newest; all are counted."""
REASONS = {
    "exercise": N_("Exercises"),
    "cancelled": N_("Cancelled: false alarms and the like"),
    "merged": N_("Merged into another incident (duplicates): they count with it"),
    "part": N_("Parts of another incident: they count within it"),
    "error": N_("Errors in the data: a span ends before it begins; left out of the figures of that span"),
}
SPANS = {
    "detection": (Incident.occurred_at, Incident.detected_at),
    "response": (Incident.reported_at, Incident.responding_at),
    "restoration": (Incident.reported_at, Incident.restored_at),
    "outage": (Incident.occurred_at, Incident.restored_at),
}
"""Spans of an incident that must not be negative."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """`counts` and `numbers` (the newest) by reason. `restricted`: incidents that the reader may not know of, reported in the calendar
    months that are over and that the period touches, whatever else is chosen: a count by day or place would tell what only named people
    may know."""

    counts: Mapping[str, int]
    numbers: Mapping[str, Sequence[str]]
    restricted: int
    restricted_months: Sequence[str]


def excluded(session: Session, wanted: Filters, zone: tzinfo, who: Principal) -> Excluded:
    """What is left out of the figures of a period. Each incident has one reason, the first of them; an error counts besides, for the
    incident itself counts. A reopened incident goes on and is in the figures."""
    out = or_(Incident.exercise, Incident.state.in_(FINAL), ~population.stands_alone())
    why = case(
        (Incident.exercise, "exercise"),
        (Incident.state == State.CANCELLED, "cancelled"),
        (Incident.state == State.MERGED, "merged"),
        (out, "part"),
        else_="error",
    )
    query = population.reported(session, wanted, zone).where(or_(out, *_negative()))
    query = visibility.only_visible(session, query, who).order_by(Incident.reported_at.desc(), Incident.id.desc())
    by: dict[str, list[str]] = defaultdict(list)
    for reason, number in session.execute(query.with_only_columns(why, Incident.number)).tuples():
        by[reason].append(number)
    months = months_over(wanted.first, wanted.last, clock.now(session).astimezone(zone).date())
    return Excluded(
        {reason: len(numbers) for reason, numbers in by.items()},
        {reason: numbers[:LISTED] for reason, numbers in by.items()},
        _restricted(session, months, zone, who),
        [f"{first:%Y-%m}" for first, _ in months],
    )


def _negative() -> list[ColumnElement[bool]]:
    return [end < begin for begin, end in SPANS.values()]


def months_over(first: date, last: date, today: date) -> list[tuple[date, date]]:
    """The calendar months that a period touches and that are over, each with its last day. Pure."""
    found: list[tuple[date, date]] = []
    at = first.replace(day=1)
    while at <= last:
        following = (at + timedelta(days=32)).replace(day=1)
        if following <= today:
            found.append((at, following - timedelta(days=1)))
        at = following
    return found


def _restricted(session: Session, months: Sequence[tuple[date, date]], zone: tzinfo, who: Principal) -> int:
    if not months:
        return 0
    begin, end = instants(months[0][0], months[-1][1], zone)
    whole = select(Incident.id).where(
        Incident.restricted,
        Incident.exercise.is_(False),
        Incident.state.not_in(FINAL),
        Incident.reported_at >= begin,
        Incident.reported_at < end,
    )
    ids = session.scalars(whole).all()
    mine = select(Incident).where(Incident.id.in_(network.ids(session, ids)))
    known = session.scalar(visibility.only_visible(session, mine, who).with_only_columns(func.count()))
    return len(ids) - (known or 0)
