"""Pools as a workbook: the rows of the CSV export, days as days, numbers as numbers, and every text as text."""

from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from sqlalchemy.orm import Session

from command.resources import export
from command.resources.export import harmless, rows
from command.resources.imports import WRITTEN
from command.resources.sheets import SUFFIX

DAYS = frozenset({"service_due", "expires"})
NUMBERS = frozenset({"type", "quantity", "minimum", "rest_hours", "fresh_days"})
_WIDE = {
    "pool_zh": 20,
    "pool_en": 28,
    "place": 28,
    "resource_zh": 18,
    "resource_en": 28,
    "certificate": 24,
    "serial": 18,
}
_BOLD = Font(bold=True)


def to_file(session: Session, path: Path) -> int:
    """Write every open pool into a file, as a workbook if its name ends with .xlsx, otherwise as CSV; how many rows that were."""
    if path.suffix.lower() == SUFFIX:
        return write(session, path)
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        return export.write(session, out)


def write(session: Session, path: Path) -> int:
    """Write every open pool as a workbook; how many rows that were. Units lost and used up are left out."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("resources")
    for at, name in enumerate(WRITTEN, 1):
        sheet.column_dimensions[get_column_letter(at)].width = _WIDE.get(name, 13)
    sheet.freeze_panes = "A2"
    sheet.append([_text(sheet, name, _BOLD) for name in WRITTEN])
    count = 0
    for row in rows(session):
        sheet.append([_cell(sheet, name, row.get(name, "")) for name in WRITTEN])
        count += 1
    book.save(path)
    return count


def _cell(sheet: Any, name: str, value: str) -> Any:
    if not value:
        return None
    if name in NUMBERS:
        return int(value)
    if name in DAYS:
        cell = WriteOnlyCell(sheet, date.fromisoformat(value))
        cell.number_format = "yyyy-mm-dd"
        return cell
    return _text(sheet, value)


def _text(sheet: Any, value: str, font: Font | None = None) -> Any:
    """A text that is none but text: a code keeps its zeros, and nothing runs, not even once the sheet is saved as CSV."""
    cell = WriteOnlyCell(sheet, harmless(ILLEGAL_CHARACTERS_RE.sub("", value)))
    cell.data_type = "s"
    cell.number_format = "@"
    if font is not None:
        cell.font = font
    return cell
