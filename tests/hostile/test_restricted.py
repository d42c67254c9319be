"""A restricted incident is known to named people only: to everybody else no address says that it is there (design §9)."""

import difflib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from command.alarms.models import Alarm
from command.core import clock
from command.incidents.models import Incident
from command.oncall.models import Page
from tests.hostile.conftest import built
from tests.incidents.conftest import Desk

SECRET = "the customer database is for sale"
OUTSIDERS = ("ops", "aud", "adm", "tra", "pre")
"""Nobody of the emergency group that handles it; a commander and an auditor are among them."""
FROZEN = datetime(2027, 3, 2, 3, 10, tzinfo=UTC)
"""An instant at which time stands still, so that only what happened differs."""


@pytest.fixture
def number(desk: Desk) -> str:
    """A leak under way."""
    return leak(desk)


def leak(desk: Desk) -> str:
    """A leak with an element that failed, an alarm on it, a notice, pages, notes, evidence, people concerned, a decision, a request for
    a resource, an improvement action and a customer's case; its number."""
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
    mine = select(Incident.id).where(Incident.number == found).scalar_subquery()
    desk.do(lambda session: session.execute(update(Alarm).where(Alarm.incident_id.is_(None)).values(incident_id=mine)))
    assert desk.get("ada", f"/api/v1/alarms?incident={found}").json["items"], "the alarm belongs to the incident"
    _handled(desk, found)
    desk.send()
    return found


def _handled(desk: Desk, number: str) -> None:
    """What else belongs to it."""
    of = f"/api/v1/incidents/{number}"
    for address, body, status in (
        (f"{of}/comments", {"text": SECRET}, 201),
        (f"{of}/security/flow", {"flow": "leak"}, 200),
        (f"{of}/security/evidence", {"description": SECRET, "place": SECRET}, 201),
        (f"{of}/security/concerned", {"list": "record\n1\n2\n"}, 200),
        (f"{of}/security/decision", {"tell": False, "reason": SECRET, "reconsider_on": "2099-01-01"}, 200),
        ("/api/v1/improvement-actions", improvement(number), 201),
    ):
        answer = desk.post("ada", address, **body)
        assert answer.status_code == status, f"{address}: {answer.text}"


def improvement(number: str) -> dict[str, str]:
    """An action that the incident brought."""
    return {"title": SECRET, "owner": "eng", "due_on": "2027-12-01", "source": f"incident:{number}"}


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


def doors(desk: Desk, number: str, hidden: str) -> list[str]:
    """Every address that is read: with an incident that everybody sees and with the hidden one, and with the first ids of everything."""
    found = []
    for rule in desk.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        of_incident = {"number", "name"} & rule.arguments
        for each in (number, hidden) if of_incident else (number,):
            base = {"number": each, "name": f"incident:{each}", "code": "isolate_systems", "action": "cancel"}
            ids = [name for name in rule.arguments if name.endswith("_id") or name in ("label",)]
            for at in (1, 2) if ids else (1,):
                found.append(built(rule, **base | dict.fromkeys(ids, at)))
    return [*dict.fromkeys(found), f"/api/v1/notices?incident={hidden}", f"/archive?text={hidden}", "/?lang=en"]


def seen(desk: Desk, who: str, asked: list[str]) -> dict[str, tuple[int, str]]:
    """What somebody is answered, without what differs each time it is asked."""
    return {each: _plain(desk, who, each) for each in asked if not each.startswith(("/readyz", "/metrics"))}


def _plain(desk: Desk, who: str, address: str) -> tuple[int, str]:
    answer = desk.get(who, address)
    assert answer.status_code < 500, f"{address}: {answer.status_code}"
    text = answer.get_data(as_text=True) if answer.mimetype.startswith(("text/", "application/json")) else ""
    for pattern in VARYING:
        text = re.sub(pattern, "~", text)
    return answer.status_code, text


VARYING = (
    r'nonce="[^"]*"',
    r'name="csrf[^>]*>',
    r'"(?:trace|trace_id)": ?"[^"]*"',
    r"<code>[0-9a-f]{16}</code>",
    r'data-csrf="[^"]*"',
    r'content="[A-Za-z0-9_.\-]{60,}"',
    r'name="key" value="[^"]*"',
    r'name="reference" value="[0-9a-f]{16}"',
)


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Time stands still."""
    monkeypatch.setattr(clock, "instant", lambda session: FROZEN)
    yield


@pytest.mark.proves("R19", "R25")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_world_with_it_is_to_an_outsider_the_world_without(desk: Desk, still: None) -> None:
    """Two worlds: before it, and with all that belongs to it. Every address answers an outsider the same: no number, no words of it, no
    count that differs, whether they audit or command elsewhere."""
    known = desk.responding("dou", elements=["CELL-1"])
    desk.send()
    hidden = f"{FROZEN + timedelta(hours=8):%Y-%m%d}-R001"
    asked = doors(desk, known, hidden)
    outsiders = ("pre", "aud")
    before = {who: seen(desk, who, asked) for who in outsiders}
    assert leak(desk) == hidden
    told = []
    for who in outsiders:
        for address, (status, text) in seen(desk, who, asked).items():
            was_status, was = before[who][address]
            if (status, text) != (was_status, was):
                lines = difflib.unified_diff(was.splitlines(), text.splitlines(), str(was_status), str(status), n=0)
                told.append(f"{who} {address}\n" + "\n".join(line[:400] for line in lines))
            assert SECRET not in text, address
    assert not told, f"{len(told)} addresses differ:\n" + "\n".join(told)


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
    hidden = desk.refused("pre", own, "merge", into=number, reason="the same")
    absent = desk.refused("pre", own, "merge", into="1999-0101-001", reason="the same")
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
