"""Series as a file, by page: bring one in, with what was wrong with each row, and take one away."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from command.core.log import masked_words
from command.core.problems import N_, Invalid, Problem
from command.measurements import files, series
from command.measurements.pages import list_page
from command.people.access import access, here, principal

pages = Blueprint("measurement_files", __name__)
MOST_ROWS, MOST_BYTES, SHOWN = 500, 1024 * 1024, 100


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: rows kept, the bad ones with line, field, reason and remedy, `rest` of them not shown; all of them stand in
    the CSV file behind the address `errors`."""

    name: str
    kept: int
    bad: Sequence[Mapping[str, str]]
    rest: int
    errors: str


@pages.post("/measurements/import")
@access(series.ACT)
def bring() -> ResponseReturnValue:
    """Import a CSV file. Good rows are kept, whatever the others hold; a file that cannot be used at all is refused."""
    try:
        imported = _imported(request.files.get("file"))
    except Problem as refused:
        return list_page(refused), refused.status
    return list_page(imported=imported)


def _imported(sent: FileStorage | None) -> Imported:
    name = Path((sent.filename or "").replace("\\", "/").replace("\0", "")).name if sent else ""
    if sent is None or Path(name).suffix.lower() != ".csv":
        raise Invalid(
            N_("Choose a file whose name ends with .csv."),
            field="file",
            remedy=N_("Take one that was exported here as the pattern."),
        )
    body = sent.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Invalid(
            N_("%(file)s is larger than %(most)d kB."),
            field="file",
            remedy=N_("Divide it into several files."),
            file=name,
            most=MOST_BYTES // 1024,
        )
    with TemporaryDirectory(prefix="tocsin-import-") as folder:
        path = Path(folder) / (masked_words(Path(name).stem[:40]) + ".csv")
        path.write_bytes(body)
        outcome = files.bring(here().database, path, principal(), most=MOST_ROWS)
        text = outcome.errors.read_text("utf-8-sig") if outcome.errors else ""
    bad = list(csv.DictReader(text.splitlines()))
    link = f"data:text/csv;charset=utf-8,{quote(chr(0xFEFF) + text)}" if bad else ""
    return Imported(path.name, outcome.kept, bad[:SHOWN], len(bad[SHOWN:]), link)


@pages.get("/measurements/export.csv")
@access("read")
def take_away() -> ResponseReturnValue:
    """Every series, as the import reads it."""
    out = StringIO()
    with here().database.read() as session:
        files.write(session, out)
    headers = {"Content-Disposition": 'attachment; filename="measurements.csv"', "Cache-Control": "no-store"}
    return Response("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)
