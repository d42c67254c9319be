"""Attainment of service levels (R21): met ÷ (met + breached), by class. Pure; definitions in docs/reference/figures.md."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

Stands = Literal["met", "breached", "running"]
Which = Literal["respond", "resolve"]


class Clocked(NamedTuple):
    """One clock of a service level. `late`: it is on record as breached. `left_out`: its breach is not ours by a dispute that is over;
    `disputed`: a dispute of it is open; `accepted`: one was accepted."""

    sla_class: str
    which: Which
    due_at: datetime
    met_at: datetime | None
    late: bool
    left_out: bool = False
    disputed: bool = False
    accepted: bool = False


def stands(one: Clocked, now: datetime) -> Stands:
    """Met exactly when it was due is met, one second later is breached. Open and overdue is breached, whether or not anybody has put
    that on record; open and not due yet is running. What was breached once stays breached."""
    if one.late:
        return "breached"
    if one.met_at is None:
        return "breached" if now > one.due_at else "running"
    return "met" if one.met_at <= one.due_at else "breached"


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


def attained(clocks: Iterable[Clocked], now: datetime) -> dict[tuple[str, Which], Attainment]:
    """The attainment of each class, for responding and for resolving apart. Classes without clocks are left out."""
    found: dict[tuple[str, Which], Attainment] = {}
    for one in clocks:
        key = (one.sla_class, one.which)
        found[key] = found.get(key, Attainment()) + _one(one, stands(one, now))
    return found


def _one(one: Clocked, at: Stands) -> Attainment:
    if at == "breached" and one.left_out:
        return Attainment(left_out=1)
    return Attainment(
        met=at == "met",
        breached=at == "breached",
        running=at == "running",
        disputed=at == "breached" and one.disputed,
        accepted=at == "breached" and one.accepted,
    )


def together(found: Iterable[Attainment]) -> Attainment:
    """Several as one."""
    total = Attainment()
    for each in found:
        total += each
    return total
