"""What the journal keeps of authority: versions of the table on the audit stream, reviews and successions where they belong. Ids and
figures; words are notes."""

from typing import Literal

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class DraftBegun(Payload, kind="authority.draft_begun"):
    """`source` is table (as in force), file (imported) or version (an older one, `of`)."""

    version: int
    source: Literal["table", "file", "version"]
    of: int | None


class DraftChanged(Payload, kind="authority.draft_changed"):
    version: int
    revision: int
    act: str
    tiers: list[int]
    levels: list[str]


class DraftDropped(Payload, kind="authority.draft_dropped"):
    version: int


class Published(Payload, kind="authority.published"):
    """A version is in force. `changes` counts the groups of cases that differ from the version before; `sole`: whoever published it also
    changed it last, there being no other administrator; `sha256` is of its rows."""

    version: int
    before: int | None
    changes: int
    acts: list[str]
    sole: bool
    sha256: str
    reason: NoteRef | None


class OverrideReviewed(Payload, kind="authority.override_reviewed"):
    """Somebody else looked at an override afterwards."""

    review_id: int
    act: str
    person_id: int
    decided_by: int
    verdict: Literal["justified", "not_justified"]
    words: NoteRef | None


class SuccessionOffered(Payload, kind="succession.offered"):
    """The commander is silent for `minutes` since a page (why: no_answer) or their last sign (no_sign): others are paged in order."""

    succession_id: int
    person_id: int
    why: Literal["no_answer", "no_sign"]
    minutes: int
    asked: int


class SuccessionUnanswered(Payload, kind="succession.unanswered"):
    """Everybody was paged and nobody has answered; a late answer still counts."""

    succession_id: int
    person_id: int


class SuccessionEnded(Payload, kind="succession.ended"):
    """taken: somebody has command now (`to_person_id`); here: the commander gave a sign; over: the incident or its command changed."""

    succession_id: int
    person_id: int
    how: Literal["taken", "here", "over"]
    to_person_id: int | None = None


class CommanderHere(Payload, kind="command.here"):
    """The commander said that they are there."""

    person_id: int
