"""What the journal keeps of bulletins, on the incident's stream. Texts are cited by the SHA-256 of what was sent."""

from datetime import datetime

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class BulletinDrafted(Payload, kind="bulletin.drafted"):
    """`corrects` is the number of the bulletin that this one corrects."""

    bulletin: int
    bulletin_kind: str
    due_at: datetime | None
    corrects: int | None


class BulletinEdited(Payload, kind="bulletin.edited"):
    """Lines that differ from the draft, in the language in which most do."""

    bulletin: int
    lines: int


class BulletinSubmitted(Payload, kind="bulletin.submitted"):
    bulletin: int
    bulletin_kind: str


class BulletinSentBack(Payload, kind="bulletin.sent_back"):
    bulletin: int
    note: NoteRef | None


class BulletinDropped(Payload, kind="bulletin.dropped"):
    bulletin: int
    note: NoteRef | None


class BulletinApproved(Payload, kind="bulletin.approved"):
    """`digest` is the SHA-256 of its four texts; `automatic`: the plan pre-approves what goes to superiors alone."""

    bulletin: int
    bulletin_kind: str
    copies: int
    digest: str
    automatic: bool


class BulletinSent(Payload, kind="bulletin.sent"):
    """The mail server of a recipient took it, or the recipient fetched it."""

    bulletin: int
    recipient: str
    at: datetime


class BulletinFailed(Payload, kind="bulletin.failed"):
    bulletin: int
    recipient: str
    reason: str


class BulletinSentAgain(Payload, kind="bulletin.sent_again"):
    """Somebody had a mail sent again that had failed, or of which nobody knew whether it arrived."""

    bulletin: int
    recipient: str


class BulletinReceived(Payload, kind="bulletin.received"):
    """A recipient confirmed that they have it."""

    bulletin: int
    recipient: str
    via: str


class UpwardReported(Payload, kind="upward.reported"):
    """A time limit will not be met, and the superior echelon was told; `people` is how many."""

    clock: str
    due_at: datetime
    why: str
    expected_at: datetime | None
    used: int
    people: int


class UpwardAcknowledged(Payload, kind="upward.acknowledged"):
    clock: str
    person_id: int
