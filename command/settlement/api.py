"""Settlements over JSON (R32)."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.incidents import standing, visibility
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language
from command.settlement import service, views
from command.settlement.asked import AddIn, ListIn, ReasonIn, SettleIn, TakeIn
from command.settlement.models import SettlementItem
from command.settlement.views import ItemOut

api = APIBlueprint("settlement_api", __name__, url_prefix="/api/v1", tag="Settlement")
Verb = Callable[[Session, Principal], SettlementItem]


class ItemsOut(BaseModel):
    items: list[ItemOut]


@api.get("/settlement")
@api.input(ListIn, location="query")
@api.output(ItemsOut)
@access("read")
def waiting(query_data: ListIn) -> Any:
    """What is still to be settled, over all incidents, the late ones first."""
    who, mine = principal(), query_data.mine == "1"
    with here().database.read() as session:
        return {"items": views.waiting(session, who, language(), mine=mine, limit=query_data.limit)}


@api.get("/incidents/<number>/settlement")
@api.output(ItemsOut)
@access("read")
def of_incident(number: str) -> Any:
    """What an incident leaves to be settled, and what it came to."""
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), principal())
        return {"items": views.of(session, incident, language())}


@api.post("/incidents/<number>/settlement")
@api.input(AddIn)
@api.output(ItemOut, status_code=201)
@access("settle")
def add(number: str, json_data: AddIn) -> Any:
    """Add an item by hand."""
    return done(number, lambda session, who: service.add(session, number, json_data.draft(), who))


@api.post("/incidents/<number>/settlement/<code>/actions/take")
@api.input(TakeIn)
@api.output(ItemOut)
@access("settle")
def take(number: str, code: str, json_data: TakeIn) -> Any:
    """Somebody sees to it, until another day if need be."""
    return done(number, lambda session, who: service.take(session, number, code, who, **json_data.model_dump()))


@api.post("/incidents/<number>/settlement/<code>/actions/settle")
@api.input(SettleIn)
@api.output(ItemOut)
@access("settle")
def settle(number: str, code: str, json_data: SettleIn) -> Any:
    """It is settled; say what it came to."""
    return done(number, lambda session, who: service.settle(session, number, code, json_data.outcome(), who))


@api.post("/incidents/<number>/settlement/<code>/actions/waive")
@api.input(ReasonIn)
@api.output(ItemOut)
@access("settle")
def waive(number: str, code: str, json_data: ReasonIn) -> Any:
    """Nothing is owed, for a reason."""
    return done(number, lambda session, who: service.waive(session, number, code, json_data.reason, who))


@api.post("/incidents/<number>/settlement/<code>/actions/reopen")
@api.input(ReasonIn)
@api.output(ItemOut)
@access("settle")
def reopen(number: str, code: str, json_data: ReasonIn) -> Any:
    """Take it up again, with a reason."""
    return done(number, lambda session, who: service.reopen(session, number, code, json_data.reason, who))


def done(number: str, verb: Verb) -> ItemOut:
    """Do something with an item and answer with what became of it, once that is on record."""
    who = principal()
    item_id = unit(lambda session: verb(session, who).id)
    with here().database.read() as session:
        incident = standing.find(session, number)
        return views.item_out(session, incident, session.get_one(SettlementItem, item_id), language())
