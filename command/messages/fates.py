"""What one call makes of a delivery: the next state as a value. Pure.

The one question is whether it may be called again: certainly (retry), never (failed), or not before asking (in doubt)."""

from collections.abc import Callable
from dataclasses import dataclass

from command.messages.models import State
from notifiers.base import Outcome, Verdict

FIRST_WAIT, LONGEST_WAIT = 2.0, 300.0
"""Seconds before the second try, and the longest wait between two; doubled from try to try."""
MOST_TRIES = 6
"""Calls the provider refused for a reason that may pass. Refusals for rate and calls that never left are not counted: their end is the
validity."""
DOUBT_PATIENCE = 5.0
"""Seconds a doubtful call waits for a callback that settles it before the gateway is asked."""
RECEIPT_PATIENCE = 24 * 3600.0
"""Seconds until a submitted message without a final receipt ends as unknown. Twilio keeps a message queued for 10 hours at most."""
ACCOUNT_CODES = frozenset({"20003", "30002"})
"""Twilio's codes that say the account itself is refused: authentication failed, account suspended."""
NOT_COUNTED = frozenset({"20429", "not_sent"})


@dataclass(frozen=True, slots=True)
class Fate:
    """The delivery's next state. `wait` is in seconds: until it is due again, is looked at again, or its receipt is given up.

    `stops_gateway`: the account is refused, so nothing goes out there until somebody mends it."""

    state: State
    wait: float = 0.0
    counted: bool = True
    stops_gateway: bool = False


def fate(outcome: Outcome | None, tries: int, dice: Callable[[], float]) -> Fate:
    """What becomes of a delivery after its `tries`-th call. None is a call that was handed back before it began."""
    if outcome is None:
        return Fate(State.READY, counted=False)
    match outcome.verdict:
        case Verdict.ACCEPTED:
            return Fate(State.DELIVERED) if outcome.final else Fate(State.SUBMITTED, RECEIPT_PATIENCE)
        case Verdict.DOUBTFUL:
            return Fate(State.IN_DOUBT, DOUBT_PATIENCE)
        case Verdict.RETRY:
            return _again(outcome, tries, dice)
        case Verdict.STOP if stops_gateway(outcome):
            return Fate(State.READY, FIRST_WAIT, counted=False, stops_gateway=True)
        case _:
            return Fate(State.FAILED)


def stops_gateway(outcome: Outcome) -> bool:
    """Whether a refusal concerns the account, so that every message would meet it; an unknown refusal does too."""
    return outcome.verdict == Verdict.STOP and (outcome.code is None or outcome.code in ACCOUNT_CODES)


def _again(outcome: Outcome, tries: int, dice: Callable[[], float]) -> Fate:
    counted = outcome.code not in NOT_COUNTED and outcome.retry_after is None
    if counted and tries >= MOST_TRIES:
        return Fate(State.FAILED)
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** max(0, tries - 1)) * (0.5 + dice())
    return Fate(State.READY, max(wait, outcome.retry_after or 0.0), counted)
