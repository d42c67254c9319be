"""Warnings over JSON: listed, read, issued, raised, lowered, changed, lifted; a CAP message as XML; and what other rooms ask."""

from typing import Any

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.warnings import doing, facts, flags, reading, service, taking_in, views
from command.warnings.asked import ChangeIn, ColourIn, FlagsIn, IssueIn, ListIn, ReasonIn, anew
from command.warnings.doing import Verb
from command.warnings.models import Source
from command.warnings.taking_in import Did
from command.warnings.views import FlagsOut, WarningOut, WholeOut

api = APIBlueprint("warnings_api", __name__, url_prefix="/api/v1/warnings", tag="Warnings")


class WarningsOut(BaseModel):
    items: list[WarningOut]
    next: None = None


class TakenOut(BaseModel):
    """What a CAP message did, and the areas it names that are none of ours."""

    warning: str
    did: list[Did]
    unmatched: list[str]


@api.get("")
@api.input(ListIn, location="query")
@api.output(WarningsOut)
@access("read")
def listed(query_data: ListIn) -> Any:
    """Warnings: the live ones, the gravest first."""
    with here().database.read() as session:
        rows = reading.warnings(session, query_data.state, exercise=query_data.exercise == "1", area=query_data.area)
        return WarningsOut(items=[views.warning_out(session, row, language()) for row in rows])


@api.get("/flags")
@api.input(FlagsIn, location="query")
@api.output(FlagsOut)
@access("read")
def asked_of_others(query_data: FlagsIn) -> Any:
    """What live warnings ask of areas: change freeze, drill suspension, reinforced duty, staging."""
    codes = [code.strip() for code in query_data.areas.split(",") if code.strip()]
    with here().database.read() as session:
        areas = facts.known_areas(session, codes)
        at = query_data.at or clock.now(session)
        found = flags.of(session, areas, at, exercise=query_data.exercise == "1")
        return views.flags_out(session, found, language())


@api.get("/<code>")
@api.output(WholeOut)
@access("read")
def one(code: str) -> Any:
    """A warning with its tasks, flags, who stands by, its advisories, incidents and history."""
    return shown(code)


def shown(code: str) -> WholeOut:
    """A warning as it stands on record."""
    with here().database.read() as session:
        return views.whole(session, service.find(session, code), principal(), language())


@api.post("")
@api.input(IssueIn)
@api.output(WholeOut, status_code=201)
@access("warnings.write")
def issue(json_data: IssueIn) -> Any:
    """Issue a warning; its preparedness tasks are given at once."""
    who = principal()
    return shown(unit(lambda session: doing.issue(session, json_data, Source.API, who).code))


@api.post("/cap")
@api.output(TakenOut)
@access("warnings.write")
def cap() -> Any:
    """Take a CAP 1.2 message in: the body is its XML. `?confirm=1`: it holds besides another of the same issuer and event."""
    return taken(request.get_data(cache=False), Source.CAP, confirmed=request.args.get("confirm") == "1")


def taken(data: bytes, source: Source, *, confirmed: bool) -> TakenOut:
    """Take a message in for whoever asks."""
    who = principal()

    def work(session: Session) -> TakenOut:
        doing.may(who, "")
        found = taking_in.take(session, data, source, confirmed=confirmed)
        return TakenOut(warning=found.warning.code, did=list(found.did), unmatched=list(found.unmatched))

    return unit(work)


def done(code: str, verb: Verb, override: str = "") -> WholeOut:
    """Do something with a locked warning for whoever asks, and answer with what became of it, once that is on record."""
    who = principal()
    unit(lambda session: doing.act(session, code, who, verb, override).id)
    return shown(code)


@api.post("/<code>/actions/raise")
@api.input(ColourIn)
@api.output(WholeOut)
@access("warnings.write")
def raise_colour(code: str, json_data: ColourIn) -> Any:
    """A graver colour, with the tasks that it adds."""
    body = json_data
    return done(code, lambda session, row: service.raise_to(session, row, body.colour, body.reason))


@api.post("/<code>/actions/lower")
@api.input(ColourIn)
@api.output(WholeOut)
@access("warnings.write")
def lower_colour(code: str, json_data: ColourIn) -> Any:
    """A lighter colour; tasks that were given stay."""
    body = json_data
    return done(code, lambda session, row: service.lower_to(session, row, body.colour, body.reason))


@api.post("/<code>/actions/change")
@api.input(ChangeIn)
@api.output(WholeOut)
@access("warnings.write")
def change(code: str, json_data: ChangeIn) -> Any:
    """Other areas, another validity, other words."""
    return done(code, changing(json_data))


def changing(asked: ChangeIn) -> Verb:
    """The verb that says anew what was asked."""
    return lambda session, row: service.change(
        session, row, anew(row, asked), asked.reason, version=asked.version, confirmed=asked.confirm
    )


@api.post("/<code>/actions/lift")
@api.input(ReasonIn)
@api.output(WholeOut)
@access("warnings.write")
def lift(code: str, json_data: ReasonIn) -> Any:
    """End it before its time; incidents that came of it go on."""
    return done(code, lambda session, row: service.lift(session, row, json_data.reason))
