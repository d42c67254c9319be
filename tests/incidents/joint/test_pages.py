"""Views that are refused, and the page that asks, answers and decides."""

import shutil
from pathlib import Path

import pytest

from tests.incidents.joint.conftest import Table


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Forms and refusals see no difference between databases."""
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.mark.proves("R29")
def test_bad_views_are_refused_by_field_and_nobody_speaks_for_others(desk: Table) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    desk.ask_all(number, departments=["technical", "security"])
    for wrong, field in (
        ({"areas": ["nowhere"]}, "areas"),
        ({"services": ["telex"]}, "services"),
        ({"harm": "awful"}, "harm"),
        ({"tier": 5}, "tier"),
        ({"users": -1}, "users"),
        ({"mood": "bad"}, "mood"),
    ):
        answer = desk.view("eng", number, "technical", **wrong)
        assert (answer.status_code, answer.json["field"]) == (422, field)
    assert desk.view("eng", number, "security").status_code == 403
    assert desk.view("eng", number, "operations").json["field"] == "department"
    assert desk.view("eng", number, "technical", 7).status_code == 404
    assert desk.view("dou", number, "security").status_code == 201, (
        "whoever commands puts on record what was said by phone"
    )
    assert desk.post("ada", f"/api/v1/incidents/{number}/assessments", minutes=1).json["field"] == "minutes"
    desk.act("dou", number, "cancel", reason="a test call")
    assert desk.get("ada", f"/api/v1/incidents/{number}/assessments").json["items"][0]["state"] == "withdrawn"
    leak = desk.report("ada", kind="information_security", area="8002")["number"]
    desk.ask_all(leak, departments=["operations", "security"])
    assert desk.view("ops", leak, "operations").status_code == 404, "restricted: named people only"
    assert "Give the view" not in "".join(desk.waits("ops"))
    assert leak not in desk.get("ops", "/assessments").text
    assert leak in desk.get("ada", "/assessments").text


def test_the_page_asks_answers_and_decides_without_scripts(desk: Table) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    assert "Ask the departments" in desk.get("ada", f"/incidents/{number}/assessment?lang=en").text
    assert desk.form("ada", number, do="open", departments="technical", minutes="15").status_code == 303
    assert "Give a view" in desk.get("eng", f"/incidents/{number}/assessment?lang=en").text
    said = {"department": "technical", "kind": "network_fault", "harm": "high", "tier": "3", "note": "both legs cut"}
    wrong = desk.form("eng", number, do="view", round="1", areas="nowhere", **said)
    assert wrong.status_code == 422
    assert "both legs cut" in wrong.text
    assert desk.form("eng", number, do="view", round="1", areas="800101 Meijiang", **said).status_code == 303
    page = desk.get("ada", f"/incidents/{number}/assessment?lang=zh").text
    assert "both legs cut" in page
    decided = {"kind": "network_fault", "harm": "high", "tier": "3"}
    assert desk.form("ada", number, do="decide", round="1", **decided).status_code == 303
    assert desk.see(number)["tier"] == 3
    assert desk.form("ada", number, do="nonsense").status_code == 404
