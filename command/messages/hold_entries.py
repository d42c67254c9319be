"""What the journal keeps of holds, on the audit stream: who held what until when, and what passed."""

from datetime import datetime

from command.core.journal import Payload


class Held(Payload, kind="messages.held"):
    """`mass`: first notices, updates, all-clears, advisories and surveys wait; `avoid`: gateways that are not used. `override`: by somebody
    who acted on their own word."""

    hold_id: int
    mass: bool
    avoid: tuple[str, ...]
    until: datetime
    override: bool
    reason_note_id: int
    reason_hash: str


class Released(Payload, kind="messages.released"):
    """Released by somebody before its time, or `replaced` by another hold."""

    hold_id: int
    replaced: bool
    override: bool
    reason_note_id: int | None
    reason_hash: str | None


class Lapsed(Payload, kind="messages.hold_ended"):
    """The hold ended by itself."""

    hold_id: int
    until: datetime


class Passed(Payload, kind="messages.let_through"):
    """One notice passes the hold."""

    hold_id: int
    notice_id: int
    override: bool
    reason_note_id: int
    reason_hash: str
