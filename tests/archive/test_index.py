"""What is written is found at once, and what was erased is gone from the index in the same statement."""

from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from command.archive import index
from command.archive.models import ArchiveGram, ArchiveNote
from command.core.journal import Note
from tests.incidents.conftest import Desk


def found(desk: Desk, text: str, by: str = "ada") -> list[str]:
    answer = desk.get(by, f"/api/v1/archive?text={text}")
    assert answer.status_code == 200, answer.text
    return [case["number"] for case in answer.json["items"]]


@pytest.fixture
def number(desk: Desk) -> str:
    said: str = desk.report("dou", elements=["CELL-1"], summary="光缆中断", feedback="用户投诉，致电13812345678")[
        "number"
    ]
    return said


@pytest.mark.proves("R17")
def test_every_text_of_a_case_is_found_whoever_wrote_it_and_when(desk: Desk, number: str) -> None:
    desk.act("dou", number, "assess", reason="与技术部门会商")
    desk.act("dou", number, "activate")
    task = desk.see(number)["tasks"][0]["code"]
    desk.post("dou", f"/api/v1/incidents/{number}/tasks/{task}/actions/skip", reason="已由代维完成")
    desk.act("ada", number, "restore", evidence="拨测正常")
    desk.act("ada", number, "review", cause="施工挖断", effect="恢复及时", improvements="加强巡线")
    for text in ("光缆", "投诉", "会商", "代维", "拨测", "挖断", "及时", "巡线", "光缆 巡线"):
        assert found(desk, text) == [number], text
    assert found(desk, "台风") == []


@pytest.mark.proves("R17", "R19")
def test_an_erased_note_is_found_no_more(desk: Desk, number: str) -> None:
    def erase(session: Any) -> None:
        note = select(Note.id).where(Note.body == "光缆中断")
        session.execute(update(Note).where(Note.id.in_(note)).values(body=None))

    assert found(desk, "光缆") == [number]
    desk.do(erase)
    assert found(desk, "光缆") == [] and found(desk, "投诉") == [number]
    with desk.database.read() as session:
        assert "光缆" not in "".join(session.scalars(select(ArchiveNote.body)))
        assert session.scalar(select(func.count()).where(ArchiveGram.gram == "光缆")) == 0


@pytest.mark.proves("I10")
def test_no_phone_number_is_in_the_index_nor_found_by_one(desk: Desk, number: str) -> None:
    with desk.database.read() as session:
        assert "13812345678" not in "".join(session.scalars(select(ArchiveNote.body)))
    answer = desk.get("ada", "/api/v1/archive?text=致电").json["items"][0]
    assert "138****5678" in answer["hits"][0]["text"]


def test_rebuilding_gives_the_same_index(desk: Desk, number: str) -> None:
    def all_of(session: Any) -> tuple[Any, Any]:
        notes = session.execute(select(ArchiveNote.note_id, ArchiveNote.body).order_by(ArchiveNote.note_id)).all()
        grams = session.execute(select(ArchiveGram.gram, ArchiveGram.note_id).order_by(ArchiveGram.note_id)).all()
        return notes, sorted(map(tuple, grams))

    with desk.database.read() as session:
        before = all_of(session)
    desk.do(lambda session: session.execute(delete(ArchiveNote)))
    assert found(desk, "光缆") == []
    assert desk.do(lambda session: index.rebuild(session, number)) == 2
    with desk.database.read() as session:
        assert all_of(session) == before


def test_a_unit_of_work_that_fails_leaves_nothing_in_the_index(desk: Desk, number: str) -> None:
    with desk.database.read() as session:
        before = session.scalar(select(func.count()).select_from(ArchiveNote))
    desk.refused("dou", number, "restore", reason="too early", evidence="未恢复")
    with desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ArchiveNote)) == before
