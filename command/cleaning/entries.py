"""What the journal keeps of marked numbers, on the audit stream: ids of subscribers and counts, never a number or a reference."""

from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Payload


class Cleared(Payload, kind="numbers.cleared"):
    """Somebody said that marks are wrong: `count` numbers are told again, of these subscribers (the first of them), by this filter."""

    count: int
    subscriber_ids: tuple[int, ...]
    filter: dict[str, str]
    reason_note_id: int
    reason_hash: str


class MarkedAgain(Payload, kind="numbers.marked_again"):
    """A clearing was undone: the marks of `count` numbers stand again."""

    count: int
    subscriber_ids: tuple[int, ...]


class Exported(Payload, kind="numbers.exported"):
    """The references of marked subscribers were taken out for cleaning: how many, by which filter."""

    count: int
    filter: dict[str, str]


class Reassigned(Payload, kind="numbers.reassigned"):
    """An import gave numbers to other subscribers: what was said of `count` of them before is forgotten."""

    count: int


def record(session: Session, entry: Payload) -> None:
    """Put it on the audit stream."""
    journal.record(session, journal.month("audit", clock.now(session)), entry)
