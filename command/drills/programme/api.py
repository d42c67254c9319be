"""The programme of drills over HTTP: coverage, series, single plans, and freezes."""

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import filled
from command.core.journal import Note
from command.drills.models import Drill, DrillProgramme
from command.drills.programme import cast, freezing, moving, planning, programmes, seeing, year
from command.drills.programme import freezes as kept_freezes
from command.drills.programme.answers import (
    CellOut,
    CoverageOut,
    EventOut,
    FreezeList,
    FreezeOut,
    PlannedOut,
    PreviewOut,
    SeriesList,
    SeriesOut,
    TimeOut,
    WarningOut,
)
from command.drills.programme.asked import ChangeIn, FreezeIn, MoveIn, PlanIn, ReasonIn, SeriesIn, YearIn
from command.drills.programme.coverage import Cell, Event
from command.drills.programme.laying import Laid
from command.drills.programme.series import Firing
from command.drills.programme.series_models import DrillFreeze
from command.incidents import house
from command.oncall.duties.asked import NothingIn
from command.oncall.phone_drill import groups
from command.people.access import access, here, principal, unit
from command.people.models import Person

api = APIBlueprint("drill_programme_api", __name__, url_prefix="/api/v1", tag="Drill programme")


@api.get("/drill-coverage")
@api.input(YearIn, location="query", arg_name="asked")
@api.output(CoverageOut)
@access("read")
def coverage(asked: YearIn) -> CoverageOut:
    """How departments stand against what is required, as far as whoever asks may know."""
    who = principal()
    with here().database.read() as session:
        wanted = asked.year or clock.now(session).astimezone(house.settings(session).tz).year
        found = year.of(session, wanted, who.person_id)
    return CoverageOut(year=found.year, as_of=found.day, items=[_cell(cell) for cell in found.cells])


@api.get("/drill-programmes")
@api.output(SeriesList)
@access("read")
def listed() -> SeriesList:
    """The series whoever asks may know of."""
    who = principal()
    with here().database.read() as session:
        return SeriesList(items=[_series(session, row) for row in year.series(session, who.person_id)])


@api.post("/drill-programmes")
@api.input(SeriesIn)
@api.output(SeriesOut, status_code=201)
@access("run_drill")
def keep(json_data: SeriesIn) -> SeriesOut:
    """Plan a series."""
    who = principal()
    return unit(lambda session: _series(session, programmes.keep(session, json_data.draft(), who)))


@api.post("/drill-programmes/actions/preview")
@api.input(SeriesIn)
@api.output(PreviewOut)
@access("run_drill")
def preview(json_data: SeriesIn) -> PreviewOut:
    """What a series would be, before it is kept; nothing is."""
    who = principal()
    with here().database.read() as session:
        laid, times = programmes.preview(session, json_data.draft(), who.person_id)
        return PreviewOut(times=[_time(each) for each in times], warnings=_warnings(session, laid))


@api.get("/drill-programmes/<int:programme_id>")
@api.output(SeriesOut)
@access("read")
def one(programme_id: int) -> SeriesOut:
    """A series and the codes of its drills."""
    with here().database.read() as session:
        return _series(session, seeing.find_series(session, programme_id, principal().person_id))


@api.put("/drill-programmes/<int:programme_id>")
@api.input(ChangeIn)
@api.output(SeriesOut)
@access("run_drill")
def change(programme_id: int, json_data: ChangeIn) -> SeriesOut:
    """Let a series be as given from its next time on; 409 where somebody else changed it since `version`."""
    who, draft = principal(), json_data.draft()
    return unit(
        lambda session: _series(session, programmes.change(session, programme_id, json_data.version, draft, who))
    )


@api.post("/drill-programmes/<int:programme_id>/actions/cancel")
@api.input(ReasonIn)
@api.output(SeriesOut)
@access("run_drill")
def cancel(programme_id: int, json_data: ReasonIn) -> SeriesOut:
    """Call a series off, with its drills that are ahead."""
    who = principal()
    return unit(lambda session: _series(session, programmes.cancel(session, programme_id, json_data.reason, who)))


@api.post("/drills")
@api.input(PlanIn)
@api.output(PlannedOut, status_code=201)
@access("run_drill")
def plan(json_data: PlanIn) -> PlannedOut:
    """Plan one drill."""
    who, draft = principal(), json_data.draft()

    def work(session: Session) -> PlannedOut:
        warnings = _warnings(session, planning.prepared(session, draft, who.person_id))
        return _planned(planning.plan(session, draft, who), warnings)

    return unit(work)


@api.post("/drills/<code>/actions/move")
@api.input(MoveIn)
@api.output(PlannedOut)
@access("run_drill")
def move(code: str, json_data: MoveIn) -> PlannedOut:
    """Hold a drill that is ahead at another time; its supervisors acknowledge it anew."""
    who = principal()
    given = (json_data.due_at, json_data.zone, json_data.reason)
    return unit(lambda session: _planned(moving.move(session, code, *given, who)))


@api.post("/drills/<code>/actions/cancel")
@api.input(ReasonIn)
@api.output(PlannedOut)
@access("run_drill")
def call_off(code: str, json_data: ReasonIn) -> PlannedOut:
    """Call a drill off that is ahead."""
    who = principal()
    return unit(lambda session: _planned(moving.cancel(session, code, json_data.reason, who)))


@api.get("/drill-freezes")
@api.output(FreezeList)
@access("read")
def freezes() -> FreezeList:
    """Freezes that hold or will."""
    with here().database.read() as session:
        rows = kept_freezes.from_then_on(session, clock.now(session))
        return FreezeList(items=[_freeze(session, row) for row in rows])


@api.post("/drill-freezes")
@api.input(FreezeIn)
@api.output(FreezeOut, status_code=201)
@access("run_drill")
def freeze(json_data: FreezeIn) -> FreezeOut:
    """Hold no drill in a span; drills of series inside it are moved or called off."""
    who = principal()

    def work(session: Session) -> FreezeOut:
        done = freezing.freeze(session, json_data.draft(), who)
        counts = {"moved": done.moved, "cancelled": done.cancelled, "left": done.left}
        return _freeze(session, done.row).model_copy(update=counts)

    return unit(work)


@api.post("/drill-freezes/<int:freeze_id>/actions/lift")
@api.input(NothingIn)
@api.output(FreezeOut)
@access("run_drill")
def lift(freeze_id: int, json_data: NothingIn) -> FreezeOut:
    """Let a freeze count no more."""
    who = principal()
    return unit(lambda session: _freeze(session, freezing.lift(session, freeze_id, who)))


def _cell(cell: Cell) -> CellOut:
    return CellOut(
        department=cell.department,
        subject=cell.subject,
        mode=cell.mode,
        stands=cell.stands,
        last_held=_event(cell.last),
        next_planned=_event(cell.next),
        due_by=cell.due,
        every_months=cell.every_months,
        held_this_year=cell.held,
    )


def _event(event: Event | None) -> EventOut | None:
    if event is None:
        return None
    return EventOut(day=event.day, subject=event.subject, mode=event.mode, code=event.code)


def _time(firing: Firing) -> TimeOut:
    return TimeOut(local=firing.local, at=firing.at, because=firing.because)


def _warnings(session: Session, laid: Laid) -> list[WarningOut]:
    return [
        WarningOut(
            field=each.field,
            detail=filled(each.detail, dict(each.values)),
            remedy=filled(each.remedy, dict(each.values)),
        )
        for each in planning.warnings(session, laid)
    ]


def _series(session: Session, row: DrillProgramme) -> SeriesOut:
    fields: dict[str, Any] = {
        name: getattr(row, name) for name in SeriesOut.model_fields if hasattr(DrillProgramme, name)
    }
    fields |= {
        "area": programmes.area_code(session, row),
        "parts": written(session, row.parts),
        "supervisors": [session.get_one(Person, each).username for each in row.supervisors],
        "cancelled": row.cancelled_at is not None,
        "drills": [drill.code for drill in programmes.drills(session, row)],
    }
    return SeriesOut(**fields)


def written(session: Session, parts: cast.Parts) -> dict[str, list[str]]:
    """Kept parts as people write them."""
    return {key: [groups.written(session, each) for each in targets] for key, targets in parts.items()}


def _planned(row: Drill, warnings: list[WarningOut] | None = None) -> PlannedOut:
    return PlannedOut(code=row.code, due_at=row.due_at, state=row.state, sequence=row.sequence, warnings=warnings or [])


def _freeze(session: Session, row: DrillFreeze) -> FreezeOut:
    note = session.get(Note, row.note_id)
    return FreezeOut(
        id=row.id,
        from_at=row.from_at,
        until_at=row.until_at,
        areas=row.areas,
        reason=(note.body if note is not None else None) or "",
        lifted=row.lifted_at is not None,
    )
