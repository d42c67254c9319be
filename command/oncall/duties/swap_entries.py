"""What the audit stream keeps of swaps."""

from datetime import datetime
from typing import Literal

from command.core.journal import Payload


class SwapProposed(Payload, kind="oncall.swap_proposed"):
    """`other_id` would take `given`, the proposer `taken`: each from and until when."""

    swap_id: int
    schedule_id: int
    proposer_id: int
    other_id: int
    given: tuple[datetime, datetime]
    taken: tuple[datetime, datetime]


class SwapAccepted(Payload, kind="oncall.swap_accepted"):
    """The two overrides it became."""

    swap_id: int
    overrides: tuple[int, int]


class SwapEnded(Payload, kind="oncall.swap_ended"):
    swap_id: int
    how: Literal["declined", "withdrawn"]
