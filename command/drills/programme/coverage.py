"""Which drills each department has held, which are planned, and which are due: subject × mode × department against what is required. Pure.

A requirement of a subject is met in whatever mode, one of a mode on whatever subject, one of a pair by that pair alone."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from command.drills.programme.table import DrillTable, Requirement
from playbooks.scenario import Mode, Subject
from playbooks.tasks import Department


class Stands(StrEnum):
    """How a field of the grid stands. Required ones are met, planned (in time), soon (due, nothing planned in time), or overdue; others
    were held, are planned or free."""

    OVERDUE = "overdue"
    SOON = "soon"
    PLANNED = "planned"
    MET = "met"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Event:
    """A drill that was held or is planned, by its day."""

    subject: str
    mode: str
    departments: Sequence[str]
    day: date
    code: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One field: `subject` None is any, `mode` None any. `due` is the day by which the next must be held, None where none is required."""

    department: str
    subject: str | None
    mode: str | None
    stands: Stands
    last: Event | None
    next: Event | None
    due: date | None
    every_months: int | None
    held: int
    """How many were held in the year looked at."""


def grid(
    table: DrillTable, begins: date, held: Sequence[Event], planned: Sequence[Event], today: date, year: int
) -> list[Cell]:
    """Every field, by department, subject and mode, those of any last. `begins` is the day from which somebody who never drilled counts."""
    return [
        _cell(table, begins, held, planned, today, year, department, subject, mode)
        for department in Department
        for subject in (*Subject, None)
        for mode in (*Mode, None)
    ]


def required(table: DrillTable, department: str, subject: str | None, mode: str | None) -> Iterator[Requirement]:
    """The requirements that a field stands for."""
    for rule in table.required:
        subjects, modes = rule.subjects or (None,), rule.modes or (None,)
        if department in rule.departments and subject in subjects and mode in modes:
            yield rule


def later(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _cell(
    table: DrillTable,
    begins: date,
    held: Sequence[Event],
    planned: Sequence[Event],
    today: date,
    year: int,
    department: str,
    subject: str | None,
    mode: str | None,
) -> Cell:
    def mine(events: Sequence[Event]) -> list[Event]:
        return [
            each
            for each in events
            if department in each.departments and subject in (None, each.subject) and mode in (None, each.mode)
        ]

    past, ahead = mine(held), mine(planned)
    last = max(past, key=lambda each: each.day, default=None)
    following = min(ahead, key=lambda each: each.day, default=None)
    months = min((rule.every_months for rule in required(table, department, subject, mode)), default=None)
    due = later(last.day if last else begins, months) if months is not None else None
    stands = _stands(last, following, due, today, table.warn_days)
    count = sum(each.day.year == year for each in past)
    return Cell(department, subject, mode, stands, last, following, due, months, count)


def _stands(last: Event | None, following: Event | None, due: date | None, today: date, warn_days: int) -> Stands:
    if due is None:
        return Stands.PLANNED if following else Stands.MET if last else Stands.FREE
    if due < today:
        return Stands.OVERDUE
    if following is not None and following.day <= due:
        return Stands.PLANNED
    return Stands.SOON if (due - today).days <= warn_days else Stands.MET if last else Stands.FREE
