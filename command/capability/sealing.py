"""What is put on record of a finished assessment, so that a later change of its rows would show."""

import hashlib

from sqlalchemy.orm import Session

from command.capability import entries, reading
from command.capability.models import CapabilityAssessment, State
from command.core import journal
from command.core.columns import dump
from command.core.journal import Payload


def digest(session: Session, assessment: CapabilityAssessment) -> str:
    """The SHA-256 of all ratings in canonical JSON: what `finished` put on record, so that a later change would show. Words stand in it by
    their note, whose own hash the journal keeps."""
    rows = reading.ratings(session, assessment)
    plain = ("item", "level", "applies", "note_id", "links", "figures")
    said = [{name: getattr(rows[code], name) for name in plain} for code in sorted(rows)]
    return hashlib.sha256(dump({"standard": assessment.standard, "ratings": said}).encode()).hexdigest()


def holds(session: Session, assessment: CapabilityAssessment) -> bool | None:
    """Whether the ratings are still those that were put on record; None while it is not finished."""
    if assessment.state != State.FINISHED:
        return None
    kept = [
        Payload.registry[entry.kind].model_validate_json(entry.data)
        for entry in journal.entries(session, entries.stream(assessment.id))
        if entry.kind == entries.Finished.kind
    ]
    now = digest(session, assessment)
    return any(isinstance(each, entries.Finished) and each.sha256 == now for each in kept)
