"""Importing the register from CSV: a row is a risk, known by its code.

The same file twice changes nothing, and a corrected file mends what it names. Each row is one unit of work: good ones are kept whatever
the others hold."""

from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.problems import N_, Invalid, Problem
from command.network.csvfile import BadRow, Columns, Rejects, Row, check_encoding, read
from command.network.imports import Outcome, Progress, needed, quiet
from command.resources.imports import plain
from command.risks import register
from command.risks.facts import Facts, measures_from
from command.risks.models import Risk

TEXTS = ("name_zh", "name_en", "words_zh", "words_en", "sign_zh", "sign_en", "watched_at", "plan")
SCALES = ("likelihood", "impact")
RESIDUAL = ("residual_likelihood", "residual_impact")
DAYS = ("reviewed_on", "drilled_on")
WRITTEN = (
    *("code", "name_zh", "name_en", "words_zh", "words_en", "kind", "areas", "elements", *SCALES, *RESIDUAL),
    *(
        "sign_zh",
        "sign_en",
        "watched_at",
        "measures",
        "plan",
        "scenarios",
        "owner",
        "review_months",
        "drill_months",
        *DAYS,
    ),
)
"""The columns in the order in which an export writes them. Several values of a cell have ; between them, measures as well."""
NEEDED = ("code", "kind", "areas", *SCALES, "owner")
COLUMNS = Columns(NEEDED, {name: "" for name in WRITTEN if name not in NEEDED} | {"review_months": "12"})


def risks(
    database: Database, path: Path, progress: Progress = quiet, *, actor: str = "system:import", most: int | None = None
) -> Outcome:
    """Import risks as the act of `actor`. A file of more than `most` rows is refused whole, with Invalid."""
    check_encoding(path)
    with Rejects(path) as rejects:
        rows = list(islice(read(path, COLUMNS, rejects.add, progress), None if most is None else most + 1))
        if most is not None and len(rows) > most:
            raise Invalid(
                N_("%(file)s has more than %(most)d rows."),
                field="file",
                remedy=N_("Divide it into several files."),
                file=path.name,
                most=most,
            )
        kept = 0
        for line, row in rows:
            try:
                database.write(partial(_row, row=plain(row)), actor=actor)
                kept += 1
            except BadRow as bad:
                rejects.add(line, bad)
            except Problem as problem:
                rejects.add(line, _bad(problem))
    return Outcome(kept, rejects.count, 0, rejects.path if rejects.count else None)


def _bad(problem: Problem) -> BadRow:
    filled = (text % problem.values if problem.values else text for text in (problem.detail, problem.remedy))
    return BadRow(problem.field, *filled)


def _row(session: Session, row: Row) -> None:
    """Add a risk, or change the one of this code; the days on which it was reviewed and drilled count for a new one only."""
    code = needed(row, "code")
    said = _facts(row)
    known = session.scalar(select(Risk).where(Risk.code == code).with_for_update())
    if known is None:
        register.add(session, code, said, *(_day(row, name) for name in DAYS))
    else:
        register.change(session, known, said)


def _facts(row: Row) -> Facts:
    values: dict[str, Any] = {name: row[name] for name in (*TEXTS, "kind", "owner")}
    values |= {name: _whole(row, name) for name in (*SCALES, "review_months")}
    values |= {name: _whole(row, name) if row[name] else None for name in (*RESIDUAL, "drill_months")}
    for name in ("areas", "elements", "scenarios"):
        values[name] = tuple(part.strip() for part in row[name].split(";") if part.strip())
    needed(row, "owner")
    return Facts(**values, measures=measures_from(row["measures"].replace(";", "\n")))


def _whole(row: Row, name: str) -> int:
    if not row[name].isdecimal() or len(row[name]) > 4:
        raise BadRow(name, f"{row[name]!r} cannot be used", "write a whole number")
    return int(row[name])


def _day(row: Row, name: str) -> date | None:
    try:
        return date.fromisoformat(row[name]) if row[name] else None
    except ValueError:
        raise BadRow(name, f"{row[name]!r} is no day", "write it as 2027-03-31") from None
