"""A calendar file becomes the topmost layer of a duty, whole or not at all; each fault names the line, the event and the remedy."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from command.core.problems import Invalid
from command.oncall.duties import ics, schedules
from command.oncall.duties.layers import Duty, Layer, Override, spans
from tests.conftest import Time
from tests.oncall.scene import Scene, step
from tests.oncall.test_layers import daily
from tests.oncall.test_rotation import ZONES
from tests.oncall.test_web import bearer

pytestmark = pytest.mark.proves("R28")
QIN, WANG = "qin.yang", "wang.kai"
SHANGHAI = ZoneInfo("Asia/Shanghai")
PEOPLE = {"chen.bo": 1, "chen bo": 1, "陈波": 1, "han.mei": 2}
BEGIN, END = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 12, 1, tzinfo=UTC)


uids = itertools.count(1)


def event(*lines: str) -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{next(uids)}@x", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"]


def file(*events: list[str]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *(line for each in events for line in each), "END:VCALENDAR"]
    return ("\r\n".join(lines) + "\r\n").encode()


def nights(who: str = "SUMMARY:chen.bo", rule: str = "RRULE:FREQ=DAILY;COUNT=3") -> list[str]:
    return event("DTSTART;TZID=Asia/Shanghai:20261205T220000", "DTEND;TZID=Asia/Shanghai:20261206T060000", rule, who)


def read(*events: list[str]) -> list[ics.Turn]:
    return ics.read(file(*events), PEOPLE, SHANGHAI, BEGIN, END)


def test_what_was_called_off_is_no_turn() -> None:
    kept = event("DTSTART:20261205T140000Z", "DTEND:20261205T220000Z", "SUMMARY:chen.bo", "STATUS:CONFIRMED")
    off = event("DTSTART:20261205T150000Z", "DTEND:20261205T160000Z", "SUMMARY:Cancelled", "STATUS:CANCELLED")
    assert [turn.member for turn in read(kept, off)] == [1]
    weekly = nights(rule="RRULE:FREQ=DAILY;COUNT=3")
    one = ["BEGIN:VEVENT", weekly[1], "DTSTAMP:20260101T000000Z", "RECURRENCE-ID;TZID=Asia/Shanghai:20261206T220000"]
    one += ["DTSTART;TZID=Asia/Shanghai:20261206T220000", "DTEND;TZID=Asia/Shanghai:20261207T060000"]
    assert len(read(weekly, [*one, "SUMMARY:chen.bo", "STATUS:CANCELLED", "END:VEVENT"])) == 2


@pytest.mark.parametrize(
    "who",
    [
        "SUMMARY:chen.bo",
        "SUMMARY:Technical duty: Chen Bo",
        "SUMMARY:技术值班：陈波",
        "ATTENDEE;CN=Chen Bo:mailto:x@example.com",
        "ATTENDEE:mailto:chen.bo@example.com",
    ],
)
def test_whom_an_event_names_holds_each_of_its_recurrences(who: str) -> None:
    turns = read(nights(who))
    assert [turn.member for turn in turns] == [1, 1, 1]
    assert turns[0] == ics.Turn(1, datetime(2026, 12, 5, 14, tzinfo=UTC), datetime(2026, 12, 5, 22, tzinfo=UTC))


def test_whole_days_and_times_without_a_zone_stand_on_the_operators_clock() -> None:
    (day,) = read(event("DTSTART;VALUE=DATE:20261210", "SUMMARY:han.mei"))
    assert (day.start, day.end - day.start) == (datetime(2026, 12, 9, 16, tzinfo=UTC), timedelta(days=1))
    (hour,) = read(event("DTSTART:20261210T090000", "DURATION:PT1H", "SUMMARY:han.mei"))
    assert hour.start == datetime(2026, 12, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "line", "what"),
    [
        (nights(rule="RRULE:FREQ=WEEKLY;BYDAY=XX"), 14, "a value cannot be read"),
        (nights(rule="RRULE:FREQ=DAILY;INTERVAL=0"), 14, "its recurrence cannot be used"),
        (nights(rule="RRULE:FREQ=SECONDLY"), 14, "its recurrence cannot be used"),
        (nights(rule="RRULE:FREQ=DAILY;BYHOUR=1,2"), 14, "its recurrence cannot be used"),
        (event("DTSTART:19000101T000000Z", "DURATION:PT1H", "SUMMARY:chen.bo"), 12, "it lies too far from today"),
        (event("DTSTART:20261205T000000Z", "DTEND:20261206T000000", "SUMMARY:chen.bo"), 13, "it ends before it begins"),
        (nights(who="SUMMARY:the night shift"), 15, "it names nobody who is known"),
        (
            event("DTSTART;TZID=Mars/Olympus:20261205T220000", "DURATION:PT1H", "SUMMARY:chen.bo"),
            12,
            "its time zone is unknown",
        ),
        (
            event("DTSTART:20261205T220000Z", "DTEND:20261205T210000Z", "SUMMARY:chen.bo"),
            13,
            "it ends before it begins",
        ),
        (event("DTSTART:20261205T220000Z", "SUMMARY:chen.bo"), 9, "it has no end"),
        (event("DTSTART:2026-12-05", "SUMMARY:chen.bo"), 12, "a value cannot be read"),
        (event("SUMMARY:chen.bo"), 9, "it has no beginning"),
    ],
)
def test_a_fault_names_line_event_and_remedy(lines: list[str], line: int, what: str) -> None:
    """After a sound event of five lines, so that the second is the wrong one."""
    sound = event("DTSTART;VALUE=DATE:20260101", "SUMMARY:han.mei")
    with pytest.raises(Invalid) as refused:
        read(sound, lines)
    assert (refused.value.values["line"], refused.value.values["event"]) == (line + 1, 2)
    assert str(refused.value.values["what"]) == what
    assert refused.value.field == "ics" and refused.value.remedy


@pytest.mark.parametrize(
    "data", [b"hello", b"", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", b"x" * (ics.LARGEST + 1)]
)
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        ics.read(data, PEOPLE, SHANGHAI, BEGIN, END)


def test_two_events_that_meet_are_refused() -> None:
    with pytest.raises(Invalid, match="Two events meet"):
        read(nights(), event("DTSTART:20261206T140000Z", "DURATION:PT1H", "SUMMARY:han.mei"))


def test_an_event_that_takes_the_uid_of_another_is_refused_not_lost() -> None:
    one = nights()
    with pytest.raises(Invalid) as refused:
        read(one, [*one[:3], "DTSTART;VALUE=DATE:20261220", "SUMMARY:han.mei", "END:VEVENT"])
    assert str(refused.value.values["what"]) == "an event before it has the same UID"


def put(client: FlaskClient, scene: Scene, data: bytes, by: str = QIN) -> Any:
    body = {"ics": data.decode()}
    return client.put("/api/v1/schedules/technical/calendar", json=body, headers=bearer(scene, by))


def soon(time: Time, hours: float, who: str) -> list[str]:
    start = time.now() + timedelta(hours=hours)
    return event(f"DTSTART:{start:%Y%m%dT%H%M%SZ}", "DURATION:PT4H", f"SUMMARY:{who}")


def test_pages_follow_the_file_and_the_rotation_after_it(
    scene: Scene, client: FlaskClient, time: Time, on_call: str
) -> None:
    assert put(client, scene, file(soon(time, -1, "chen.bo"))).json["turns"] == 1
    scene.page(step("oncall:technical"), number="INC-1")
    scene.engine()
    assert scene.called("INC-1") == ["chen.bo"]
    time.forward(hours=4)
    scene.page(step("oncall:technical"), number="INC-2")
    scene.engine()
    assert scene.called("INC-2")[0] == on_call


def test_a_wrong_file_changes_nothing_and_removing_gives_the_duty_back(
    scene: Scene, client: FlaskClient, time: Time, on_call: str
) -> None:
    def holder() -> str:
        found = scene.ask(lambda s: schedules.on_duty(s, "technical", time.now()))
        return found.username if found else ""

    put(client, scene, file(soon(time, -1, "chen.bo")))
    refused = put(client, scene, file(soon(time, -1, "han.mei"), soon(time, 8, "nobody at all")))
    assert (refused.status_code, refused.json["field"]) == (422, "ics")
    assert "event 2" in refused.json["detail"] or "第2个" in refused.json["detail"]
    assert holder() == "chen.bo"
    assert put(client, scene, file(soon(time, -1, "han.mei")), by=WANG).status_code == 403
    away = {"person": "chen.bo", "start": time.now().isoformat(), "end": (time.now() + timedelta(hours=1)).isoformat()}
    client.post("/api/v1/leave", json=away, headers=bearer(scene, QIN))
    assert holder() == on_call
    removed = client.post("/api/v1/schedules/technical/calendar/actions/remove", json={}, headers=bearer(scene, QIN))
    assert removed.json["turns"] == 0


@given(st.sampled_from(ZONES), st.integers(0, 300), st.integers(1, 23))
@settings(max_examples=25, deadline=None)
def test_a_nightly_event_in_any_zone_is_held_by_the_local_clock_all_year(zone: str, first: int, hour: int) -> None:
    """Exactly one holder at each instant: the event's from its local hour for one hour, the rotation's otherwise."""
    lines = event(
        f"DTSTART;TZID={zone}:20260103T{hour:02d}0000", "DURATION:PT1H", "RRULE:FREQ=DAILY", "SUMMARY:chen.bo"
    )
    begin = datetime(2026, 1, 10, tzinfo=UTC) + timedelta(days=first)
    end = begin + timedelta(days=40)
    turns = ics.read(file(lines), PEOPLE, SHANGHAI, begin, end)
    duty = Duty((Layer(daily(zone, (7,))),), calendar=tuple(Override(t.member, t.start, t.end) for t in turns))
    held = spans(duty, begin, end)
    assert sum((span.end - span.start for span in held), timedelta()) == timedelta(days=40)
    assert {span.member for span in held} == {1, 7}
    nightly = [turn.start.astimezone(ZoneInfo(zone)) for turn in turns]
    assert 39 <= len(nightly) <= 41
    assert sum(at.hour == hour and at.minute == 0 for at in nightly) >= len(nightly) - 1
