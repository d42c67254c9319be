"""Pools come in from a workbook and go out into one, like CSV; what a spreadsheet does to figures, days and codes harms nothing."""

import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from command.core.problems import Invalid
from command.network.imports import Outcome
from command.resources import imports, reading, sheet_export, sheets
from command.resources.models import ResourceCertificate, ResourceMovement, ResourcePool, ResourceUnit
from command.resources.reading import Wanted
from tests.resources.conftest import Store
from tests.resources.test_imports import errors

HEAD = (
    *("pool", "pool_zh", "pool_en", "area", "place", "department", "resource", "kind", "resource_zh", "resource_en"),
    *("type", "state", "quantity", "minimum", "serial", "service_due", "certificate", "expires"),
)
NORTH = ("north", "北库", "North", 8001, "1 Road", "operations")
SAT = ("sat", "material", "卫星电话", "Satellite phone")
FUEL = ("fuel", "material", "柴油", "Diesel")
BARE = (None,) * 5
GOOD: tuple[tuple[Any, ...], ...] = (
    (*NORTH, *SAT, 2, "available", None, 3, "007", date(2030, 1, 31), "licence", datetime(2030, 5, 1)),
    (None,) * 18,
    ("north", *BARE, "sat", None, None, None, "2", "out_of_service", 1.0, "3", 42),
    ("north", *BARE, *FUEL, 3, "available", "500", 100),
)


class Files:
    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.path = folder / "pools.xlsx"

    def saved(self, rows: Sequence[Sequence[Any]], head: Sequence[str] = HEAD) -> Any:
        book = Workbook()
        sheet: Any = book.active
        for row in (head, *rows):
            sheet.append(row)
        book.save(self.path)
        return sheet

    def load(self, *rows: Sequence[Any]) -> Outcome:
        self.saved(rows)
        return self.imported()

    def imported(self) -> Outcome:
        return imports.resources(self.store.database, self.path)

    def moves(self) -> int:
        return self.store.read(lambda s: s.scalar(select(func.count()).select_from(ResourceMovement))) or 0

    def serials(self) -> list[str]:
        return list(self.store.read(lambda s: s.scalars(select(ResourceUnit.serial).order_by(ResourceUnit.id)).all()))


@pytest.fixture
def files(store: Store, tmp_path: Path) -> Files:
    return Files(store, tmp_path)


@pytest.mark.proves("D4", "R11")
def test_figures_days_and_codes_come_in_as_they_are_meant_and_the_same_file_changes_nothing(files: Files) -> None:
    assert files.load(*GOOD).bad == 0
    assert files.serials() == ["007", "42"]
    (phones,) = files.store.read(lambda s: reading.stocks(s, Wanted(resource="sat")))
    (fuel,) = files.store.read(lambda s: reading.stocks(s, Wanted(resource="fuel")))
    assert (phones[0].available, phones[0].out_of_service, phones[0].minimum) == (1, 1, 3)
    assert (fuel[0].available, fuel[0].minimum) == (500, 100)
    due, expires = files.store.read(
        lambda s: (
            s.scalars(select(ResourceUnit.service_due_on)).first(),
            s.scalar(select(ResourceCertificate.expires_on)),
        )
    )
    assert (due, expires) == (date(2030, 1, 31), date(2030, 5, 1))
    before = files.moves()
    assert (files.imported().kept, files.moves()) == (3, before)


@pytest.mark.proves("D4")
def test_what_is_exported_comes_in_again_unchanged_and_nothing_in_it_runs(files: Files) -> None:
    hostile = "=HYPERLINK(1)"
    files.load((*NORTH[:4], "'" + hostile, "operations", *GOOD[0][6:]), *GOOD[1:])
    assert (
        files.store.read(lambda s: s.scalar(select(ResourcePool.place).where(ResourcePool.code == "north"))) == hostile
    )
    files.store.read(lambda s: sheet_export.to_file(s, files.path))
    sheet: Any = load_workbook(files.path).active
    head = [cell.value for cell in sheet[1]]
    first = dict(zip(head, sheet[2], strict=True))
    assert (first["place"].data_type, first["place"].value) == ("s", "'" + hostile)
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert (first["serial"].value, first["type"].value) == ("007", 2)
    assert first["service_due"].is_date and first["service_due"].value == datetime(2030, 1, 31)
    before = files.moves()
    outcome = files.imported()
    assert (outcome.bad, files.moves()) == (0, before)
    assert (
        files.store.read(lambda s: s.scalar(select(ResourcePool.place).where(ResourcePool.code == "north"))) == hostile
    )


@pytest.mark.proves("D4", "R11")
def test_every_bad_row_names_its_row_of_the_sheet_its_field_reason_and_remedy(files: Files) -> None:
    files.load(*GOOD)
    unit, pieces = ("north", *BARE, "sat", None, None, None), ("north", *BARE, "fuel", None, None, None)
    rows: list[tuple[Sequence[Any], str]] = [
        ((*unit, 2, "available", None, None, "=1+1"), "serial"),
        ((*unit, 2, "available", None, None, 12345678901234567890), "serial"),
        ((*unit, 2.5, "available", None, None, "S-1"), "type"),
        ((*pieces, 3, "available", -5), "quantity"),
        ((*pieces, 3, "available", 1.5), "quantity"),
        ((*pieces, 3, "available", "#REF!"), "quantity"),
        ((*pieces, 3, datetime(2030, 1, 1), 5), "state"),
        ((*unit, 2, "available", None, None, "S-1", None, "licence", datetime(2030, 1, 1, 8, 30)), "expires"),
        ((*unit, 2, "available", None, None, "S-1", *BARE, "more"), "row"),
        (("south", *BARE, "sat", None, None, None, 2, "available", None, None, "S-1"), "pool_zh"),
    ]
    before = files.moves()
    outcome = files.load(*(row for row, _ in rows), (*pieces, 3, "available", 501))
    assert errors(outcome) == [(number, field) for number, (_, field) in enumerate(rows, 2)]
    assert (outcome.kept, files.moves()) == (1, before + 1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_rows_in_merged_cells_are_refused_and_codes_keep_the_zeros_that_are_shown(files: Files) -> None:
    files.load(*GOOD)
    unit = ("north", *BARE, "sat", None, None, None, 2, "available", None, None)
    sheet = files.saved([(*unit, 7), (*unit, "S-8"), (None, *unit[1:], "S-9"), (*unit, "S-10")])
    sheet["O2"].number_format = "0000"
    sheet.merge_cells("A3:A4")
    sheet.parent.save(files.path)
    outcome = files.imported()
    assert (errors(outcome), files.serials()) == ([(3, "row"), (4, "row")], ["007", "42", "0007", "S-10"])


def refused(files: Files, name: str, content: bytes) -> Invalid:
    files.path = files.folder / name
    files.path.write_bytes(content)
    with pytest.raises(Invalid) as caught:
        files.imported()
    assert caught.value.field in ("file", "header") and caught.value.remedy
    return caught.value


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_is_no_workbook_is_refused_whole_with_the_way_out(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files.saved(GOOD)
    whole = files.path.read_bytes()
    for name, content in (
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("text.xlsx", ",".join(HEAD).encode()),
        ("empty.xlsx", b""),
        ("cut.xlsx", whole[: len(whole) // 2]),
        ("book.csv", whole),
    ):
        refused(files, name, content)
    files.saved(GOOD, head=("pool", "type", "whatever"))
    assert refused(files, "head.xlsx", files.path.read_bytes()).field == "header"
    with zipfile.ZipFile(files.folder / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(sheets.MOST_UNPACKED + 1))
    bomb = (files.folder / "bomb.xlsx").read_bytes()
    assert len(bomb) < 100_000
    assert "too large" in str(refused(files, "bomb.xlsx", bomb))
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    assert "too large" in str(refused(files, "long.xlsx", whole))
    assert files.moves() == 0
