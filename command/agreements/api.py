"""Service levels over JSON (R21): the attainment of a period, the register of breaches, decisions."""

from collections.abc import Callable
from datetime import date
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.agreements import asked, reading, service, views
from command.agreements.asked import DecideIn, ListIn
from command.agreements.models import SlaBreach
from command.agreements.views import BreachOut, FiguresOut
from command.core import clock
from command.incidents import standing, visibility
from command.incidents.days import period
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language, zone

api = APIBlueprint("agreements_api", __name__, url_prefix="/api/v1", tag="Service levels")
Verb = Callable[[Session, Principal], SlaBreach]


class RegisterOut(BaseModel):
    """The attainment is of incidents reported in the period, the breaches those that were due in it."""

    first: date
    last: date
    attainment: FiguresOut
    breaches: list[BreachOut]


class BreachesOut(BaseModel):
    breaches: list[BreachOut]


@api.get("/agreements")
@api.input(ListIn, location="query")
@api.output(RegisterOut)
@access("read")
def register(query_data: ListIn) -> Any:
    """The attainment of a period and its breaches, the latest first."""
    given = query_data.model_dump(by_alias=True, exclude={"limit"})
    with here().database.read() as session:
        today = clock.now(session).astimezone(zone()).date()
        days = period(given, today)
        rows = reading.breaches(session, asked.read(given, days, zone()), principal(), query_data.limit)
        found = reading.figures(session, *days.instants(zone()), principal())
        return RegisterOut(
            first=days.first,
            last=days.last,
            attainment=views.figures_out(found, language()),
            breaches=views.shown(session, rows, language()),
        )


@api.get("/incidents/<number>/agreements")
@api.output(BreachesOut)
@access("read")
def of_incident(number: str) -> Any:
    """The breaches of one incident, with every decision on them."""
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), principal())
        return {"breaches": views.shown(session, reading.of_incident(session, incident), language())}


@api.post("/incidents/<number>/agreements/<code>/actions/decide")
@api.input(DecideIn)
@api.output(BreachOut)
@access("settle")
def decide(number: str, code: str, json_data: DecideIn) -> Any:
    """Who answers for a breach, and where its dispute stands."""
    return done(number, code, json_data)


def done(number: str, code: str, given: DecideIn) -> BreachOut:
    """Decide on a breach, and answer with it once that is on record."""
    who = principal()
    unit(lambda session: service.decide(session, number, code, given.ruling(), who).id)
    with here().database.read() as session:
        incident = standing.find(session, number)
        rows = [row for row in reading.of_incident(session, incident) if row[0].code == code]
        return views.shown(session, rows, language())[0]
