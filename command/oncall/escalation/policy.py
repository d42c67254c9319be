"""An escalation policy: for which incidents it stands, whom it calls, and the chain it becomes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from command.oncall.escalation.steps import LAST_RESORT

MOST_STEPS, MOST_TARGETS, MOST_ROUNDS = 10, 5, 6


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """`delay_minutes` after the step before has waited its `ack_minutes` for an answer, all `targets` are called at once."""

    targets: tuple[str, ...]
    delay_minutes: int
    ack_minutes: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A policy as somebody wants it: for a department's incidents, of one tier or (None) all, in one area and what lies in it or (None)
    everywhere. Its steps run once and `repeat` times more; then the duty manager is called."""

    department: str
    tier: int | None
    area_code: str | None
    steps: tuple[PolicyStep, ...]
    repeat: int = 0

    @property
    def scope(self) -> str:
        """What it stands for; two policies never stand for the same."""
        return scope_of(self.department, self.tier, self.area_code)


class Scoped(Protocol):
    """What says for which incidents it stands."""

    @property
    def tier(self) -> int | None: ...

    @property
    def area_code(self) -> str | None: ...


def scope_of(department: str, tier: int | None, area_code: str | None) -> str:
    """The scope as one word: no two policies have the same."""
    return f"{department}/{tier or '*'}/{area_code or '*'}"


def rank(policy: Scoped, tier: int, area_codes: Sequence[str]) -> tuple[int, bool] | None:
    """How closely a policy fits an incident of a tier and area (`area_codes`, the nearest first): the lower, the closer. The nearer area
    goes before the tier, the tier before none. None where it does not fit."""
    if policy.tier not in (None, tier):
        return None
    if policy.area_code is None:
        return len(area_codes), policy.tier is None
    return (area_codes.index(policy.area_code), policy.tier is None) if policy.area_code in area_codes else None


def chain(steps: Sequence[PolicyStep], repeat: int) -> list[dict[str, object]]:
    """The steps of the chain of pages that a policy becomes, every round written out, the duty manager last, by voice where a gateway
    can."""
    made: list[dict[str, object]] = []
    waited = 0
    for step in [*steps] * (repeat + 1):
        made.append(
            {
                "target": step.targets[0],
                **({"targets": list(step.targets)} if len(step.targets) > 1 else {}),
                "after_minutes": waited + step.delay_minutes,
                "ack_minutes": step.ack_minutes,
            }
        )
        waited = step.ack_minutes
    made.append({"target": LAST_RESORT, "after_minutes": waited, "ack_minutes": waited, "by": "voice"})
    return made


def returns(steps: Sequence[PolicyStep]) -> list[tuple[int, int]]:
    """Steps that go round in a circle: each with the earlier one whose people it calls again after others were called between."""
    found = []
    for place, step in enumerate(steps):
        earlier = [at for at in range(place - 1) if set(steps[at].targets) == set(step.targets)]
        between = [at for at in earlier if any(set(s.targets) != set(step.targets) for s in steps[at:place])]
        if between:
            found.append((place, between[-1]))
    return found


def as_rows(steps: Sequence[PolicyStep]) -> list[dict[str, Any]]:
    """Steps as they are kept."""
    return [{"targets": list(s.targets), "delay_minutes": s.delay_minutes, "ack_minutes": s.ack_minutes} for s in steps]


def from_rows(rows: Sequence[Mapping[str, Any]]) -> tuple[PolicyStep, ...]:
    """Steps from what is kept."""
    return tuple(PolicyStep(tuple(row["targets"]), row["delay_minutes"], row["ack_minutes"]) for row in rows)
