"""Pages of reports: the part of the bulletins, the form that loses nothing, copies, the list of all, and the flag on the command board."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from docx import Document

from command.boards import decisions
from tests.conftest import Time
from tests.filings.conftest import Office

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Reader:
    """Somebody with a browser: pages and forms in one language."""

    def __init__(self, office: Office, username: str, language: str = "en") -> None:
        self.client, self.language = office.client(), language
        self.headers = {"Authorization": f"Bearer {office.token(username)}"}

    def get(self, address: str) -> Any:
        return self.client.get(f"{address}{'&' if '?' in address else '?'}lang={self.language}", headers=self.headers)

    def post(self, address: str, **form: str) -> Any:
        return self.client.post(f"{address}?lang={self.language}", data=form, headers=self.headers)


@pytest.mark.proves("R33")
def test_the_form_marks_what_is_missing_keeps_what_was_typed_and_is_submitted_by_another(office: Office) -> None:
    number = office.grave()
    base = f"/incidents/{number}/filings/cn-brief"
    dou, ada = Reader(office, "dou"), Reader(office, "ada")
    page = dou.get(base).text
    assert "From the incident" in page and "missing" in page and "Not drafted yet" in page
    wrong = dou.post(f"{base}/save", **{"version": "0", "f-occurred_at": "yesterday", "f-help": "<b>boats"})
    assert wrong.status_code == 422 and "This is no date and time." in wrong.text
    assert "&lt;b&gt;boats" in wrong.text and 'value="yesterday"' in wrong.text
    assert dou.post(f"{base}/save", **{"version": "0", "f-help": "boats"}).status_code == 303
    stale = dou.post(f"{base}/save", **{"version": "1", "f-help": "tents"})
    assert stale.status_code == 409 and "It says now: boats" in stale.text and "tents</textarea>" in stale.text
    refused = ada.post(f"{base}/submit", version="2", reference="MIIT-7")
    assert refused.status_code == 422 and "#f-occurred_at" in refused.text and "MIIT-7" in refused.text
    assert dou.post(f"{base}/save", **{"version": "2", "f-occurred_at": "2026-11-21 08:30"}).status_code == 303
    assert "Somebody who did not write it" not in ada.get(base).text
    assert ada.post(f"{base}/submit", version="3", reference="MIIT-7", at="2000-01-01 08:00").status_code == 422
    assert ada.post(f"{base}/submit", version="3", reference="MIIT-7").status_code == 303
    shown = ada.get(base).text
    assert "agrees with the journal" in shown and "MIIT-7" in shown and "08:30" in shown and "<form" in shown
    assert "发生时间" in Reader(office, "ada", "zh").get(base).text
    assert dou.post(f"{base}/correct", reason="Wrong time").status_code == 303
    assert "Wrong time" in dou.get(base).text and "Edition 2" in dou.get(base).text
    assert dou.post(f"{base}/nothing").status_code == 404 and dou.post(f"{base}/save", version="x").status_code == 409


@pytest.mark.proves("R33")
def test_copies_are_pdf_and_docx_in_both_languages(office: Office) -> None:
    number = office.grave()
    base = f"/incidents/{number}/filings/cn-inform/copy"
    draft = Document(BytesIO(office.get("ada", f"{base}?form=docx&language=en").data))
    assert "草稿 DRAFT" in draft.sections[0].header.paragraphs[0].text
    done = office.submitted(number, "cn-inform", harm="Phones are down")
    for language, title in (("zh", "报告单位"), ("en", "reporting operator")):
        paper = Document(BytesIO(office.get("ada", f"{base}?form=docx&language={language}").data))
        cells = {row.cells[0].text: row.cells[1].text for table in paper.tables for row in table.rows}
        assert title in cells and "Phones are down" in cells.values() and done["digest"] in cells.values()
        assert done["digest"][:16] in paper.sections[0].footer.paragraphs[0].text
        assert "DRAFT" not in paper.sections[0].header.paragraphs[0].text
        pdf = office.get("ada", f"{base}?form=pdf&language={language}")
        assert pdf.data.startswith(b"%PDF") and pdf.mimetype == "application/pdf"
    assert office.get("ada", f"{base}?form=exe").status_code == 422


@pytest.mark.proves("R33", "R5")
def test_a_report_is_flagged_on_the_command_board_ahead_of_its_time_and_marked_late_after_it(
    office: Office, time: Time
) -> None:
    number = office.grave()

    def waiting(username: str, exercise: bool = False) -> dict[str | None, bool]:
        with office.acting(), office.database.read() as session:
            found = decisions.of(session, office.principal(username), exercise=exercise)
        return {one.report: one.late for one in found if one.act == "file_report" and one.number == number}

    assert waiting("dou") == {}, "an hour is left, and it is flagged for the last thirty minutes"
    time.forward(minutes=31)
    assert waiting("dou") == waiting("ada") == waiting("kef") == {"cn-inform": False}
    assert waiting("eng") == waiting("aud") == waiting("dou", exercise=True) == {}
    time.forward(minutes=30)
    assert waiting("dou") == {"cn-inform": True}
    page = office.get("dou", "/board/part/decisions?lang=en").text
    assert f"/incidents/{number}/filings/cn-inform" in page and "first information" in page and "late" in page
    assert "初次报告" in office.get("dou", "/board/part/decisions?lang=zh").text
    office.ok(office.write(number, "cn-inform"))
    assert waiting("ada") == {"cn-inform": True}, "a draft is not a submission"
    office.ok(office.verb(number, "cn-inform", "submit", version=1, reference="by phone"))
    assert waiting("ada") == {}
    time.forward(minutes=120)
    assert waiting("ada") == {"cn-brief": False}
    office.act("ada", number, "restore", evidence="test calls succeed")
    assert waiting("ada") == {"cn-brief": False}, "a report is owed after the restoration too"


@pytest.mark.proves("R33")
@pytest.mark.parametrize("profile", ["us"])
def test_what_a_rule_makes_reportable_is_owed_though_its_tier_starts_no_clock(office: Office, time: Time) -> None:
    number = office.responding(elements=["CELL-2"])
    assert office.see(number)["tier"] == 4
    office.sized(number, users_now=60_000, users_peak=60_000)
    time.forward(minutes=31)
    office.sized(number, overruled=["iii-900k-30min", "iii-10k-4h"])
    listed = office.ok(office.get("ada", "/api/v1/filings"))["owed"]
    assert [(each["incident"], each["report"], each["standing"]) for each in listed] == [
        (number, "us-notification", "owed"),
        (number, "us-initial", "owed"),
        (number, "us-final", "owed"),
    ]
    assert not [each for each in office.see(number)["clocks"] if each["code"].startswith("us-")], (
        "clocks stay as they are"
    )


@pytest.mark.proves("R33")
def test_all_reports_stand_on_one_page_with_filters_rules_and_a_csv(office: Office, time: Time) -> None:
    number = office.grave()
    part = office.get("dou", f"/incidents/{number}/filings/part?lang=en").text
    assert "this incident is reportable" in part and "an incident of tier I or II" in part and "Owed" in part
    assert f"/incidents/{number}/filings/part" in office.get("dou", f"/incidents/{number}/bulletins?lang=en").text
    office.ok(office.write(number, "cn-report"))
    office.submitted(number, "cn-inform")
    time.forward(hours=5)
    page = office.get("ada", "/filings?lang=en").text
    assert page.index("Late") < page.index("Being written") < page.index("R-1") < page.index("110, 119, 120")
    assert "Nothing was submitted" in office.get("ada", "/filings?lang=en&to=2020-01-01").text
    assert "Nothing was submitted" in office.get("ada", "/filings?lang=en&profile=us").text
    assert "书面简报" in office.get("ada", "/filings?lang=zh").text
    (row,) = csv.DictReader(StringIO(office.get("ada", "/filings/export.csv").text.lstrip("\ufeff")))
    assert (row["incident"], row["report"], row["reference"], row["late"]) == (number, "cn-inform", "R-1", "False")
    submitted = office.ok(office.get("ada", "/api/v1/filings?report=cn-inform&late=1"))["submitted"]
    assert submitted == []
