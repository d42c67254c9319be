"""What to make of a doubtful call once the gateway was asked. Pure.

Found: adopt it. Not found counts only after a grace period, and proves that nothing was sent only where look-up is authoritative.
Without proof the policy decides: a page is sent again, marked so; anything else is unknown, shown, and never repeated."""

from dataclasses import dataclass
from typing import Literal

from command.messages.fates import MOST_TRIES
from command.messages.models import Purpose, State
from notifiers.base import Found, LookUp, NotFound

GRACE, PAGE_GRACE = 30.0, 15.0
"""Seconds after the call before "not found" is believed, and before a gateway without look-up is given up."""
PAGE_GIVE_UP = 60.0
"""Seconds after the call until a gateway that does not answer is given up for a page, which is then sent again."""
MOST_ASKED = 60
"""Questions about one doubt until a gateway that does not answer is given up for anything else. Questions are counted and not the time:
whoever asks may have been away for as long as the call is ago, and has asked a first time only."""
ASK_AGAIN = 10.0
"""Seconds between two questions."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where the delivery goes. None: still in doubt, look again in `wait` seconds. `resent`: the next call may be the second."""

    state: State | None
    wait: float = 0.0
    resent: bool = False
    reason: str | None = None


def resolve(
    purpose: str,
    tries: int,
    look_up: Literal["none", "advisory", "authoritative"],
    answer: LookUp,
    age: float,
    asked: int,
) -> Resolution:
    """Resolve a doubt of `age` seconds since the call, about which the gateway was asked `asked` times."""
    page = purpose == Purpose.PAGE
    grace = PAGE_GRACE if page else GRACE
    if isinstance(answer, Found):
        return Resolution(State(answer.status))
    if age < grace:
        return Resolution(None, grace - age)
    if isinstance(answer, NotFound):
        return Resolution(State.READY, reason="not_taken") if look_up == "authoritative" else _policy(page, tries)
    if look_up == "none" or (age >= PAGE_GIVE_UP if page else asked >= MOST_ASKED):
        return _policy(page, tries)
    return Resolution(None, ASK_AGAIN)


def _policy(page: bool, tries: int) -> Resolution:
    if page and tries < MOST_TRIES:
        return Resolution(State.READY, resent=True, reason="sent_again_in_doubt")
    return Resolution(State.UNKNOWN, reason="never_confirmed")
