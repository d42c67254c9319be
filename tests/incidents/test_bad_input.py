"""Whatever is sent, the answer is a problem that names field and remedy: never a 500, nothing half done."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Time
from tests.incidents.conftest import Desk

ACTIONS = (
    *("assess", "regrade", "activate", "restore", "reopen", "review", "close", "cancel", "merge"),
    *("transfer", "eta", "facts", "impact", "locate", "clock", "task"),
)
NOTICE_ACTIONS = ("submit", "approve", "withdraw", "correct")
GOOD = {"kind": "network_fault", "area": "800101"}
REPORTS: dict[str, tuple[Any, str]] = {
    "no kind": ({"area": "800101"}, "kind"),
    "unknown kind": (GOOD | {"kind": "earthquake"}, "kind"),
    "unknown area": (GOOD | {"area": "nowhere"}, "area"),
    "unknown field": (GOOD | {"teir": 1}, "teir"),
    "text for a number": (GOOD | {"users": "many"}, "users"),
    "negative users": (GOOD | {"users": -1}, "users"),
    "too many users for the area": (GOOD | {"users": 31}, "users"),
    "users beyond every number": (b'{"kind": "network_fault", "area": "80", "users": 1' + b"0" * 30 + b"}", "users"),
    "a time without a zone": (GOOD | {"detected_at": "2026-11-22T10:00:00"}, "detected_at"),
    "no time": (GOOD | {"occurred_at": "soon"}, "occurred_at"),
    "year one": (GOOD | {"occurred_at": "0001-01-01T00:00:00+00:00"}, "occurred_at"),
    "unknown element": (GOOD | {"elements": ["CELL-1", "CELL-99"]}, "elements"),
    "unknown service": (GOOD | {"services": ["telepathy"]}, "services"),
    "text of a megabyte": (GOOD | {"summary": "x" * 1_000_000}, "summary"),
    "a NUL": (GOOD | {"area": "80\x00"}, ""),
    "a list": ([GOOD], ""),
    "null": (None, ""),
}


@pytest.mark.parametrize("case", REPORTS)
def test_a_report_that_cannot_be_used_is_refused_and_leaves_nothing(desk: Desk, case: str) -> None:
    body, field = REPORTS[case]
    sent: dict[str, Any] = (
        {"data": body, "content_type": "application/json"} if isinstance(body, bytes) else {"json": body}
    )
    answer = desk.ask("kef", "POST", "/api/v1/incidents", **sent)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.json["detail"]
    if field:
        assert field in answer.text
        assert "remedy" in answer.text
    assert desk.get("aud", "/api/v1/incidents").json["items"] == []


@pytest.mark.parametrize("field", ["occurred_at", "detected_at"])
def test_times_ahead_and_long_ago_are_refused_by_name(desk: Desk, time: Time, field: str) -> None:
    for away in (timedelta(hours=1), timedelta(days=-31)):
        answer = desk.post("kef", "/api/v1/incidents", **GOOD, **{field: (time.now() + away).isoformat()})
        assert (answer.status_code, answer.json["field"]) == (422, field)
        assert answer.json["remedy"]


def test_every_address_takes_nonsense_calmly(desk: Desk) -> None:
    number = desk.responding()
    notice = desk.notices(number)[0]["id"]
    base = f"/api/v1/incidents/{number}"
    addresses = [
        *(f"{base}/actions/{action}" for action in ACTIONS),
        *(f"/api/v1/incidents/2020-0101-001/actions/{action}" for action in ACTIONS),
        *(
            f"{base}/tasks/{code}/actions/{verb}"
            for code in ("locate_fault", "none")
            for verb in ("done", "skip", "reopen")
        ),
        *(
            f"/api/v1/notices/{which}/actions/{verb}"
            for which in (notice, 0, 10**30)
            for verb in ("submit", "approve", "withdraw", "correct")
        ),
        "/api/v1/notices",
        f"{base}/actions/explode",
    ]
    bodies: list[dict[str, Any]] = [
        {"data": b"{"},
        {"data": b"\xff\xfe{}", "content_type": "application/json"},
        {"json": []},
        {"json": {"nonsense": 1}},
        {
            "json": {
                "tier": 9,
                "into": "",
                "to": 5,
                "eta": "x",
                "users": -1,
                "area": 1,
                "code": None,
                "count": "ten",
                "kind": 7,
            }
        },
        {"json": {"reason": "x" * 5000}},
    ]
    for address in addresses:
        for body in bodies:
            answer = desk.ask("ada", "POST", address, **body)
            assert 400 <= answer.status_code < 500, (address, body, answer.text)
            assert answer.content_type == "application/problem+json", (address, answer.text)


def test_queries_that_cannot_be_used_are_refused(desk: Desk) -> None:
    number = desk.report()["number"]
    for address in (
        "/api/v1/incidents?tier=5",
        "/api/v1/incidents?state=asleep",
        "/api/v1/incidents?limit=0",
        "/api/v1/incidents?after=x",
        "/api/v1/incidents?colour=red",
        f"/api/v1/incidents/{number}/journal?after=-1",
        f"/api/v1/incidents/{number}/journal?limit=100000",
        f"/api/v1/notices?after={10**30}",
    ):
        assert desk.get("aud", address).status_code == 422, address
    assert desk.get("aud", "/api/v1/incidents/none").status_code == 404
    assert desk.get("aud", "/api/v1/incidents/none/journal").status_code == 404


def test_actions_need_no_body_where_nothing_has_to_be_said(desk: Desk) -> None:
    number = desk.report(elements=["CELL-1"])["number"]
    assert desk.ask("dou", "POST", f"/api/v1/incidents/{number}/actions/assess", json={}).status_code == 200
    answer = desk.ask("dou", "POST", f"/api/v1/incidents/{number}/actions/activate")
    assert answer.status_code < 500
