"""What problem names mean: whether they take service away, and whether they come as momentary events."""

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.alarms.models import Alarm, ProblemKind
from command.alarms.reports import Severity
from command.core.problems import N_, Invalid

COLUMNS = ("problem", "name_zh", "name_en", "service_affecting", "severity", "momentary")
_FLAGS = {"0": False, "1": True}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the operator says of a problem; `affecting` None leaves it to the severity of each alarm."""

    affecting: bool | None = None
    momentary: bool = False

    def takes_service(self, severity: Severity) -> bool:
        """Whether an alarm of it means loss of service: as the operator says, else when critical or major."""
        return severity.takes_service if self.affecting is None else self.affecting


UNKNOWN = Meaning()


def meanings(session: Session, problems: Collection[str]) -> Mapping[str, Meaning]:
    """The meaning of each of `problems` that the operator's table knows."""
    query = select(ProblemKind.problem, ProblemKind.affecting, ProblemKind.momentary)
    rows = session.execute(query.where(ProblemKind.problem.in_(problems))).tuples()
    return {problem: Meaning(affecting, momentary) for problem, affecting, momentary in rows}


def problems_of(session: Session, incident_id: int) -> frozenset[str]:
    """The names of the problems that an incident's alarms are of."""
    return frozenset(session.scalars(select(Alarm.problem).where(Alarm.incident_id == incident_id).distinct()))


def load(session: Session, file: Path) -> int:
    """Bring the table to what a CSV file says; return its rows. Raises Invalid naming line and field; then nothing is changed."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise Invalid(
                N_("%(file)s: the header is not that of a table of problems."),
                field="header",
                remedy=N_("The first line must be %(columns)s."),
                file=file.name,
                columns=",".join(COLUMNS),
            )
        kinds = [_read(row, reader.line_num) for row in reader]
    for kind in kinds:
        session.merge(kind)
    return len(kinds)


def _read(row: dict[str, str], line: int) -> ProblemKind:
    for field in ("problem", "name_zh", "name_en"):
        if not row[field]:
            raise _bad(line, field, N_("is empty"), N_("Fill it in."))
    for field in ("service_affecting", "momentary"):
        if row[field] not in _FLAGS:
            raise _bad(line, field, N_("is neither 0 nor 1"), N_("Write 1 for yes, 0 for no."))
    if row["severity"] not in set(Severity) - {Severity.CLEARED}:
        raise _bad(line, "severity", N_("is no severity"), N_("Use critical, major, minor, warning or indeterminate."))
    return ProblemKind(
        problem=row["problem"],
        name_zh=row["name_zh"],
        name_en=row["name_en"],
        affecting=_FLAGS[row["service_affecting"]],
        severity=row["severity"],
        momentary=_FLAGS[row["momentary"]],
    )


def _bad(line: int, field: str, why: str, remedy: str) -> Invalid:
    return Invalid(N_("Line %(line)d: the value %(why)s."), field=field, remedy=remedy, line=line, why=why)
