"""The duties page, as somebody uses it who has signed in."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from command.oncall.models import DutyOverride
from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.conftest import Time
from tests.oncall.scene import Scene

PASSWORD = "four words nobody joins"


@pytest.fixture
def signed_in(scene: Scene, client: FlaskClient) -> Iterator[FlaskClient]:
    hashed = passwords.hashed(PASSWORD)
    scene.write(lambda s: people.set_password(s, s.get_one(Person, scene.ids["qin.yang"]), hashed))
    form = {"username": "qin.yang", "password": PASSWORD, "csrf_token": token(client, "/sign-in")}
    assert client.post("/sign-in", data=form).status_code == 303
    yield client


def token(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).get_data(as_text=True))
    assert found
    return found[1]


def local(at: datetime) -> str:
    return (at + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.proves("R28")
def test_it_says_who_is_on_call_until_when_and_who_is_next(signed_in: FlaskClient, scene: Scene) -> None:
    page = signed_in.get("/on-call?lang=en").get_data(as_text=True)
    for each in scene.roster.schedules:
        assert each.name.en in page
    assert page.count("<dt>Next</dt>") == 4
    assert "Nobody holds this duty" not in page


def test_cover_planned_on_the_page_is_listed_and_ended_there(signed_in: FlaskClient, scene: Scene, time: Time) -> None:
    now = time.now()
    form = {
        "csrf_token": token(signed_in, "/on-call"),
        "schedule": "technical",
        "person": "chen.bo",
        "start": local(now),
        "end": local(now + timedelta(hours=4)),
    }
    assert signed_in.post("/on-call/cover", data=form).status_code == 303
    page = signed_in.get("/on-call?lang=en").get_data(as_text=True)
    assert "covers Technical duty" in page
    row = scene.ask(lambda s: s.query(DutyOverride).one())
    assert row.end_at - row.start_at > timedelta(hours=3)
    ended = signed_in.post(f"/on-call/cover/{row.id}/end", data={"csrf_token": form["csrf_token"]})
    assert ended.status_code == 303
    assert "covers Technical duty" not in signed_in.get("/on-call?lang=en").get_data(as_text=True)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"person": "nobody"}, "There is nobody called nobody."),
        ({"start": "soon"}, "This is not a time."),
        ({"end": "2020-01-01T00:00"}, "It ends before it begins."),
        ({"schedule": "cooking"}, "There is no schedule cooking."),
    ],
)
def test_a_wrong_form_says_what_to_mend_and_keeps_what_was_typed(
    signed_in: FlaskClient, time: Time, fault: dict[str, str], said: str
) -> None:
    now = time.now()
    form = {
        "csrf_token": token(signed_in, "/on-call"),
        "schedule": "technical",
        "person": "chen.bo",
        "start": local(now),
        "end": local(now + timedelta(hours=4)),
    }
    answer = signed_in.post("/on-call/cover?lang=en", data={**form, **fault})
    page = answer.get_data(as_text=True)
    assert answer.status_code in (404, 422)
    assert said in page
    if "end" not in fault:
        assert form["end"] in page


@pytest.mark.parametrize("query", ["?from=9999-12-31", "?from=yesterday", "?weeks=1000", "?from=0001-01-01&weeks=8"])
def test_an_odd_address_shows_this_week(signed_in: FlaskClient, query: str) -> None:
    assert signed_in.get(f"/on-call{query}").status_code == 200
