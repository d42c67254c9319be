"""The register of risks over JSON."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core.problems import Invalid, NotFound
from command.incidents import standing, visibility
from command.incidents.models import Incident
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language
from command.risks import reading, register, views
from command.risks.asked import AddIn, ChangeIn, ListIn, SaidIn, TurnIn, facts, wanted
from command.risks.models import Risk
from command.risks.views import RiskOut, WholeOut

api = APIBlueprint("risks_api", __name__, url_prefix="/api/v1/risks", tag="Risks")
Verb = Callable[[Session, Risk], object]


class FiguresOut(BaseModel):
    """Over all risks that are not retired: how many, severe, with their sign there, overdue."""

    risks: int
    severe: int
    signs: int
    review_overdue: int
    drill_overdue: int


class RisksOut(BaseModel):
    items: list[RiskOut]
    next: None = None
    figures: FiguresOut


@api.get("")
@api.input(ListIn, location="query")
@api.output(RisksOut)
@access("read")
def listed(query_data: ListIn) -> Any:
    """Risks, the greatest first."""
    with here().database.read() as session:
        rows = reading.risks(session, wanted(query_data))
        figures = FiguresOut.model_validate(reading.figures(session), from_attributes=True)
        return RisksOut(items=[views.risk_out(session, row, language()) for row in rows], figures=figures)


@api.get("/<code>")
@api.output(WholeOut)
@access("read")
def one(code: str) -> Any:
    """A risk with its history."""
    return shown(code)


def shown(code: str) -> WholeOut:
    """A risk as it stands on record."""
    with here().database.read() as session:
        return views.whole(session, register.find(session, code), principal(), language())


@api.post("")
@api.input(AddIn)
@api.output(WholeOut, status_code=201)
@access("manage_risks")
def add(json_data: AddIn) -> Any:
    """Put a risk into the register."""
    return added(json_data)


def added(asked: AddIn) -> WholeOut:
    """Add a risk as asked."""
    unit(lambda session: register.add(session, asked.code, facts(asked), asked.reviewed_on, asked.drilled_on).id)
    return shown(asked.code)


def done(code: str, verb: Verb) -> WholeOut:
    """Do something with a locked risk and answer with what became of it, once that is on record."""

    def work(session: Session) -> None:
        verb(session, register.find(session, code, locked=True))

    unit(work)
    return shown(code)


@api.post("/<code>/actions/change")
@api.input(ChangeIn)
@api.output(WholeOut)
@access("manage_risks")
def change(code: str, json_data: ChangeIn) -> Any:
    """Say all of a risk anew."""
    return done(code, lambda session, risk: register.change(session, risk, facts(json_data), json_data.version))


@api.post("/<code>/actions/review")
@api.input(SaidIn)
@api.output(WholeOut)
@access("manage_risks")
def review(code: str, json_data: SaidIn) -> Any:
    """One looked at it and finds that it stands as written."""
    return done(code, lambda session, risk: register.review(session, risk, json_data.words))


@api.post("/<code>/actions/sign")
@api.input(SaidIn)
@api.output(WholeOut)
@access("report_incident")
def sign(code: str, json_data: SaidIn) -> Any:
    """Its early-warning sign is there: whoever may report an incident may say so; its owner is told."""
    return done(code, lambda session, risk: register.sign(session, risk, json_data.words))


@api.post("/<code>/actions/calm")
@api.input(SaidIn)
@api.output(WholeOut)
@access("manage_risks")
def calm(code: str, json_data: SaidIn) -> Any:
    """The sign is gone."""
    return done(code, lambda session, risk: register.calm(session, risk, json_data.words))


@api.post("/<code>/actions/turn")
@api.input(TurnIn)
@api.output(WholeOut)
@access("manage_risks")
def turn(code: str, json_data: TurnIn) -> Any:
    """Watched, occurred, retired, or open again."""
    who = principal()
    return done(code, lambda session, risk: turned(session, risk, json_data, who))


def turned(session: Session, risk: Risk, asked: TurnIn, who: Principal) -> None:
    """Bring a locked risk into the state asked for."""
    incident = _incident(session, asked.incident, who) if asked.incident else None
    register.turn(session, risk, asked.state, asked.reason, incident)


def _incident(session: Session, number: str, who: Principal) -> Incident:
    try:
        return visibility.seen_by(session, standing.find(session, number), who)
    except NotFound as missing:
        raise Invalid(missing.detail, field="incident", remedy=missing.remedy, **missing.values) from missing
