"""Whom a unit is called by, and the SMS that called its crew out, as pages and JSON show them: never a whole number (I10)."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.keys import Keyring
from command.core.problems import N_
from command.messages.models import Delivery
from command.people import numbers
from command.people.models import Person
from command.resources import crew_calls, crew_contacts, finding
from command.resources.crew_models import ResourceContact

DELIVERY = {
    "ready": N_("waits to be sent"),
    "leased": N_("waits to be sent"),
    "calling": N_("being sent"),
    "submitted": N_("sent"),
    "sent": N_("sent"),
    "delivered": N_("delivered"),
    "undelivered": N_("not delivered"),
    "failed": N_("failed"),
    "in_doubt": N_("not known whether it arrived"),
    "unknown": N_("not known whether it arrived"),
    "withdrawn": N_("taken back"),
    "expired": N_("not sent in time"),
    "suppressed": N_("not sent"),
}
"""What became of an SMS to a crew."""
ANSWERS = {
    "confirmed": N_("set out"),
    "on_scene": N_("is on scene"),
    "done": N_("is done"),
    "declined": N_("cannot come"),
}
"""What a crew answered."""
BAD = ("undelivered", "failed", "expired", "suppressed")


class ContactOut(BaseModel):
    """Whom a unit is called by: `person` (username) of the register, or somebody from outside. `number` is masked; null: there is none on
    record any more, so no SMS can go out."""

    person: str | None
    name: str
    number: str | None
    language: str


class CallOut(BaseModel):
    """An SMS that called a crew out: to whom, what became of it (`state` as of the outbox), and what was answered."""

    id: int
    name: str
    code: str
    sent_at: datetime
    state: str
    answer: Literal["confirmed", "on_scene", "done", "declined"] | None
    answered_at: datetime | None


class CallsOut(BaseModel):
    items: list[CallOut]
    next: None = None


def contact_out(session: Session, keyring: Keyring, unit_id: int) -> ContactOut | None:
    """Whom a unit is called by, None for nobody; raise NotFound for no such unit."""
    called = crew_contacts.of(session, finding.unit(session, unit_id).id)
    if called is None:
        return None
    kept = session.get_one(ResourceContact, unit_id)
    person = session.get_one(Person, kept.person_id).username if kept.person_id else None
    number = numbers.shown(keyring.decrypt(called.there[0])) if called.there else None
    return ContactOut(person=person, name=called.name, number=number, language=called.language)


def calls_out(session: Session, allocation_id: int) -> list[CallOut]:
    """The SMS that went out for something taken, the latest first."""
    calls = crew_calls.of(session, [finding.allocation(session, allocation_id).id])
    ids = [call.delivery_id for call in calls]
    states = dict(session.execute(select(Delivery.id, Delivery.state).where(Delivery.id.in_(ids))).tuples().all())
    plain = ("id", "name", "code", "sent_at", "answer", "answered_at")
    return [
        CallOut(state=states.get(call.delivery_id or 0, "ready"), **{name: getattr(call, name) for name in plain})
        for call in calls
    ]
