"""The pages of a report, and its copies as their programs read them back."""

import io
import re
import time
import zipfile

import pytest
from docx import Document
from sqlalchemy.orm import Session

from command.core import journal
from command.incidents.entries import note
from command.incidents.room_entries import CommentAdded
from command.papers import pdf
from tests.evaluation.conftest import OWNER, Office

pytestmark = [pytest.mark.proves("R7"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def digest(page: str) -> str:
    found = re.search(r'name="seen" value="(\w{64})"', page)
    assert found is not None
    return found[1]


def test_a_report_is_written_and_signed_by_page_without_scripts(office: Office) -> None:
    number = office.over()
    home, writer = f"/incidents/{number}/evaluation", office.sign_in("dou")
    page = writer.see(home)
    assert "A digger" in page and "the root cause" in page and "概述" in writer.see(home, "zh")
    assert f'href="{home}?edit=summary#part-summary"' in page
    form = writer.see(f"{home}?edit=summary")
    assert 'name="text"' in form and 'name="version" value="0"' in form
    parts = {"summary": "A cable was cut.", "none_needed": "Its route is marked."}
    for part, text in parts.items():
        assert writer.send(f"{home}/parts/{part}", home, text=text, version="0").status_code == 303
    assert writer.send(f"{home}/causes", home, root_cause="human_error", cause_code="").status_code == 303
    assert "It can be put up" not in writer.see(home)
    assert writer.send(f"{home}/do/submit", home).status_code == 303
    up = writer.see(home)
    assert "You sign as duty officer" in up
    assert writer.send(f"{home}/do/sign", home, seen="0" * 64).status_code == 409, "they had read something else"
    assert writer.send(f"{home}/do/sign", home, seen=digest(up)).status_code == 303
    signed = writer.see(home)
    assert "edit=summary" not in signed and "SHA-256" in signed
    assert writer.send(f"{home}/do/dance", home).status_code == 404
    empty = writer.send(f"{home}/do/reopen", home, reason=" ")
    assert empty.status_code == 422 and "needs a reason" in empty.text
    assert number in writer.see("/evaluations?show=signed") and number not in writer.see("/evaluations?show=draft")
    assert office.sign_in("eng").send(f"{home}/do/reopen", home, reason="no").status_code == 403


def test_a_page_shows_both_texts_where_two_wrote_one_part(office: Office) -> None:
    number = office.over()
    home, writer = f"/incidents/{number}/evaluation", office.sign_in("dou")
    writer.see(f"{home}?edit=summary")
    office.write(number, "summary", "Words of the deputy", by="dep")
    refused = writer.send(f"{home}/parts/summary", home, text="My own <b>words</b>", version="0")
    assert refused.status_code == 409
    assert "Words of the deputy" in refused.text and "My own &lt;b&gt;words&lt;/b&gt;" in refused.text
    assert 'name="version" value="1"' in refused.text, "what is saved next goes over what stands"
    token = re.search(r'name="csrf_token" value="([^"]+)"', refused.text)
    assert token is not None
    part = writer.client.post(
        f"{home}/parts/summary?lang=en",
        data={"text": "Mine", "version": "0", "csrf_token": token[1]},
        headers={"HX-Request": "true"},
    )
    assert part.status_code == 409 and "Words of the deputy" in part.text and "<html" not in part.text
    assert writer.send(f"{home}/parts/summary", home, text="Both", version="1").status_code == 303
    told = writer.see(f"{home}/parts/summary/history")
    assert "<del>Words of the deputy</del>" in told and "<ins>Both</ins>" in told and "dep" in told


def test_an_action_with_a_new_text_is_given_by_page_and_a_refusal_keeps_what_was_typed(office: Office) -> None:
    number = office.over()
    home, writer = f"/incidents/{number}/evaluation", office.sign_in("dou")
    assert office.clause() in writer.see(home), "clauses of its plan are offered"
    typed = {"title": "Ask the digger", "owner": OWNER, "due_on": office.ahead(9), "clause": office.clause()}
    half = writer.send(f"{home}/improvements", home, **typed, new_zh="先问施工单位。")
    assert half.status_code == 422 and 'value="Ask the digger"' in half.text and "先问施工单位。" in half.text
    done = writer.send(f"{home}/improvements", home, **typed, new_zh="先问施工单位。", new_en="Ask first.")
    assert done.status_code == 303
    page = writer.see(home)
    assert "Ask first." in page and "It goes into a draft" in page and "/improvement/1" in page


def test_copies_say_the_same_in_both_languages_and_whose_they_are(office: Office) -> None:
    number = office.signed(2)
    office.verb("ada", number, "sign")
    for language, word, mark in (("en", "Five whys", "A digger cut the cable"), ("zh", "五个为什么", "施工损坏")):
        got = office.post("aud", office.address(number, "/report"), form="pdf", language=language)
        assert got.status_code == 200 and got.mimetype == "application/pdf"
        assert f"tocsin-evaluation-{number}-{language}.pdf" in got.headers["Content-Disposition"]
        assert got.data.startswith(b"%PDF-") and pdf.FONT.encode() in got.data
        got = office.post("aud", office.address(number, "/report"), form="docx", language=language)
        with zipfile.ZipFile(io.BytesIO(got.data)) as whole:
            assert whole.testzip() is None
        found = Document(io.BytesIO(got.data))
        cells = [cell.text for table in found.tables for row in table.rows for cell in row.cells]
        lines = [line.text for line in found.paragraphs]
        assert number in cells and word in lines and any(mark in line for line in [*cells, *lines])
        foot = found.sections[0].footer.paragraphs[0].text
        assert "aud" in foot and any(reference in foot for reference in office.references())
    assert office.post("aud", office.address(number, "/report"), form="odt", language="en").json["field"] == "form"
    assert office.post("tra", office.address(number, "/report"), form="pdf", language="en").status_code == 403
    assert len(office.references()) == 4


def test_a_pdf_of_two_thousand_entries_takes_less_than_five_seconds(office: Office) -> None:
    number = office.whole()

    def talk(session: Session) -> None:
        for at in range(2000):
            cited = note(session, f"Crew {at % 7} is at splice {at} and goes on to the next one")
            assert cited is not None
            journal.record(session, f"incident:{number}", CommentAdded(note=cited))

    office.do(talk, f"person:{office.people['dou']}")
    begun = time.process_time()
    got = office.post("ada", office.address(number, "/report"), form="pdf", language="zh")
    spent = time.process_time() - begun
    assert got.status_code == 200 and got.data.count(b"/Type /Page\n") > 30
    assert spent < 5, f"{spent:.1f} s of processor time"
    print(f"PDF of 2,000 entries: {spent:.2f} s, {len(got.data)} bytes")
