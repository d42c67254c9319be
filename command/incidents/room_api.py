"""What the incident board offers beside the actions, over JSON: comments, objectives, roles taken and accepted, the briefing, and what
whoever asks may do now and why not."""

from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, NotFound
from command.incidents import briefing, choices, command_roles, comments, objectives, service, views
from command.incidents.actions_api import Act, act
from command.incidents.api import Strict, Words, read
from command.incidents.models import Incident, Objective
from command.incidents.views import IncidentOut
from command.people.access import access, here, principal, unit
from command.people.language import language

api = APIBlueprint("incident_room_api", __name__, url_prefix="/api/v1/incidents/<number>", tag="Incident room")

RoleName = Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,63}$")]
TURNS: dict[str, str] = {"meet": objectives.MET, "drop": objectives.DROPPED, "reopen": objectives.OPEN}


class CommentIn(Strict):
    """What the others should know. Phone numbers in it are shown masked."""

    text: Words


class ObjectiveIn(Strict):
    """One sentence: what is to be reached, by when."""

    text: Words


class ObjectiveDoIn(Act):
    """A remark to go with it."""


class RoleIn(Act):
    """Which role; a role that somebody holds is handed over by `transfer` instead."""

    role: RoleName = command_roles.COMMANDER


class ObjectiveOut(BaseModel):
    id: int
    text: str | None
    state: str
    created_at: datetime
    created_by: str
    settled_at: datetime | None
    settled_by: str | None


class ObjectivesOut(BaseModel):
    items: list[ObjectiveOut]
    next: int | None


class SectionOut(BaseModel):
    title: str
    lines: list[str]


class BriefingOut(BaseModel):
    """A briefing as of now: in parts, and as text to edit and hand over with."""

    at: datetime
    sections: list[SectionOut]
    text: str


class ReasonOut(BaseModel):
    why: str
    allows: str


class ChoiceOut(BaseModel):
    """An action and how it stands for whoever asks: `open`, `override` (on their own word, with a reason), or `forbidden`."""

    action: str
    stands: Literal["open", "override", "forbidden"]
    reasons: list[ReasonOut]


class ChoicesOut(BaseModel):
    items: list[ChoiceOut]
    next: int | None


def objective_out(session: Session, objective: Objective) -> ObjectiveOut:
    """An objective as JSON shows it."""
    plain = set(ObjectiveOut.model_fields) - {"text"}
    text = views.note_text(session, objective.note_id)
    return ObjectiveOut(text=text, **{name: getattr(objective, name) for name in plain})


def _locked(session: Session, number: str) -> Incident:
    return service.seen_by(session, service.lock(session, number), principal())


@api.post("/comments")
@api.input(CommentIn)
@api.output(IncidentOut, status_code=201)
@access("report_incident")
def comment(number: str, json_data: CommentIn) -> Any:
    """Put a remark into the journal."""
    return act(number, lambda s, i, who: comments.add(s, i, json_data.text, who))


@api.get("/objectives")
@api.output(ObjectivesOut)
@access("read")
def list_objectives(number: str) -> Any:
    """The objectives of an incident, the oldest first."""
    with here().database.read() as session:
        found = objectives.of(session, read(session, number))
        return ObjectivesOut(items=[objective_out(session, each) for each in found], next=None)


@api.post("/objectives")
@api.input(ObjectiveIn)
@api.output(ObjectiveOut, status_code=201)
@access("assess")
def add_objective(number: str, json_data: ObjectiveIn) -> Any:
    """Set an objective: whoever commands the incident, or may assess it; five at a time at most."""
    who = principal()

    def work(session: Session) -> ObjectiveOut:
        made = objectives.add(session, _locked(session, number), json_data.text, who)
        return objective_out(session, made)

    return unit(work)


@api.post("/objectives/<int:objective_id>/actions/<turn>")
@api.input(ObjectiveDoIn)
@api.output(ObjectiveOut)
@access("assess")
def turn_objective(number: str, objective_id: int, turn: str, json_data: ObjectiveDoIn) -> Any:
    """`turn` is meet, drop or reopen: say that an objective is met, drop it, or take it up again."""
    who = principal()
    if turn not in TURNS:
        raise NotFound(
            N_("There is nothing at this address."), remedy=N_("Use one of: %(turns)s."), turns=", ".join(TURNS)
        )

    def work(session: Session) -> ObjectiveOut:
        incident = _locked(session, number)
        found = objectives.turn(session, incident, objective_id, TURNS[turn], who, json_data.reason)
        return objective_out(session, found)

    return unit(work)


@api.post("/actions/accept")
@api.input(RoleIn)
@api.output(IncidentOut)
@access("edit_task")
def accept(number: str, json_data: RoleIn) -> Any:
    """Accept command (or another role) that was handed over to oneself."""
    return act(number, lambda s, i, who: command_roles.accept(s, i, who, json_data.role))


@api.post("/actions/take")
@api.input(RoleIn)
@api.output(IncidentOut)
@access("edit_task")
def take(number: str, json_data: RoleIn) -> Any:
    """Take a role that nobody holds."""
    return act(number, lambda s, i, who: command_roles.volunteer(s, i, json_data.role, who))


@api.get("/briefing")
@api.output(BriefingOut)
@access("read")
def read_briefing(number: str) -> Any:
    """The 201 briefing as of now, in the reader's language."""
    with here().database.read() as session:
        parts = briefing.sections(session, read(session, number), briefing.tongue(language()))
        out = [SectionOut(title=part.title, lines=list(part.lines)) for part in parts]
        return BriefingOut(at=clock.now(session), sections=out, text=briefing.text(parts))


@api.get("/choices")
@api.output(ChoicesOut)
@access("read")
def list_choices(number: str) -> Any:
    """What whoever asks can do to the incident now; where not, why, and what would allow it."""
    with here().database.read() as session:
        found = choices.of(session, read(session, number), principal(), language())
    items = [
        ChoiceOut(
            action=each.action,
            stands=each.stands,
            reasons=[ReasonOut(why=reason.why, allows=reason.allows) for reason in each.reasons],
        )
        for each in found
    ]
    return ChoicesOut(items=items, next=None)
