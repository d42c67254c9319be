"""CSV files of earlier records and of attendance: each row is a unit of work of its own, so good ones are kept whatever the others hold.
The same file twice changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.log import masked_words
from command.core.problems import N_, Invalid, Problem
from command.network.csvfile import BadRow, Columns, Row, check_encoding, read
from command.people.models import Person
from command.resources.imports import plain
from command.training import attendance, records
from command.training.asked import MarkIn
from command.training.models import Source, TrainingRecord, Via
from command.training.rules import Rules, Topic

MOST_ROWS, MOST_BYTES = 2000, 2_000_000
RECORDS = Columns(("person", "topic", "done_on", "minutes"), {"score": "", "expires_on": "", "reference": ""})
"""Earlier records: `person` a username, days as 2026-03-31, `reference` the number the certificate had."""
ATTENDANCE = Columns(("person", "attendance"), {"score": ""})


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that cannot be used: its line, and why."""

    line: int
    why: Problem


@dataclass(slots=True)
class Imported:
    """What became of a file: rows kept, rows that were there already, and the bad ones."""

    kept: int = 0
    same: int = 0
    bad: list[Bad] = field(default_factory=list)


def earlier_records(database: Database, rules: Rules, body: bytes, by: int, actor: str) -> Imported:
    """Bring earlier records in. Raise Invalid for a file that cannot be used at all."""
    return _each(body, RECORDS, lambda row: database.write(lambda s: _record(s, rules, row, by), actor=actor))


def session_attendance(database: Database, rules: Rules, session_id: int, body: bytes, by: int, actor: str) -> Imported:
    """Mark who was in a session. Raise Invalid for a file that cannot be used at all."""

    def work(row: Row) -> bool:
        item = _mark(row)
        database.write(lambda s: attendance.mark(s, rules, session_id, [item], by, Via.FILE) and None, actor=actor)
        return True

    return _each(body, ATTENDANCE, work)


def _each(body: bytes, columns: Columns, work: Callable[[Row], bool]) -> Imported:
    if not body.strip() or len(body) > MOST_BYTES:
        raise Invalid(
            N_("The file is empty, or larger than 2 MB."), field="file", remedy=N_("Choose a CSV file of up to 2 MB.")
        )
    made = Imported()

    def reject(line: int, bad: BadRow) -> None:
        made.bad.append(Bad(line, Invalid(N_("The row cannot be read."), field=bad.field, remedy=_ROW)))

    with TemporaryDirectory(prefix="tocsin-training-") as folder:
        path = Path(folder) / "file.csv"
        path.write_bytes(body)
        check_encoding(path)
        rows = list(islice(read(path, columns, reject, lambda _: None), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise Invalid(
            N_("The file has more than %(most)s rows."),
            field="file",
            remedy=N_("Divide it into several files."),
            most=MOST_ROWS,
        )
    for line, row in rows:
        try:
            if work(plain(row)):
                made.kept += 1
            else:
                made.same += 1
        except Problem as problem:
            made.bad.append(Bad(line, problem))
    made.bad.sort(key=lambda bad: bad.line)
    return made


_ROW = N_("Give as many values as the header has, and close quotation marks.")


def _record(session: Session, rules: Rules, row: Row, by: int) -> bool:
    person = session.scalar(select(Person).where(Person.username == row["person"]))
    if person is None:
        raise Invalid(
            N_("There is nobody with the username %(username)s."),
            field="person",
            remedy=N_("Use the username of somebody on the list of people."),
            username=masked_words(row["person"][:80]),
        )
    if row["topic"] not in set(Topic):
        raise Invalid(
            N_("There is no such topic."),
            field="topic",
            remedy=N_("The topics are: %(known)s."),
            known=", ".join(Topic),
        )
    if masked_words(row["reference"]) != row["reference"] or len(row["reference"]) > 80:
        raise Invalid(
            N_("This is no number of a certificate."),
            field="reference",
            remedy=N_("Write it in 80 characters at most."),
        )
    record = TrainingRecord(
        person_id=person.id,
        topic=row["topic"],
        done_on=_day(row, "done_on"),
        expires_on=_day(row, "expires_on") if row["expires_on"] else None,
        minutes=_whole(row, "minutes", 1, 1440),
        score=_whole(row, "score", 0, 100) if row["score"] else None,
        source=Source.IMPORT,
        reference=row["reference"],
        issued_by=by,
    )
    return records.bring(session, rules, record)


def _mark(row: Row) -> MarkIn:
    score = _whole(row, "score", 0, 100) if row["score"] else None
    try:
        return MarkIn.model_validate({"person": row["person"], "attendance": row["attendance"], "score": score})
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise Invalid(
            N_("This value is not allowed."),
            field=name,
            remedy=N_("Write a username, and came, excused, absent or open."),
        ) from None


def _day(row: Row, name: str) -> date:
    try:
        found = date.fromisoformat(row[name])
    except ValueError:
        found = date.min
    if not 1990 <= found.year <= 2100:
        raise Invalid(N_("This is no day."), field=name, remedy=N_("Write it as 2027-03-31."))
    return found


def _whole(row: Row, name: str, least: int, most: int) -> int:
    if not (row[name].isascii() and row[name].isdecimal()) or not least <= int(row[name][:9]) <= most:
        raise Invalid(
            N_("This is no whole number from %(least)s to %(most)s."),
            field=name,
            remedy=N_("Write it in digits."),
            least=least,
            most=most,
        )
    return int(row[name])
