"""Hand-overs of duties over HTTP: what would pass, offering it, accepting, declining, withdrawing."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.core.problems import N_, Denied
from command.handover import gathering, service, turns, views
from command.handover.gathering import Case
from command.handover.models import Handover, Kind, Outcome, State
from command.oncall.duties import asked, schedules
from command.oncall.duties.asked import NothingIn, PersonOut, Strict, Username, person_out
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.people.models import Person

api = APIBlueprint("handover", __name__, url_prefix="/api/v1", tag="On call")

Text = Annotated[str, Field(max_length=service.LONGEST)]


class PromiseOut(BaseModel):
    """What may pass; `item` names it when it is offered. `response` and `eta_minutes` are of a page, `title` and `due_at` of a task."""

    item: str
    kind: Kind
    title: str | None
    due_at: datetime | None
    response: str | None
    eta_minutes: int | None


class CaseOut(BaseModel):
    """An incident of the duty: the clock that runs out next, when those told expect news, roles that are handed over on its board."""

    incident: str
    kind: str
    tier: int
    state: str
    next_clock: str | None
    next_clock_due_at: datetime | None
    update_due_at: datetime | None
    roles: list[str]
    promises: list[PromiseOut]


class PreparedOut(BaseModel):
    """One's own duty as it would be handed over: to whom by plan (null: nobody follows, choose somebody), and what is open. `offered` is
    the offer that waits already."""

    schedule: str
    change_at: datetime | None
    next: PersonOut | None
    until: datetime | None
    offered: int | None
    cases: list[CaseOut]


class ItemIn(Strict):
    """`item` as the prepared hand-over names it, with a note to it."""

    item: Annotated[str, Field(min_length=1, max_length=64)]
    note: Text = ""


class OfferIn(Strict):
    """What passes, with a note. `to` (a username) only where nobody follows by plan."""

    items: Annotated[list[ItemIn], Field(max_length=500)] = []
    note: Text = ""
    to: Username | None = None


class ReasonIn(Strict):
    reason: Text


class ItemOut(BaseModel):
    """One item; `outcome` once the hand-over is accepted."""

    item: str
    kind: Kind
    incident: str
    tier: int
    state: str
    title: str | None
    due_at: datetime | None
    note: str | None
    outcome: Outcome | None


class HandoverOut(BaseModel):
    """A hand-over. Until it is accepted `leaver` stays responsible. `hidden` items are of incidents that the reader may not know of."""

    id: int
    schedule: str
    leaver: PersonOut
    taker: PersonOut
    chosen: bool
    change_at: datetime
    state: State
    offered_at: datetime
    told_at: datetime | None
    settled_at: datetime | None
    note: str | None
    reason: str | None
    items: list[ItemOut]
    hidden: int


class HandoverList(BaseModel):
    items: list[HandoverOut]
    next: None = None


@api.get("/schedules/<code>/hand-over")
@api.output(PreparedOut)
@access("read")
def prepared(code: str) -> PreparedOut:
    """One's own duty as it would be handed over now."""
    me = principal().person_id
    with here().database.read() as session:
        schedule = schedules.find(session, code)
        turn = turns.of(session, schedule, me)
        if turn is None:
            raise Denied(N_("You do not hold this duty."), remedy=N_("Ask who holds it."), field="schedule")
        waits = service.offered(session, schedule.id, me)
        follower = session.get_one(Person, turn.next_id) if turn.next_id is not None else None
        return PreparedOut(
            schedule=schedule.code,
            change_at=turn.change_at,
            next=person_out(follower) if follower else None,
            until=turn.until_at,
            offered=waits.id if waits else None,
            cases=[_case(each) for each in gathering.open_of(session, schedule, me)],
        )


@api.post("/schedules/<code>/hand-overs")
@api.input(OfferIn)
@api.output(HandoverOut, status_code=201)
@access("read")
def offer(code: str, json_data: OfferIn) -> HandoverOut:
    """Offer one's own duty to the next one, who is told shortly before the change."""
    who = principal()
    given = [service.Given(each.item, each.note) for each in json_data.items]

    def work(session: Session) -> HandoverOut:
        to = asked.person(session, json_data.to, "to") if json_data.to is not None else None
        schedule = schedules.find(session, code)
        return _out(session, service.offer(session, schedule, who.person_id, given, json_data.note, to))

    return unit(work)


@api.get("/hand-overs")
@api.output(HandoverList)
@access("read")
def mine() -> dict[str, Any]:
    """One's own: those that wait for one to accept, those one has offered, then the last that are settled."""
    me = principal().person_id
    with here().database.read() as session:
        found = [*service.waiting_for(session, me), *service.offered_by(session, me), *views.settled_of(session, me)]
        return {"items": [_out(session, each) for each in found]}


@api.get("/hand-overs/<int:handover_id>")
@api.output(HandoverOut)
@access("read")
def one(handover_id: int) -> HandoverOut:
    """A hand-over, for its two people and those who plan duties."""
    with here().database.read() as session:
        return _out(session, views.read(session, handover_id, principal()))


@api.post("/hand-overs/<int:handover_id>/actions/accept")
@api.input(NothingIn)
@api.output(HandoverOut)
@access("read")
def accept(handover_id: int, json_data: NothingIn) -> HandoverOut:
    """Take the duty over with what passes, all or nothing."""
    return _done(lambda session, me: service.accept(session, handover_id, me))


@api.post("/hand-overs/<int:handover_id>/actions/decline")
@api.input(ReasonIn)
@api.output(HandoverOut)
@access("read")
def decline(handover_id: int, json_data: ReasonIn) -> HandoverOut:
    """Do not take the duty over, for a reason."""
    return _done(lambda session, me: service.decline(session, handover_id, me, json_data.reason))


@api.post("/hand-overs/<int:handover_id>/actions/withdraw")
@api.input(NothingIn)
@api.output(HandoverOut)
@access("read")
def withdraw(handover_id: int, json_data: NothingIn) -> HandoverOut:
    """Take an offer back that is not accepted yet."""
    return _done(lambda session, me: service.withdraw(session, handover_id, me))


def _done(verb: Callable[[Session, int], Handover]) -> HandoverOut:
    me = principal().person_id
    return unit(lambda session: _out(session, verb(session, me)))


def _case(case: Case) -> CaseOut:
    clock = case.next_clock
    return CaseOut(
        incident=case.incident.number,
        kind=case.incident.kind,
        tier=case.incident.tier,
        state=case.incident.state,
        next_clock=clock.code if clock else None,
        next_clock_due_at=clock.due_at if clock else None,
        update_due_at=case.update_due,
        roles=list(case.roles),
        promises=[
            PromiseOut(
                item=each.key,
                kind=each.kind,
                title=each.title(language()),
                due_at=each.task.due_at if each.task else None,
                response=each.page.response if each.page else None,
                eta_minutes=each.page.eta_minutes if each.page else None,
            )
            for each in case.promises
        ],
    )


def _out(session: Session, handover: Handover) -> HandoverOut:
    found = views.shown(session, handover, principal())
    plain = ("id", "chosen", "change_at", "offered_at", "told_at", "settled_at")
    return HandoverOut(
        **{name: getattr(handover, name) for name in plain},
        schedule=found.schedule.code,
        leaver=person_out(found.leaver),
        taker=person_out(found.taker),
        state=State(handover.state),
        note=found.note,
        reason=found.reason,
        items=[_item(each) for each in found.items],
        hidden=found.hidden,
    )


def _item(item: views.ShownItem) -> ItemOut:
    zh = language() == "zh"
    return ItemOut(
        item=f"{item.row.kind}:{item.row.ref_id}",
        kind=Kind(item.row.kind),
        incident=item.incident.number,
        tier=item.incident.tier,
        state=item.incident.state,
        title=(item.task.title_zh if zh else item.task.title_en) if item.task else None,
        due_at=item.task.due_at if item.task else None,
        note=item.note,
        outcome=Outcome(item.row.outcome) if item.row.outcome else None,
    )
