"""The overview of a period for one reader: the queries and the figures joined. The page and the interface both show what this gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo

from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import clock_rows
from command.insights import buckets, ledger, overview, population, summaries, told
from command.insights.filters import Filters
from command.insights.funnel import Funnel
from command.insights.overview import Overview
from command.insights.rates import Rate
from command.people.access import Principal

RESPONSE = "first-response"
THIRTY_MINUTES = timedelta(minutes=30)
SHOWN = 50
"""Incidents that missed a target and are listed one by one, the newest."""


@dataclass(frozen=True, slots=True)
class Period:
    """`missed`: the newest incidents not restored in time, with the share of users who had service again when the target passed."""

    wanted: Filters
    limit: timedelta
    figures: Overview
    funnels: Mapping[str, Funnel]
    missed: Mapping[str, Rate]


def period(session: Session, wanted: Filters, zone: tzinfo, who: Principal) -> Period:
    """The figures of incidents that `who` may know of, with days as `zone` has them. Raise Invalid for unknown areas and services.

    What is settled is read from the summaries, the rest from its rows. On PostgreSQL the session should be a snapshot, so that what is
    summed up meanwhile is in one of them."""
    now = clock.now(session)
    summed = summaries.read(session, wanted, zone)
    opened = ledger.of(population.counted(session, wanted, zone, who, open_only=True), now)
    them = ledger.together([summed.incidents, opened])
    limit = response_limit()
    split = buckets.split(wanted.first, wanted.last, wanted.step)
    found = overview.figures(them, split, zone, limit, now)
    late = them.aims(overview.missed(them, now)[-SHOWN:])
    back = population.restored_at_target(session, late)
    rates = {number: Rate(good, of, overview.RESTORED) for number, (good, of) in back.items()}
    funnels = told.funnels(summed.told, population.told_by(session, wanted, zone, who, open_only=True))
    return Period(wanted, limit, found, funnels, rates)


def response_limit() -> timedelta:
    """The time in which handling has to begin, as the table of clocks has it."""
    known = clock_rows.definition(RESPONSE)
    return timedelta(minutes=known.offset_minutes) if known and known.offset_minutes else THIRTY_MINUTES
