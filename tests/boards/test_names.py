"""Every entry an incident's stream can hold has words in both languages, and cards say the same to everybody."""

import pytest
from sqlalchemy import select

from command.boards import render, store
from command.boards.names import Names
from command.core.journal import Entry, Payload
from command.incidents.sentences import SENTENCES
from tests.boards.stage import Stage

ELSEWHERE = (
    "people.",
    "stream.",
    "test.",
    "notice.approval_overridden",
    "oncall.",
    "phone_drill.",
    "drill.",
    "drill_programme.",
    "drill_freeze.",
    "policy.",
    "pool.",
    "readiness.",
    "improvement.",
    "evaluation.copied",
    "plan.",
    "risk.",
    "capability.",
    "periodic.",
    "warning.",
    "training.",
    "archive.",
    "scenario.",
    "case.looked_up",
    "authority.draft_",
    "authority.published",
    "messages.",
    "roads.",
    "retention.",
    "measurement.series_set",
    "measurement.corrected",
    "measurement.turned",
    "measurement.proposed",
    "measurement.decided",
    "confidentiality.",
    "audiences.",
    "operating.",
    "numbers.",
)
"""Kinds that the audit stream, the policies', the pools', the drills' and rolled streams keep."""


@pytest.mark.proves("B8")
def test_every_kind_of_entry_has_words() -> None:
    kinds = {kind for kind in Payload.registry if not kind.startswith(ELSEWHERE)}
    assert len(kinds) > 40
    assert kinds - set(SENTENCES) == set()
    assert all(zh and en for zh, en in SENTENCES.values())


@pytest.mark.proves("B8")
def test_a_whole_story_reads_as_sentences_in_both_languages(stage: Stage) -> None:
    number = stage.responding("CELL-1")
    stage.engine()
    stage.acknowledge()
    assert stage.act("ada", number, "restore", evidence="test calls succeed") == 200
    renderer = render.of(stage.app)
    with stage.database.read() as session:
        told = list(store.seen(session, f"incident:{number}", 0))
        for language in ("zh", "en"):
            names = Names(session, renderer.catalogue, language, str, renderer.zone)
            lines = names.entries(told)
            assert len(lines) == len(told) > 20
            assert all(words != entry.kind and "{" not in words for entry, words in lines)
        assert session.scalar(select(Entry.seq).where(Entry.kind == "page.acknowledged")) is not None


def test_everybody_gets_the_same_card_whatever_their_zone_and_language(stage: Stage) -> None:
    number = stage.report(elements=["CELL-1"])
    address = f"/board/state/incident:{number}?lang=en"
    mine, theirs = stage.get("ada", address).get_json(), stage.get("kef", address).get_json()
    assert mine["cards"] == theirs["cards"]
    chinese = stage.get("ada", f"/board/state/incident:{number}?lang=zh").get_json()
    assert "梅川市" in chinese["cards"]["head"] or "梅江区" in chinese["cards"]["head"]


def test_the_board_as_it_stood_is_a_page_and_nonsense_is_refused(stage: Stage) -> None:
    number = stage.report(elements=["CELL-1"])
    before = stage.get("ada", f"/incidents/{number}?at=2020-01-01T00:00")
    assert before.status_code == 200
    assert "data-live" not in before.text
    assert stage.get("ada", f"/incidents/{number}?at=yesterday").status_code == 422
    assert stage.get("ada", "/incidents/1999-0101-001").status_code == 404
    assert stage.get("ada", "/board/state/nonsense").status_code == 404
