"""Faults on demand: each kind has a rate and its own dice, so the same seed gives the same faults. No I/O."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

CREATE_KINDS = ("429", "500", "503", "reset_before", "reset_after", "timeout_before", "timeout_after")
CALLBACK_KINDS = ("callback_lost", "callback_doubled", "callback_reordered")
KINDS = (*CREATE_KINDS, *CALLBACK_KINDS, "latency")
PUSH_CREATE = tuple(f"push:{kind}" for kind in (*CREATE_KINDS, "no_device"))
PUSH_SHOW = ("push:not_seen", "push:receipt_lost", "push:receipt_doubled")
_CODED = re.compile(r"(code|receipt):\d{5}|call:(busy|no-answer|failed)|" + "|".join((*PUSH_CREATE, *PUSH_SHOW)))
_EXTRA = {"429": "retry_after", "latency": "ms"}


class BadFault(ValueError):
    """A fault that cannot be. `field` names the member at fault, the text the remedy."""

    def __init__(self, field: str, remedy: str) -> None:
        super().__init__(f"{field}: {remedy}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of trouble at `rate` (0–1), at most `times` in all (None: no end).

    `ms` is the delay of `latency` in milliseconds, `retry_after` the seconds a `429` asks for.
    """

    kind: str
    rate: float
    times: int | None = None
    ms: int = 0
    retry_after: int | None = None

    @property
    def code(self) -> str:
        """The Twilio error code of `code:` and `receipt:` kinds, the ending of a `call:` kind, else empty."""
        return self.kind.partition(":")[2]


def parse_fault(body: Any) -> Fault:
    """Read the JSON of a fault. Raises BadFault naming the field and the remedy."""
    if not isinstance(body, Mapping):
        raise BadFault("body", 'send a JSON object such as {"kind": "500", "rate": 0.1}')
    kind = _kind(body.get("kind"))
    extra = _EXTRA.get(kind)
    known = {"kind", "rate", "times", *([extra] if extra else [])}
    for name in body:
        if name not in known:
            raise BadFault(str(name), f"is not a member of {kind}; known: {', '.join(sorted(known))}")
    if kind == "latency" and "ms" not in body:
        raise BadFault("ms", "give the delay in milliseconds, 0 to 600000")
    return Fault(
        kind=kind,
        rate=_rate(body.get("rate")),
        times=_whole(body, "times", 1, 1_000_000_000),
        ms=_whole(body, "ms", 0, 600_000) or 0,
        retry_after=_whole(body, "retry_after", 0, 86_400),
    )


def _kind(value: Any) -> str:
    if isinstance(value, str) and (value in KINDS or _CODED.fullmatch(value)):
        return value
    raise BadFault(
        "kind",
        f"use one of {', '.join(KINDS)}, code:<5 digits>, receipt:<5 digits>, call:busy, call:no-answer, call:failed, "
        f"{', '.join((*PUSH_CREATE, *PUSH_SHOW))}",
    )


def _rate(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadFault("rate", "give a number from 0 to 1, the share of calls it strikes")
    if not 0 <= value <= 1:
        raise BadFault("rate", "must lie from 0 to 1; 1 strikes every call")
    return float(value)


def _whole(body: Mapping[str, Any], name: str, low: int, high: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadFault(name, f"give a whole number from {low} to {high}")
    return value


@dataclass(slots=True)
class _Armed:
    fault: Fault
    dice: Random
    struck: int = 0

    def strikes(self) -> bool:
        if self.fault.times is not None and self.struck >= self.fault.times:
            return False
        if self.dice.random() >= self.fault.rate:
            return False
        self.struck += 1
        return True


class FaultBook:
    """The faults in force. A kind is in force once; setting it again replaces it and starts its dice anew."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._armed: dict[str, _Armed] = {}

    def set(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._armed[fault.kind] = _Armed(fault, Random(f"{self._seed}:{fault.kind}"))

    def clear(self, kind: str | None = None) -> None:
        """End one kind, or all of them."""
        if kind is None:
            self._armed.clear()
        else:
            self._armed.pop(kind, None)

    def items(self) -> list[tuple[Fault, int]]:
        """Each fault in force and how often it has struck."""
        return [(armed.fault, armed.struck) for armed in self._armed.values()]

    def strike(self, kind: str) -> Fault | None:
        """Throw this kind's dice once."""
        armed = self._armed.get(kind)
        return armed.fault if armed is not None and armed.strikes() else None

    def strike_create(self) -> Fault | None:
        """The first fault, in order of setting, that strikes a message being created (latency is apart)."""
        for kind, armed in self._armed.items():
            if (kind in CREATE_KINDS or kind.startswith("code:")) and armed.strikes():
                return armed.fault
        return None

    def strike_receipt(self) -> Fault | None:
        """The first `receipt:<code>` that strikes a message being delivered."""
        for kind, armed in self._armed.items():
            if kind.startswith("receipt:") and armed.strikes():
                return armed.fault
        return None

    def strike_push(self, stage: Literal["create", "show"]) -> Fault | None:
        """The first `push:…` that strikes a message of the app as it is taken, or as it is shown."""
        kinds = PUSH_CREATE if stage == "create" else PUSH_SHOW
        return next((armed.fault for kind, armed in self._armed.items() if kind in kinds and armed.strikes()), None)

    def strike_call(self) -> str | None:
        """How a call that is ringing ends before anybody answers it, by the first `call:<ending>` that strikes; None: it is answered."""
        for kind, armed in self._armed.items():
            if kind.startswith("call:") and armed.strikes():
                return armed.fault.code
        return None
