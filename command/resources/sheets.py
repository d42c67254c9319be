"""XLSX workbooks as operators have them, read like the CSV files: the same rows, each bad one set aside with its row number.

Only the first worksheet is read, in a stream. A file that is no workbook, or too large once unpacked, is refused before anything of it
is used. Formulas are not computed: a cell that holds one is refused, for what it shows depends on the program that saved it."""

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.cell import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from command.core.problems import N_, Invalid
from command.network.csvfile import BadRow, Columns, Row, header

SUFFIX = ".xlsx"
MOST_ROWS, MOST_COLUMNS = 50_000, 64
MOST_UNPACKED = 64 * 1024 * 1024
"""Bytes that a workbook may unpack to: a small file that grows beyond is no register."""
EXACT = 10**15
"""From here on a spreadsheet's numbers have lost their last figures."""
_OLD = b"\xd0\xcf\x11\xe0"
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException, EOFError, OSError, RuntimeError),
    *(KeyError, ValueError, TypeError, IndexError, AttributeError, NotImplementedError),
)
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')
_ZEROS = re.compile(r"0{2,20}")

Cells = Sequence[Any]
Span = tuple[int, int, int, int]


def is_workbook(path: Path) -> bool:
    """Whether a file calls itself a workbook, of the new form or an old one."""
    return path.suffix.lower() in (SUFFIX, ".xlsm", ".xls")


def read(path: Path, columns: Columns, reject: Callable[[int, BadRow], None]) -> Iterator[tuple[int, Row]]:
    """(row number, values by column) of each well-formed row, values stripped, days as 2027-03-31; bad ones go to `reject`. Empty rows
    are passed over. Raise Invalid for a file that cannot be used at all, before the first row is given."""
    rows, merged = _opened(path)
    names = header(path, [_plain(cell) for cell in _trimmed(rows[0][1])] if rows else [], columns)
    covered = _covered(merged)
    return _rows(rows[1:], names, dict(columns.optional), covered, reject)


def _rows(
    rows: Sequence[tuple[int, Cells]],
    names: Sequence[str],
    defaults: Row,
    covered: dict[int, str],
    reject: Callable[[int, BadRow], None],
) -> Iterator[tuple[int, Row]]:
    for number, cells in rows:
        if not _trimmed(cells):
            continue
        try:
            if number in covered:
                raise BadRow("row", f"lies in merged cells {covered[number]}", "unmerge them and fill in every row")
            yield number, defaults | _values(names, cells)
        except BadRow as bad:
            reject(number, bad)


def _values(names: Sequence[str], cells: Cells) -> Row:
    if len(_trimmed(cells)) > len(names):
        raise BadRow("row", "has values beyond the header's columns", "remove them, or name their columns")
    return {name: _value(name, cell) for name, cell in zip(names, cells, strict=False)}


def _opened(path: Path) -> tuple[list[tuple[int, Cells]], list[Span]]:
    """The rows of the first worksheet that are not empty, with their numbers, and its merged cells; raise Invalid."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLD:
        raise Invalid(
            N_("%(file)s is an old .xls workbook, or protected by a password."),
            field="file",
            remedy=N_("Open it in a spreadsheet program and save it as .xlsx without a password, or as CSV UTF-8."),
            file=path.name,
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _fits(path, archive)
            rows, inside = _first_sheet(path)
            return rows, _merged(archive, inside)
    except Invalid:
        raise
    except _BROKEN:
        raise Invalid(
            N_("%(file)s is no XLSX workbook, whatever its name says, or it is damaged."),
            field="file",
            remedy=N_(
                "Save it anew as .xlsx in a spreadsheet program, or as CSV UTF-8 with a name that ends with .csv."
            ),
            file=path.name,
        ) from None


def _fits(path: Path, archive: zipfile.ZipFile) -> None:
    """Raise Invalid for what would unpack to more than a register can be."""
    if sum(each.file_size for each in archive.infolist()) > MOST_UNPACKED:
        raise _too_large(path)


def _too_large(path: Path) -> Invalid:
    return Invalid(
        N_("%(file)s is too large: %(rows)d rows are read at most."),
        field="file",
        remedy=N_("Delete empty formatted rows, pictures and other sheets, or divide it into several files."),
        file=path.name,
        rows=MOST_ROWS,
    )


def _first_sheet(path: Path) -> tuple[list[tuple[int, Cells]], str]:
    """The rows of the first worksheet, and the name of its part in the archive."""
    book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
    try:
        sheet: Any = book.worksheets[0]
        rows = []
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            if number > MOST_ROWS + 1:
                raise _too_large(path)
            if _trimmed(cells):
                rows.append((number, cells))
        return rows, sheet._worksheet_path
    finally:
        book.close()


def _merged(archive: zipfile.ZipFile, inside: str) -> list[Span]:
    """Merged cells of a worksheet, which are written behind its rows."""
    found = _MERGED.findall(archive.read(inside.lstrip("/")))
    spans = [range_boundaries(each.decode()) for each in found]
    return [(left, top, right, bottom) for left, top, right, bottom in spans if left and top and right and bottom]


def _covered(merged: Sequence[Span]) -> dict[int, str]:
    """Rows that lie in merged cells, and in which: each row is looked at once, however many there are."""
    found: dict[int, str] = {}
    reached = 0
    for left, top, right, bottom in sorted(merged, key=lambda span: span[1]):
        if left <= MOST_COLUMNS:
            name = f"{get_column_letter(left)}{top}:{get_column_letter(right)}{bottom}"
            found.update(dict.fromkeys(range(max(top, reached + 1), min(bottom, MOST_ROWS + 1) + 1), name))
            reached = max(reached, bottom)
    return found


def _trimmed(cells: Cells) -> Cells:
    """Cells up to the last one that holds anything."""
    last = max((at for at, cell in enumerate(cells, 1) if _plain(cell).strip()), default=0)
    return cells[:last]


def _plain(cell: Any) -> str:
    return str(cell.value if cell.value is not None else "")


def _value(name: str, cell: Any) -> str:
    """What a cell holds, as the CSV file would have it; raise BadRow."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise BadRow(name, "holds a formula", "paste its value instead")
    if cell.data_type == "e":
        raise BadRow(name, f"holds the error {value}", "write the value")
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(name, value, cell.number_format or "")
    return str(value).strip()


def _number(name: str, value: float, form: str) -> str:
    """A number without an empty fraction; the zeros before it that its format shows are kept, for it is a code."""
    if abs(value) >= EXACT:
        raise BadRow(
            name, "is a number of more than 15 figures, of which the last are lost", "format the column as text"
        )
    if value != int(value):
        return repr(value)
    return str(int(value)).zfill(len(form)) if _ZEROS.fullmatch(form) else str(int(value))
