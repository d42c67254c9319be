"""Bodies made to break a reader: nothing breaks, and nothing of them is kept."""

from typing import Any

import pytest
from sqlalchemy import func, select

from command.alarms.models import Alarm
from command.core.journal import Entry, Note
from command.incidents.models import Incident
from command.notices.models import Notice
from tests.incidents.conftest import Desk

INTAKES = (
    "/hooks/alertmanager",
    "/api/v1/alarms",
    "/api/v1/incidents",
    "/api/v1/notices",
    "/api/v1/tokens",
    "/api/v1/incidents/{number}/actions/activate",
    "/api/v1/incidents/{number}/actions/facts",
)
DEEPEST = 1000
"""orjson reads 1024 levels; Python's own stack holds fewer."""
BODIES: dict[str, bytes] = {
    "a NUL far down in lists": b"[" * DEEPEST + b'"\\u0000"' + b"]" * DEEPEST,
    "a NUL far down in objects": b'{"name":' * DEEPEST + b'"\\u0000"' + b"}" * DEEPEST,
    "a NUL in a name": b'{"a\\u0000b": 1}',
    "deep lists": b"[" * DEEPEST + b"]" * DEEPEST,
    "deep objects": b'{"name":' * DEEPEST + b'"x"' + b"}" * DEEPEST,
    "deep under a known field": b'{"alarms":' + b"[" * DEEPEST + b"]" * DEEPEST + b"}",
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"name": "x"}',
    "compressed": b"\x1f\x8b\x08",
    "an overlong slash": b'{"name": "\xc0\xaf"}',
    "a name twice, once as code": b'{"kind": "network_fault", "kind": {"$ne": 1}}',
    "polluting names": b'{"__proto__": {"x": 1}, "constructor": 1}',
}


def rows(desk: Desk) -> dict[str, Any]:
    tables = (Incident, Alarm, Notice, Note, Entry)
    with desk.database.read() as session:
        return {t.__tablename__: session.scalar(select(func.count()).select_from(t)) for t in tables}


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_made_to_break_is_refused_and_leaves_no_row(desk: Desk, kind: str) -> None:
    number = desk.report()["number"]
    desk.token("ada")
    before = rows(desk)
    for intake in INTAKES:
        address = intake.format(number=number)
        answer = desk.ask("ada", "POST", address, data=BODIES[kind], content_type="application/json")
        assert answer.status_code in (400, 422), f"{address}: {answer.text[:300]}"
        assert answer.mimetype == "application/problem+json" and answer.json["detail"] and answer.json["remedy"]
    assert rows(desk) == before


ALERT = {"status": "firing", "labels": {"alertname": "down", "element": "CELL-1", "severity": "critical"}}


@pytest.mark.parametrize(
    "begun", ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1999-12-31T00:00:00+14:00", "2999-01-01T00:00:00Z", 0]
)
def test_an_alert_of_another_age_is_named_and_nothing_of_its_group_is_kept(desk: Desk, begun: str | int) -> None:
    good = {**ALERT, "startsAt": desk.report()["detected_at"]}
    desk.token("ada")
    before = rows(desk)
    answer = desk.post("ada", "/hooks/alertmanager", version="4", alerts=[good, {**ALERT, "startsAt": begun}])
    assert answer.status_code == 422 and answer.json["field"] == "alerts.1.startsAt", answer.text
    assert answer.json["errors"][0]["remedy"]
    assert rows(desk) == before


def test_an_alert_of_last_year_still_fires(desk: Desk, time: Any) -> None:
    begun = time.now().replace(year=time.now().year - 1, day=1).isoformat()
    answer = desk.post("ada", "/hooks/alertmanager", version="4", alerts=[{**ALERT, "startsAt": begun}])
    assert answer.status_code == 200 and answer.json["new"] == 1


def test_a_guess_of_when_a_firing_alert_ends_means_nothing(desk: Desk, time: Any) -> None:
    alert = {**ALERT, "startsAt": time.now().isoformat()}
    for guess in ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        answer = desk.post("ada", "/hooks/alertmanager", version="4", alerts=[{**alert, "endsAt": guess}])
        assert answer.status_code == 200 and answer.json["new"] + answer.json["unchanged"] == 1


def test_a_hook_delivered_again_after_the_end_reopens_nothing(desk: Desk, time: Any) -> None:
    """Somebody who recorded a group and plays it back later changes no alarm and no incident."""
    alert = {**ALERT, "startsAt": time.now().isoformat()}
    first = desk.post("ada", "/hooks/alertmanager", version="4", alerts=[alert])
    time.forward(minutes=5)
    done = {**alert, "status": "resolved", "endsAt": time.now().isoformat()}
    desk.post("ada", "/hooks/alertmanager", version="4", alerts=[done])
    alarms = desk.get("ada", "/api/v1/alarms").json["items"]
    before = {key: value for key, value in alarms[0].items() if key != "received_at"}
    for replayed in (alert, done, alert):
        answer = desk.post("ada", "/hooks/alertmanager", version="4", alerts=[replayed])
        assert answer.json["unchanged"] == 1 and answer.json["incidents"] == []
    alarms = desk.get("ada", "/api/v1/alarms").json["items"]
    assert {key: value for key, value in alarms[0].items() if key != "received_at"} == before
    assert first.json["new"] == 1
