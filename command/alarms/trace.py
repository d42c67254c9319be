"""Recordings of alarms: a CSV file, plain or gzipped, as reports in the order of their time.

Two forms are read. That of the public microwave trace has `alarm_id,device_id,start_timestamp,end_timestamp` (numbers, seconds from
the start of the recording). Our own has `element,problem,severity,raised_at` and may have `object,cleared_at,text`; its times are
seconds too, or ISO 8601 with a zone."""

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

OWN = frozenset({"element", "problem", "severity", "raised_at"})
OWN_TOO = frozenset({"object", "cleared_at", "text"})
RECORDED = frozenset({"alarm_id", "device_id", "start_timestamp", "end_timestamp"})


class BadTrace(ValueError):
    """A file that cannot be replayed; the message names line, field and remedy."""


@dataclass(frozen=True, slots=True)
class Naming:
    """How numbers of a recording become names: formats with {device} and {kind}, and the severity of each problem."""

    element: str = "MW-{device:04d}"
    problem: str = "MW-{kind:02d}"
    severities: Mapping[str, str] | None = None
    otherwise: str = "major"

    def severity(self, problem: str) -> str:
        return (self.severities or {}).get(problem, self.otherwise)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a recording says: at so many seconds, an alarm is raised or (`clears`) cleared."""

    at: float
    clears: bool
    element: str
    object: str
    problem: str
    severity: str
    text: str = ""

    def report(self, source: str, at: datetime) -> dict[str, Any]:
        """The body of its report, restamped to `at`."""
        return {
            "source": source,
            "element": self.element,
            "object": self.object,
            "problem": self.problem,
            "severity": "cleared" if self.clears else self.severity,
            "raised_at": at.isoformat(),
            "text": self.text,
        }


def read(file: Path, naming: Naming, start: float = 0.0, end: float = float("inf")) -> list[Said]:
    """What the recording says from `start` to before `end`, in seconds, in order of time. Raises BadTrace.

    An alarm that ends in the second in which it began is a momentary event: nothing clears it."""
    said = [one for one in _all(file, naming) if start <= one.at < end]
    return sorted(said, key=lambda one: (one.at, one.clears))


def severities(file: Path) -> dict[str, str]:
    """problem → usual severity, from a table of problems (see kinds.COLUMNS)."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        return {row["problem"]: row["severity"] for row in csv.DictReader(text)}


def _all(file: Path, naming: Naming) -> Iterator[Said]:
    try:
        with _opened(file) as text:
            reader = csv.DictReader(text)
            make = _maker(file, frozenset(reader.fieldnames or ()), naming)
            for row in reader:
                yield from _made(file, reader.line_num, row, make)
    except (UnicodeDecodeError, csv.Error, EOFError, gzip.BadGzipFile) as wrong:
        raise BadTrace(f"{file}: cannot be read as CSV in UTF-8 ({wrong}); save it so, or gzip it anew") from wrong


def _opened(file: Path) -> IO[str]:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
    return file.open(encoding="utf-8-sig", newline="")


def _maker(file: Path, columns: frozenset[str], naming: Naming) -> Any:
    if columns >= RECORDED:
        return lambda row: _recorded(row, naming)
    if columns >= OWN and columns <= OWN | OWN_TOO:
        return _own
    raise BadTrace(
        f"{file}: the header is {','.join(sorted(columns)) or 'empty'}; it must name the columns "
        f"{','.join(sorted(RECORDED))}, or {','.join(sorted(OWN))} and any of {','.join(sorted(OWN_TOO))}"
    )


def _made(file: Path, line: int, row: dict[str, str], make: Any) -> list[Said]:
    try:
        return list(make(row))
    except (ValueError, TypeError, KeyError, IndexError) as wrong:
        raise BadTrace(f"{file}: line {line}: {wrong}; correct the line or remove it") from wrong


def _recorded(row: Mapping[str, str], naming: Naming) -> Iterator[Said]:
    device, kind = int(row["device_id"]), int(row["alarm_id"])
    start, end = float(row["start_timestamp"]), float(row["end_timestamp"])
    problem = naming.problem.format(device=device, kind=kind)
    element = naming.element.format(device=device, kind=kind)
    yield Said(start, False, element, "", problem, naming.severity(problem))
    if end > start:
        yield Said(end, True, element, "", problem, naming.severity(problem))


def _own(row: Mapping[str, str]) -> Iterator[Said]:
    about = (row["element"], row.get("object") or "", row["problem"], row["severity"], row.get("text") or "")
    element, part, problem, severity, text = about
    yield Said(_seconds(row["raised_at"]), False, element, part, problem, severity, text)
    if cleared := row.get("cleared_at"):
        yield Said(_seconds(cleared), True, element, part, problem, severity, text)


def _seconds(written: str) -> float:
    try:
        return float(written)
    except ValueError:
        at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(f"the time {written!r} has no zone")
    return at.timestamp()
