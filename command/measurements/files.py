"""Series as a CSV file: a row is a series, known by its code. Imported where it came from, it changes nothing; good rows are kept."""

import csv
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.documents import items
from command.core.problems import N_, Invalid, Problem
from command.measurements import reading, series
from command.measurements.asked import AddIn, SeriesIn
from command.measurements.models import Series
from command.network.csvfile import BadRow, Columns, Rejects, Row, check_encoding, read
from command.network.imports import Outcome, quiet
from command.network.models import Area, Service
from command.people.access import Principal
from command.resources.export import harmless
from command.resources.imports import plain

WRITTEN = ("code", *SeriesIn.model_fields)
NEEDED = ("code", "service", "area", "metric", "warn", "bad", "recover")
COLUMNS = Columns(NEEDED, {name: "" for name in WRITTEN if name not in NEEDED})


def write(session: Session, out: IO[str]) -> int:
    """Write every series; how many that were."""
    writer = csv.writer(out)
    writer.writerow(WRITTEN)
    areas = dict(session.execute(select(Area.id, Area.code)).tuples().all())
    services = dict(session.execute(select(Service.id, Service.code)).tuples().all())
    rows = sorted(reading.all_series(session), key=lambda each: each.code)
    for each in rows:
        values: dict[str, Any] = {name: getattr(each, name, None) for name in WRITTEN}
        values |= {"service": services[each.service_id], "area": areas[each.area_id]}
        values |= {"bad_when": "below" if each.below else "above", "active": "yes" if each.active else "no"}
        cells = {name: "" if value is None else str(value) for name, value in values.items()}
        writer.writerow([harmless(cells[name]) for name in WRITTEN])
    return len(rows)


def bring(database: Database, path: Path, by: Principal, *, most: int) -> Outcome:
    """Import series as the act of `by`. A file of more than `most` rows is refused whole, with Invalid."""
    check_encoding(path)
    with Rejects(path) as rejects:
        rows = list(islice(read(path, COLUMNS, rejects.add, quiet), most + 1))
        if len(rows) > most:
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
                asked = _asked(plain(row))
                database.write(partial(_keep, asked=asked, by=by), actor=by.actor)
                kept += 1
            except BadRow as bad:
                rejects.add(line, bad)
            except Problem as problem:
                rejects.add(line, _bad(problem))
    return Outcome(kept, rejects.count, 0, rejects.path if rejects.count else None)


def _asked(row: Row) -> AddIn:
    values: dict[str, Any] = {name: value for name, value in row.items() if value.strip()}
    try:
        return AddIn.model_validate(values)
    except ValidationError as error:
        first = items(error.errors(include_url=False))[0]
        filled = (text % first.values if first.values else text for text in (first.detail, first.remedy))
        raise BadRow(first.field, *filled) from error


def _keep(session: Session, asked: AddIn, by: Principal) -> None:
    known = session.scalar(select(Series).where(Series.code == asked.code).with_for_update())
    if known is None:
        series.add(session, asked.code, asked, by)
    else:
        series.change(session, known, asked, by)


def _bad(problem: Problem) -> BadRow:
    filled = (text % problem.values if problem.values else text for text in (problem.detail, problem.remedy))
    return BadRow(problem.field, *filled)
