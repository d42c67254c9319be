"""What a crew answers: it sets out, is there, is done, or cannot come; done to what was taken, as somebody at the desk would do it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.resources import allocation, crew_calls, finding, ledger, telling
from command.resources.crew_models import ResourceCall
from command.resources.entries import CrewAnswered
from command.resources.models import ResourceAllocation, ResourceRequest, ResourceUnit
from command.resources.states import State, Step

Answer = Literal["confirmed", "on_scene", "done", "declined"]
Became = Literal["confirmed", "on_scene", "done", "declined", "further", "over"]
"""What became of an answer: it was kept, more than that was known already, or nothing is awaited any more."""
WAITING = (State.EN_ROUTE, State.ON_SCENE)
REMEMBERED = timedelta(days=14)
"""How long a code is known."""
STEPS: dict[Answer, Step] = {"on_scene": Step.CHECK_IN, "done": Step.RELEASE}


@dataclass(frozen=True, slots=True)
class Open:
    """A call with what it is about; `open` while the crew's word is awaited."""

    call: ResourceCall
    held: ResourceAllocation
    request: ResourceRequest
    unit: str

    @property
    def open(self) -> bool:
        return self.held.state in WAITING


def calls_to(session: Session, index: bytes, people: Collection[int], exercise: bool) -> list[Open]:
    """Calls to a number (by blind index) or to these people, the latest first."""
    query = (
        select(ResourceCall, ResourceAllocation, ResourceRequest, ResourceUnit.serial)
        .join(ResourceAllocation, ResourceAllocation.id == ResourceCall.allocation_id)
        .join(ResourceRequest, ResourceRequest.id == ResourceAllocation.request_id)
        .join(ResourceUnit, ResourceUnit.id == ResourceAllocation.unit_id)
        .where(
            or_(ResourceCall.recipient == index, ResourceCall.person_id.in_(people)),
            ResourceCall.exercise == exercise,
            ResourceCall.sent_at > clock.now(session) - REMEMBERED,
        )
        .order_by(ResourceCall.id.desc())
    )
    return [Open(*row) for row in session.execute(query).tuples()]


def newest(calls: Collection[Open]) -> list[Open]:
    """Of each thing that is out the latest call, if the crew's word is awaited; the oldest of these first."""
    latest = {each.held.id: each for each in sorted(calls, key=lambda one: one.call.id)}
    return sorted((each for each in latest.values() if each.open), key=lambda one: one.call.id)


def take(session: Session, found: Open, answer: Answer, *, minutes: int | None = None, said: str = "") -> Became:
    """Keep an answer. `minutes`: how long the way takes still; `said`: what comes with it. Raise Invalid or Conflict."""
    stock, held = finding.allocation_to_change(session, found.held.id)
    call = session.get_one(ResourceCall, found.call.id, with_for_update=True, populate_existing=True)
    if held.state not in WAITING:
        return "over"
    if held.state == State.ON_SCENE and answer != "done":
        return "further"
    if answer == "confirmed" and minutes:
        eta = clock.now(session) + timedelta(minutes=minutes)
        allocation.turn(session, held.id, Step.DISPATCH, eta_at=eta, by_crew=True)
    elif answer in STEPS:
        allocation.turn(session, held.id, STEPS[answer], by_crew=True)
    cited = ledger.said(session, said)
    call.answer, call.answered_at, call.note_id = answer, clock.now(session), cited.note_id
    held.crew_answer = answer
    session.flush()
    payload = CrewAnswered(
        call_id=call.id,
        allocation_id=held.id,
        request_id=found.request.id,
        resource_id=stock.resource_id,
        unit_id=held.unit_id or 0,
        answer=answer,
        note_id=cited.note_id,
        note_hash=cited.note_hash,
    )
    telling.record(session, found.request, payload)
    if answer == "declined":
        crew_calls.tell_declined(session, call, held, found.request)
    return answer
