"""A restricted incident is known to named people only: to everybody else no address says that it is there (design §9)."""

import pytest
from sqlalchemy import select, update

from command.alarms.models import Alarm
from command.incidents.models import Incident
from command.oncall.models import Page
from tests.hostile.conftest import built
from tests.incidents.conftest import Desk

SECRET = "the customer database is for sale"
OUTSIDERS = ("ops", "aud", "adm", "tra")
"""Nobody of the emergency group, which gets its roles when the response begins, and no commander."""


@pytest.fixture
def number(desk: Desk) -> str:
    """A leak under way: with an element that failed, an alarm on it, a notice, pages and notes."""
    found: str = desk.report("sec", kind="information_security", elements=["CELL-4"], summary=SECRET, users=10)[
        "number"
    ]
    desk.act("ada", found, "assess", reason=SECRET)
    desk.act("ada", found, "activate", reason=SECRET)
    drafted = desk.post("ada", "/api/v1/notices", incident=found, kind="first", texts={"zh": SECRET, "en": SECRET})
    assert drafted.status_code == 201
    alarm = {"source": "nms", "element": "CELL-4", "problem": "down", "severity": "critical", "text": SECRET}
    taken = desk.post("ada", "/api/v1/alarms", alarms=[{**alarm, "raised_at": desk.see(found)["detected_at"]}])
    assert taken.status_code == 200, taken.text
    assert desk.get("ada", f"/api/v1/alarms?incident={found}").json["items"] == [], "correlation never draws one in"
    desk.do(lambda session: session.execute(update(Alarm).values(incident_id=select(Incident.id).scalar_subquery())))
    assert desk.get("ada", f"/api/v1/alarms?incident={found}").json["items"], "the alarm belongs to the incident"
    desk.send()
    return found


def addresses(desk: Desk, number: str, method: str) -> list[str]:
    """Every address, with this incident, its notice, its page or its task in the places of the route."""
    task = desk.see(number)["tasks"][0]["code"]
    values = {
        "number": number,
        "name": f"incident:{number}",
        "code": task,
        "task": task,
        "person_id": desk.people["sec"],
    }
    values |= {"action": "cancel", "turn": "meet"}
    found = []
    for rule in desk.app.url_map.iter_rules():
        if method in (rule.methods or ()):
            found.append(built(rule, **values))
    return found


@pytest.mark.parametrize(
    ("database_url", "outsider"),
    [*(("sqlite", each) for each in OUTSIDERS), ("postgresql", OUTSIDERS[0])],
    indirect=["database_url"],
)
def test_no_address_shows_it_to_an_outsider(desk: Desk, number: str, outsider: str) -> None:
    queries = ("", f"?incident={number}&at=2099-01-01T00:00")
    for address in addresses(desk, number, "GET"):
        for query in queries:
            answer = desk.get(outsider, address + query)
            assert answer.status_code < 500 or address == "/readyz"
            shown = answer.text.replace(f"There is no incident {number}", "").replace(f"没有事件 {number}", "")
            shown = "" if answer.status_code == 404 else shown
            echoed = shown.replace(f"incident={number}", "").replace(f"at={number}", "")
            assert number not in echoed, f"{address}{query} names it to {outsider}"
            assert SECRET not in answer.text, f"{address}{query} tells it to {outsider}"


def test_it_is_there_for_whoever_is_named(desk: Desk, number: str) -> None:
    for insider in ("ada", "sec"):
        assert number in desk.get(insider, "/api/v1/incidents").text
        assert SECRET in desk.get(insider, f"/api/v1/incidents/{number}/journal").text


def test_nobody_else_acts_on_it_and_each_is_told_that_there_is_none(desk: Desk, number: str) -> None:
    before = desk.journal(number)
    for address in addresses(desk, number, "POST"):
        if f"/{number}/" not in address and "/notices/" not in address:
            continue
        for body in ({}, {"reason": "curious", "override": True}, {"count": 1, "reason": "x", "override": True}):
            answer = desk.ask("ops", "POST", address, json=body)
            assert answer.status_code in (403, 404, 422), f"{address}: {answer.status_code}"
            assert SECRET not in answer.text
    assert desk.journal(number) == before


def test_another_incident_cannot_be_merged_into_what_one_may_not_know(desk: Desk, number: str) -> None:
    own = desk.report("dou", elements=["CELL-1"])["number"]
    hidden = desk.refused("dou", own, "merge", into=number, reason="the same")
    absent = desk.refused("dou", own, "merge", into="1999-0101-001", reason="the same")
    assert hidden["status"] == absent["status"] == 404
    assert hidden["detail"].replace(number, "") == absent["detail"].replace("1999-0101-001", "")


def test_a_feed_does_not_learn_that_its_alarm_belongs_to_it(desk: Desk, number: str, time: object) -> None:
    detected = desk.see(number)["detected_at"]
    alarm = {"source": "nms", "element": "CELL-4", "object": "2", "problem": "down", "severity": "critical"}
    taken = desk.post("dou", "/api/v1/alarms", alarms=[{**alarm, "raised_at": detected}])
    assert taken.status_code == 200 and number not in taken.text


def test_a_list_of_alarms_does_not_betray_it_by_where_it_goes_on(desk: Desk, number: str) -> None:
    for query in (f"incident={number}&limit=1", "limit=1"):
        answer = desk.get("ops", f"/api/v1/alarms?{query}").json
        assert answer == {"items": [], "next": None}


def test_a_page_of_it_is_nobody_elses_business(desk: Desk, number: str) -> None:
    with desk.database.read() as session:
        called = dict(session.execute(select(Page.id, Page.person_id)).tuples().all())
    assert called
    for page_id in called:
        answer = desk.ask("ops", "POST", f"/api/v1/pages/{page_id}/actions/acknowledge", json={})
        assert answer.status_code == 403 and number not in answer.text
    assert desk.get("ops", f"/api/v1/pages?incident={number}").json["items"] == []
