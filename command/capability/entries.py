"""What the journal keeps of assessments, on the stream `capability:<id>` of each: ids and figures; words are notes."""

from datetime import date

from sqlalchemy.orm import Session

from command.capability.models import CapabilityAssessment
from command.core import journal
from command.core.journal import Payload
from command.incidents.entries import NoteRef


class Begun(Payload, kind="capability.begun"):
    """Begun for the days `first_on` to `last_on` against a version of the standard; `words` are its name and who assesses."""

    sort: str
    first_on: date
    last_on: date
    standard: int
    agreement_id: int | None
    words: NoteRef | None


class Rated(Payload, kind="capability.rated"):
    """An item was rated, anew if need be: level 0 to 4; null where it does not apply. `before` is the level it had."""

    item: str
    level: int | None
    before: int | None
    applies: bool
    links: list[str]
    words: NoteRef | None


class Imported(Payload, kind="capability.imported"):
    """The ratings of a third party's file were read; `sha256` is of the file."""

    sha256: str
    bytes: int
    items: int


class Improved(Payload, kind="capability.improved"):
    """An item brought an improvement action."""

    item: str
    action_id: int


class Finished(Payload, kind="capability.finished"):
    """Locked: the score and that of each domain in thousandths, and the SHA-256 of all ratings with their figures in canonical JSON."""

    score: int
    domains: dict[str, int | None]
    items: int
    sha256: str


class Dropped(Payload, kind="capability.dropped"):
    """A draft was given up."""

    reason: NoteRef | None


class Exported(Payload, kind="capability.exported"):
    """A copy left the house, as csv or pdf; `reference` stands on the copy."""

    person_id: int
    form: str
    reference: str


def stream(assessment_id: int) -> str:
    """The stream of an assessment."""
    return f"capability:{assessment_id}"


def record(session: Session, assessment: CapabilityAssessment, payload: Payload) -> None:
    """Write what happens with an assessment to its stream."""
    journal.record(session, stream(assessment.id), payload)
