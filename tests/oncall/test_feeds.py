"""A calendar program reads just what pages will follow."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from command.oncall.duties import cover, feeds, schedules
from command.people.access import Principal
from command.people.models import Person
from tests.conftest import Time
from tests.oncall.scene import Scene

HOUR = timedelta(hours=1)


def address(scene: Scene, username: str, code: str | None = None) -> str:
    def work(s):  # type: ignore[no-untyped-def]
        person = s.get_one(Person, scene.ids[username])
        return feeds.create(s, person, schedules.find(s, code) if code else None)

    return f"/on-call/feed/{scene.write(work)}.ics"


def read(client: FlaskClient, where: str) -> Calendar:
    answer = client.get(where)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    return Calendar.from_ical(answer.get_data())  # type: ignore[return-value]


@pytest.mark.proves("R28", "B9")
def test_a_schedule_s_calendar_is_its_preview(scene: Scene, client: FlaskClient, time: Time) -> None:
    now = time.now()
    planner = Principal(scene.ids["qin.yang"], "qin.yang", frozenset({"duty_officer"}), None, "zh")

    def work(s):  # type: ignore[no-untyped-def]
        person = s.get_one(Person, scene.ids["chen.bo"])
        cover.cover(s, schedules.find(s, "technical"), person, now + HOUR, now + 5 * HOUR, planner)

    scene.write(work)
    events = read(client, address(scene, "wang.kai", "technical")).walk("VEVENT")
    held = scene.ask(
        lambda s: schedules.spans(s, schedules.find(s, "technical"), now - feeds.BEHIND, now + feeds.AHEAD)
    )
    told = sorted((e["dtstart"].dt, e["dtend"].dt, str(e["summary"])) for e in events)
    assert [(start, end) for start, end, _ in told[1:-1]] == [(span.start, span.end) for span in held[1:-1]]
    assert sum("陈波" in name for _, _, name in told) == 1
    assert len({str(e["uid"]) for e in events}) == len(events)


def test_a_person_s_calendar_has_their_own_duties_only(scene: Scene, client: FlaskClient) -> None:
    events = read(client, address(scene, "wang.kai")).walk("VEVENT")
    assert events
    assert all("王凯" in str(event["summary"]) for event in events)


def test_a_new_address_ends_the_one_before_and_no_other(scene: Scene, client: FlaskClient) -> None:
    own, technical = address(scene, "wang.kai"), address(scene, "wang.kai", "technical")
    fresh = address(scene, "wang.kai")
    assert client.get(own).status_code == 404
    assert client.get(technical).status_code == client.get(fresh).status_code == 200


def test_the_address_of_somebody_who_left_is_closed(scene: Scene, client: FlaskClient) -> None:
    where = address(scene, "wang.kai", "technical")
    scene.lock("wang.kai")
    assert client.get(where).status_code == 404


@pytest.mark.proves("I10")
def test_no_calendar_holds_a_number(scene: Scene, client: FlaskClient) -> None:
    text = client.get(address(scene, "wang.kai", "technical")).get_data(as_text=True)
    assert "+86" not in text
