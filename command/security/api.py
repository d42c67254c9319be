"""Restricted incidents and information security over JSON."""

from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.incidents import standing, visibility
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.security import agreements, concern, doing, views
from command.security.asked import (
    AgreementIn,
    ConcernedIn,
    CustodyIn,
    EvidenceIn,
    FlowIn,
    LookInIn,
    NameIn,
    RestrictionIn,
    StepIn,
    TellingIn,
)
from command.security.evidence import Given
from command.security.views import AgreementOut, SecurityOut

api = APIBlueprint("security_api", __name__, url_prefix="/api/v1", tag="Information security")
OF = "/incidents/<number>/security"


class LookedInOut(BaseModel):
    """The numbers of the restricted incidents that can be seen now."""

    incidents: list[str]


class TakenOut(BaseModel):
    """The number of the evidence within its incident."""

    label: int


class CheckedOut(BaseModel):
    """What a check found: whether the content still has its hash; null for other acts."""

    ok: bool | None


class RefusedOut(BaseModel):
    line: int
    why: str


class BroughtOut(BaseModel):
    """How many the list added, how many are concerned now, and the rows that could not be used, the first 1000."""

    added: int
    total: int
    refused: int
    rows: list[RefusedOut]


class AgreementsOut(BaseModel):
    items: list[AgreementOut]
    next: Literal[None] = None


def shown(number: str) -> SecurityOut:
    """All of it, for whoever asks."""
    who = principal()

    def look(session: Session) -> SecurityOut:
        incident = visibility.seen_by(session, standing.find(session, number), who)
        return views.whole(session, incident, who, language())

    with here().database.read() as session:
        return look(session)


@api.get(OF)
@api.output(SecurityOut)
@access("read")
def security(number: str) -> Any:
    """Names, flow, steps, evidence, those concerned and the decision to tell."""
    return shown(number)


@api.post("/restricted/look-in")
@api.input(LookInIn)
@api.output(LookedInOut)
@access("read")
def look_in(json_data: LookInIn) -> Any:
    """See a restricted incident that does not name one, on one's own word; those named are told, and it is reviewed."""
    return LookedInOut(incidents=doing.look_in(json_data))


@api.post(f"{OF}/names")
@api.input(NameIn)
@api.output(SecurityOut)
@access("read")
def add_name(number: str, json_data: NameIn) -> Any:
    """Name somebody, who is told."""
    doing.add_name(number, json_data)
    return shown(number)


@api.post(f"{OF}/names/remove")
@api.input(NameIn)
@api.output({}, status_code=204)
@access("read")
def remove_name(number: str, json_data: NameIn) -> Any:
    """Take somebody off the list of names."""
    doing.remove_name(number, json_data)
    return ""


@api.post(f"{OF}/restriction")
@api.input(RestrictionIn)
@api.output(SecurityOut)
@access("read")
def restrict(number: str, json_data: RestrictionIn) -> Any:
    """Restrict the incident to those named, or lift that."""
    doing.restrict(number, json_data)
    return shown(number)


@api.post(f"{OF}/flow")
@api.input(FlowIn)
@api.output(SecurityOut)
@access("assess")
def choose(number: str, json_data: FlowIn) -> Any:
    """Handle it as a leak, tampering, an attack or an intrusion: steps with owners and times, containment tasks."""
    doing.choose(number, json_data)
    return shown(number)


@api.post(f"{OF}/steps/<code>")
@api.input(StepIn)
@api.output(SecurityOut)
@access("edit_task")
def step(number: str, code: str, json_data: StepIn) -> Any:
    """Say how a step stands."""
    doing.step(number, code, json_data)
    return shown(number)


@api.post(f"{OF}/evidence")
@api.input(EvidenceIn)
@api.output(TakenOut, status_code=201)
@access("keep_evidence")
def take(number: str, json_data: EvidenceIn) -> Any:
    """Take media elsewhere into custody."""
    asked = json_data
    given = Given(asked.description, asked.place, sha256=asked.sha256, taken_at=asked.taken_at)
    return TakenOut(label=doing.take(number, given))


@api.post(f"{OF}/evidence/<int:label>/<act>")
@api.input(CustodyIn)
@api.output(CheckedOut)
@access("keep_evidence")
def custody_act(number: str, label: int, act: str, json_data: CustodyIn) -> Any:
    """hand, accept, refuse, take-over, give-out, take-back, seal, unseal, check, return or destroy."""
    return CheckedOut(ok=doing.custody_act(number, label, act, json_data))


@api.post(f"{OF}/concerned")
@api.input(ConcernedIn)
@api.output(BroughtOut)
@access("keep_evidence")
def bring(number: str, json_data: ConcernedIn) -> Any:
    """Bring in those concerned."""
    made: concern.Outcome = doing.bring(number, json_data.list.encode())
    rows = [RefusedOut(line=each.line, why=each.why) for each in made.refused[:1000]]
    return BroughtOut(added=made.added, total=made.total, refused=len(made.refused), rows=rows)


@api.post(f"{OF}/decision")
@api.input(TellingIn)
@api.output(SecurityOut)
@access("decide_telling")
def decide(number: str, json_data: TellingIn) -> Any:
    """Decide whether those concerned are told."""
    doing.decide(number, json_data)
    return shown(number)


@api.get("/confidentiality")
@api.output(AgreementsOut)
@access("keep_evidence")
def listed() -> Any:
    """Agreements of confidentiality, those that hold longest first."""
    with here().database.read() as session:
        return AgreementsOut(items=[views.agreement(session, row) for row in agreements.listed(session)])


@api.post("/confidentiality")
@api.input(AgreementIn)
@api.output(AgreementOut, status_code=201)
@access("keep_evidence")
def keep(json_data: AgreementIn) -> Any:
    """Put an agreement on record."""
    who = principal()
    return unit(lambda session: views.agreement(session, agreements.keep(session, json_data.signed(), who)))


@api.post("/confidentiality/<int:agreement_id>/end")
@api.output(AgreementOut)
@access("keep_evidence")
def end(agreement_id: int) -> Any:
    """An agreement holds no more."""
    who = principal()
    return unit(lambda session: views.agreement(session, agreements.end(session, agreement_id, who)))
