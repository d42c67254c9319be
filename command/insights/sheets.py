"""The table beside a chart, once for the page, the interface and the files that people take away. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from command.core.problems import N_
from command.insights import rates
from command.insights.charts import Figure, Say

Kind = Literal["text", "count", "minutes", "share", "took", "decimal", "moment"]
"""count: whole numbers; minutes: sums of user-minutes, shown whole; share: tenths of a percent; took: seconds, or None where nothing is
known; decimal: one place; moment: an aware datetime."""
UNITS: dict[Kind, str] = {"share": "%", "took": N_("min")}
"""What a column of a file names behind its words, for its cells hold bare numbers."""


@dataclass(frozen=True, slots=True)
class Column:
    """`code` is its name for programs, `words` that for people. `bar`: each cell has a small bar; `sort`: tables are sorted by it."""

    code: str
    words: str
    kind: Kind = "count"
    bar: bool = False
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its cells in the order of the columns, the address of the incidents behind it, and where else it leads (the plate says
    in which words)."""

    cells: tuple[Any, ...]
    behind: str = ""
    leads: str = ""


@dataclass(frozen=True, slots=True)
class Plate:
    """One chart with its table. `said` are plain sentences about it; without a figure the table stands alone. `tall` charts have the
    height that their figure names."""

    code: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    figure: Figure | None = None
    said: tuple[str, ...] = ()
    leads: str = ""
    wide: bool = False
    tall: bool = False

    def bar(self, at: int, value: Any) -> int:
        """How long the small bar of a cell is, in hundredths of the longest of its column."""
        most = max((line.cells[at] or 0 for line in self.lines), default=0)
        return round(100 * (value or 0) / most) if most > 0 else 0


@dataclass(frozen=True, slots=True)
class Board:
    """A page of charts: its plates, and what is to be said before all of them."""

    plates: tuple[Plate, ...]
    said: tuple[str, ...] = ()
    weakest: tuple[Line, ...] = ()

    @property
    def drawn(self) -> bool:
        """Whether there is anything for Plotly to draw."""
        return any(plate.figure for plate in self.plates)

    def plate(self, code: str) -> Plate | None:
        return next((plate for plate in self.plates if plate.code == code), None)


def header(plate: Plate, say: Say) -> list[str]:
    """The words over the columns of a file, each with its unit."""
    return [f"{each.words} ({say(UNITS[each.kind])})" if each.kind in UNITS else each.words for each in plate.columns]


def plain(kind: Kind, value: Any) -> str | int | float | None:
    """A cell as a file or a program has it: numbers stay numbers, spans are minutes, shares percents; None where nothing is known."""
    if value is None:
        return None
    if kind == "share":
        return int(value) / 10
    if kind == "took":
        return round(float(value) / 60, 1)
    if kind == "minutes":
        return round(float(value))
    if kind == "decimal":
        return round(float(value), 1)
    if kind == "moment":
        return str(value.isoformat(sep=" ", timespec="seconds"))
    return int(value) if kind == "count" else str(value)


def records(plate: Plate) -> list[dict[str, Any]]:
    """The rows for programs, by the codes of the columns."""
    return [
        {column.code: plain(column.kind, cell) for column, cell in zip(plate.columns, line.cells, strict=True)}
        for line in plate.lines
    ]


def share(part: float, whole: float) -> int | None:
    """Tenths of a percent, rounded down; None of nothing."""
    return rates.part(part, whole)


def ordered(lines: Sequence[Line], at: int) -> tuple[Line, ...]:
    """The greatest first by one column, unknown ones last; equal ones stay as they were."""
    return tuple(sorted(lines, key=lambda line: (line.cells[at] is None, -(line.cells[at] or 0))))
