"""Duties over HTTP: who holds one, who will, and how it is shared."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.oncall.duties import fairness, holidays, schedules
from command.oncall.duties.asked import Instant, PersonOut, Strict, person_out
from command.oncall.duties.layers import Span
from command.people.access import access, here
from command.people.models import Person

api = APIBlueprint("duty", __name__, url_prefix="/api/v1", tag="On call")
LOOK_AHEAD = timedelta(days=40)
"""How far beyond an instant the end of a turn is looked for."""
WIDEST = timedelta(days=400)


class AtIn(Strict):
    """`at` with its zone; now, where it is left out."""

    at: Instant | None = None


class DutyOut(BaseModel):
    """Who holds a duty at an instant: from `since` (inclusive) to `until` (exclusive), as far as 40 days around show. `person` is null
    in a gap, `layer` for an override."""

    schedule: str
    at: datetime
    person: PersonOut | None
    layer: int | None
    since: datetime
    until: datetime


class PreviewIn(Strict):
    """The time to look at, 400 days at most."""

    start: Instant
    end: Instant


class SpanOut(BaseModel):
    """One holder from `start` (inclusive) to `end` (exclusive); nobody is a gap."""

    person: PersonOut | None
    layer: int | None
    start: datetime
    end: datetime


class PreviewOut(BaseModel):
    """Exactly whom pages will follow, as things stand; `gaps` are the spans of nobody."""

    schedule: str
    items: list[SpanOut]
    gaps: list[SpanOut]


class ShareOut(BaseModel):
    """What one person has of a duty, in hours; null is what nobody has. Nights are 22:00 to 6:00."""

    person: PersonOut | None
    turns: int
    hours: float
    night_hours: float
    weekend_hours: float
    holiday_hours: float


class FairnessOut(BaseModel):
    """Whoever has most nights comes first. The hours of all sum to the time asked for."""

    schedule: str
    items: list[ShareOut]


@api.get("/schedules/<code>/on-duty")
@api.input(AtIn, location="query", arg_name="wanted")
@api.output(DutyOut)
@access("read")
def on_duty(code: str, wanted: AtIn) -> DutyOut:
    """Who holds a duty at an instant."""
    with here().database.read() as session:
        found = schedules.find(session, code)
        at = wanted.at or clock.now(session)
        held = schedules.spans(session, found, at - LOOK_AHEAD, at + LOOK_AHEAD)
        (span,) = [each for each in held if each.start <= at < each.end]
        person = _holder(session, span)
    return DutyOut(schedule=code, at=at, person=person, layer=span.layer, since=span.start, until=span.end)


@api.get("/schedules/<code>/fairness")
@api.input(PreviewIn, location="query", arg_name="wanted")
@api.output(FairnessOut)
@access("read")
def shares(code: str, wanted: PreviewIn) -> FairnessOut:
    """How a duty is shared over a time: hours, nights, weekends and holidays of each, on the operator's wall clock."""
    not_too_wide(wanted)
    settings = here().settings
    days = frozenset(holidays.readable(settings.holidays)[0])
    with here().database.read() as session:
        held = schedules.spans(session, schedules.find(session, code), wanted.start, wanted.end)
        items = [_share(session, each) for each in fairness.shares(held, settings.tz, days)]
    return FairnessOut(schedule=code, items=items)


@api.get("/schedules/<code>/preview")
@api.input(PreviewIn, location="query", arg_name="wanted")
@api.output(PreviewOut)
@access("read")
def preview(code: str, wanted: PreviewIn) -> PreviewOut:
    """Who will hold a duty over a time, exactly as pages will follow it."""
    not_too_wide(wanted)
    with here().database.read() as session:
        held = schedules.spans(session, schedules.find(session, code), wanted.start, wanted.end)
        return preview_out(session, code, held)


def preview_out(session: Session, code: str, held: Sequence[Span]) -> PreviewOut:
    """Holders as they are told."""
    items = [SpanOut(person=_holder(session, s), layer=s.layer, start=s.start, end=s.end) for s in held]
    return PreviewOut(schedule=code, items=items, gaps=[each for each in items if each.person is None])


def not_too_wide(wanted: PreviewIn) -> None:
    """Raise Invalid for a time longer than is looked at in one go."""
    if wanted.end - wanted.start > WIDEST:
        raise Invalid(N_("This is longer than 400 days."), field="end", remedy=N_("Ask for less at once."))


def _share(session: Session, share: fairness.Share) -> ShareOut:
    def hours(length: timedelta) -> float:
        return round(length.total_seconds() / 3600, 4)

    return ShareOut(
        person=person_out(session.get_one(Person, share.member)) if share.member is not None else None,
        turns=share.turns,
        hours=hours(share.whole),
        night_hours=hours(share.nights),
        weekend_hours=hours(share.weekends),
        holiday_hours=hours(share.holidays),
    )


def _holder(session: Session, span: Span) -> PersonOut | None:
    return person_out(session.get_one(Person, span.member)) if span.member is not None else None
