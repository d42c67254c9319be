"""Schedules over HTTP: making one, changing its layers, and seeing what changed layers would do before they are kept."""

from collections.abc import Sequence
from datetime import date, time
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.oncall.duties import asked, cover, layers, rotation, schedules
from command.oncall.duties.asked import PersonOut, Strict, Username, person_out
from command.oncall.duties.duty_api import PreviewIn, PreviewOut, not_too_wide, preview_out
from command.oncall.models import DutyLayer, Schedule
from command.people.access import access, here, principal, unit
from command.people.models import Person
from playbooks.tasks import Department
from playbooks.texts import Slug

api = APIBlueprint("schedules", __name__, url_prefix="/api/v1", tag="On call")
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class WindowIO(Strict):
    """A part of each local week: `days` 0 (Monday) to 6; an `end` that is not later than `start` is on the next day."""

    days: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)]
    start: time
    end: time


class LayerIn(Strict):
    """A rotation: `members` (usernames) take turns of `period_days` from `starts_on`, handing over at `handover` in `zone`, inside the
    `windows` if there are any."""

    name_zh: Name
    name_en: Name
    zone: Annotated[str, Field(max_length=64)]
    starts_on: date
    handover: time
    period_days: Annotated[int, Field(ge=1, le=366)] = 7
    members: Annotated[list[Username], Field(min_length=1, max_length=100)]
    windows: Annotated[list[WindowIO], Field(max_length=20)] = []


class LayersIn(Strict):
    """All layers of a schedule, the topmost last."""

    layers: Annotated[list[LayerIn], Field(min_length=1, max_length=10)]


class ScheduleIn(LayersIn):
    """A whole duty. With `version`, what was read, a duty that somebody else changed meanwhile is left as it is (409)."""

    name_zh: Name
    name_en: Name
    department: Department
    version: str | None = None


class NewScheduleIn(ScheduleIn):
    """`code` is what playbooks and policies call: `oncall:<code>`. It never changes."""

    code: Slug


class TryIn(LayersIn, PreviewIn):
    """Layers to try, with the cover, leave and calendar of the duty of `code` if it is given."""

    code: str | None = None


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
    """A duty with its layers, the topmost last. `version` changes with them."""

    code: str
    name_zh: str
    name_en: str
    department: str
    version: str
    layers: list[LayerOut]


class ScheduleList(BaseModel):
    items: list[ScheduleOut]
    next: None = None


@api.get("/schedules")
@api.output(ScheduleList)
@access("read")
def all_schedules() -> dict[str, Any]:
    """All duties, by code."""
    with here().database.read() as session:
        return {"items": [schedule_out(session, row) for row in schedules.every(session)]}


@api.get("/schedules/<code>")
@api.output(ScheduleOut)
@access("read")
def schedule(code: str) -> ScheduleOut:
    """One duty with its layers."""
    with here().database.read() as session:
        return schedule_out(session, schedules.find(session, code))


@api.post("/schedules")
@api.input(NewScheduleIn)
@api.output(ScheduleOut, status_code=201)
@access("read")
def new(json_data: NewScheduleIn) -> ScheduleOut:
    """A new duty. Nothing calls it until a playbook or a policy names it."""
    return kept(json_data, json_data.code, new=True)


@api.put("/schedules/<code>")
@api.input(ScheduleIn)
@api.output(ScheduleOut)
@access("read")
def change(code: str, json_data: ScheduleIn) -> ScheduleOut:
    """Replace a duty's names and layers. Chains of pages that run are not disturbed; what is paged next follows the new layers."""
    return kept(json_data, code, new=False)


@api.post("/schedules/preview")
@api.input(TryIn)
@api.output(PreviewOut)
@access("read")
def try_layers(json_data: TryIn) -> PreviewOut:
    """Who would hold a duty over a time if it had these layers; nothing is kept."""
    with here().database.read() as session:
        return preview_out(session, json_data.code or "", tried(session, json_data))


def kept(given: ScheduleIn, code: str, *, new: bool) -> ScheduleOut:
    """Keep a duty as given; raise Denied, Invalid at the field, NotFound, or Conflict."""
    cover.require_editor(principal())

    def work(session: Session) -> ScheduleOut:
        rows, members = rows_of(session, given.layers)
        row = schedules.create(session, code) if new else schedules.find(session, code)
        if given.version:
            schedules.require_unchanged(session, row, given.version)
        schedules.describe(session, row, given.name_zh, given.name_en, given.department)
        schedules.set_layers(session, row, rows, members)
        return schedule_out(session, row)

    return unit(work)


def tried(session: Session, given: TryIn) -> list[layers.Span]:
    """The holders over the time asked for, by the layers given."""
    not_too_wide(given)
    rows, members = rows_of(session, given.layers)
    row = schedules.find(session, given.code) if given.code else None
    duty = schedules.duty_of(session, row, list(zip(rows, members, strict=True)), given.start, given.end)
    return layers.spans(duty, given.start, given.end)


def rows_of(session: Session, given: Sequence[LayerIn]) -> tuple[list[DutyLayer], list[list[int]]]:
    """Layers as unsaved rows, with the ids of their members; raise Invalid or NotFound at the field."""
    rows, members = [], []
    for n, each in enumerate(given):
        ids = [asked.person(session, name, f"layers.{n}.members.{at}").id for at, name in enumerate(each.members)]
        row = _row(each)
        _check(row, ids, n)
        rows.append(row)
        members.append(ids)
    return rows, members


def _check(row: DutyLayer, members: Sequence[int], n: int) -> None:
    try:
        schedules.layer(row, members)
    except rotation.UnknownZone as error:
        raise Invalid(
            N_("This is no time zone."),
            field=f"layers.{n}.zone",
            remedy=N_("Use an IANA name such as Asia/Shanghai."),
        ) from error
    except (rotation.RotationError, layers.BadWindow) as error:
        raise Invalid(
            N_("This layer contradicts itself."),
            field=f"layers.{n}",
            remedy=N_("Give wall times in whole seconds, without an offset."),
        ) from error


def _row(given: LayerIn) -> DutyLayer:
    windows = [{"days": w.days, "start": w.start.isoformat(), "end": w.end.isoformat()} for w in given.windows]
    return DutyLayer(**given.model_dump(exclude={"members", "windows"}), windows=windows)


def schedule_out(session: Session, row: Schedule) -> ScheduleOut:
    """A duty as it is told."""
    return ScheduleOut(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        department=row.department,
        version=schedules.version(session, row),
        layers=[_layer_out(session, each) for each in schedules.layers_of(session, row)],
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
