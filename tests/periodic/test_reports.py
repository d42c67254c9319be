"""An edition holds the period's figures in both languages, never changes, is replaced by another that says why, and reaches who gets it."""

import csv
import hashlib
import io
import json
import re
import zlib
from datetime import timedelta
from typing import Any

import orjson
import pytest
from docx import Document
from reportlab.pdfbase.pdfutils import asciiBase85Decode
from sqlalchemy import select, update

from command.core.columns import dump
from command.core.journal import Entry
from command.incidents.models import Incident
from command.periodic.chapters import CHAPTERS
from command.resources.models import ResourceStock
from tests.conftest import Time
from tests.periodic.conftest import Office

API = "/api/v1/reports"
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def today(office: Office) -> str:
    return str(office.now().astimezone(office.installation.settings.tz).date())


def kinds(office: Office, stream: str) -> list[str]:
    with office.database.read() as session:
        return list(session.scalars(select(Entry.kind).where(Entry.stream_id == stream).order_by(Entry.seq)))


def words_of(pdf: bytes) -> str:
    """What a PDF says: the texts of its pages, which are UTF-16 in streams."""
    said = ""
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        page = zlib.decompress(asciiBase85Decode(stream.decode("ascii").strip()))
        for text in re.findall(rb"\(((?:\\.|[^\\)])*)\) Tj", page, re.DOTALL):
            plain = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), text)
            said += re.sub(rb"\\(.)", rb"\1", plain, flags=re.DOTALL).decode("utf-16-be", "replace")
    return said


@pytest.mark.proves("R2", "R20")
def test_an_edition_says_in_both_languages_what_the_overview_counts(office: Office, time: Time) -> None:
    time.morning()
    late = office.report(elements=["CELL-1"])["number"]
    time.forward(minutes=31)
    for action in ("assess", "activate"):
        office.act("dou", late, action)
    quick = office.responding(elements=["CELL-4"], area="800201")
    office.act("ada", quick, "restore", evidence="test calls succeed")
    office.report("tra", elements=["CELL-2"], exercise=True)
    hidden = office.report("ada", kind="information_security", records_leaked=100)["number"]
    time.forward(minutes=5)
    day = today(office)
    made = office.make(code="weekly", **{"from": day, "to": day})
    found = made["figures"]
    assert set(found) == set(CHAPTERS) and made["edition"] == 1 and not made["over"]
    shown = office.get("adm", f"/api/v1/insights/overview?from={day}&to={day}").json
    assert found["overview"]["incidents"] == [shown["incidents"], 0] == [2, 0]
    assert found["overview"]["users"][0] == shown["users"] == 30
    assert found["overview"]["left_out"] == {"exercises": 1, "cancelled": 0, "merged": 0, "parts": 0}
    rate = {name: shown["response"][name] for name in ("good", "of")}
    assert found["rates"]["response"]["now"] == rate == {"good": 1, "of": 2}
    assert [each["number"] for each in found["late"]["response"]] == [late]
    assert [each["seconds"] // 60 for each in found["late"]["response"]] == [1]
    assert {each["number"] for each in found["gravest"]["gravest"]} == {late, quick}
    assert found["causes"]["unknown"] == 2
    assert hidden not in orjson.dumps(made).decode()
    zh = office.get("aud", f"{API}/{made['id']}?lang=zh").json
    assert [each["key"] for each in zh["sections"]] == list(CHAPTERS)
    response = zh["sections"][1]["blocks"][0]["rows"][0]
    assert response[1:] == ["50.0 % (1 / 2)", "暂无", "100 %", "未达标"]
    assert made["intact"] and kinds(office, f"report:{made['id']}") == ["periodic.made"]


@ONE
@pytest.mark.proves("R20")
def test_a_correction_is_a_new_edition_that_names_the_earlier_one_whose_figures_stay(office: Office) -> None:
    day = today(office)
    asked: dict[str, Any] = {"code": "monthly", "from": day, "to": day}
    first = office.make(**asked)
    office.report(elements=["CELL-1"])
    refused = office.make(status=422, **asked)
    assert refused["errors"][0]["field"] == "reason" if "errors" in refused else refused["field"] == "reason"
    second = office.make(**asked, reason="An incident was reported late")
    assert (second["edition"], second["replaces"]) == (2, first["id"])
    assert second["reason"] == "An incident was reported late"
    before = office.get("aud", f"{API}/{first['id']}?lang=en").json
    assert before["replaced_by"] == second["id"] and before["figures"] == first["figures"]
    assert before["sha256"] == first["sha256"] and before["intact"]
    assert second["figures"]["overview"]["incidents"] == [1, 0]
    page = office.client()
    assert page.get(f"/reports/{first['id']}").status_code in (302, 303, 401)


@ONE
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "daily"}, "code"),
        ({"to": "2999-01-01"}, "to"),
        ({"from": "1999-12-31"}, "from"),
        ({"from": "2001-01-01"}, "from"),
        ({"to": "2020-01-01"}, "to"),
        ({"from": "yesterday"}, "from"),
        ({"reason": "x" * 5000}, "reason"),
        ({"edition": 1}, "edition"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_field(office: Office, body: dict[str, Any], field: str) -> None:
    day = today(office)
    asked: dict[str, Any] = {"code": "weekly", "from": day, "to": day, **body}
    refused = office.make(status=422, **asked)
    named = {each["field"].split(".")[-1] for each in refused.get("errors", [])} | {refused.get("field")}
    assert field in named, refused
    assert office.made() == []


@ONE
def test_only_who_manages_reports_makes_them_and_whoever_may_read_reads_them(office: Office) -> None:
    day = today(office)
    office.make(by="kef", status=403, code="weekly", **{"from": day, "to": day})
    made = office.make(code="weekly", **{"from": day, "to": day})
    for person in ("kef", "aud", "eng"):
        assert office.get(person, f"{API}/{made['id']}").status_code == 200
    assert office.get("aud", f"{API}/999").status_code == 404
    assert office.client().get(f"{API}/{made['id']}").status_code == 401


@ONE
@pytest.mark.proves("R20")
def test_copies_are_read_back_by_their_libraries_and_are_on_record(office: Office) -> None:
    number = office.responding(elements=["CELL-1"])
    office.do(lambda s: s.execute(update(ResourceStock).values(minimum=10**6)))
    day = today(office)
    made = office.make(code="weekly", **{"from": day, "to": day})
    address = f"{API}/{made['id']}/export"

    def taken(form: str, language: str = "zh") -> bytes:
        answer = office.get("aud", f"{address}/{form}?language={language}")
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["Content-Disposition"]
        return answer.data

    pdf = words_of(taken("pdf"))
    assert number in pdf and "应急工作周报" in pdf and "期间未结束" in pdf and made["sha256"] in pdf
    docx = Document(io.BytesIO(taken("docx", "en")))
    assert number in {cell.text for table in docx.tables for row in table.rows for cell in row.cells}
    assert docx.core_properties.title.startswith("Weekly emergency report")
    html = taken("html", "en").decode()
    assert f"<td>{number}</td>" in html and 'lang="en"' in html
    rows = list(csv.reader(io.StringIO(taken("csv").decode("utf-8-sig"))))
    assert rows[0] == ["section", "figure", "value"] and ["overview", "incidents.1", "1"] in rows
    kept = orjson.loads(taken("json"))
    assert hashlib.sha256(dump(kept["content"]).encode()).hexdigest() == kept["sha256"] == made["sha256"]
    plain = json.dumps(kept["content"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert plain == dump(kept["content"]), "the command of docs/how-to/periodic-reports.md finds another digest"
    assert kinds(office, f"report:{made['id']}").count("periodic.exported") == 5
    assert office.get("aud", f"{address}/exe").status_code == 404
    assert office.get("aud", f"{address}/pdf?language=fr").status_code == 422


@pytest.mark.proves("R20")
def test_who_gets_a_report_is_mailed_it_or_finds_it_on_the_page_and_leaves_the_list_alone(office: Office) -> None:
    office.cycle()
    for username, language in (("aud", "en"), ("kef", "zh")):
        assert office.lists("dou", "", username=username, language=language) == 200
    assert office.lists("kef", "", username="eng") == 403
    assert office.lists("dou", "", username="nobody") == 422
    office.mailbox("aud")
    office.set_clock(office.monday())
    office.cycle()
    (weekly,) = [each for each in office.made() if each.code == "weekly"]
    ((person, text),) = office.mails()
    assert person == office.people["aud"] and text.startswith("Weekly emergency report")
    assert f"/reports/{weekly.id}" in text and "Restoration rate: n/a" in text
    found = office.get("kef", f"{API}/{weekly.id}?lang=en").json
    assert {each["username"]: each["by"] for each in found["recipients"]} == {"aud": "mail", "kef": "page"}
    assert office.post("eng", f"{API}/{weekly.id}/actions/read").status_code == 409
    for _ in range(2):
        read = office.post("kef", f"{API}/{weekly.id}/actions/read?lang=en").json
    assert [each["username"] for each in read["recipients"] if each["read_at"]] == ["kef"]
    assert kinds(office, f"report:{weekly.id}") == ["periodic.made", "periodic.told", "periodic.read"]
    assert office.lists("kef", "/actions/end", username="aud") == 403
    assert [office.lists("kef", "/actions/end") for _ in range(2)] == [200, 409]
    assert [each["username"] for each in office.get("adm", f"{API}/subscriptions").json["items"]] == ["aud"]


@ONE
def test_the_past_is_seen_though_an_incident_was_restricted_later_and_then_counts_no_more(office: Office) -> None:
    number = office.report(elements=["CELL-1"])["number"]
    day = today(office)
    asked = {"code": "weekly", "from": day, "to": day}
    first = office.make(**asked)
    office.do(lambda s: s.execute(update(Incident).where(Incident.number == number).values(restricted=True)))
    second = office.make(**asked, reason="restricted meanwhile")
    assert first["figures"]["overview"]["incidents"][0] == 1
    assert second["figures"]["overview"]["incidents"][0] == 0 and number not in orjson.dumps(second["figures"]).decode()


@ONE
def test_a_late_report_says_so_in_its_mail_and_on_its_page(office: Office) -> None:
    office.cycle()
    office.subscribe("aud", language="zh")
    office.set_clock(office.monday() + timedelta(hours=3))
    office.cycle()
    assert "现予补出" in office.mails()[0][1]
    found = office.get("aud", f"{API}?code=weekly").json["items"]
    assert [each["late_minutes"] for each in found] == [180]
