"""The register as a file, by page: bring one in, with what was wrong with each row, and take one away."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from flask import Blueprint, request, send_file
from werkzeug.datastructures import FileStorage

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Invalid, NotFound, Problem
from command.people.access import access, here, principal
from command.resources import imports, sheet_export, sheets
from command.resources.pages import pools_page

pages = Blueprint("resource_files", __name__)
MOST_ROWS, MOST_BYTES = 500, 2 * 1024 * 1024
"""What is imported while somebody waits for the answer; larger files have a command."""
SHOWN = 100
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: rows kept, and the bad ones with line, field, reason and remedy, `rest` of them not shown; all of them
    stand in the CSV file behind the address `errors`."""

    name: str
    kept: int
    bad: Sequence[Mapping[str, str]]
    rest: int
    errors: str


@pages.post("/resources/pools/import")
@access("manage_resources")
def bring() -> Any:
    """Import a CSV or XLSX file. Good rows are kept, whatever the others hold; a file that cannot be used at all is refused."""
    try:
        imported = _imported(request.files.get("file"))
    except Problem as refused:
        return pools_page(refused), refused.status
    return pools_page(imported=imported)


def _imported(sent: FileStorage | None) -> Imported:
    name = Path((sent.filename or "").replace("\\", "/")).name if sent else ""
    suffix = Path(name).suffix.lower()
    if sent is None or suffix not in (".csv", sheets.SUFFIX, ".xls", ".xlsm"):
        raise Invalid(
            N_("Choose a file whose name ends with .csv or .xlsx."),
            field="file",
            remedy=N_("Take one that was exported here as the pattern."),
        )
    body = sent.stream.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise Invalid(
            N_("%(file)s is larger than %(most)d kB."),
            field="file",
            remedy=N_("Divide it into several files, or import it with tocsin import resources."),
            file=name,
            most=MOST_BYTES // 1024,
        )
    with TemporaryDirectory(prefix="tocsin-import-") as folder:
        path = Path(folder) / (masked_words(Path(name).stem[:40].replace("\0", "")) + suffix)
        path.write_bytes(body)
        outcome = imports.resources(here().database, path, actor=principal().actor, most=MOST_ROWS)
        text = outcome.errors.read_text("utf-8-sig") if outcome.errors else ""
    bad = list(csv.DictReader(text.splitlines()))
    link = f"data:text/csv;charset=utf-8,{quote(chr(0xFEFF) + text)}" if bad else ""
    return Imported(path.name, outcome.kept, bad[:SHOWN], len(bad[SHOWN:]), link)


@pages.get("/resources/pools/export.<form>")
@access("manage_resources")
def take_away(form: str) -> Any:
    """Every open pool as CSV or XLSX, as the import reads it."""
    if form not in TYPES:
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Use one of: %(turns)s."), turns="csv, xlsx")
    with TemporaryDirectory(prefix="tocsin-export-") as folder:
        path = Path(folder) / f"resources.{form}"
        with here().database.read() as session:
            sheet_export.to_file(session, path)
            day = clock.now(session).astimezone(here().settings.tz).date()
        body = BytesIO(path.read_bytes())
    name = f"resources-{day.isoformat()}.{form}"
    return send_file(body, mimetype=TYPES[form], as_attachment=True, download_name=name, max_age=0)
