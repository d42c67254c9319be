"""Duties over HTTP: who holds them, who will, and changing that for a time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Denied, Invalid, NotFound
from command.oncall import cover, rotation, schedules
from command.oncall.api import PersonOut, person_out
from command.oncall.layers import Span
from command.oncall.models import DutyLayer, DutyOverride, PersonLeave, Schedule
from command.people.access import access, here, principal, unit
from command.people.authority import Post
from command.people.models import Person

api = APIBlueprint("duty", __name__, url_prefix="/api/v1", tag="On call")
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
LOOK_AHEAD = timedelta(days=40)
"""How far beyond an instant the end of a turn is looked for."""
WIDEST = timedelta(days=400)


def _within(at: datetime) -> datetime:
    if not FIRST <= at <= LAST:
        raise ValueError(f"give a time between {FIRST:%Y} and {LAST:%Y}")
    return at


Instant = Annotated[AwareDatetime, AfterValidator(_within)]
Username = Annotated[str, Field(min_length=1, max_length=64)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


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


class CoverIn(Strict):
    """`person` is a username."""

    person: Username
    start: Instant
    end: Instant


class SpanOfPersonOut(BaseModel):
    """Leave, or an override: of whom, from when to when (exclusive). Cancelled before it began, it never was."""

    id: int
    person: PersonOut
    start: datetime
    end: datetime
    cancelled: bool


class SpansOfPeople(BaseModel):
    items: list[SpanOfPersonOut]
    next: None = None


class NothingIn(Strict):
    pass


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
    if not who.posts & (cover.PLANNERS | {Post.ADMINISTRATOR}):
        raise Denied(
            N_("Only a commander, a deputy, a duty officer or an administrator changes a schedule."),
            remedy=N_("Ask one of them."),
        )

    def work(session: Session) -> ScheduleOut:
        found = schedules.find(session, code)
        members = [[_person(session, name, "members").id for name in each.members] for each in json_data.layers]
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
@api.input(AtIn, location="query", arg_name="asked")
@api.output(DutyOut)
@access("read")
def on_duty(code: str, asked: AtIn) -> DutyOut:
    """Who holds a duty at an instant."""
    with here().database.read() as session:
        found = schedules.find(session, code)
        at = asked.at or clock.now(session)
        held = schedules.spans(session, found, at - LOOK_AHEAD, at + LOOK_AHEAD)
        (span,) = [each for each in held if each.start <= at < each.end]
        person = _holder(session, span)
    return DutyOut(schedule=code, at=at, person=person, layer=span.layer, since=span.start, until=span.end)


@api.get("/schedules/<code>/preview")
@api.input(PreviewIn, location="query", arg_name="asked")
@api.output(PreviewOut)
@access("read")
def preview(code: str, asked: PreviewIn) -> PreviewOut:
    """Who will hold a duty over a time, exactly as pages will follow it."""
    if asked.end - asked.start > WIDEST:
        raise Invalid(N_("This is longer than 400 days."), field="end", remedy=N_("Ask for less at once."))
    with here().database.read() as session:
        held = schedules.spans(session, schedules.find(session, code), asked.start, asked.end)
        items = [SpanOut(person=_holder(session, s), layer=s.layer, start=s.start, end=s.end) for s in held]
    return PreviewOut(schedule=code, items=items, gaps=[each for each in items if each.person is None])


@api.get("/schedules/<code>/overrides")
@api.output(SpansOfPeople)
@access("read")
def overrides(code: str) -> dict[str, Any]:
    """Overrides that run or will, the earliest first."""
    with here().database.read() as session:
        found = schedules.find(session, code)
        query = select(DutyOverride).where(DutyOverride.schedule_id == found.id)
        return {"items": _current(session, query, DutyOverride)}


@api.post("/schedules/<code>/overrides")
@api.input(CoverIn)
@api.output(SpanOfPersonOut, status_code=201)
@access("read")
def add_override(code: str, json_data: CoverIn) -> SpanOfPersonOut:
    """Let somebody hold a duty for a time: oneself, or as a planner anybody."""
    who = principal()

    def work(session: Session) -> SpanOfPersonOut:
        person = _person(session, json_data.person, "person")
        found = schedules.find(session, code)
        return _of_person(session, cover.cover(session, found, person, json_data.start, json_data.end, who))

    return unit(work)


@api.post("/overrides/<int:override_id>/actions/end")
@api.input(NothingIn)
@api.output(SpanOfPersonOut)
@access("read")
def end_override(override_id: int, json_data: NothingIn) -> SpanOfPersonOut:
    """End an override now, or cancel one that has not begun."""
    who = principal()
    return unit(lambda session: _of_person(session, cover.end_cover(session, override_id, who)))


@api.get("/leave")
@api.output(SpansOfPeople)
@access("read")
def all_leave() -> dict[str, Any]:
    """Leave that runs or will, the earliest first."""
    with here().database.read() as session:
        return {"items": _current(session, select(PersonLeave), PersonLeave)}


@api.post("/leave")
@api.input(CoverIn)
@api.output(SpanOfPersonOut, status_code=201)
@access("read")
def add_leave(json_data: CoverIn) -> SpanOfPersonOut:
    """Somebody is away for a time; their turns go to the next member."""
    who = principal()

    def work(session: Session) -> SpanOfPersonOut:
        person = _person(session, json_data.person, "person")
        return _of_person(session, cover.take_leave(session, person, json_data.start, json_data.end, who))

    return unit(work)


@api.post("/leave/<int:leave_id>/actions/end")
@api.input(NothingIn)
@api.output(SpanOfPersonOut)
@access("read")
def end_leave(leave_id: int, json_data: NothingIn) -> SpanOfPersonOut:
    """End leave now, or cancel what has not begun."""
    who = principal()
    return unit(lambda session: _of_person(session, cover.end_leave(session, leave_id, who)))


def _current(session: Session, query: Any, table: Any) -> list[SpanOfPersonOut]:
    now = clock.now(session)
    open_ones = query.where(table.cancelled_at.is_(None), table.end_at > now).order_by(table.start_at, table.id)
    return [_of_person(session, row) for row in session.scalars(open_ones.limit(500))]


def _of_person(session: Session, row: DutyOverride | PersonLeave) -> SpanOfPersonOut:
    return SpanOfPersonOut(
        id=row.id,
        person=person_out(session.get_one(Person, row.person_id)),
        start=row.start_at,
        end=row.end_at,
        cancelled=row.cancelled_at is not None,
    )


def _person(session: Session, username: str, field: str) -> Person:
    found = session.scalar(select(Person).where(Person.username == username))
    if found is None:
        raise NotFound(
            N_("There is nobody called %(person)s."),
            field=field,
            remedy=N_("Use a username from the list of people."),
            person=username,
        )
    return found


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
