"""Attainment of service levels (R21): met ÷ (met + breached), by class. Pure; definitions in docs/reference/figures.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

Timing = Literal["in_time", "late", "open", "overdue"]
Stands = Literal["met", "breached", "running"]
Which = Literal["respond", "resolve"]


class Clocked(NamedTuple):
    """A clock of a service level, or many alike. `breached`: it is on record as breached, met since or not. `left_out`: its breach is not
    ours by a dispute that is over; `disputed`: a dispute of it is open; `accepted`: one was accepted."""

    sla_class: str
    which: Which
    timing: Timing
    breached: bool
    left_out: bool = False
    disputed: bool = False
    accepted: bool = False


def timing(due_at: datetime, met_at: datetime | None, now: datetime) -> Timing:
    """Met exactly when it was due is in time, one second later is late. Open and overdue is so whether or not anybody has put it on
    record; open and due just now is not overdue yet."""
    if met_at is None:
        return "overdue" if now > due_at else "open"
    return "in_time" if met_at <= due_at else "late"


def stands(one: Clocked) -> Stands:
    """Late and overdue are breached, and what was breached once stays breached, restored again or not; open is running."""
    if one.breached or one.timing in ("late", "overdue"):
        return "breached"
    return "running" if one.timing == "open" else "met"


@dataclass(frozen=True, slots=True)
class Attainment:
    """`running` clocks are not counted yet. `left_out`: breaches that are not ours by a dispute that is over; they are in no other
    number. `disputed` (a dispute is open) and `accepted` (not ours, not settled yet) are part of `breached`."""

    met: int = 0
    breached: int = 0
    running: int = 0
    left_out: int = 0
    disputed: int = 0
    accepted: int = 0

    @property
    def of(self) -> int:
        """The denominator: what was met or breached."""
        return self.met + self.breached

    @property
    def tenths(self) -> int | None:
        """Tenths of a percent, rounded down: 97.96 % is 979. None where there is nothing to count."""
        return self.met * 1000 // self.of if self.of else None

    def __add__(self, other: "Attainment") -> "Attainment":
        """Counts are added, never percentages."""
        return Attainment(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def attained(clocks: Iterable[tuple[Clocked, int]]) -> dict[tuple[str, Which], Attainment]:
    """The attainment of each class, for responding and for resolving apart, of clocks and how many there are alike. Classes without clocks
    are left out."""
    found: dict[tuple[str, Which], Attainment] = {}
    for one, count in clocks:
        key = (one.sla_class, one.which)
        found[key] = found.get(key, Attainment()) + _of(one, count)
    return found


def _of(one: Clocked, count: int) -> Attainment:
    match stands(one):
        case "met":
            return Attainment(met=count)
        case "running":
            return Attainment(running=count)
    if one.left_out:
        return Attainment(left_out=count)
    return Attainment(breached=count, disputed=count * one.disputed, accepted=count * one.accepted)


def together(found: Iterable[Attainment]) -> Attainment:
    """Several as one."""
    total = Attainment()
    for each in found:
        total += each
    return total
