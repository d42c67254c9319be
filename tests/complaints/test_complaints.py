"""Complaints of every channel: graded, routed, on record; four steps with clocks; late ones told; files, pages and the public form
(R13 to R15, R20, R28, R30)."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command.complaints import feed, figures, public_pages, reminding, rules
from command.complaints.figures import One
from command.complaints.models import Case, CaseStep
from command.core.journal import Entry, Note
from tests.complaints.conftest import CELL_1, CELL_4, STRANGER, Agent, steps

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Steps, pages and files see no difference between databases; what counts and claims is tried on both in test_surge."""
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


def send(agent: Agent, *given: dict[str, Any], by: str = "kef", status: int = 201) -> Any:
    each = [{"channel": "app", "kind": "network", "text": "no signal at home", **one} for one in given]
    answer = agent.ask(by, "POST", "/api/v1/complaints", json=each)
    assert answer.status_code == status, answer.text
    return answer.json


def one(agent: Agent, **more: Any) -> str:
    made: str = send(agent, {"number": CELL_1, **more})["items"][0]["case"]
    return made


def act(agent: Agent, case: str, step: str, by: str = "kef", status: int = 200, **body: Any) -> Any:
    answer = agent.post(by, f"/api/v1/complaints/{case}/actions/{step}", **body)
    assert answer.status_code == status, answer.text
    return answer.json


@pytest.mark.parametrize(
    ("kind", "severity", "reach", "expected"),
    [
        ("network", 3, "one", "regular"),
        ("network", 1, "one", "emergency"),
        ("billing", 2, "several", "emergency"),
        ("billing", 4, "public", "emergency"),
        ("service", 3, "group", "special"),
        ("information_security", 3, "one", "special"),
    ],
)
@pytest.mark.proves("R13", "R30")
def test_severity_and_reach_give_the_class(kind: str, severity: int, reach: str, expected: str) -> None:
    assert rules.current().class_of(kind, severity, reach) == expected


@pytest.mark.proves("R13", "R30")
def test_a_batch_of_other_systems_is_graded_routed_and_taken_once(agent: Agent) -> None:
    both = (
        {"number": CELL_1, "source": "crm", "reference": "A-1", "kind": "billing", "severity": 1},
        {"source": "crm", "reference": "A-2", "channel": "social", "area": "8002", "reach": "group"},
    )
    first = send(agent, *both)
    assert (first["received"], first["new"]) == (2, 2)
    urgent, group = first["items"]
    assert (urgent["service_class"], urgent["department"]) == ("emergency", "operations")
    assert (group["service_class"], group["due_at"]) == ("special", None)
    assert send(agent, *both)["new"] == 0
    shown = agent.get("kef", f"/api/v1/complaints/{urgent['case']}").json
    assert shown["number"] == "120****0000" and shown["area"] == "800101" and shown["owner"] is None
    assert [each["step"] for each in shown["steps"]] == ["accept", "enquire", "answer", "follow_up"]
    assert agent.get("kef", "/api/v1/complaints?area=8002").json["items"][0]["case"] == group["case"]
    row = agent.row(urgent["case"])
    assert row.number is not None and CELL_1.encode() not in row.number
    with agent.database.read() as session:
        assert session.get_one(Note, row.note_id).body == "no signal at home"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "weather"}, "kind"),
        ({"number": "hello"}, "number"),
        ({"area": "9999"}, "area"),
        ({"service": "telex"}, "service"),
        ({"received_at": "2020-01-01T00:00:00Z"}, "received_at"),
        ({"reference": "7"}, "source"),
        ({"exercise": True}, "exercise"),
    ],
)
def test_what_cannot_be_used_names_the_field_and_nothing_of_the_batch_is_kept(
    agent: Agent, given: dict[str, Any], field: str
) -> None:
    status = 403 if field == "exercise" else 422
    refused = send(agent, {"number": CELL_1}, given, status=status)
    assert refused["field"] == field and refused["remedy"]
    assert agent.get("kef", "/api/v1/complaints").json["items"] == []


@pytest.mark.proves("R14", "R30")
def test_four_steps_lead_from_acceptance_to_the_customers_word(agent: Agent, time: Any) -> None:
    case = one(agent)
    assert act(agent, case, "accept")["owner"] == "kef"
    act(agent, case, "accept", by="dou", status=409)
    assert act(agent, case, "answer", by="eng", status=403, result="x")
    act(agent, case, "enquire", result=" ", status=422)
    act(agent, case, "enquire", result="one cell at her home", answer_by=time.now().isoformat(), status=422)
    act(agent, case, "enquire", result="one cell at her home")
    closed = agent.post("kef", f"/api/v1/cases/{case}/actions/close", result="done")
    assert closed.status_code == 409 and closed.json["field"] == "answer"
    act(agent, case, "follow_up", satisfied="yes", status=409)
    act(agent, case, "answer", result="the antenna was turned; please try")
    again = act(agent, case, "follow_up", satisfied="no", result="still nothing in the cellar")
    assert again["state"] == "open" and again["next"] == "answer" and again["due_at"]
    act(agent, case, "answer", result="a repeater is ordered")
    time.forward(hours=25)
    done = act(agent, case, "follow_up", satisfied="yes")
    assert done["state"] == "closed" and done["satisfied"] == "yes"
    assert [each["late"] for each in done["steps"]] == [False, False, False, True]
    act(agent, case, "answer", result="again", status=409)
    act(agent, case, "fly", status=404)


@pytest.mark.proves("R30")
def test_who_is_late_is_told_once_and_their_superior_after_them(agent: Agent, time: Any) -> None:
    case = one(agent)
    act(agent, case, "accept", by="dou")
    time.forward(minutes=61)

    def remind() -> int:
        told: int = agent.do(reminding.remind, "system:complaints")
        return told

    assert remind() == 1 and remind() == 0
    with agent.database.read() as session:
        late = session.scalars(select(CaseStep).where(CaseStep.step == "enquire")).one()
        assert late.told_id == agent.people["dou"] and late.raised_at is None
    time.forward(minutes=31)
    assert remind() == 1
    with agent.database.read() as session:
        late = session.scalars(select(CaseStep).where(CaseStep.step == "enquire")).one()
        assert late.raised_at is not None and late.told_id != agent.people["dou"]
    send(agent, *({"reference": str(n), "source": "crm"} for n in range(4)))
    time.forward(minutes=31)
    assert remind() == 1, "one text for all that nobody of the department has accepted"
    late_told = [line for line in told_of(agent) if line["count"] == 4]
    assert len(late_told) == 1 and late_told[0]["person_id"] == agent.people["eng"]
    page = agent.get("kef", "/complaints?late=1&lang=en").text
    assert case in page and "overdue" in page


def told_of(agent: Agent) -> list[dict[str, Any]]:
    with agent.database.read() as session:
        return [json.loads(data) for data in session.scalars(select(Entry.data).where(Entry.kind == "case.late"))]


@pytest.mark.proves("R14", "R13")
def test_a_complaint_is_taken_handled_and_handed_over_by_page(agent: Agent) -> None:
    form = {"channel": "mail", "kind": "billing", "severity": "2", "reach": "several", "language": "zh", "number": "12"}
    refused = agent.ask("kef", "POST", "/complaints/take?lang=en", data={**form, "text": "billed twice"})
    assert refused.status_code == 422 and "billed twice" in refused.text and "no phone number" in refused.text
    made = agent.ask("kef", "POST", "/complaints/take", data={**form, "number": CELL_4, "reference": "k" * 16})
    case = made.headers["Location"].rsplit("/", 1)[1]
    shown = agent.get("kef", f"/complaints/{case}?lang=en").text
    assert "answer in 15 minutes" in shown and "120****0035" in shown and CELL_4 not in shown
    wrong = agent.ask(
        "kef", "POST", f"/complaints/{case}/steps/enquire?lang=en", data={"answer_by": "soon", "result": "z9"}
    )
    assert wrong.status_code == 422 and "z9" in wrong.text
    act(agent, case, "enquire", result="seen")
    moved = agent.ask("kef", "POST", f"/complaints/{case}/hand-over", data={"to": "dou", "reason": "end of my shift"})
    assert moved.status_code == 303 and agent.row(case).owner_id == agent.people["dou"]
    assert agent.ask("kef", "POST", f"/complaints/{case}/steps/answer", data={"result": "x"}).status_code == 403
    assert agent.get("eng", "/complaints").status_code == 403
    assert "Surges of complaints" in agent.get("eng", "/complaints/surges?lang=en").text


def test_a_call_about_no_incident_is_a_complaint_of_the_desk(agent: Agent) -> None:
    made = agent.take(CELL_1, "none", complaint=True, tell=True)
    assert made["incident"] is None and made["kind"] == "network" and len(agent.sms()) == 1
    assert agent.get("kef", f"/api/v1/complaints/{made['case']}").json["next"] == "enquire"
    assert agent.take(CELL_4, "none")["kind"] is None


@pytest.mark.proves("R13")
def test_a_restricted_incidents_complaints_show_to_those_who_may_know_of_it(agent: Agent) -> None:
    number = agent.report(by="ada", kind="information_security")["number"]
    made = agent.take(CELL_1, number, by="ada", complaint=True)["case"]
    assert agent.get("ada", f"/api/v1/complaints/{made}").status_code == 200
    for address in (f"/api/v1/complaints/{made}", f"/complaints/{made}", f"/incidents/{number}/opinions"):
        assert agent.get("dou", address).status_code == 404
    assert made not in agent.get("dou", "/api/v1/complaints").text + agent.get("dou", "/complaints").text
    assert agent.post("dou", f"/api/v1/complaints/{made}/actions/answer", result="x").status_code == 404


@pytest.mark.proves("R13")
def test_a_file_keeps_its_good_rows_and_names_the_bad_ones(agent: Agent, tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text(
        "reference,channel,kind,number,severity,area,received_at\n"
        f"1,app,network,{CELL_1},2,,\n2,fax,network,,3,,\n3,app,network,hello,3,,\n4,app,billing,,9,,\n"
        "5,app,billing,,3,9999,\n6,app,billing,,3,,yesterday\n,app,billing,,3,,\n7,web,attitude,,4,800201,\n",
        "utf-8",
    )
    outcome = feed.complaints(agent.installation, path)
    assert (outcome.kept, outcome.bad) == (2, 6) and outcome.errors is not None
    told = outcome.errors.read_text("utf-8-sig")
    for line, field in (("3", "channel"), ("4", "number"), ("5", "severity"), ("6", "area"), ("7", "received_at")):
        assert f"\n{line},{field}," in told
    assert "hello" not in told
    assert feed.complaints(agent.installation, path).kept == 2
    with agent.database.read() as session:
        assert len(session.scalars(select(Case.id)).all()) == 2, "the same file twice changes nothing"
    upload = {"file": (BytesIO(path.read_bytes()), "feed.csv")}
    page = agent.ask("kef", "POST", "/complaints/import?lang=en", data=upload, content_type="multipart/form-data")
    assert "2 rows kept, 6 with errors" in page.text
    wrong = {"file": (BytesIO(b"a,b\n1,2\n"), "feed.csv")}
    refused = agent.ask("kef", "POST", "/complaints/import", data=wrong, content_type="multipart/form-data")
    assert refused.status_code == 422


@pytest.mark.proves("R28", "R15")
def test_a_customer_complains_at_any_hour_and_follows_it(agent: Agent) -> None:
    assert "Make a complaint" in agent.outside("GET", "/complaints/new?lang=en").text
    form = {"number": "120 9999 9999", "kind": "billing", "text": "charged twice", "key": "a1" * 16}
    empty = agent.outside("POST", "/complaints/new?lang=en", data={**form, "text": " "})
    assert empty.status_code == 422 and "120 9999 9999" in empty.text
    sent = agent.outside("POST", "/complaints/new?lang=en", data=form)
    assert sent.status_code == 303 and sent.headers["Location"].startswith("/c/")
    assert agent.outside("POST", "/complaints/new?lang=en", data=form).headers["Location"] == sent.headers["Location"]
    page = agent.outside("GET", sent.headers["Location"]).text
    assert steps(page) == [("Received", True), ("Being handled", False), ("Case closed", False)]
    (case,) = [each["case"] for each in agent.get("kef", "/api/v1/complaints").json["items"]]
    assert agent.sms() == [], "whoever types a number need not own it"
    act(agent, case, "accept")
    assert agent.look_up(case, STRANGER[-4:]).status_code == 303
    assert ("Being handled", True) in steps(agent.outside("GET", sent.headers["Location"]).text)


def test_the_public_form_is_limited_by_number_and_address(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_pages, "PER_NUMBER", 1)
    form = {"number": STRANGER, "kind": "network", "text": "no signal"}
    assert agent.outside("POST", "/complaints/new", data=form).status_code == 303
    refused = agent.outside("POST", "/complaints/new", data=form)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0 and "no signal" in refused.text
    assert agent.outside("POST", "/complaints/new", data={**form, "number": CELL_1}).status_code == 303


@pytest.mark.proves("R20")
def test_figures_are_those_of_the_handbook() -> None:
    def at(minutes: float) -> datetime:
        return NOON + timedelta(minutes=minutes)

    rows = [
        One(NOON, True, at(30), at(60), at(70), at(90), False, "yes"),
        One(NOON, True, at(31), at(61), at(81), None, True, "no"),
        One(NOON, False),
    ]
    found = figures.of(rows, 100, at(45))
    assert (found.complaints, found.open, found.complaint_rate) == (3, 1, 0.03)
    assert found.first_response == pytest.approx(1 / 3) and found.first_plan == 0.5
    assert found.handling_minutes == 45 and found.resolved == 1 and found.complete == 0.5 and found.first_contact == 1
    nothing = figures.of([], 0, NOON)
    assert (nothing.first_response, nothing.complaint_rate, nothing.handling_minutes) == (None, None, None)


@pytest.mark.proves("R20")
def test_the_figures_of_the_last_days_are_counted_from_rows(agent: Agent) -> None:
    case = one(agent)
    for step, body in (("accept", {}), ("answer", {"result": "done"}), ("follow_up", {"satisfied": "yes"})):
        act(agent, case, step, **body)
    one(agent)
    got = agent.get("eng", "/api/v1/complaints/figures").json
    assert got["complaints"] == 2 and got["first_response"] == got["resolved"] == got["complete"] == 1
    assert got["complaint_rate"] == 2 / 50
    assert "4.0 %" in agent.get("kef", "/complaints?lang=en").text


def test_what_is_said_in_public_has_somebody_who_answers(agent: Agent) -> None:
    number = agent.responding()
    address = f"/api/v1/incidents/{number}/opinions"
    said = {"link": "https://example.com/post/1", "reach": 90000, "sentiment": "bad", "owner": "kef", "note": "angry"}
    for field, value in (("link", "javascript:alert(1)"), ("owner", "nobody"), ("reach", -1)):
        refused = agent.post("kef", address, **{**said, field: value})
        assert refused.status_code == 422 and field in refused.text
    made = agent.post("kef", address, **said).json
    page = f"/incidents/{number}/opinions"
    assert "angry" in agent.get("eng", f"{page}?lang=en").text
    done = agent.ask("kef", "POST", f"{page}/{made['id']}/answer", data={"answer": "we called them"})
    assert done.status_code == 303
    assert agent.post("kef", f"{address}/{made['id']}/actions/answer", answer="again").status_code == 409
    assert agent.get("eng", address).json["items"][0]["answer"] == "we called them"
    bad = agent.ask("kef", "POST", f"{page}?lang=en", data={**said, "link": "nowhere", "note": "kept words"})
    assert bad.status_code == 422 and "kept words" in bad.text
