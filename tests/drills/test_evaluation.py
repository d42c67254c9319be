"""Observers, the hotwash, the signature and the report of a drill that was held."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select

from command.core.journal import Entry, Note
from command.drills.evaluation import copies, report
from command.drills.models import Drill, DrillParticipant, State
from command.drills.runs import clockwork, ending
from command.improvement.models import ImprovementAction
from command.papers import pdf
from playbooks.scenario import Scenario
from tests.drills.scene import Stage, _text, line, scenario

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OBSERVERS = ("kef", "sec")


def two_objectives() -> Scenario:
    return scenario(
        line(1, objective="tell", proof={"event": "reported"}),
        line(2, objective="act"),
        line(50, objective="act"),
        objectives=[
            {
                "id": "tell",
                "text": _text("Tell the centre"),
                "guide": _text("Watch the desk"),
                "measure": {"fact": "time_to_report", "within_minutes": 5},
            },
            {"id": "act", "text": _text("Act on it"), "guide": _text("Watch the field")},
        ],
    )


@pytest.fixture
def code(stage: Stage) -> str:
    """A drill that goes on, with two evaluators; its first inject was put to the players."""
    made = stage.begun(two_objectives())

    def join(session: Any, drill: Drill) -> None:
        for name in OBSERVERS:
            row = DrillParticipant(drill_id=drill.id, person_id=stage.people[name], part="evaluator", exercise=True)
            session.add(row)

    stage.run(made, join)
    stage.minutes(1.2)
    return made


def over(stage: Stage, code: str) -> str:
    stage.run(code, lambda s, d: ending.end(s, d, stage.principal("tra")))
    return code


def note(stage: Stage, code: str, by: str = "kef", **given: Any) -> Any:
    body = {"objective": "tell", "text": "The desk is calm", "key": "key-00001", **given}
    return stage.post(by, f"/api/v1/drills/{code}/notes", **body)


def rate(stage: Stage, code: str, by: str, **ratings: str) -> None:
    for objective, rating in ratings.items():
        body = {"objective": objective, "rating": rating, "words": f"{by} saw it"}
        answer = stage.post(by, f"/api/v1/drills/{code}/ratings", **body)
        assert answer.status_code == 201, answer.text


def state(stage: Stage, code: str) -> Any:
    answer = stage.get("tra", f"/api/v1/drills/{code}/evaluation?lang=en")
    assert answer.status_code == 200, answer.text
    return answer.json


def page(stage: Stage, by: str, address: str, lang: str = "en") -> str:
    answer = stage.get(by, f"{address}?lang={lang}")
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def test_an_observer_sees_guides_and_injects_as_they_come_and_keeps_notes_once(stage: Stage, code: str) -> None:
    shown = page(stage, "kef", f"/drills/{code}/observe")
    assert "Watch the desk" in shown and "Something happens 1" in shown and "EXERCISE" in shown.upper()
    first = note(stage, code, inject=1, ago_s=30)
    assert first.status_code == 201
    again = note(stage, code, inject=1, ago_s=45)
    assert again.json == first.json
    told = stage.told(code, "remarked")
    assert len(told) == 1
    assert told[0][1]["second"] == pytest.approx(42, abs=5)  # half a minute before it reached us
    assert "The desk is calm" in page(stage, "sec", f"/drills/{code}/observe")


def test_who_does_not_observe_writes_no_note_and_what_cannot_be_kept_says_why(stage: Stage, code: str) -> None:
    assert note(stage, code, by="dou").status_code == 403
    assert stage.get("dou", f"/drills/{code}/observe").status_code == 403
    refused = [
        (note(stage, code, text="  "), "text"),
        (note(stage, code, inject=2), "inject"),
        (note(stage, code, objective="nothing"), "objective"),
        (note(stage, code, text="x" * 2001), "text"),
    ]
    for answer, field in refused:
        assert answer.status_code in (404, 422), answer.text
        assert answer.json["detail"] and field in str(answer.json)
    planned = stage.plan(two_objectives(), area="8002")
    assert stage.get("tra", f"/drills/{planned}/report").status_code == 409


def test_a_refused_note_loses_nothing_typed(stage: Stage, code: str) -> None:
    headers = {"Authorization": f"Bearer {stage.token('kef')}"}
    data = {"objective": "tell", "text": "Two of them argue", "key": "short", "inject": "1"}
    answer = stage.client().post(f"/drills/{code}/observe/note?lang=en", data=data, headers=headers)
    assert answer.status_code == 422
    assert "Two of them argue" in answer.text and "no mark of its own" in answer.text
    unrated = {"objective": "act", "words": "Hard to say", "rating": ""}
    answer = stage.client().post(f"/drills/{code}/observe/rating?lang=en", data=unrated, headers=headers)
    assert answer.status_code == 422 and "Hard to say" in answer.text and "No rating is chosen." in answer.text


@pytest.mark.proves("R9")
def test_evaluators_differ_the_trainer_settles_with_a_reason_and_signs_once(stage: Stage, code: str) -> None:
    rate(stage, code, "kef", tell="P", act="S")
    rate(stage, code, "sec", tell="P", act="M")
    settle = {"objective": "act", "rating": "S", "reason": "Kef stood nearer"}
    address = f"/api/v1/drills/{code}/actions"
    assert stage.post("tra", f"{address}/settle", **settle).status_code == 409  # it goes on
    over(stage, code)
    assert [each["rating"] for each in state(stage, code)["objectives"]] == ["P", None]
    refused = stage.post("tra", f"{address}/sign")
    assert refused.status_code == 409 and "2. act" in refused.json["detail"]
    assert stage.post("dou", f"{address}/settle", **settle).status_code == 403  # who played does not judge
    assert stage.post("tra", f"{address}/settle", **{**settle, "reason": " "}).status_code == 422
    assert stage.post("tra", f"{address}/settle", **settle).status_code == 200
    signed = stage.post("tra", f"{address}/sign", words="Well done")
    assert signed.status_code == 200 and signed.json["state"] == "evaluated"
    assert stage.drill(code).state == State.EVALUATED
    assert stage.told(code, "evaluated")[0][1]["ratings"] == {"tell": "P", "act": "S"}
    assert stage.post("tra", f"{address}/sign").status_code == 409
    late = stage.post("kef", f"/api/v1/drills/{code}/ratings", objective="act", rating="P")
    assert late.status_code == 409 and note(stage, code).status_code == 409


def test_the_run_proposes_and_who_rates_decides(stage: Stage, code: str) -> None:
    assert state(stage, code)["objectives"][0]["proposal"] is None  # there is time left
    over(stage, code)
    found = state(stage, code)["objectives"]
    assert (found[0]["proposal"], found[1]["proposal"]) == ("U", None)  # nobody reported it
    rate(stage, code, "kef", tell="M", act="P")
    assert [each["rating"] for each in state(stage, code)["objectives"]] == ["M", "P"]


@pytest.mark.proves("R7")
def test_in_the_hotwash_nobody_is_named_unless_they_want_to_be(stage: Stage, code: str) -> None:
    address = f"/api/v1/drills/{code}/hotwash"
    secret = {"part": "badly", "text": "Nobody answered the phone", "key": "hot-00001"}
    assert stage.post("dou", address, **secret).status_code == 409  # not over
    over(stage, code)
    assert stage.post("aud", address, **secret).status_code == 403  # took no part
    assert stage.post("dou", address, **secret).status_code == 201
    assert stage.post("dou", address, **secret).status_code == 201
    named = {"part": "decision", "text": "Write the number on the wall", "key": "hot-00002", "named": True}
    assert stage.post("eng", address, **named).status_code == 201
    shown = page(stage, "kef", f"/drills/{code}/hotwash")
    assert shown.count("Nobody answered the phone") == 1 and "Eng" in shown
    with stage.database.read() as session:
        notes = {row.body: row.author for row in session.scalars(select(Note))}
        assert notes["Nobody answered the phone"] == "system:hotwash"
        entry = session.scalars(select(Entry).where(Entry.kind == "drill.remarked").order_by(Entry.seq)).first()
        assert entry is not None and entry.actor == "system:hotwash"
    assert stage.post("dou", address, part="fun", text="x", key="hot-00003").json["field"] == "part"


@pytest.mark.proves("R7", "R18")
def test_what_was_found_becomes_an_improvement_action_of_the_drill(stage: Stage, code: str) -> None:
    note(stage, code, text="The list of numbers is old")
    over(stage, code)
    headers = {"Authorization": f"Bearer {stage.token('tra')}"}
    shown = page(stage, "tra", f"/drills/{code}/report")
    made_of = re.search(r'value="(remark:\d+)"', shown)
    assert made_of is not None
    form = {"of": made_of[1], "title": "Renew the list", "owner": "eng", "due_on": "2099-13-01"}
    address = f"/drills/{code}/report/action?lang=en"
    refused = stage.client().post(address, data=form, headers=headers)
    assert refused.status_code == 422 and "Renew the list" in refused.text
    due = f"{stage.drill(code).local_date + timedelta(days=20)}"
    made = stage.client().post(address, data={**form, "due_on": due}, headers=headers)
    assert made.status_code == 303, made.text
    with stage.database.read() as session:
        action = session.scalars(select(ImprovementAction)).one()
        assert (action.source, action.source_ref) == ("drill", code)
        finding = session.get(Note, action.finding_note_id)
        assert finding is not None and finding.body == "The list of numbers is old"
    assert "Renew the list" in page(stage, "tra", f"/drills/{code}/report")


@pytest.mark.proves("R7", "R9")
def test_the_report_tells_the_drill_in_both_languages_beside_an_earlier_one(stage: Stage, code: str) -> None:
    stage.run(code, lambda s, d: clockwork.pause(s, d, stage.principal("tra")))
    stage.minutes(5)
    stage.run(code, lambda s, d: clockwork.resume(s, d, stage.principal("tra")))
    over(stage, code)
    later = over(stage, stage.begun(two_objectives()))
    english, chinese = (page(stage, "aud", f"/drills/{later}/report", lang) for lang in ("en", "zh"))
    assert (
        f"{code} " in english and "Beside earlier drills" in english and "the drill ended before it was due" in english
    )
    assert "演练评估报告" in chinese and "现场讲评" in chinese and "导调信息" in chinese
    with stage.database.read() as session:
        first = session.scalars(select(Drill).where(Drill.code == code)).one()
        assert report.figures(session, first).paused_minutes == pytest.approx(5, abs=0.2)


def test_a_copy_is_on_record_and_bears_mark_and_reference(stage: Stage, code: str) -> None:
    note(stage, code, text="值班长 <b>反应</b> 及时 & calm")
    over(stage, code)
    address = f"/api/v1/drills/{code}/report"
    assert stage.post("eng", address, form="pdf", language="zh").status_code == 403
    assert stage.post("aud", address, form="odt", language="zh").json["field"] == "form"
    made = stage.post("aud", address, form="docx", language="en")
    assert made.status_code == 200 and f"tocsin-drill-{code}-en.docx" in made.headers["Content-Disposition"]
    document = Document(io.BytesIO(made.data))
    words = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "值班长 <b>反应</b> 及时 & calm" in words and "Objectives and ratings" in [
        p.text for p in document.paragraphs
    ]
    section = document.sections[0]
    assert copies.MARK in section.header._element.xml and 'string="演练 EXERCISE"' in section.header._element.xml
    with stage.database.read() as session:
        entries = session.scalars(select(Entry).where(Entry.kind == "drill.report_exported")).all()
        assert [entry.stream_id.partition(":")[0] for entry in entries] == ["audit"]
        assert re.findall(r'"reference":"(\w+)"', entries[0].data)[0] in section.footer.paragraphs[0].text
    paper = stage.post("aud", address, form="pdf", language="zh")
    assert paper.status_code == 200 and paper.data.startswith(b"%PDF-") and pdf.FONT.encode() in paper.data
    assert b"UniGB-UCS2-H" in paper.data and b"FontFile" not in paper.data
