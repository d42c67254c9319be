"""Remarks of people on an incident: in its journal, for everybody who may see it."""

from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.incidents import entries, room_entries
from command.incidents.models import Incident
from command.incidents.standing import authorise
from command.people.access import Principal

LONGEST = 4000
"""Characters of one remark."""


def add(session: Session, incident: Incident, text: str, by: Principal) -> None:
    """Put a remark into the journal of a locked incident, whatever its state; raise Denied, or Invalid for no words."""
    authorise(session, incident, by, "report_incident")
    cited = entries.note(session, text)
    if cited is None or len(text) > LONGEST:
        raise Invalid(
            N_("A comment has between 1 and %(longest)d characters."),
            field="text",
            remedy=N_("Write what the others should know."),
            longest=LONGEST,
        )
    entries.record(session, incident, room_entries.CommentAdded(note=cited))
