"""Schedules over HTTP: their layers, who holds a duty, and who will."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.oncall.duties import asked, cover, fairness, holidays, rotation, schedules
from command.oncall.duties.asked import Instant, PersonOut, Strict, Username, person_out
from command.oncall.duties.layers import Span
from command.oncall.models import DutyLayer, Schedule
from command.people.access import access, here, principal, unit
from command.people.models import Person

api = APIBlueprint("duty", __name__, url_prefix="/api/v1", tag="On call")
LOOK_AHEAD = timedelta(days=40)
"""How far beyond an instant the end of a turn is looked for."""
WIDEST = timedelta(days=400)


class WindowIO(Strict):
    """A part of each local week: `days` 0 (Monday) to 6; an `end` that is not later than `start` is on the next day."""

    days: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)]
    start: time
    end: time


class LayerIn(Strict):
    """A rotation: `members` (usernames) take turns of `period_days` from `starts_on`, handing over at `handover` in `zone`, inside the
    `windows` if there are any."""

    name_zh: Annotated[str, Field(min_length=1, max_length=64)]
    name_en: Annotated[str, Field(min_length=1, max_length=64)]
    zone: Annotated[str, Field(max_length=64)]
    starts_on: date
    handover: time
    period_days: Annotated[int, Field(ge=1, le=366)] = 7
    members: Annotated[list[Username], Field(min_length=1, max_length=100)]
    windows: Annotated[list[WindowIO], Field(max_length=20)] = []


class LayersIn(Strict):
    """All layers of a schedule, the topmost last."""

    layers: Annotated[list[LayerIn], Field(min_length=1, max_length=10)]


class LayerOut(BaseModel):
    name_zh: str
    name_en: str
    zone: str
    starts_on: date
    handover: str
    period_days: int
    members: list[PersonOut]
    windows: list[WindowIO]


class ScheduleOut(BaseModel):
    """A duty with its layers, the topmost last."""

    code: str
    name_zh: str
    name_en: str
    department: str
    layers: list[LayerOut]


class ScheduleList(BaseModel):
    items: list[ScheduleOut]
    next: None = None


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


@api.get("/schedules")
@api.output(ScheduleList)
@access("read")
def all_schedules() -> dict[str, Any]:
    """All duties, by code."""
    with here().database.read() as session:
        rows = session.scalars(select(Schedule).order_by(Schedule.code)).all()
        return {"items": [_schedule_out(session, row) for row in rows]}


@api.get("/schedules/<code>")
@api.output(ScheduleOut)
@access("read")
def schedule(code: str) -> ScheduleOut:
    """One duty with its layers."""
    with here().database.read() as session:
        return _schedule_out(session, schedules.find(session, code))


@api.put("/schedules/<code>/layers")
@api.input(LayersIn)
@api.output(ScheduleOut)
@access("read")
def set_layers(code: str, json_data: LayersIn) -> ScheduleOut:
    """Replace the layers of a duty. Chains of pages that run are not disturbed; what is paged next follows the new layers."""
    who = principal()
    cover.require_editor(who)

    def work(session: Session) -> ScheduleOut:
        found = schedules.find(session, code)
        members = [[asked.person(session, name, "members").id for name in each.members] for each in json_data.layers]
        try:
            schedules.set_layers(session, found, [_layer_row(each) for each in json_data.layers], members)
        except rotation.UnknownZone as error:
            raise Invalid(
                N_("This is no time zone."), field="layers.zone", remedy=N_("Use an IANA name such as Asia/Shanghai.")
            ) from error
        except rotation.RotationError as error:
            raise Invalid(
                N_("This layer contradicts itself."),
                field="layers",
                remedy=N_("Give wall times in whole seconds, without an offset."),
            ) from error
        return _schedule_out(session, found)

    return unit(work)


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
    _not_too_wide(wanted)
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
    _not_too_wide(wanted)
    with here().database.read() as session:
        held = schedules.spans(session, schedules.find(session, code), wanted.start, wanted.end)
        items = [SpanOut(person=_holder(session, s), layer=s.layer, start=s.start, end=s.end) for s in held]
    return PreviewOut(schedule=code, items=items, gaps=[each for each in items if each.person is None])


def _not_too_wide(wanted: PreviewIn) -> None:
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


def _layer_row(given: LayerIn) -> DutyLayer:
    windows = [{"days": w.days, "start": w.start.isoformat(), "end": w.end.isoformat()} for w in given.windows]
    own = given.model_dump(exclude={"members", "windows"})
    return DutyLayer(**own, windows=windows)


def _schedule_out(session: Session, row: Schedule) -> ScheduleOut:
    layers = [_layer_out(session, each) for each in schedules.layers_of(session, row)]
    return ScheduleOut(
        code=row.code, name_zh=row.name_zh, name_en=row.name_en, department=row.department, layers=layers
    )


def _layer_out(session: Session, row: DutyLayer) -> LayerOut:
    people = [session.get_one(Person, id) for id in schedules.member_ids(session, row)]
    return LayerOut(
        name_zh=row.name_zh,
        name_en=row.name_en,
        zone=row.zone,
        starts_on=row.starts_on,
        handover=row.handover.isoformat("minutes"),
        period_days=row.period_days,
        members=[person_out(each) for each in people],
        windows=[WindowIO.model_validate(each) for each in row.windows],
    )
