"""What a receipt makes of a delivery: only what ranks higher counts, so late, doubled and reordered ones change nothing. Pure."""

from collections.abc import Iterable

from command.messages.models import State
from notifiers.base import RANK, Receipt

ADOPTING = frozenset(
    {State.READY, State.LEASED, State.CALLING, State.IN_DOUBT, State.UNKNOWN, State.SUBMITTED, State.SENT}
)
"""States a receipt bearing the delivery's attempt may change. A row that waits to be tried again is adopted too: the provider has it.
What ended for another reason (withdrawn, expired, suppressed, a final receipt) stays."""


def rank(state: str) -> int:
    """The rank of a delivery's state: 0 before the provider is known to have it."""
    return RANK.get(state, 0)


def best(receipts: Iterable[Receipt]) -> Receipt | None:
    """The receipt of one attempt that counts: the highest rank, the earliest among equals."""
    return max(receipts, key=lambda receipt: rank(receipt.status), default=None)


def applied(state: str, receipt: Receipt) -> State | None:
    """The state a receipt leads to, or None when it changes nothing."""
    if state not in ADOPTING or rank(receipt.status) <= rank(state):
        return None
    return State(receipt.status)
