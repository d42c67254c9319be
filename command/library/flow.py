"""The order of a tier's tasks as a drawing: columns by what must be done first, boxes, and the lines between them. Pure; lengths are in
the units of an SVG's own space."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from playbooks.tasks import Task
from playbooks.texts import Text

WIDTH, HEIGHT = 248, 66
ACROSS, DOWN = 56, 16
EDGE = 4
_LINE = 31
"""Widths of a Latin letter that fit in one line of a box."""


@dataclass(frozen=True, slots=True)
class Box:
    """A task: where its box stands, and its title in lines."""

    task: Task
    x: int
    y: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """The drawing; `lines` are paths from the end of one box to the beginning of another."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[str, ...]


def draw(tasks: Sequence[Task], language: str) -> Flow:
    """The flow of a tier's tasks. Each stands one column behind the last of those it waits for."""
    columns = _columns(tasks)
    rows: dict[int, int] = {}
    boxes = list[Box]()
    for task in sorted(tasks, key=lambda task: (columns[task.id], task.due_minutes)):
        column = columns[task.id]
        row = rows.get(column, 0)
        rows[column] = row + 1
        x, y = EDGE + column * (WIDTH + ACROSS), EDGE + row * (HEIGHT + DOWN)
        boxes.append(Box(task, x, y, wrapped(_said(task.title, language))))
    place = {box.task.id: box for box in boxes}
    lines = [_line(place[before], box) for box in boxes for before in box.task.after]
    width = max(columns.values(), default=0) * (WIDTH + ACROSS) + WIDTH + 2 * EDGE
    return Flow(width, max(rows.values(), default=1) * (HEIGHT + DOWN) - DOWN + 2 * EDGE, tuple(boxes), tuple(lines))


def _said(text: Text, language: str) -> str:
    return text.zh if language == "zh" else text.en


def _columns(tasks: Sequence[Task]) -> Mapping[str, int]:
    """The column of each task: 0 for those that wait for nothing. A plan's tasks never wait in a circle."""
    after = {task.id: task.after for task in tasks}
    found: dict[str, int] = {}

    def column(task: str) -> int:
        if task not in found:
            found[task] = 1 + max((column(before) for before in after[task]), default=-1)
        return found[task]

    for task in after:
        column(task)
    return found


def _line(start: Box, end: Box) -> str:
    from_x, from_y = start.x + WIDTH, start.y + HEIGHT // 2
    to_x, to_y = end.x, end.y + HEIGHT // 2
    bend = ACROSS // 2
    return f"M{from_x} {from_y}C{from_x + bend} {from_y} {to_x - bend} {to_y} {to_x - 5} {to_y}"


def wrapped(title: str) -> tuple[str, ...]:
    """A title in at most two lines that fit a box; what does not fit ends in an ellipsis."""
    lines, line = list[str](), ""
    for piece in _pieces(title):
        if line and _wide(line + piece) > _LINE:
            lines.append(line.strip())
            line = ""
        line += piece
    lines.append(line.strip())
    if len(lines) <= 2:
        return tuple(lines)
    return lines[0], lines[1][:-1] + "…"


def _pieces(title: str) -> list[str]:
    """Where a line may end: after a blank, or after any wide character."""
    made = [""]
    for character in title:
        made[-1] += character
        if character == " " or east_asian_width(character) in "WF":
            made.append("")
    return made


def _wide(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
