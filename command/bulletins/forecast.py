"""Whether a time limit will be met. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Why = Literal["eta", "projected", "used", "breached"]


@dataclass(frozen=True, slots=True)
class Look:
    """A clock that waits for the restoration, and what is known of it. `eta` is what people said; `projected` stands in for it."""

    started_at: datetime
    due_at: datetime
    eta: datetime | None
    projected: datetime | None
    open_tasks: int


@dataclass(frozen=True, slots=True)
class Missed:
    """Why a time limit will not be met: `expected_at` where a time is known; `used` percent of the time."""

    why: Why
    expected_at: datetime | None
    used: int


def used_percent(look: Look, now: datetime) -> int:
    """How much of the time has gone, rounded down: 100 or more when it is over."""
    whole = (look.due_at - look.started_at).total_seconds()
    return int((now - look.started_at).total_seconds() * 100 // whole) if whole > 0 else 100


def missed(look: Look, now: datetime, percent: int) -> Missed | None:
    """Why the clock will not be met; None while nothing says so. An ETA that people gave outweighs the projection, and an ETA in time the
    share of time used."""
    used = used_percent(look, now)
    if now > look.due_at:
        return Missed("breached", look.eta if look.eta and look.eta > now else None, used)
    if look.eta is not None and look.eta > now:
        return Missed("eta", look.eta, used) if look.eta > look.due_at else None
    if look.projected is not None and look.projected > look.due_at:
        return Missed("projected", look.projected, used)
    if used >= percent and look.open_tasks:
        return Missed("used", None, used)
    return None
