"""Cases and the look-up over JSON, for the call centre's own desktop."""

from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from flask import request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints import caller, listing, saying, service
from command.complaints.listing import CaseOut
from command.complaints.lookup import Hit, Told
from command.complaints.models import Case
from command.core.log import mask, masked_words
from command.incidents import standing
from command.incidents.visibility import seen_by
from command.people.access import access, here, principal, unit
from command.people.language import language

api = APIBlueprint("cases_api", __name__, url_prefix="/api/v1", tag="Cases")

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Language = Literal["zh", "en"]


class Strict(BaseModel):
    """An input: a field nobody knows is an error, not a guess."""

    model_config = ConfigDict(extra="forbid")


class LookUpIn(Strict):
    """A caller's number, in any shape people type."""

    number: Number


class CaseIn(Strict):
    """A call to record. `incident` is a number, `new` with the code of an `area`, or `none`; `kind` is that of a complaint. `tell`: send
    the caller an SMS in `language`. With an `Idempotency-Key` header the same call twice is one case."""

    number: Number
    incident: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
    channel: Literal["phone", "web", "counter", "app", "mail", "social", "self_service"] = "phone"
    service_class: Literal["regular", "emergency", "special"] = "regular"
    complaint: bool = False
    kind: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = "network"
    note: Words = ""
    tell: bool = True
    language: Language = "zh"
    area: Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)] = ""


class ListIn(Strict):
    """Of one incident, or all; newest first; read on with `after`."""

    incident: Annotated[str, StringConstraints(max_length=64)] | None = None
    state: Literal["open", "closed"] | None = None
    mine: Literal["0", "1"] = "0"
    after: Annotated[int, Field(ge=1, le=2**62)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class CloseIn(Strict):
    result: Words


class HandOverIn(Strict):
    """`to` is the username of somebody who answers callers."""

    to: Annotated[str, StringConstraints(max_length=64)]
    reason: Words


class SaidOut(BaseModel):
    zh: str
    en: str


class HitOut(BaseModel):
    """An incident that affects the caller, or did until `until`. `sure`: their own element is cut off."""

    incident: str
    tier: int
    state: str
    services: list[str]
    since: datetime
    until: datetime | None
    sure: bool
    eta: datetime | None


class ToldOut(BaseModel):
    kind: str
    state: str
    reason: str | None
    at: datetime
    text: str


class LookUpOut(BaseModel):
    """What is known of a caller. `say` is the script in both languages, `near` the open incidents around."""

    number: str
    known: bool
    area: str | None
    affected: bool
    incidents: list[HitOut]
    told: list[ToldOut]
    say: SaidOut
    answers: list[list[SaidOut]]
    next_update: datetime | None
    near: list[str]


class CasesOut(BaseModel):
    items: list[CaseOut]
    next: int | None


def call_of(given: CaseIn, key: str | None) -> service.Call:
    """What a verb takes."""
    values = given.model_dump(exclude={"number"})
    return service.Call(number=caller.read(given.number), request_key=key, **values)


@api.post("/desk/look-up")
@api.input(LookUpIn, arg_name="given")
@api.output(LookUpOut)
@access("take_case")
def look_up(given: LookUpIn) -> LookUpOut:
    """Is this caller affected, what were they told, what is said to them. On record as an access to personal data."""
    number = caller.read(given.number)

    def work(session: Session) -> LookUpOut:
        found = service.look_up(session, here(), number, principal())
        said = saying.to_caller(session, found)
        return LookUpOut(
            number=mask(number),
            known=found.subscriber is not None,
            area=found.area.code if found.area else None,
            affected=any(hit.sure for hit in found.out),
            incidents=[_hit(session, hit) for hit in found.hits],
            told=[_told(each) for each in found.told],
            say=_said(said.opening),
            answers=[[_said(question), _said(answer)] for question, answer in said.answers],
            next_update=said.next_update,
            near=[incident.number for incident in found.near],
        )

    return unit(work)


def _said(pair: saying.Pair) -> SaidOut:
    return SaidOut(zh=pair["zh"], en=pair["en"])


def _hit(session: Session, hit: Hit) -> HitOut:
    return HitOut(
        incident=hit.incident.number,
        tier=hit.incident.tier,
        state=hit.incident.state,
        services=[service.code for service in hit.services],
        since=hit.since,
        until=hit.until,
        sure=hit.sure,
        eta=saying.eta_of(session, hit.incident),
    )


def _told(each: Told) -> ToldOut:
    return ToldOut(kind=each.kind, state=each.state, reason=each.reason, at=each.at, text=masked_words(each.text))


@api.get("/cases")
@api.input(ListIn, location="query", arg_name="asked")
@api.output(CasesOut)
@access("take_case")
def cases(asked: ListIn) -> CasesOut:
    """Cases, without those of incidents the reader may not know of."""
    who = principal()
    with here().database.read() as session:
        query = listing.of(select(Case), session, who)
        if asked.incident is not None:
            query = query.where(Case.incident_id == seen_by(session, standing.find(session, asked.incident), who).id)
        if asked.state is not None:
            query = query.where(Case.state == asked.state)
        if asked.mine == "1":
            query = query.where(Case.owner_id == who.person_id)
        if asked.after is not None:
            query = query.where(Case.id < asked.after)
        rows = session.scalars(query.order_by(Case.id.desc()).limit(asked.limit + 1)).all()
        found = rows[: asked.limit]
        shown = listing.shown(session, here().keyring, found, who, language())
        return CasesOut(items=shown, next=found[-1].id if len(rows) > len(found) else None)


@api.post("/cases")
@api.input(CaseIn, arg_name="given")
@api.output(CaseOut, status_code=201)
@access("take_case")
def take(given: CaseIn) -> Any:
    """Record a call; whoever does is its first-contact owner."""
    call = call_of(given, (request.headers.get("Idempotency-Key") or "")[:200] or None)
    return unit(lambda session: _out(session, service.take(session, here(), call, principal())))


@api.post("/cases/<reference>/actions/close")
@api.input(CloseIn, arg_name="given")
@api.output(CaseOut)
@access("take_case")
def close(reference: str, given: CloseIn) -> Any:
    """Close a case, with its result."""

    def work(session: Session) -> CaseOut:
        case = service.lock(session, reference, principal())
        service.close(session, case, given.result, principal())
        return _out(session, case)

    return unit(work)


@api.post("/cases/<reference>/actions/hand_over")
@api.input(HandOverIn, arg_name="given")
@api.output(CaseOut)
@access("take_case")
def hand_over(reference: str, given: HandOverIn) -> Any:
    """Give a case to another first-contact owner."""

    def work(session: Session) -> CaseOut:
        case = service.lock(session, reference, principal())
        service.hand_over(session, case, given.to, given.reason, principal())
        return _out(session, case)

    return unit(work)


def _out(session: Session, case: Case) -> CaseOut:
    session.flush()
    return listing.shown(session, here().keyring, [case], principal(), language())[0]
