"""What the journal keeps of orders about roads, on the audit stream."""

from datetime import datetime
from typing import Literal

from command.core.journal import Payload


class Ordered(Payload, kind="roads.ordered"):
    """Somebody paused a road, slowed it to `rate` messages a second, or diverted a lane or a notice to it, until a moment. `override`: on
    their own word."""

    order_id: int
    gateway: str
    act: Literal["pause", "slow", "divert"]
    rate: int | None
    lane: int | None
    notice_id: int | None
    until: datetime
    override: bool
    reason_note_id: int
    reason_hash: str


class Ended(Payload, kind="roads.order_ended"):
    """The order ended before its time: somebody ended it, or another took its place (`replaced`)."""

    order_id: int
    gateway: str
    replaced: bool
    override: bool


class Lapsed(Payload, kind="roads.order_lapsed"):
    """The order ended by itself."""

    order_id: int
    gateway: str
    until: datetime
