"""When one incident may be part of another. Pure: decided from a frozen picture of both."""

from collections.abc import Mapping
from dataclasses import dataclass

from command.core.problems import N_
from command.incidents.guards import BEFORE_RESTORATION, FINAL, State


@dataclass(frozen=True, slots=True)
class Member:
    """An incident as far as families are concerned. `above` are the numbers of those it is a part of, the nearest first; `below` how many
    levels of children hang under it."""

    number: str
    state: State
    exercise: bool
    restricted: bool
    above: tuple[str, ...] = ()
    below: int = 0


def refusal(child: Member, parent: Member, depth: int) -> str | None:
    """Why `child` may not be part of `parent`, as a key of REASONS; None where it may. `depth` is how many levels there may be under the
    incident at the top."""
    found = (
        ("itself", child.number == parent.number),
        ("circle", child.number in parent.above),
        ("two_parents", bool(child.above)),
        ("exercise", child.exercise is not parent.exercise),
        ("restricted", child.restricted is not parent.restricted),
        ("parent_over", parent.state not in BEFORE_RESTORATION),
        ("child_over", child.state in (*FINAL, State.CLOSED)),
        ("too_deep", len(parent.above) + 1 + child.below > depth),
    )
    return next((key for key, holds in found if holds), None)


REASONS: Mapping[str, tuple[str, str]] = {
    "itself": (N_("%(child)s cannot be part of itself."), N_("Name another incident.")),
    "circle": (
        N_("%(parent)s is part of %(child)s already: that would be a circle."),
        N_("Split %(parent)s off first, or leave it as it is."),
    ),
    "two_parents": (
        N_("%(child)s is part of %(other)s already."),
        N_("Split it off first: an incident has one parent."),
    ),
    "exercise": (N_("An exercise and a real event are never one."), N_("Name an incident of the same sort.")),
    "restricted": (
        N_("A restricted incident and an open one are never one family: the one would give the other away."),
        N_("Keep them apart; those who may know of both see both."),
    ),
    "parent_over": (
        N_("%(parent)s is restored or over."),
        N_("Name an incident that is being handled, or reopen it first."),
    ),
    "child_over": (N_("%(child)s is over."), N_("Name an incident that lasts, or reopen it first.")),
    "too_deep": (
        N_("There would be more than %(depth)d levels under the incident at the top."),
        N_("Make %(child)s part of an incident further up."),
    ),
}
"""By key: what is wrong, and what would help."""
