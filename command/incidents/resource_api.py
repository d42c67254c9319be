"""Requests for emergency resources over JSON: ask for an incident, approve, fill from pools, order elsewhere, close."""

from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.incidents import resource_plan, resource_requests
from command.incidents.actions_api import Act
from command.incidents.api import Name, Strict, Words, read
from command.incidents.resource_plan_views import GiftOut, lines_out
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.resources import orders, request_views, requests
from command.resources.allocation import Taking
from command.resources.models import ResourceRequest
from command.resources.request_views import RequestOut, RequestWholeOut, SourceOut
from command.resources.requests import Need

api = APIBlueprint("resource_requests_api", __name__, url_prefix="/api/v1", tag="Resource requests")

Id = Annotated[int, Field(ge=1, le=2**62)]
Pieces = Annotated[int, Field(ge=1, le=1_000_000)]
Place = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
TURNS: dict[str, Literal["confirmed", "arrived", "cancelled"]] = {
    "confirm": "confirmed",
    "arrive": "arrived",
    "cancel": "cancelled",
}


class AskIn(Strict):
    """What is needed: `quantity` pieces of `resource` (code), of capability `type` or a more capable one, by when and where, and why."""

    resource: Name
    type: Annotated[int, Field(ge=1, le=4)] = 4
    quantity: Pieces
    need_by: AwareDatetime
    place: Place
    why: Words = ""


class ListIn(Strict):
    """Filters; without a state those that still want something."""

    state: Literal["asked", "approved", "refused", "cancelled", "closed", "all"] | None = None
    incident: Name | None = None


class TakingIn(Strict):
    """Counted pieces of a `stock`, or a `unit` with its stock."""

    stock: Id
    quantity: Pieces = 1
    unit: Id | None = None


class FillIn(Strict):
    """What is held for the request, all of it or nothing."""

    take: Annotated[list[TakingIn], Field(min_length=1, max_length=200)]


class AttachIn(Strict):
    """What was held or staged ahead of need, by its number in /resources/out."""

    allocation: Id


class OrderIn(Strict):
    """Mutual aid of a partner, or an order to a vendor."""

    source: Literal["mutual_aid", "vendor"]
    partner: Place
    quantity: Pieces
    reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    eta_at: AwareDatetime | None = None


class RequestsOut(BaseModel):
    items: list[RequestOut]
    next: None = None


class SourcesOut(BaseModel):
    """Stocks, the best first; `spare`: what is out and nobody would lose (ahead of need, or released and on the way back), `holders`: what
    incidents of lower tiers have and would lose, the nearest first from where each is now."""

    items: list[SourceOut]
    spare: list[GiftOut]
    holders: list[GiftOut]
    next: None = None


@api.get("/resources/requests")
@api.input(ListIn, location="query")
@api.output(RequestsOut)
@access("read")
def listed(query_data: ListIn) -> Any:
    """Requests, the highest tier first. Those of restricted incidents are listed for whoever may know of these."""
    with here().database.read() as session:
        rows = resource_requests.listed(
            session, principal(), states=states(query_data.state), number=query_data.incident
        )
        return RequestsOut(items=[request_views.request_out(session, row, language()) for row in rows])


def states(asked: str | None) -> tuple[str, ...]:
    """The states a filter means: those that still want something, all, or one."""
    return requests.LIVE if asked is None else () if asked == "all" else (asked,)


@api.post("/incidents/<number>/resource-requests")
@api.input(AskIn)
@api.output(RequestWholeOut, status_code=201)
@access("request_resource")
def ask(number: str, json_data: AskIn) -> Any:
    """Ask for resources for an incident."""
    return asked(number, json_data)


def asked(number: str, given: AskIn) -> RequestWholeOut:
    """Keep a request, and answer with it."""
    who, tongue = principal(), language()
    need = Need(given.resource, given.type, given.quantity, given.need_by, given.place, given.why)

    def work(session: Session) -> RequestWholeOut:
        return request_views.whole(session, resource_requests.ask(session, number, need, who), tongue)

    return unit(work)


@api.get("/incidents/<number>/resource-requests")
@api.output(RequestsOut)
@access("read")
def of_incident(number: str) -> Any:
    """All requests of an incident, those that are over too."""
    with here().database.read() as session:
        rows = resource_requests.listed(session, principal(), number=read(session, number).number)
        return RequestsOut(items=[request_views.request_out(session, row, language()) for row in rows])


@api.get("/resources/requests/<int:request_id>")
@api.output(RequestWholeOut)
@access("read")
def one(request_id: int) -> Any:
    """A request with what was taken for it and ordered."""
    with here().database.read() as session:
        return request_views.whole(session, resource_requests.seen(session, request_id, principal()), language())


@api.get("/resources/requests/<int:request_id>/sources")
@api.output(SourcesOut)
@access("read")
def sources(request_id: int) -> Any:
    """Stocks it could be filled from, the soonest there first, with their units that are available."""
    with here().database.read() as session:
        row = resource_requests.seen(session, request_id, principal())
        who, tongue = principal(), language()
        return SourcesOut(
            items=request_views.sources(session, row, tongue),
            spare=lines_out(session, resource_plan.spare(session, row, who), tongue),
            holders=lines_out(session, resource_plan.holders(session, row, who), tongue),
        )


def changed(request_id: int, verb: Any) -> RequestWholeOut:
    """Do something to a locked request and answer with what became of it."""
    who, tongue = principal(), language()

    def work(session: Session) -> RequestWholeOut:
        row: ResourceRequest = resource_requests.locked(session, request_id, who)
        verb(session, row, who)
        session.flush()
        return request_views.whole(session, row, tongue)

    return unit(work)


@api.post("/resources/requests/<int:request_id>/actions/approve")
@api.input(Act)
@api.output(RequestWholeOut)
@access("approve_resource")
def approve(request_id: int, json_data: Act) -> Any:
    """Approve a request of somebody else; one's own by override, with a reason."""
    return decided(request_id, "approve", json_data)


@api.post("/resources/requests/<int:request_id>/actions/refuse")
@api.input(Act)
@api.output(RequestWholeOut)
@access("approve_resource")
def refuse(request_id: int, json_data: Act) -> Any:
    """Refuse a request, with a reason."""
    return decided(request_id, "refuse", json_data)


def decided(request_id: int, how: str, given: Act) -> RequestWholeOut:
    """Decide on a request as a body says."""
    return changed(
        request_id,
        lambda session, row, who: resource_requests.decide(
            session, row, how, who, override=given.override, reason=given.reason
        ),
    )


@api.post("/resources/requests/<int:request_id>/actions/cancel")
@api.input(Act)
@api.output(RequestWholeOut)
@access("request_resource")
def cancel(request_id: int, json_data: Act) -> Any:
    """Nothing more is wanted, with a reason; holds are let go."""
    return changed(request_id, lambda session, row, who: requests.cancel(session, row, who, json_data.reason))


@api.post("/resources/requests/<int:request_id>/actions/close")
@api.output(RequestWholeOut)
@access("manage_resources")
def close(request_id: int) -> Any:
    """A request is over: everything is back and evaluated."""
    return changed(request_id, lambda session, row, who: requests.close(session, row))


@api.post("/resources/requests/<int:request_id>/actions/fill")
@api.input(FillIn)
@api.output(RequestWholeOut)
@access("manage_resources")
def fill(request_id: int, json_data: FillIn) -> Any:
    """Hold pieces of pools for an approved request; a part of what it lacks is enough."""
    takings = [Taking(each.stock, each.quantity, each.unit) for each in json_data.take]
    return changed(request_id, lambda session, row, who: requests.fill(session, row, takings))


@api.post("/resources/requests/<int:request_id>/actions/attach")
@api.input(AttachIn)
@api.output(RequestWholeOut)
@access("manage_resources")
def attach(request_id: int, json_data: AttachIn) -> Any:
    """Give what was held or staged ahead of need to an approved request."""
    return changed(request_id, lambda session, row, who: requests.attach(session, row, json_data.allocation))


@api.post("/resources/requests/<int:request_id>/orders")
@api.input(OrderIn)
@api.output(RequestWholeOut, status_code=201)
@access("manage_resources")
def order(request_id: int, json_data: OrderIn) -> Any:
    """Put mutual aid or a vendor's order on record for what an approved request lacks."""
    return ordered(request_id, json_data)


def ordered(request_id: int, given: OrderIn) -> RequestWholeOut:
    """Keep an order as a body says."""
    return changed(
        request_id,
        lambda session, row, who: orders.order(
            session,
            row,
            given.source,
            given.partner,
            given.quantity,
            reference=given.reference,
            eta_at=given.eta_at,
        ),
    )


@api.post("/resources/requests/<int:request_id>/orders/<int:order_id>/actions/<turn>")
@api.output(RequestWholeOut)
@access("manage_resources")
def turn_order(request_id: int, order_id: int, turn: str) -> Any:
    """`turn` is confirm, arrive or cancel."""
    return order_turned(request_id, order_id, turn)


def order_turned(request_id: int, order_id: int, turn: str) -> RequestWholeOut:
    """Turn an order; raise NotFound for a word that names no turn."""
    if turn not in TURNS:
        raise NotFound(
            N_("There is nothing at this address."), remedy=N_("Use one of: %(turns)s."), turns=", ".join(TURNS)
        )
    return changed(request_id, lambda session, row, who: orders.turn(session, row, order_id, TURNS[turn]))
