"""Measurements over JSON: values in, series and what they propose, what counts for an incident."""

from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import Report, filled
from command.core.problems import N_
from command.incidents import actions_api, standing, visibility
from command.incidents.models import Incident
from command.incidents.views import IncidentOut
from command.measurements import degrading, intake, reading, series, ties, views
from command.measurements.asked import AddIn, AsideIn, BatchIn, ChangeIn, DecideIn, PointsIn, TieIn
from command.measurements.intake import Receipt
from command.measurements.views import PointOut, ProposalOut, SeriesOut, TieOut
from command.people.access import access, here, principal, unit
from command.people.language import language

api = APIBlueprint("measurements_api", __name__, url_prefix="/api/v1", tag="Measurements")


class FaultOut(BaseModel):
    """What is wrong with one value, and what to do."""

    field: str
    code: str
    detail: str
    remedy: str


class ReceiptOut(BaseModel):
    """What became of a batch: values received, kept, known already (`same`), `corrected`; what was wrong with the others; numbers of the
    incidents that it touched."""

    received: int
    kept: int
    same: int
    corrected: int
    errors: list[FaultOut]
    incidents: list[str]


class SeriesListOut(BaseModel):
    items: list[SeriesOut]
    proposals: list[ProposalOut]
    next: None = None


class PointsOut(BaseModel):
    items: list[PointOut]
    next: None = None


class TiesOut(BaseModel):
    items: list[TieOut]
    next: None = None


class DecidedOut(BaseModel):
    """The number of the incident that was opened, if any."""

    incident: str | None


@api.post("/measurements")
@api.input(BatchIn, arg_name="batch")
@api.output(ReceiptOut)
@access("measurements.write")
def receive(batch: BatchIn) -> Any:
    """Take in up to 1000 values in any order. Each is judged by itself; 422 only where none can be used."""
    receipt: Receipt = unit(lambda session: intake.receive(session, batch.measurements))
    if receipt.faults and not (receipt.kept or receipt.same or receipt.corrected):
        raise Report(
            422,
            "bad-batch",
            N_("None of the %(count)d values can be used."),
            N_("Correct them and send them again."),
            items=receipt.faults,
            field=receipt.faults[0].field,
            count=receipt.received,
        )
    return ReceiptOut(
        received=receipt.received,
        kept=receipt.kept,
        same=receipt.same,
        corrected=receipt.corrected,
        errors=[
            FaultOut(
                field=each.field,
                code=each.code,
                detail=filled(each.detail, each.values),
                remedy=filled(each.remedy, each.values),
            )
            for each in receipt.faults
        ],
        incidents=receipt.incidents,
    )


@api.get("/measurements")
@api.output(SeriesListOut)
@access("read")
def listed() -> Any:
    """Every series as it stands, bad ones first, and what waits to be decided."""
    with here().database.read() as session:
        items = views.listed(session, principal(), language())
        waiting = [views.proposal_out(session, *each, language()) for each in reading.proposals(session)]
        return SeriesListOut(items=items, proposals=waiting)


@api.post("/measurements/series")
@api.input(AddIn)
@api.output(SeriesOut, status_code=201)
@access(series.ACT)
def add(json_data: AddIn) -> Any:
    """Set up a series."""
    return added(json_data)


def added(asked: AddIn) -> SeriesOut:
    """Set up a series as asked."""
    who = principal()
    unit(lambda session: series.add(session, asked.code, asked, who).id)
    return shown(asked.code)


@api.get("/measurements/series/<code>")
@api.output(SeriesOut)
@access("read")
def one(code: str) -> Any:
    """One series as it stands."""
    return shown(code)


def shown(code: str) -> SeriesOut:
    """A series as it stands on record."""
    with here().database.read() as session:
        return views.one(session, series.find(session, code), principal(), language())


@api.put("/measurements/series/<code>")
@api.input(ChangeIn)
@api.output(SeriesOut)
@access(series.ACT)
def change(code: str, json_data: ChangeIn) -> Any:
    """Say all of a series anew."""
    return changed(code, json_data)


def changed(code: str, asked: ChangeIn) -> SeriesOut:
    """Change a series as asked."""
    who = principal()

    def work(session: Session) -> None:
        series.change(session, series.find(session, code, locked=True), asked, who, asked.version)

    unit(work)
    return shown(code)


@api.get("/measurements/series/<code>/points")
@api.input(PointsIn, location="query", arg_name="asked")
@api.output(PointsOut)
@access("read")
def points(code: str, asked: PointsIn) -> Any:
    """The points of the last hours, the newest first."""
    with here().database.read() as session:
        found = series.find(session, code)
        now = clock.now(session)
        values = reading.between(session, found.id, reading.before(now, asked.hours), reading.ahead(now), asked.limit)
        return PointsOut(items=[PointOut(at=each.at, value=each.value) for each in reversed(values)])


@api.post("/measurements/series/<code>/actions/decide")
@api.input(DecideIn)
@api.output(DecidedOut)
@access(series.ACT)
def decide(code: str, json_data: DecideIn) -> Any:
    """Open an incident for what the series proposes, or dismiss it with a reason."""
    return DecidedOut(incident=decided(code, json_data))


def decided(code: str, asked: DecideIn) -> str | None:
    """Decide as asked; the number of the incident that was opened."""
    who = principal()

    def work(session: Session) -> str | None:
        found = series.find(session, code, locked=True)
        incident = degrading.decide(session, found, asked.outcome, asked.reason, who)
        return incident.number if incident else None

    number: str | None = unit(work)
    return number


@api.get("/incidents/<number>/measurements")
@api.output(TiesOut)
@access("read")
def of_incident(number: str) -> Any:
    """The series that count for an incident, and those set aside."""
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), principal())
        return TiesOut(items=tied(session, incident))


def tied(session: Session, incident: Incident) -> list[TieOut]:
    """The series of an incident as they stand."""
    return [views.tie_out(session, *each, principal(), language()) for each in ties.of(session, incident.id)]


@api.post("/incidents/<number>/actions/tie-measurement")
@api.input(TieIn)
@api.output(IncidentOut)
@access("assess")
def tie(number: str, json_data: TieIn) -> Any:
    """Let a series count for the incident: it is restored when the series is good again."""
    return actions_api.act(number, lambda s, i, who: ties.tie_by_hand(s, i, json_data.series, who))


@api.post("/incidents/<number>/actions/set-measurement-aside")
@api.input(AsideIn)
@api.output(IncidentOut)
@access("assess")
def set_aside(number: str, json_data: AsideIn) -> Any:
    """Say that a series does not count for the incident any more, and why."""
    body = json_data
    return actions_api.act(number, lambda s, i, who: ties.set_aside(s, i, body.series, body.reason, who))
