"""The table of a chart as a file: CSV for any program, XLSX for a spreadsheet. Nothing in either is taken for a formula."""

import csv
import io
import re
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from command.insights import sheets
from command.insights.charts import Say
from command.insights.sheets import Plate
from command.resources.export import harmless

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
BOM = "\ufeff"
"""Without it Excel reads Chinese as Latin."""
WIDE, NARROW = 32, 16
_BOLD = Font(bold=True)


def written(plate: Plate, form: str, say: Say) -> bytes:
    """The file's bytes; `form` is csv or xlsx."""
    return _csv(plate, say) if form == "csv" else _xlsx(plate, say)


def name(*parts: str) -> str:
    """A file's name, without its ending: tocsin and what it holds, in letters that every system can keep."""
    return "-".join(("tocsin", *(re.sub(r"[^0-9A-Za-z]+", "-", part).strip("-") for part in parts if part)))


def _rows(plate: Plate) -> list[list[str | int | float | None]]:
    return [
        [sheets.plain(column.kind, cell) for column, cell in zip(plate.columns, line.cells, strict=True)]
        for line in plate.lines
    ]


def _csv(plate: Plate, say: Say) -> bytes:
    made = io.StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow([harmless(words) for words in sheets.header(plate, say)])
    for row in _rows(plate):
        writer.writerow(["" if cell is None else harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return (BOM + made.getvalue()).encode()


def _xlsx(plate: Plate, say: Say) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", plate.title)[:31])
    for at, column in enumerate(plate.columns, 1):
        sheet.column_dimensions[get_column_letter(at)].width = WIDE if column.kind == "text" else NARROW
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, words, _BOLD) for words in sheets.header(plate, say)])
    for row in _rows(plate):
        sheet.append([_cell(sheet, cell) for cell in row])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _cell(sheet: Any, value: str | float | None, font: Font | None = None) -> Any:
    """A number as one; a text that is none but text, so that nothing runs, not even once the sheet is saved as CSV."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, harmless(ILLEGAL_CHARACTERS_RE.sub("", value)))
    cell.data_type, cell.number_format = "s", "@"
    if font is not None:
        cell.font = font
    return cell
