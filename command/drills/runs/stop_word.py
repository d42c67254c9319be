"""The word that stops a drill, sent by SMS by anybody who takes part, in either conversation: who sees danger does not look for the right
number."""

import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.alarms import intake as alarms
from command.drills.models import GOING_ON, Drill, DrillParticipant
from command.drills.runs import ending, taking_part
from command.messages.handlers import InboundMessage
from command.people import contacts
from command.people.models import Person

_SAID = {
    "zh": "【演练】演练“%s”已终止。真实事件请按正常流程报告。",
    "en": "[DRILL] Drill %s is stopped. Report what is real the usual way.",
}


def plain(text: str) -> str:
    """A text as stop words are compared: one width and case, no spaces, quotes or full stops."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def words(drill: Drill) -> set[str]:
    """The words that stop a drill: what stands between slashes, each."""
    return {word for part in drill.stop_word.split("/") if (word := plain(part))}


def reply(session: Session, message: InboundMessage) -> str | None:
    """Stop the drill that goes on for whoever sent its word, and say so; None for any other message."""
    said = plain(message.text)
    people = contacts.owners(session, message.sender_index) if said else ()
    found = next(((drill, person) for person in people for drill in _of(session, person) if said in words(drill)), None)
    if found is None:
        return None
    alarms.lock(session)
    drill = taking_part.locked(session, found[0].id)
    if drill.state in GOING_ON:
        ending.stop(session, drill, None, "stop_word")
    return _SAID["zh" if found[1].language == "zh" else "en"] % drill.name


def _of(session: Session, person: Person) -> list[Drill]:
    mine = select(DrillParticipant.drill_id).where(DrillParticipant.person_id == person.id)
    query = select(Drill).where(Drill.id.in_(mine), Drill.state.in_(GOING_ON))
    return list(session.scalars(query.order_by(Drill.id)))
