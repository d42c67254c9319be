"""The register as a file, by page: brought in with an error for each bad row, taken away in both forms, and refused with the way out."""

import csv
import io
import re
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from command.core.installation import Installation
from command.resources import file_pages
from tests.conftest import Time
from tests.resources.test_imports import GOOD
from tests.resources.test_pages import House, Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BAD = "north,,,,,,fuel,,,,3,available,-5,,,,"


@pytest.fixture
def house(installation: Installation, time: Time) -> House:
    return House(installation).stocked(time)  # type: ignore[return-value]


def bring(visitor: Visitor, name: str, content: bytes) -> TestResponse:
    return visitor.send("/resources/pools/import", "/resources/pools", file=(io.BytesIO(content), name))


@pytest.mark.proves("D4", "R11")
def test_a_file_comes_in_by_page_and_each_bad_row_is_shown_and_can_be_downloaded(house: House) -> None:
    visitor = house.sign_in("dou")
    answer = bring(visitor, "备件.csv", f"{GOOD}{BAD}\n".encode())
    assert answer.status_code == 200 and "4 rows kept, 1 with errors" in answer.text
    link = re.search(r'href="data:text/csv;charset=utf-8,([^"]+)"', answer.text)
    assert link
    (row,) = csv.DictReader(io.StringIO(unquote(link[1]).lstrip("\ufeff")))
    assert (row["line"], row["field"], bool(row["reason"]), bool(row["remedy"])) == ("6", "quantity", True, True)
    assert "SAT-1" in visitor.client.get("/resources/pools/export.csv").text


@pytest.mark.proves("D4", "R11")
def test_what_is_taken_away_in_either_form_comes_in_again(house: House) -> None:
    house.receive(house.near, "generator", "GEN-1", "GEN-2")
    visitor = house.sign_in("dou")
    for form in ("csv", "xlsx"):
        taken = visitor.client.get(f"/resources/pools/export.{form}")
        assert taken.status_code == 200 and f".{form}" in taken.headers["Content-Disposition"]
        answer = bring(visitor, f"again.{form}", taken.data)
        assert "2 rows kept, 0 with errors" in answer.text
    sheet = load_workbook(io.BytesIO(taken.data)).active
    assert sheet is not None and sheet["A1"].value == "pool"


def test_a_file_that_cannot_be_used_is_refused_on_the_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = house.sign_in("dou")
    for name, content, said in (
        ("pools.txt", b"x", "ends with .csv or .xlsx"),
        ("..", b"x", "ends with .csv or .xlsx"),
        ("pools.xlsx", b"pool,resource,type\n", "is no XLSX workbook"),
        ("pools.xls", b"\xd0\xcf\x11\xe0", "old .xls workbook"),
        ("pools.csv", "库".encode("gb18030"), "is not UTF-8 text"),
        ("pools.csv", b"pool,type\n", "the header lacks resource"),
        ("pools.csv", bytes(file_pages.MOST_BYTES + 1), "larger than 2048 kB"),
    ):
        answer = bring(visitor, name, content)
        assert answer.status_code == 422 and said in answer.text, (name, answer.text)
    monkeypatch.setattr(file_pages, "MOST_ROWS", 2)
    answer = bring(visitor, "long.csv", GOOD.encode())
    assert answer.status_code == 422 and "has more than 2 rows" in answer.text
    assert "SAT-1" not in visitor.client.get("/resources/pools/export.csv").text


def test_who_may_not_manage_resources_neither_imports_nor_exports(house: House) -> None:
    visitor = house.sign_in("eng")
    assert visitor.client.get("/resources/pools/export.xlsx").status_code == 403
    assert "Import and export" not in visitor.see("/resources/pools")
