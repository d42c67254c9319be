"""A paper as sections of words, pairs, lists and tables, whatever form it takes in the end. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Pairs:
    """What is called how, line by line."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Items:
    """A list, with a title where it has one."""

    lines: Sequence[str]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `widths` are parts of the whole, `figures` the columns that hold figures."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    figures: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str


Block = Pairs | Items | Table | Words


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its title; `none` is said where it holds nothing."""

    key: str
    title: str
    blocks: Sequence[Block] = ()
    none: str = ""

    @property
    def shown(self) -> Sequence[Block]:
        """Its blocks, or the word that there is nothing."""
        return [block for block in self.blocks if _holds(block)] or ([Words(self.none)] if self.none else [])


def _holds(block: Block) -> bool:
    if isinstance(block, Words):
        return bool(block.text)
    return bool(block.lines if isinstance(block, Items) else block.rows)


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole: `mark` stands across every page (empty: none does), `line` at its foot (who took the copy, when, its reference)."""

    title: str
    subtitle: str
    mark: str
    line: str
    language: str
    sections: Sequence[Section] = field(default_factory=tuple)

    @property
    def headline(self) -> str:
        """What stands at the head of every page."""
        return " · ".join(filter(None, (self.mark, self.title)))
