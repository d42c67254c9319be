"""Texts that would be code if anybody forgot to escape them: they reach every page as text."""

import re

import pytest
from sqlalchemy import update

from command.network.models import Area
from command.people.models import Person
from tests.hostile.conftest import built
from tests.incidents.conftest import Desk

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=alert(1)>'
TEMPLATE = "{{7*191}}{% raise %}%(x)s%s"
SQL = "'; DROP TABLE incident; --"
NASTY = f"{SCRIPT}{IMAGE}{TEMPLATE}{SQL}"
CODE = re.compile(r"<script>alert|<img src=x|1337", re.I)


@pytest.fixture
def number(desk: Desk) -> str:
    """An incident in whose every text, and around whom in every name, there is code."""
    desk.database.write(lambda session: session.execute(update(Area).values(name_zh=NASTY, name_en=NASTY)))
    desk.database.write(lambda session: session.execute(update(Person).values(name_zh=NASTY, name_en=NASTY)))
    texts = dict.fromkeys(("summary", "feedback", "measures"), NASTY)
    found: str = desk.report(elements=["CELL-1"], **texts)["number"]
    desk.act("dou", found, "assess", reason=NASTY)
    desk.act("dou", found, "activate", reason=NASTY)
    desk.act("dou", found, "regrade", tier=1, reason=NASTY)
    desk.act("dou", found, "transfer", to="dep", briefing=NASTY, override=True, reason=NASTY)
    task = next(task["code"] for task in desk.see(found)["tasks"] if task["state"] == "open")
    desk.act("dou", found, "task", code=task, to="skip", reason=NASTY)
    desk.post("ada", "/api/v1/notices", incident=found, kind="update", texts={"zh": NASTY, "en": NASTY})
    alarm = dict.fromkeys(("source", "element", "object", "problem", "text"), NASTY)
    at = desk.see(found)["detected_at"]
    for element in (NASTY, "CELL-1"):
        sent = desk.post(
            "ada", "/api/v1/alarms", alarms=[{**alarm, "element": element, "severity": "major", "raised_at": at}]
        )
        assert sent.status_code == 200, sent.text
    labels = {"alertname": NASTY, "element": NASTY, "instance": NASTY, "severity": NASTY}
    alert = {"status": "firing", "labels": labels, "annotations": {"summary": NASTY}, "startsAt": at}
    assert desk.post("ada", "/hooks/alertmanager", version="4", alerts=[alert]).status_code == 200
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_runs_what_somebody_wrote(desk: Desk, number: str) -> None:
    for rule in desk.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(("/api/", "/metrics", "/readyz")):
            continue
        address = built(rule, number=number, name=f"incident:{number}", token=NASTY, action="transfer")
        for language in ("zh", "en"):
            answer = desk.ask("ada", "GET", address, query_string={"lang": language, "next": NASTY, "x": NASTY})
            assert answer.status_code < 500, address
            if answer.mimetype in ("text/html", "application/json"):
                assert not CODE.search(answer.text), f"{address}: {CODE.search(answer.text)}"


def test_the_pages_do_show_it_as_text(desk: Desk, number: str) -> None:
    for address in ("/alarms", "/people", f"/incidents/{number}"):
        assert "&lt;script&gt;alert(1)" in desk.get("ada", address).text, address


def test_no_fragment_of_a_board_runs_it_either(desk: Desk, number: str) -> None:
    for board in ("command", f"incident:{number}"):
        for card in desk.get("ada", f"/board/state/{board}?lang=en").json["cards"].values():
            assert not CODE.search(card or "")


def test_a_refusal_shows_what_was_typed_as_text(desk: Desk) -> None:
    form = {"kind": NASTY, "area": NASTY, "summary": NASTY, "elements": NASTY, "users": NASTY, "key": "x"}
    for change in ({}, {"kind": "network_fault"}, {"kind": "network_fault", "users": "", "occurred_at": NASTY}):
        answer = desk.ask("ada", "POST", "/incidents/report?lang=en", data=form | change)
        assert answer.status_code == 422 and not CODE.search(answer.text)


def test_problem_documents_are_never_taken_for_pages(desk: Desk) -> None:
    for answer in (
        desk.get("ada", f"/api/v1/incidents/{SCRIPT}"),
        desk.post("ada", "/api/v1/incidents", kind="network_fault", area=NASTY),
        desk.post("ada", "/api/v1/incidents", **{SCRIPT: 1}),
    ):
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_filters_are_texts_and_no_queries(desk: Desk, number: str) -> None:
    for address in (
        "/api/v1/alarms?element=",
        "/api/v1/elements?name=",
        "/api/v1/areas?after=",
        "/api/v1/pages?incident=",
    ):
        assert desk.ask("ada", "GET", address + "' OR '1'='1").json["items"] == [] or "areas" in address
    assert desk.ask("ada", "GET", "/api/v1/elements?name=%25").json["items"] == []
    assert desk.see(number)["number"] == number
