"""Somebody who may be paged sends STOP: it ends their notices, never their pages. But a provider may block a number that sent it, so the
duty officers are told at once."""

import structlog
from sqlalchemy.orm import Session

from command.core import clock, names
from command.messages.handlers import InboundMessage
from command.messages.models import Purpose
from command.oncall.entries import Unsubscribed
from command.oncall.escalation import targets
from command.oncall.escalation.steps import LAST_RESORT
from command.oncall.paging.reply_texts import Texts
from command.oncall.paging.sending import send
from command.people.entries import audit
from command.people.models import Person

log = structlog.get_logger()


def subscribed(session: Session, message: InboundMessage, back: bool) -> str | None:
    """Journal that somebody who works here sent STOP (`back`: START) and tell the duty officers of a STOP; what to answer. None for
    everybody else."""
    person = session.get(Person, message.person_id) if message.person_id else None
    if person is None:
        return None
    told = [] if back else _tell(session, person, message)
    audit(session, Unsubscribed(person_id=person.id, back=back, told=told))
    return Texts(person.language).say("subscribed" if back else "unsubscribed")


def _tell(session: Session, person: Person, message: InboundMessage) -> list[int]:
    """Tell the duty officers nearest to a person; their ids."""
    area = [person.area_code] if person.area_code else []
    officers = targets.resolve(session, LAST_RESORT, area, clock.now(session), {person.id})
    for officer in officers:
        reader = "zh" if officer.language == "zh" else "en"
        text = Texts(reader).say("told_stop", name=names.of(person, reader))
        send(session, officer, text, exercise=message.exercise, purpose=Purpose.ANSWER)
    if not officers:
        log.warning("nobody to tell of an opt-out", person=person.id)
    return [officer.id for officer in officers]
