"""What a chapter of a report is: a function that counts, and one that says what was counted. Saying looks at the figures alone, so what
stands in a report can be told again from the figures that were kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from command.insights.rates import Rate
from command.periodic.blocks import Block
from command.periodic.facts import Facts
from command.periodic.speech import Speech

Figures = Mapping[str, Any]
"""What a chapter counted, in JSON's terms."""
SHOWN = 50
"""Rows of a list at most; of more, it is said how many there are."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """`title` and `none` (what is said where there is nothing) are messages of the catalogues."""

    title: str
    none: str
    count: Callable[[Facts], Figures]
    write: Callable[[Figures, Speech], Sequence[Block]]


def kept(rate: Rate) -> dict[str, int]:
    """A rate as JSON keeps it."""
    return {"good": rate.good, "of": rate.of}
