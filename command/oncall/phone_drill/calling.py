"""Calling one person in a drill: by which ways, in what words, through the one gateway that exercises may take.

Whoever is called goes on the allow-list of exercises, by the word of whoever planned the drill, until late answers are no longer taken."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import exercises
from command.messages import service as messages
from command.messages.models import Delivery, Lane, Purpose
from command.oncall.duties import telling
from command.oncall.paging.wording import Ways
from command.oncall.phone_drill import drill_entries, drill_texts
from command.oncall.phone_drill.drill_models import By, PhoneDrill, PhoneDrillCall, PhoneDrillRun, PhoneDrillWay
from command.oncall.reach import ways
from command.oncall.reach.contacts import WAIT_MINUTES
from command.people.contacts import PersonContact, destination
from command.people.models import Person
from notifiers.base import Channel

LATE = timedelta(hours=24)
"""How long after a drill an answer is still noted, as late."""
NO_METHOD = "no_method"
_CODES, _STEP = 1000, 787


@dataclass(frozen=True, slots=True)
class Road:
    """How drills leave this installation: the `ways` to answer of each kind of message that the exercise gateway carries, and the address
    at which a call (by id) can be answered."""

    ways: Mapping[Channel, Ways]
    link: Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to call a person: an own contact, or the number on record."""

    kind: Channel
    number: bytes
    index: bytes
    contact: PersonContact | None = None

    @property
    def wait(self) -> timedelta:
        """From this way to the next one."""
        return timedelta(minutes=self.contact.wait_minutes if self.contact else WAIT_MINUTES)


def code_of(call_id: int) -> str:
    """The four digits that answer a call: they begin with 0, as no page's ever do, and differ for any 1,000 calls in a row."""
    return f"{call_id * _STEP % _CODES:04d}"


def ways_of(session: Session, person: Person, by: str, kinds: Container[str]) -> list[Way]:
    """The ways by which an exercise may call a person, in order: of `kinds` alone; empty where nothing can reach them."""
    found: list[Way] = []
    if by == By.ORDER:
        rows = ways.proved(session, person.id)
        found = [way for row in rows if row.kind in kinds and (way := _by_contact(person, row)) is not None]
    if not found and person.number is not None and person.number_index is not None:
        found = [Way("sms", person.number, person.number_index)]
    return found


def _by_contact(person: Person, row: PersonContact) -> Way | None:
    there = destination(person, row)
    return Way(cast(Channel, row.kind), there[0], there[1], row) if there is not None else None


def go_on(session: Session, drill: PhoneDrill, run: PhoneDrillRun, call: PhoneDrillCall, road: Road) -> None:
    """Call a person by their next way, for a locked run; the one after it is due after its wait. Nobody answered is called again."""
    person = session.get_one(Person, call.person_id)
    mine = ways_of(session, person, drill.by_ways, road.ways) if person.active else []
    place, now = call.ways, clock.now(session)
    call.due_at = None
    if place >= len(mine):
        if place == 0:
            call.reason = NO_METHOD
            drill_entries.record(session, drill.id, drill_entries.NoMethod(run_id=run.id, person_id=person.id))
        return
    delivery = _send(session, drill, run, call, person, mine[place], road)
    session.add(_row(call, place, mine[place], delivery, now))
    call.ways, call.called_at = place + 1, call.called_at or now
    if place + 1 < len(mine):
        call.due_at = now + mine[place].wait
    said = drill_entries.Called(run_id=run.id, person_id=person.id, method=mine[place].kind, place=place + 1)
    drill_entries.record(session, drill.id, said)


def _send(
    session: Session,
    drill: PhoneDrill,
    run: PhoneDrillRun,
    call: PhoneDrillCall,
    person: Person,
    way: Way,
    road: Road,
) -> int:
    call.code = code_of(call.id)
    exercises.allow_at_least(session, way.index, run.until + LATE, f"person:{drill.made_by}")
    text = _text(session, drill, call, person, way.kind, road)
    outgoing = messages.Outgoing(
        purpose=Purpose.DRILL,
        lane=Lane.CORRECTION,
        addressee=person.id,
        recipient=way.index,
        number=way.number,
        body_id=messages.put_body(session, text, person.language),
        exercise=True,
        valid_until=run.until,
        channel=way.kind,
    )
    return messages.enqueue(session, outgoing)


def _text(session: Session, drill: PhoneDrill, call: PhoneDrillCall, person: Person, kind: Channel, road: Road) -> str:
    """What the message says; a call says by itself which key answers it."""
    open_ways = road.ways[kind]
    code, link = call.code if open_ways.code else None, road.link(call.id) if open_ways.link else None
    how = None if kind == "voice" else (code, link)
    return drill_texts.call(person, telling.settings(session), drill.name, drill.said, how)


def _row(call: PhoneDrillCall, place: int, way: Way, delivery: int, now: datetime) -> PhoneDrillWay:
    return PhoneDrillWay(
        call_id=call.id,
        position=place,
        kind=way.kind,
        contact_id=way.contact.id if way.contact else None,
        delivery_id=delivery,
        sent_at=now,
        exercise=True,
    )


def keep_allowed(session: Session, drill: PhoneDrill, run: PhoneDrillRun) -> None:
    """Whoever was called stays on the allow-list as long as late answers are taken, also of a run that takes longer than it was to;
    but for a way that is nobody's any more."""
    called = (
        select(Delivery.recipient)
        .join(PhoneDrillWay, PhoneDrillWay.delivery_id == Delivery.id)
        .join(PhoneDrillCall, PhoneDrillCall.id == PhoneDrillWay.call_id)
        .where(PhoneDrillCall.run_id == run.id)
        .distinct()
    )
    for recipient in session.scalars(called).all():
        if exercises.known(session, recipient):
            exercises.allow_at_least(session, recipient, run.until + LATE, f"person:{drill.made_by}")


def tell_planner(session: Session, drill: PhoneDrill, which: str, until: datetime) -> None:
    """Tell whoever planned a drill what became of it, as an exercise too; nobody where they cannot be reached."""
    planner = session.get_one(Person, drill.made_by)
    if not planner.active or planner.number is None or planner.number_index is None:
        return
    exercises.allow_at_least(session, planner.number_index, until + LATE, f"person:{planner.id}")
    text = drill_texts.answer(planner, which, drill.name, telling.settings(session))
    outgoing = messages.Outgoing(
        purpose=Purpose.ANSWER,
        lane=Lane.CORRECTION,
        addressee=planner.id,
        recipient=planner.number_index,
        number=planner.number,
        body_id=messages.put_body(session, text, planner.language),
        exercise=True,
        valid_until=until + LATE,
    )
    messages.enqueue(session, outgoing)


def take_back(session: Session, call: PhoneDrillCall, reason: str, *, again: bool) -> int:
    """Take back what of a call has not left yet; return how many messages. `again`: it is due once more."""
    rows = session.scalars(select(PhoneDrillWay).where(PhoneDrillWay.call_id == call.id)).all()
    taken = 0
    for row in rows:
        if messages.withdraw_delivery(session, row.delivery_id, reason):
            taken += 1
            if again:
                session.delete(row)
                call.ways, call.due_at = row.position, clock.now(session)
    if again and taken and call.ways == 0:
        call.called_at = None
    return taken
