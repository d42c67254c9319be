"""Improvement actions over JSON: list, read, give, and what is done with them."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.improvement import actions, reading, views, visible
from command.improvement.asked import ActionIn, EvidenceIn, ListIn, MoveIn, ReasonIn, ReopenIn, SaidIn, draft, wanted
from command.improvement.evidence import Evidence
from command.improvement.models import ImprovementAction
from command.improvement.views import ActionOut, WholeOut
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language

api = APIBlueprint("improvement_api", __name__, url_prefix="/api/v1/improvement-actions", tag="Improvement")
Verb = Callable[[Session, ImprovementAction, Principal], object]


class FiguresOut(BaseModel):
    """Over all actions: not done, late, waiting to be verified, verified, dropped."""

    open: int
    late: int
    to_verify: int
    verified: int
    dropped: int


class ActionsOut(BaseModel):
    items: list[ActionOut]
    next: int | None
    figures: FiguresOut


@api.get("")
@api.input(ListIn, location="query")
@api.output(ActionsOut)
@access("read")
def listed(query_data: ListIn) -> Any:
    """Actions, the late ones first. Those of restricted incidents are listed for whoever may know of these, their owners and givers."""
    with here().database.read() as session:
        asked = wanted(session, query_data, principal(), limit=query_data.limit + 1)
        rows = reading.actions(session, asked, principal())
        items = [views.action_out(session, row, language()) for row in rows[: query_data.limit]]
        figures = FiguresOut.model_validate(reading.figures(session, principal()), from_attributes=True)
    more = len(rows) > query_data.limit
    return ActionsOut(items=items, next=query_data.after + query_data.limit if more else None, figures=figures)


@api.get("/<int:action_id>")
@api.output(WholeOut)
@access("read")
def one(action_id: int) -> Any:
    """An action with its evidence and history."""
    return shown(action_id)


@api.post("")
@api.input(ActionIn)
@api.output(WholeOut, status_code=201)
@access("improve")
def give(json_data: ActionIn) -> Any:
    """Give an action to its owner, who is told."""
    return shown(given(json_data))


def given(asked: ActionIn) -> int:
    """Give an action as asked; its id."""
    who = principal()
    return unit(lambda session: actions.give(session, draft(asked), who).id)


def shown(action_id: int) -> WholeOut:
    """An action, read once what was done is on record."""
    with here().database.read() as session:
        return views.whole(session, visible.find(session, action_id, principal()), language())


def done(action_id: int, verb: Verb) -> WholeOut:
    """Do something with a locked action and answer with what became of it, once that is on record."""
    who = principal()
    unit(lambda session: verb(session, visible.find(session, action_id, who, locked=True), who))
    with here().database.read() as session:
        return views.whole(session, session.get_one(ImprovementAction, action_id), language())


@api.post("/<int:action_id>/actions/take")
@api.output(WholeOut)
@access("improve")
def take(action_id: int) -> Any:
    """The owner begins."""
    return done(action_id, actions.take)


@api.post("/<int:action_id>/actions/evidence")
@api.input(EvidenceIn)
@api.output(WholeOut)
@access("improve")
def evidence(action_id: int, json_data: EvidenceIn) -> Any:
    """Say what shows that it was done."""
    given = Evidence(json_data.words, json_data.link)
    return done(action_id, lambda session, action, who: actions.give_evidence(session, action, given, who))


@api.post("/<int:action_id>/actions/verify")
@api.input(SaidIn)
@api.output(WholeOut)
@access("improve")
def verify(action_id: int, json_data: SaidIn) -> Any:
    """Somebody else than the owner and whoever gave the evidence finds that it works."""
    return done(action_id, lambda session, action, who: actions.verify(session, action, json_data.words, who))


@api.post("/<int:action_id>/actions/send-back")
@api.input(ReasonIn)
@api.output(WholeOut)
@access("improve")
def send_back(action_id: int, json_data: ReasonIn) -> Any:
    """The evidence does not do."""
    return done(action_id, lambda session, action, who: actions.send_back(session, action, json_data.reason, who))


@api.post("/<int:action_id>/actions/drop")
@api.input(ReasonIn)
@api.output(WholeOut)
@access("improve")
def drop(action_id: int, json_data: ReasonIn) -> Any:
    """It will not be done, with a reason."""
    return done(action_id, lambda session, action, who: actions.drop(session, action, json_data.reason, who))


@api.post("/<int:action_id>/actions/reopen")
@api.input(ReopenIn)
@api.output(WholeOut)
@access("improve")
def reopen(action_id: int, json_data: ReopenIn) -> Any:
    """A verified or dropped action is open again, due on a new day."""
    said, day = json_data.reason, json_data.due_on
    return done(action_id, lambda session, action, who: actions.reopen(session, action, said, day, who))


@api.post("/<int:action_id>/actions/move")
@api.input(MoveIn)
@api.output(WholeOut)
@access("improve")
def move(action_id: int, json_data: MoveIn) -> Any:
    """Another owner, another day, or both, with a reason."""
    return done(action_id, lambda session, action, who: moved(session, action, json_data, who))


def moved(session: Session, action: ImprovementAction, asked: MoveIn, who: Principal) -> None:
    """Move a locked action as asked."""
    actions.move(session, action, asked.reason, who, owner=asked.owner, due_on=asked.due_on)
