"""The dashboards as people and programs get them: pages, files read back by their libraries, JSON; bad input, secrets, speed."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert, select, update

from command.core.installation import Installation
from command.incidents.models import Incident
from command.insights import sheet_files
from command.insights.dashboards import BEHIND, DASHBOARDS
from command.insights.sheets import Column, Line, Plate
from command.network.models import Area, CutOff, Element, Service
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.insights import history
from tests.pace import paced

CODES = [board.code for board in (*DASHBOARDS, BEHIND)]


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Pages see no difference between databases; test_cases.py reads on both."""
    (tmp_path / "tocsin.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


def night(desk: Desk, time: Time) -> str:
    """An incident of half an hour whose cause is known."""
    number = desk.responding(elements=["CELL-1"])
    time.forward(minutes=30)
    desk.act("ada", number, "restore", evidence="test calls succeed")
    values = {"root_cause": "human_error", "cause": "faulty_change", "third_party": True}
    desk.do(lambda session: session.execute(update(Incident).where(Incident.number == number).values(**values)))
    return number


@pytest.mark.proves("D7", "R23")
def test_every_page_answers_in_both_languages_with_a_table_and_files_beside_each_chart(desk: Desk, time: Time) -> None:
    number = night(desk, time)
    for code in CODES:
        for language in ("zh", "en"):
            answer = desk.get("ada", f"/insights/{code}?lang={language}")
            assert answer.status_code == 200, code
            page = answer.text
            assert page.count("data-chart=") == page.count('class="chart-table"')
            for address in re.findall(r'href="(/insights/[^"]*/export/[^"]*)"', page):
                assert desk.get("ada", address.replace("&amp;", "&")).status_code == 200, address
            assert "style=" not in page and "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    english = desk.get("ada", "/insights/causes?lang=en").text
    assert "The cause of 1 of 1 incidents is known." in english and "faulty change" in english
    assert "变更操作不当" in desk.get("ada", "/insights/causes?lang=zh").text
    assert number in desk.get("ada", "/insights/incidents?cause=faulty_change&lang=en").text
    assert number not in desk.get("ada", "/insights/incidents?cause=storm&lang=en").text


@pytest.mark.proves("R23")
def test_a_weak_point_leads_to_an_improvement_with_its_finding(desk: Desk, time: Time) -> None:
    night(desk, time)
    night(desk, time)
    page = desk.get("ada", "/insights/weak-points?lang=en&sort=p90").text
    assert 'aria-sort="descending"' in page
    address = next(found for found in re.findall(r'href="(/improvement/new[^"]*)"', page) if "CELL-1" in found)
    form = desk.get("ada", address.replace("&amp;", "&")).text
    assert "Weak point: CELL-1" in form and "2 of 2 incidents came from CELL-1" in form


@pytest.mark.proves("D7")
@pytest.mark.parametrize(
    ("code", "query", "field"),
    [
        ("causes", "from=yesterday", "from"),
        ("causes", "tier=9", "tier"),
        ("areas", "area=999", "area"),
        ("areas", "measure=money", "measure"),
        ("weak-points", "sort=colour", "sort"),
        ("compare", "a_from=2026-02-30", "a_from"),
        ("compare", "b_from=2026-03-02&b_to=2026-03-01", "b_to"),
        ("incidents", "hour=24", "hour"),
        ("incidents", "weekday=-1", "weekday"),
        ("incidents", f"element={'x' * 201}", "element"),
        ("restoration", "by=hour", "by"),
    ],
)
def test_what_cannot_be_used_is_named_and_kept(desk: Desk, code: str, query: str, field: str) -> None:
    answer = desk.get("ada", f"/api/v1/insights/{code}?{query}")
    assert (answer.status_code, answer.json["field"]) == (422, field)
    page = desk.get("ada", f"/insights/{code}?{query}")
    assert page.status_code == 422 and 'role="alert"' in page.text
    if field in ("from", "a_from", "b_to"):
        assert f'value="{query.split("=")[-1]}"' in page.text


def test_what_is_none_is_not_found(desk: Desk) -> None:
    for address in (
        "/insights/horoscope",
        "/api/v1/insights/horoscope",
        "/insights/causes/export/pareto.pdf",
        "/insights/causes/export/horoscope.csv",
        "/incidents/2026-0101-001/gantt",
        "/incidents/2026-0101-001/gantt/export/gantt.csv",
        "/api/v1/incidents/2026-0101-001/gantt",
    ):
        assert desk.get("ada", address).status_code == 404, address
    unknown = desk.get("ada", "/api/v1/insights/causes?colour=red")
    assert (unknown.status_code, unknown.json["field"]) == (422, "colour")


@pytest.mark.proves("D7")
@pytest.mark.parametrize(("language", "head"), [("zh", "起因"), ("en", "Cause")])
def test_files_are_read_back_with_heads_in_the_language_of_the_page(
    desk: Desk, time: Time, language: str, head: str
) -> None:
    night(desk, time)
    base, year = "/insights/causes/export/pareto", time.now().year
    first, last = f"{year - 1}-12-31", f"{year + 1}-01-02"
    answer = desk.get("ada", f"{base}.csv?lang={language}&from={first}&to={last}")
    assert f'filename="tocsin-causes-pareto-{first}-{last}.csv"' in answer.headers["Content-Disposition"]
    written = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    book = load_workbook(io.BytesIO(desk.get("ada", f"{base}.xlsx?lang={language}").data))
    cells = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert written[0][0] == cells[0][0] == head
    assert len(written) == len(cells) == 2
    assert written[1][1:4:2] == ["1", "1"] and cells[1][1] == 1 and isinstance(cells[1][2], int)


def test_nothing_in_a_file_runs_and_numbers_stay_numbers() -> None:
    evil = '=HYPERLINK("http://x")'
    columns = (Column("a", "@A", "text"), Column("b", "B", "took"), Column("c", "C", "share"))
    plate = Plate("x", "T: [1]/*?", columns, (Line((evil, 90.0, 979)), Line(("\uff0b1", None, None))))
    rows = list(csv.reader(io.StringIO(sheet_files.written(plate, "csv", str).decode("utf-8-sig"))))
    assert rows == [["'@A", "B (min)", "C (%)"], [f"'{evil}", "1.5", "97.9"], ["'\uff0b1", "", ""]]
    sheet = load_workbook(io.BytesIO(sheet_files.written(plate, "xlsx", str))).worksheets[0]
    assert sheet["A2"].value == f"'{evil}" and sheet["A2"].data_type == "s"
    assert (sheet["B2"].value, sheet["C2"].value, sheet["B3"].value) == (1.5, 97.9, None)
    assert sheet_files.name("weak-points", "a/b", "2026-01-01") == "tocsin-weak-points-a-b-2026-01-01"


@pytest.mark.proves("D7")
def test_the_overviews_charts_are_files_of_the_same_figures(desk: Desk, time: Time) -> None:
    night(desk, time)
    page = desk.get("ada", "/overview?lang=en").text
    files = [found for found in re.findall(r'href="(/insights/overview/export/[^"]*)"', page) if ".csv" in found]
    assert len(files) == 5
    for address in files:
        written = desk.get("ada", address.replace("&amp;", "&")).data.decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(written)))) > 1
    tiers = desk.get("ada", "/insights/overview/export/tiers.csv?lang=en").data.decode("utf-8-sig")
    assert sum(int(cell) for row in csv.reader(io.StringIO(tiers)) for cell in row[1:] if cell.isdigit()) == 1


@pytest.mark.proves("D7")
def test_the_course_of_an_incident_is_drawn_from_what_happened(desk: Desk, time: Time) -> None:
    number = desk.responding(elements=["CELL-1"])
    desk.send()
    time.forward(minutes=20)
    desk.make_safe(number, "locate_fault")
    task = desk.see(number)["tasks"][0]
    desk.make_safe(number, task["code"])
    desk.post("dou", f"/api/v1/incidents/{number}/tasks/{task['code']}/actions/done")
    time.forward(minutes=10)
    desk.act("ada", number, "restore", evidence="test calls succeed")
    page = desk.get("ada", f"/incidents/{number}/gantt?lang=en")
    assert page.status_code == 200 and "Course of the incident" in page.text
    assert f"/incidents/{number}/gantt" in desk.get("ada", f"/incidents/{number}/curve").text
    rows = desk.get("ada", f"/api/v1/incidents/{number}/gantt?lang=en").json["rows"]
    assert {row["group"] for row in rows} >= {"Phases", "Clocks", "Tasks", "Pages", "Notices"}
    phases = {row["row"]: row["took"] for row in rows if row["group"] == "Phases"}
    assert phases["Responding → Restored"] == pytest.approx(30, abs=0.2)
    done = [row for row in rows if row["group"] == "Tasks" and row["state"] == "Done"]
    assert len(done) == 1 and done[0]["took"] == pytest.approx(20, abs=0.2) and done[0]["due"]
    written = desk.get("ada", f"/incidents/{number}/gantt/export/gantt.csv?lang=en").data.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(written)))) == len(rows) + 1
    curve = desk.get("ada", f"/incidents/{number}/gantt/export/curve.csv?lang=en").data.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(curve)))[1][1] == "0"


def test_the_files_of_an_exercise_say_that_it_is_one(desk: Desk) -> None:
    number = desk.report("tra", elements=["CELL-4"], exercise=True)["number"]
    for chart in ("gantt", "curve"):
        written = desk.get("ada", f"/incidents/{number}/gantt/export/{chart}.csv?lang=en").data.decode("utf-8-sig")
        assert written.startswith("[DRILL] ")
    assert 'data-title="[DRILL] Course of' in desk.get("ada", f"/incidents/{number}/gantt?lang=en").text


@pytest.mark.proves("R19")
def test_a_restricted_incident_is_drawn_and_counted_for_those_who_know_of_it(desk: Desk) -> None:
    number = desk.report("ada", kind="information_security", elements=["CELL-4"])["number"]
    for address in (
        f"/incidents/{number}/gantt",
        f"/incidents/{number}/gantt/export/gantt.csv",
        f"/api/v1/incidents/{number}/gantt",
    ):
        assert [desk.get(by, address).status_code for by in ("ada", "ops")] == [200, 404], address
    for code in CODES:
        assert number not in desk.get("ops", f"/insights/{code}").text
    assert "CELL-4" in desk.get("ada", "/insights/weak-points").text
    assert "CELL-4" not in desk.get("ops", "/insights/weak-points").text
    assert desk.get("ops", "/api/v1/insights/incidents").json["tables"][0]["rows"] == []


@pytest.mark.proves("D7")
@pytest.mark.slow
def test_pages_over_ten_thousand_incidents_cost_less_than_half_a_second(desk: Desk, time: Time) -> None:
    def work(session: Any) -> None:
        areas = list(session.scalars(select(Area.id).where(Area.level == "county")))
        history.fill(session, 10_000, time.now(), 360, areas, list(session.scalars(select(Service.id))))
        elements = list(session.scalars(select(Element.id)))
        plain = {"failed": True, "services": 7, "exercise": False}
        rows = session.execute(select(Incident.id, Incident.detected_at)).tuples().all()
        cuts = [
            {**plain, "incident_id": one, "element_id": elements[one % len(elements)], "from_at": at}
            for one, at in rows
        ]
        session.execute(insert(CutOff), [{**cut, "until_at": cut["from_at"]} for cut in cuts])

    desk.do(work)
    begin = (time.now() - timedelta(days=364)).date()
    for code in ("causes", "weak-points", "areas", "calendar", "restoration", "incidents"):
        address = f"/insights/{code}?from={begin}"
        assert desk.get("ada", address).status_code == 200
        took = sorted(paced(lambda address=address: desk.get("ada", address)) for _ in range(3))
        print(f"{code} of 10,000: {took[1] * 1000:.0f} ms median")
        assert took[1] < 0.5, code
