"""What becomes of an accepted message: the statuses it passes through and the callbacks that tell of them. No I/O."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from notifiers.simulator.faults import FaultBook

EXPIRED = "30036"
_UNDELIVERED = frozenset({"30003", "30004", "30005", "30006", "30007", "30008"})
_MOST_RETRIES = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One status of a message; `copies` callbacks tell of it (0: lost, 2: doubled)."""

    status: str
    error: str | None = None
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Journey:
    """`steps` in the order they happen; `told` in the order the callbacks leave."""

    steps: tuple[Step, ...]
    told: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook address without its fragment, and the connection overrides the fragment asked for.

    Source: Twilio's public page on connection overrides: `rc` retries (0–5, default 1), `rp` the failures that are
    retried (4xx, 5xx, ct, rt or all; default ct).
    """

    url: str
    retries: int
    policy: frozenset[str]

    def retries_on(self, failure: str) -> bool:
        """Whether this kind of failure is tried again."""
        return failure in self.policy or "all" in self.policy


def plan(faults: FaultBook, expired: bool) -> Journey:
    """Throw the dice for one message's delivery."""
    steps = tuple(_with_copies(step, faults) for step in _statuses(faults, expired))
    if len(steps) > 1 and faults.strike("callback_reordered"):
        return Journey(steps, steps[::-1])
    return Journey(steps, steps)


def parse_hook(url: str) -> Hook:
    """Split Twilio's URL extensions from a webhook URL. Raises ValueError when it is no http(s) address."""
    plain, _, fragment = url.partition("#")
    parts = urlsplit(plain)
    printable = all("!" <= char <= "~" for char in plain)
    if not printable or parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
        raise ValueError(plain)
    return Hook(plain, *_overrides(fragment))


@lru_cache(maxsize=64)
def _overrides(fragment: str) -> tuple[int, frozenset[str]]:
    """Retries and policy; what is out of range falls back to Twilio's defaults."""
    overrides = parse_qs(fragment)
    count = overrides.get("rc", ["1"])[0]
    policy = ",".join(overrides.get("rp", ["ct"])).split(",")
    retries = int(count) if count.isascii() and count.isdigit() and int(count) <= _MOST_RETRIES else 1
    return retries, frozenset(policy)


def _statuses(faults: FaultBook, expired: bool) -> tuple[Step, ...]:
    if expired:
        return (Step("failed", EXPIRED),)
    fault = faults.strike_receipt()
    if fault is None:
        return (Step("sent"), Step("delivered"))
    if fault.code in _UNDELIVERED:
        return (Step("sent"), Step("undelivered", fault.code))
    return (Step("failed", fault.code),)


def _with_copies(step: Step, faults: FaultBook) -> Step:
    if faults.strike("callback_lost"):
        return Step(step.status, step.error, 0)
    if faults.strike("callback_doubled"):
        return Step(step.status, step.error, 2)
    return step
