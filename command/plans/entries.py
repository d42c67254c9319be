"""What the journal keeps of the work on plans, on the stream `plan:<id>`: ids, codes and digests; words are notes."""

from datetime import date

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload
from command.incidents.entries import NoteRef
from command.plans.models import PlanWork


class Begun(Payload, kind="plan.begun"):
    """`based_on` is the version it began from; null: from nothing."""

    person_id: int
    code: str
    event: str
    based_on: int | None


class Changed(Payload, kind="plan.changed"):
    """Which steps somebody changed; `digest` is the SHA-256 (hex) of the work as it is now."""

    person_id: int
    steps: tuple[str, ...]
    digest: str


class Submitted(Payload, kind="plan.submitted"):
    person_id: int
    digest: str


class Commented(Payload, kind="plan.commented"):
    """Somebody said something of a clause (empty: of the whole plan)."""

    person_id: int
    comment: int
    place: str
    words: NoteRef | None


class Answered(Payload, kind="plan.answered"):
    person_id: int
    comment: int
    words: NoteRef | None


class SentBack(Payload, kind="plan.sent_back"):
    person_id: int
    reason: NoteRef | None


class Approved(Payload, kind="plan.approved"):
    """`digest` is the SHA-256 of the plan's canonical content, as the version will be known by; `post` is by which it was approved."""

    person_id: int
    code: str
    version: int
    digest: str
    post: str
    override: bool


class Published(Payload, kind="plan.published"):
    """New incidents follow it from `issued` on; `people` have to confirm that they read it."""

    person_id: int
    code: str
    version: int
    digest: str
    issued: date
    expires: date
    people: int


class Withdrawn(Payload, kind="plan.withdrawn"):
    person_id: int
    code: str
    version: int
    reason: NoteRef | None


class Dropped(Payload, kind="plan.dropped"):
    person_id: int
    reason: NoteRef | None


class Sent(Payload, kind="plan.sent"):
    """So many people were told that they have to read it, of whom so many could be reached; `reminded` had been told before."""

    people: int
    reached: int
    reminded: int


class Read(Payload, kind="plan.read"):
    """Somebody confirmed that they read it."""

    person_id: int
    digest: str


class ExpiryTold(Payload, kind="plan.expiry_told"):
    """Somebody was told that a version expires, when so many `days` were left; on the stream `plan:<code>`."""

    person_id: int
    code: str
    version: int
    expires: date
    days: int
    reached: bool


def stream(work: int | str) -> str:
    """The stream of a work by its id, or of a plan as a whole by its code."""
    return f"plan:{work}"


def record(session: Session, work: PlanWork, payload: Payload) -> None:
    """Write what happens with a work to its stream."""
    journal.record(session, stream(work.id), payload)
