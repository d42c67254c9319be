"""Incidents over JSON: report, list, read, journal and tasks. What is done to an incident is in `actions_api`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from command.core import journal
from command.core.problems import N_, Invalid
from command.incidents import intake, rendering, standing, tasks, views, visibility
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.models import Incident
from command.incidents.views import IncidentOut, SummaryOut, TaskOut
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language
from playbooks.schema import Kind

api = APIBlueprint("incidents_api", __name__, url_prefix="/api/v1", tag="Incidents")

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Users = Annotated[int, Field(ge=0, le=2_000_000_000)]
Count = Annotated[int, Field(ge=0, le=2_000_000_000)]
BOARD_ENTRIES = "board.cards"


class Strict(BaseModel):
    """An input: a field nobody knows is an error, not a guess."""

    model_config = ConfigDict(extra="forbid")


class SaidIn(Strict):
    """What a report by hand says besides its kind. Times carry their zone. `detected_at` is the first known sign (default: now),
    `occurred_at` when it happened."""

    area: Name
    occurred_at: AwareDatetime | None = None
    detected_at: AwareDatetime | None = None
    summary: Words = ""
    feedback: Words = ""
    measures: Words = ""
    elements: Annotated[list[Name], Field(max_length=5000)] = []
    users: Users | None = None
    services: Annotated[list[Name], Field(max_length=63)] = []
    records_leaked: Count = 0
    complaints: Count = 0
    restricted: bool | None = None
    exercise: bool = False


class ReportIn(SaidIn):
    """A report by hand. With an `Idempotency-Key` header the same report twice is one incident."""

    kind: Kind


class ListIn(Strict):
    """Filters of the list; `active=1` leaves out closed, cancelled and merged incidents. Newest first; read on with `after`."""

    state: State | None = None
    tier: Annotated[int, Field(ge=1, le=4)] | None = None
    kind: Kind | None = None
    active: Literal["0", "1"] | None = None
    after: Annotated[int, Field(ge=1, le=2**62)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class IncidentsOut(BaseModel):
    items: list[SummaryOut]
    next: int | None


class JournalIn(Strict):
    """Entries with a seq greater than `after`."""

    after: Annotated[int, Field(ge=0, le=2**62)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class TextOut(BaseModel):
    zh: str
    en: str


class LineOut(BaseModel):
    seq: int
    at: datetime
    actor: str
    kind: str
    text: TextOut
    data: dict[str, Any]


class JournalOut(BaseModel):
    items: list[LineOut]
    next: int | None


class TasksOut(BaseModel):
    items: list[TaskOut]
    next: int | None


def report_from(body: ReportIn, key: str | None) -> intake.Report:
    """The report that a body describes."""
    values = body.model_dump()
    values |= {"kind": body.kind.value, "elements": tuple(body.elements), "services": tuple(body.services)}
    return intake.Report(**values, request_key=key)


def idempotency_key() -> str | None:
    """The caller's own name for this request; raise Invalid if it is no name."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not 1 <= len(key) <= 200:
        raise Invalid(
            N_("The Idempotency-Key is empty or longer than 200 characters."),
            field="Idempotency-Key",
            remedy=N_("Send a short unique text, such as a UUID."),
        )
    return key


@api.post("/incidents")
@api.input(ReportIn)
@api.output(IncidentOut, status_code=201)
@access("report_incident")
def report(json_data: ReportIn) -> Any:
    """Report an incident by hand. Whoever reports it is its first-contact owner."""
    given, who, tongue = report_from(json_data, idempotency_key()), principal(), language()
    return unit(lambda session: views.full(session, intake.report(session, given, who), tongue))


@api.get("/incidents")
@api.input(ListIn, location="query")
@api.output(IncidentsOut)
@access("read")
def incidents(query_data: ListIn) -> Any:
    """Incidents, newest first. Restricted ones are listed for those who may know of them."""
    with here().database.read() as session:
        found = list(session.scalars(_listed(session, query_data, principal()).limit(query_data.limit + 1)))
        page = found[: query_data.limit]
        items = [views.summary(session, incident, language()) for incident in page]
    return IncidentsOut(items=items, next=page[-1].id if len(found) > len(page) else None)


def _listed(session: Session, wanted: ListIn, who: Principal) -> Select[Incident]:
    query = select(Incident).order_by(Incident.id.desc())
    if wanted.after is not None:
        query = query.where(Incident.id < wanted.after)
    if wanted.state is not None:
        query = query.where(Incident.state == wanted.state)
    if wanted.tier is not None:
        query = query.where(Incident.tier == wanted.tier)
    if wanted.kind is not None:
        query = query.where(Incident.kind == wanted.kind)
    if wanted.active == "1":
        query = query.where(Incident.state.in_((*BEFORE_RESTORATION, State.RESTORED, State.REVIEWING)))
    return visibility.only_visible(session, query, who)


def read(session: Session, number: str) -> Incident:
    """The incident of a number, as far as whoever asks may know of it; raise NotFound."""
    return visibility.seen_by(session, standing.find(session, number), principal())


@api.get("/incidents/<number>")
@api.output(IncidentOut)
@access("read")
def incident(number: str) -> Any:
    """All of an incident."""
    with here().database.read() as session:
        return views.full(session, read(session, number), language())


@api.get("/incidents/<number>/journal")
@api.input(JournalIn, location="query")
@api.output(JournalOut)
@access("read")
def incident_journal(number: str, query_data: JournalIn) -> Any:
    """What happened, in order, in both languages. Entries that only redraw boards are passed over."""
    with here().database.read() as session:
        found = read(session, number)
        rows = list(journal.entries(session, f"incident:{found.number}", query_data.after, limit=query_data.limit + 1))
        page = rows[: query_data.limit]
        reader = rendering.Reader(session, page)
        items = [_line(reader.line(entry)) for entry in page if entry.kind != BOARD_ENTRIES]
    return JournalOut(items=items, next=page[-1].seq if len(rows) > len(page) else None)


def _line(line: rendering.Line) -> LineOut:
    return LineOut(
        seq=line.seq,
        at=line.at,
        actor=line.actor,
        kind=line.kind,
        text=TextOut(zh=line.zh, en=line.en),
        data=dict(line.data),
    )


@api.get("/incidents/<number>/tasks")
@api.output(TasksOut)
@access("read")
def incident_tasks(number: str) -> Any:
    """What each department has to do by when."""
    with here().database.read() as session:
        found: Sequence[Any] = tasks.of(session, read(session, number))
        return TasksOut(items=[views.task_out(session, task, language()) for task in found], next=None)
