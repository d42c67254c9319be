"""A copy of the archive says whose it is, is on record, and harms nobody who opens it."""

import csv
import io

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from command.archive import export
from command.archive.export import harmless
from command.core.journal import Entry
from tests.incidents.conftest import Desk

SECRET = "客户数据库泄露"


def copy(desk: Desk, by: str, **filter: str) -> TestResponse:
    return desk.ask(by, "POST", "/archive/export?lang=en", data=filter)


def table(answer: TestResponse) -> tuple[str, list[list[str]]]:
    text = answer.get_data().decode("utf-8")
    assert text.startswith(export.BOM)
    rows = list(csv.reader(io.StringIO(text.removeprefix(export.BOM))))
    return rows[0][0], rows[1:]


@pytest.fixture
def number(desk: Desk) -> str:
    said: str = desk.report("dou", elements=["CELL-1"], summary="=HYPERLINK(1) 致电13812345678")["number"]
    return said


@pytest.mark.proves("R17", "R19")
def test_the_copy_is_marked_complete_masked_and_on_record(desk: Desk, number: str) -> None:
    answer = copy(desk, "ada", text="hyperlink", kind="network_fault")
    assert answer.status_code == 200 and answer.headers["X-Total-Count"] == "1"
    assert "attachment" in answer.headers["Content-Disposition"]
    mark, (header, row) = table(answer)
    cells = dict(zip(header, row, strict=True))
    assert mark.startswith("# Tocsin archive: 1 cases exported by ada at ")
    assert "text=hyperlink; kind=network_fault" in mark
    assert cells["Number"] == number and cells["Users at most"] == "20"
    assert cells["What happened"] == "'=HYPERLINK(1) 致电138****5678"
    with desk.database.read() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "archive.exported")).one()
        data = orjson.loads(entry.data)
    assert entry.stream_id.startswith("audit:")
    assert data["cases"] == 1 and data["filter"] == {"text": "hyperlink", "kind": "network_fault"}
    assert (
        data["reference"] in mark and cells["Watermark"].startswith("ada ") and data["reference"] in cells["Watermark"]
    )


@pytest.mark.proves("R19")
def test_a_restricted_case_is_copied_by_those_who_may_know_of_it_only(desk: Desk, number: str) -> None:
    desk.report("ada", kind="information_security", elements=["CELL-4"], summary=SECRET)
    assert SECRET in copy(desk, "ada").text
    shown = copy(desk, "aud")
    assert SECRET not in shown.text and number in shown.text and shown.headers["X-Total-Count"] == "1"


@pytest.mark.proves("R19")
def test_who_may_not_export_takes_nothing_and_leaves_no_trace_of_having(desk: Desk, number: str) -> None:
    for username in ("kef", "eng", "adm", "tra"):
        assert copy(desk, username).status_code == 403
    with desk.database.read() as session:
        assert session.scalars(select(Entry).where(Entry.kind == "archive.exported")).all() == []


def test_more_cases_than_a_batch_are_all_copied(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [desk.report("dou", elements=["CELL-1"])["number"] for _ in range(5)]
    monkeypatch.setattr(export, "BATCH", 2)
    _, rows = table(copy(desk, "ada", sort="oldest"))
    assert [row[0] for row in rows[1:]] == numbers


def test_a_filter_that_cannot_be_used_is_refused_in_words(desk: Desk) -> None:
    answer = copy(desk, "ada", area="nowhere")
    assert answer.status_code == 422 and "There is no area nowhere." in answer.text


def test_a_filter_cannot_smuggle_a_formula_into_the_watermark(desk: Desk) -> None:
    mark, rows = table(copy(desk, "ada", text='a",=cmd()'))
    assert mark.endswith("reference " + mark.rsplit(" ", 1)[1]) and "a';=cmd()" in mark
    assert len(rows) == 1


@given(st.text(max_size=12))
def test_no_cell_begins_as_a_formula_does(text: str) -> None:
    cell = str(harmless(text))
    assert not cell.lstrip(" \n\u3000").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    assert cell.endswith(text)
