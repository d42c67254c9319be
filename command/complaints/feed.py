"""Complaints from CSV files, such as another system exports: a row each, known by source and reference, so that the same file twice changes
nothing. Good rows are kept whatever the others hold; bad ones stand in FILE.errors.csv with line, field and reason."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import cast

from sqlalchemy.orm import Session

from command.complaints import caller, intake
from command.complaints import rules as table
from command.complaints.intake import Complaint
from command.core.installation import Installation
from command.core.problems import N_, Invalid, Problem
from command.network.csvfile import BadRow, Columns, Rejects, Row, check_encoding, read
from command.network.imports import Outcome, Progress, needed, quiet
from command.resources.imports import plain
from playbooks.templates import Language

OPTIONAL = ("number", "text", "service", "area", "tariff_plan", "received_at")
COLUMNS = Columns(
    ("reference", "channel", "kind"),
    {"source": "file", "severity": "3", "reach": "one", "language": "zh", **dict.fromkeys(OPTIONAL, "")},
)
CHUNK = 50
"""Rows of one unit of work; where one of them is refused, each is tried by itself."""
LONGEST = 4000
Lined = tuple[int, Complaint]


def complaints(
    installation: Installation,
    path: Path,
    progress: Progress = quiet,
    *,
    actor: str = "system:import",
    most: int | None = None,
) -> Outcome:
    """Take the complaints of a file, as the act of `actor`. A file of more than `most` rows is refused whole, with Invalid."""
    table.current()
    check_encoding(path)
    with Rejects(path) as rejects:
        rows = read(path, COLUMNS, rejects.add, progress)
        given = _given(rows if most is None else _few(rows, most, path.name), rejects)
        kept = 0
        while some := list(islice(given, CHUNK)):
            kept += _keep(installation, some, rejects, actor)
    return Outcome(kept, rejects.count, 0, rejects.path if rejects.count else None)


def _few(rows: Iterable[tuple[int, Row]], most: int, name: str) -> Iterable[tuple[int, Row]]:
    found = list(islice(rows, most + 1))
    if len(found) > most:
        raise Invalid(
            N_("%(file)s has more than %(most)d rows."),
            field="file",
            remedy=N_("Divide it into several files, or import it with tocsin complaints import."),
            file=name,
            most=most,
        )
    return found


def _given(rows: Iterable[tuple[int, Row]], rejects: Rejects) -> Iterator[Lined]:
    for line, row in rows:
        try:
            yield line, _complaint(plain(row))
        except BadRow as bad:
            rejects.add(line, bad)
        except Problem as problem:
            rejects.add(line, _bad(problem))


def _keep(installation: Installation, some: list[Lined], rejects: Rejects, actor: str) -> int:
    def work(session: Session, these: list[Complaint]) -> None:
        intake.take_all(session, installation, these, None)

    try:
        installation.database.write(lambda session: work(session, [each for _, each in some]), actor=actor)
        return len(some)
    except Problem as problem:
        if len(some) == 1:
            rejects.add(some[0][0], _bad(problem))
            return 0
    return sum(_keep(installation, [each], rejects, actor) for each in some)


def _complaint(row: Row) -> Complaint:
    if len(row["text"]) > LONGEST:
        raise BadRow("text", f"has more than {LONGEST} characters", "shorten it")
    for name in ("source", "reference", "tariff_plan"):
        if len(row[name]) > 100:
            raise BadRow(name, "has more than 100 characters", "shorten it")
    if row["severity"] not in ("1", "2", "3", "4"):
        raise BadRow("severity", "is not 1, 2, 3 or 4", "1 is the gravest; leave it out for 3")
    return Complaint(
        channel=needed(row, "channel"),
        kind=needed(row, "kind"),
        text=row["text"],
        number=caller.read(row["number"]) if row["number"] else "",
        severity=int(row["severity"]),
        reach=row["reach"] or "one",
        service=row["service"],
        area=row["area"],
        tariff_plan=row["tariff_plan"],
        language=cast(Language, row["language"] or "zh"),
        received_at=_moment(row["received_at"]),
        source=needed(row, "source"),
        reference=needed(row, "reference"),
    )


def _moment(written: str) -> datetime | None:
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        found = datetime.min
    if found.tzinfo is None:
        raise BadRow("received_at", "is no time with its zone", "write it as 2026-11-27T03:10:00+08:00")
    return found


def _bad(problem: Problem) -> BadRow:
    filled = (text % problem.values if problem.values else text for text in (problem.detail, problem.remedy))
    return BadRow(problem.field or "row", *filled)
