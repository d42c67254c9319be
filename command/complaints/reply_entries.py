"""What the journal keeps of subscribers' replies to notices: ids, never a number or their words."""

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class ReplyKept(Payload, kind="notice_reply.kept"):
    """A subscriber answered a notice in words that nothing understood."""

    reply_id: int
    notice_id: int
    notice_kind: str


class ReplySettled(Payload, kind="notice_reply.settled"):
    """`settled_as`: case (`case` is its number), answered, closed; `words` what was answered or why it was closed."""

    reply_id: int
    settled_as: str
    person_id: int
    case: str | None
    words: NoteRef | None
