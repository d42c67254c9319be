"""The colours of warnings, an axis of its own: no tier and no response level follows from one. Pure."""

from enum import StrEnum


class Colour(StrEnum):
    """From the lightest to the gravest."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


ORDER = tuple(Colour)
RANK = {colour: number for number, colour in enumerate(ORDER, 1)}


def reaches(colour: str, least: Colour | None) -> bool:
    """Whether a colour is at least as grave as another; never, where there is none to reach."""
    return least is not None and RANK[Colour(colour)] >= RANK[least]


def graver(colour: str) -> list[Colour]:
    """The colours above one, the next first."""
    return [each for each in ORDER if RANK[each] > RANK[Colour(colour)]]


def lighter(colour: str) -> list[Colour]:
    """The colours below one, the next first."""
    return [each for each in reversed(ORDER) if RANK[each] < RANK[Colour(colour)]]
