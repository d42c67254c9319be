"""Public holidays, from the operator's CSV: columns `date`, `zh`, `en`. They are shown in the calendar and counted in the shares; they move
no duty."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import structlog

from command.core.paths import CONFIG

log = structlog.get_logger()
COLUMNS = ["date", "zh", "en"]


class HolidaysError(ValueError):
    """The file cannot be used; the message names the line and the remedy."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day with its names."""

    day: date
    name_zh: str
    name_en: str


def holidays(path: Path | None) -> Mapping[date, Holiday]:
    """The holidays of a file by day; none for no file. A relative path is looked for where Tocsin runs, then beside its `config` folder.
    Read again only when it was written anew. Raise HolidaysError."""
    if path is None:
        return {}
    if not path.exists() and not path.is_absolute():
        path = CONFIG.parent / path
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise HolidaysError(f"{path}: cannot be read ({error.strerror}); correct the setting holidays") from error


def readable(path: Path | None) -> tuple[Mapping[date, Holiday], str]:
    """The holidays of a file, and what is wrong with it: a file that cannot be used is as none, and no page fails for it."""
    try:
        return holidays(path), ""
    except HolidaysError as error:
        log.error("holidays.unusable", error=str(error))
        return {}, str(error)


@lru_cache(maxsize=2)
def _read(path: Path, _written: int) -> Mapping[date, Holiday]:
    found: dict[date, Holiday] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(line for line in file if not line.startswith("#"))
        if reader.fieldnames != COLUMNS:
            raise HolidaysError(f"{path}: the columns must be {', '.join(COLUMNS)}; correct the first line")
        for number, row in enumerate(reader, 1):
            holiday = _holiday(path, number, row)
            if holiday.day in found:
                raise HolidaysError(f"{path}: day {number}, {holiday.day}, is listed twice; keep one of the two")
            found[holiday.day] = holiday
    return found


def _holiday(path: Path, number: int, row: Mapping[str, str | None]) -> Holiday:
    try:
        day = date.fromisoformat(row["date"] or "")
    except ValueError as error:
        raise HolidaysError(f"{path}: day {number}: {row['date']!r} is no date; write it as 2026-10-01") from error
    zh, en = (row["zh"] or "").strip(), (row["en"] or "").strip()
    if not zh or not en or None in row:
        raise HolidaysError(f"{path}: day {number}, {day}: give its name in Chinese and in English")
    return Holiday(day, zh, en)
