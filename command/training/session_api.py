"""Training sessions over HTTP: planning them, places, attendance, closing."""

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Denied
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.resources.asked import Strict
from command.training import attendance, imports, rules, session_views, sessions, views
from command.training.api import person_id
from command.training.asked import AttendanceIn, ChangeIn, CodeIn, FileIn, ReasonIn, SessionIn
from command.training.models import State, TrainingSession, Via
from command.training.session_views import PlaceOut, SessionOut
from command.training.views import ImportedOut

api = APIBlueprint("training_session_api", __name__, url_prefix="/api/v1/training/sessions", tag="Training")


class NothingIn(Strict):
    pass


class ListIn(Strict):
    """`state` alone, those with an id below `before`; the latest planned first."""

    state: State | None = None
    before: Annotated[int, Field(ge=1, le=2**62)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ListOut(BaseModel):
    items: list[SessionOut]
    next: int | None


@api.get("")
@api.input(ListIn, location="query")
@api.output(ListOut)
@access("read")
def listed(query_data: ListIn) -> Any:
    """Sessions, the latest planned first; read on with `before`."""
    query = select(TrainingSession).order_by(TrainingSession.id.desc()).limit(query_data.limit)
    if query_data.state is not None:
        query = query.where(TrainingSession.state == query_data.state)
    if query_data.before is not None:
        query = query.where(TrainingSession.id < query_data.before)
    with here().database.read() as session:
        items = [
            session_views.session_out(session, rules.current(), row, principal(), language())
            for row in session.scalars(query)
        ]
    return ListOut(items=items, next=items[-1].id if len(items) == query_data.limit else None)


@api.post("")
@api.input(SessionIn)
@api.output(SessionOut, status_code=201)
@access("manage_training")
def plan(json_data: SessionIn) -> Any:
    """Plan a session; those behind its targets get a place and an invitation."""
    by = person_id()
    return unit(lambda session: _out(session, sessions.plan(session, json_data, by)))


@api.get("/<int:session_id>")
@api.output(SessionOut)
@access("read")
def one(session_id: int) -> Any:
    """A session, with one's own place."""
    with here().database.read() as session:
        return _out(session, sessions.find(session, session_id))


@api.put("/<int:session_id>")
@api.input(ChangeIn)
@api.output(SessionOut)
@access("manage_training")
def change(session_id: int, json_data: ChangeIn) -> Any:
    """Change a planned session as it was read in `version`; another time or place is told to everybody with a place."""
    given = SessionIn(**json_data.model_dump(exclude={"version"}))
    return unit(lambda session: _out(session, sessions.change(session, session_id, given, json_data.version)))


@api.post("/<int:session_id>/actions/cancel")
@api.input(ReasonIn)
@api.output(SessionOut)
@access("manage_training")
def cancel(session_id: int, json_data: ReasonIn) -> Any:
    """Call it off, with a reason; who was told of it is told."""
    return unit(lambda session: _out(session, sessions.cancel(session, session_id, json_data.reason)))


@api.post("/<int:session_id>/actions/join")
@api.input(NothingIn)
@api.output(SessionOut)
@access("read")
def join(session_id: int, json_data: NothingIn) -> Any:
    """Take a place, or say that one comes."""
    me = person_id()
    return unit(lambda session: sessions.join(session, session_id, me) and _shown(session, session_id))


@api.post("/<int:session_id>/actions/leave")
@api.input(NothingIn)
@api.output(SessionOut)
@access("read")
def leave(session_id: int, json_data: NothingIn) -> Any:
    """Give one's place back."""
    me = person_id()
    return unit(lambda session: sessions.leave(session, session_id, me) and _shown(session, session_id))


@api.post("/<int:session_id>/actions/check-in")
@api.input(CodeIn)
@api.output(PlaceOut)
@access("read")
def check_in(session_id: int, json_data: CodeIn) -> Any:
    """Say that one is there, by the code that the trainer shows."""
    return check_in_now(session_id, json_data.code)


def check_in_now(session_id: int, code: str) -> PlaceOut:
    """Mark whoever asks as there; raise Invalid, Conflict or TooMany."""
    me, tongue = person_id(), language()
    unit(lambda session: attendance.count_try(session, session_id, me))

    def work(session: Session) -> PlaceOut:
        place = attendance.check_in(session, session_id, code, me)
        return session_views.places_out(session, rules.current(), sessions.find(session, session_id), [place], tongue)[
            0
        ]

    return unit(work)


@api.put("/<int:session_id>/attendance")
@api.input(AttendanceIn)
@api.output(SessionOut)
@access("read")
def mark(session_id: int, json_data: AttendanceIn) -> Any:
    """Say who was there, for trainers and who teaches it; all items or none."""
    return mark_now(session_id, json_data, Via.API)


def mark_now(session_id: int, given: AttendanceIn, via: Via) -> SessionOut:
    """Mark attendance as whoever asks; raise Denied unless they keep the list."""
    by = person_id()

    def work(session: Session) -> SessionOut:
        require_keeper(session, session_id)
        return _out(session, attendance.mark(session, rules.current(), session_id, given.items, by, via))

    return unit(work)


@api.post("/<int:session_id>/attendance/import")
@api.input(FileIn)
@api.output(ImportedOut)
@access("read")
def mark_by_file(session_id: int, json_data: FileIn) -> Any:
    """Say who was there by CSV: person, attendance, and score where there is one."""
    return views.imported_out(file_now(session_id, json_data.csv.encode()))


def file_now(session_id: int, body: bytes) -> imports.Imported:
    """Mark attendance by a file as whoever asks; raise Denied unless they keep the list."""
    by = person_id()
    with here().database.read() as session:
        require_keeper(session, session_id)
    return imports.session_attendance(here().database, rules.current(), session_id, body, by, principal().actor)


@api.post("/<int:session_id>/actions/conclude")
@api.input(NothingIn)
@api.output(SessionOut)
@access("manage_training")
def conclude(session_id: int, json_data: NothingIn) -> Any:
    """Close it: who was not marked was absent, who came and passed gets certificates."""
    by = person_id()

    def work(session: Session) -> SessionOut:
        attendance.conclude(session, rules.current(), session_id, by)
        return _shown(session, session_id)

    return unit(work)


def require_keeper(session: Session, session_id: int) -> TrainingSession:
    """The session, if whoever asks keeps its list; raise Denied or NotFound."""
    row = sessions.find(session, session_id)
    if not session_views.manages(principal(), row):
        raise Denied(
            N_("Only trainers and who teaches a session keep its list."), remedy=N_("Ask one of them to mark you.")
        )
    return row


def _shown(session: Session, session_id: int) -> SessionOut:
    return _out(session, sessions.find(session, session_id))


def _out(session: Session, row: TrainingSession) -> SessionOut:
    return session_views.whole_out(session, rules.current(), row, principal(), language())
