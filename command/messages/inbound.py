"""Messages that come in: kept once, given to the rooms' handlers, answered, all in one unit of work."""

from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Note
from command.core.keys import Keyring
from command.core.log import mask
from command.messages import exercises, optouts, service
from command.messages.handlers import Called, Handlers, InboundMessage, Real
from command.messages.models import EXERCISE_GATEWAY, Inbound, Lane, Purpose
from command.people import contacts
from command.people.models import Person
from notifiers import base

log = structlog.get_logger()

MOST_ANSWERS, ANSWERS_WITHIN = 5, timedelta(minutes=15)
"""Answers to one sender in a quarter of an hour, so that two machines cannot talk to each other for ever."""
ANSWER_VALID = timedelta(minutes=15)
ANSWERED, TOO_MANY, UNKNOWN_SENDER, NOT_UNDERSTOOD = "answered", "too_many_answers", "unknown_sender", "not_understood"
OPTED_OUT, OPTED_IN = "opted_out", "opted_in"
NOBODY = 0
"""The addressee of an answer to somebody who is not in the register."""


@dataclass(frozen=True, slots=True)
class _Sender:
    number: str
    index: bytes
    person: Person | None


def receive(session: Session, gateway: str, came: base.Inbound, handlers: Handlers, keyring: Keyring) -> str | None:
    """Take one message; return what was made of it, or None when it had come before (which changes nothing).

    What it brings about is done by the person whose number it is. It is taken in always; it is answered at most MOST_ANSWERS times."""
    index = keyring.index(came.sender)
    people = contacts.owners(session, index)
    person = people[0] if people else None
    if person is not None:
        session.info["actor"] = f"person:{person.id}"
    sender = _Sender(came.sender, index, person)
    message = _keep(session, gateway, came, sender, keyring)
    if message is None:
        return None
    handled = _handle(session, message, sender, handlers, keyring)
    session.get_one(Inbound, message.id).handled = handled
    log.info("message in", gateway=gateway, sender=mask(came.sender), handled=handled, inbound=message.id)
    return handled


def _keep(
    session: Session, gateway: str, came: base.Inbound, sender: _Sender, keyring: Keyring
) -> InboundMessage | None:
    if session.scalar(select(Inbound.id).where(Inbound.provider_id == came.provider_id)) is not None:
        return None
    author = f"person:{sender.person.id}" if sender.person else "unknown"
    note_id, _ = journal.add_note(session, came.text, author)
    now, exercise = clock.now(session), gateway == EXERCISE_GATEWAY
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    row = insert(Inbound).values(
        gateway=gateway,
        provider_id=came.provider_id,
        sender=keyring.encrypt(came.sender),
        sender_index=sender.index,
        note_id=note_id,
        at=now,
        exercise=exercise,
    )
    id = session.scalar(row.on_conflict_do_nothing(index_elements=["provider_id"]).returning(Inbound.id))
    if id is None:
        session.execute(delete(Note).where(Note.id == note_id))
        return None
    person_id = sender.person.id if sender.person else None
    return InboundMessage(id, gateway, sender.index, person_id, came.text, exercise, now)


def _handle(session: Session, message: InboundMessage, sender: _Sender, handlers: Handlers, keyring: Keyring) -> str:
    word, known = optouts.word(message.text), optouts.words(session)
    if word in known.leave | known.back:
        return _subscribe(session, word in known.back, message, sender, handlers, keyring)
    answer = handlers.answer(session, message)
    if answer is None and not message.exercise and exercises.allowed(session, sender.index):
        message = replace(message, exercise=True)
        answer = handlers.answer(session, message)
    if sender.person is None and not isinstance(answer, Called):
        return UNKNOWN_SENDER
    if not answer:
        return NOT_UNDERSTOOD
    return ANSWERED if _answer(session, answer, message, sender, keyring) else TOO_MANY


def _subscribe(
    session: Session, back: bool, message: InboundMessage, sender: _Sender, handlers: Handlers, keyring: Keyring
) -> str:
    """Take STOP or START; what the rooms say to it is answered. Sent to the exercise gateway, STOP ends exercises for that number and
    keeps nobody from a live notice; START does nothing there, for whom an exercise may reach is for its trainer to say."""
    if message.exercise:
        return OPTED_OUT if not back and exercises.leave(session, sender.index) else NOT_UNDERSTOOD
    changed = optouts.opt_in(session, sender.index) if back else optouts.opt_out(session, sender.index, "reply")
    answer = handlers.answer_subscription(session, message, back) if changed else None
    if answer and (sender.person is not None or isinstance(answer, Called)):
        _answer(session, answer, message, sender, keyring)
    return OPTED_IN if back else OPTED_OUT


def _answers(session: Session, message: InboundMessage) -> int:
    recent = (Inbound.sender_index == message.sender_index) & (Inbound.at > message.at - ANSWERS_WITHIN)
    answered = Inbound.handled.in_((ANSWERED, OPTED_OUT, OPTED_IN))
    query = select(func.count()).select_from(Inbound).where(recent, answered)
    return session.scalar(query) or 0


def _answer(session: Session, text: str, message: InboundMessage, sender: _Sender, keyring: Keyring) -> bool:
    """Queue an answer; False where the sender has had enough of them. A person's row is locked while they are counted; somebody who is
    not in the register is answered only where a room knows the number (a crew that was called out)."""
    person = sender.person
    if person is not None:
        session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    if _answers(session, message) >= MOST_ANSWERS:
        return False
    outgoing = service.Outgoing(
        purpose=Purpose.ANSWER,
        lane=Lane.PAGE,
        addressee=person.id if person else NOBODY,
        recipient=sender.index,
        number=keyring.encrypt(sender.number),
        body_id=service.put_body(session, text, person.language if person else _language(text)),
        exercise=message.exercise and not isinstance(text, Real),
        valid_until=message.at + ANSWER_VALID,
    )
    service.enqueue(session, outgoing)
    return True


def _language(text: str) -> str:
    return "zh" if any("\u4e00" <= char <= "\u9fff" for char in text) else "en"
