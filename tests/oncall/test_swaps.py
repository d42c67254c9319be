"""Two people change turns: one proposes, the other accepts, pages follow; neither can be made to, and nothing is applied by half."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from command.core import clock, journal
from command.oncall.duties import schedules
from command.oncall.models import DutyOverride
from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.conftest import Time
from tests.oncall.scene import Scene, step
from tests.oncall.test_duty_page import PASSWORD, token
from tests.oncall.test_web import bearer

pytestmark = pytest.mark.proves("R28")
WEEK = timedelta(days=7)


class Turns:
    """The turns of technical duty that begin after now, the earliest first: username, start, end."""

    def __init__(self, scene: Scene, now: datetime) -> None:
        names = {id: name for name, id in scene.ids.items()}
        held = scene.ask(lambda s: schedules.spans(s, schedules.find(s, "technical"), now, now + 8 * WEEK))
        self.all = [(names[each.member], each.start, each.end) for each in held[1:-1] if each.member]

    def io(self, n: int) -> dict[str, str]:
        return {"start": self.all[n][1].isoformat(), "end": self.all[n][2].isoformat()}


@pytest.fixture
def turns(scene: Scene, time: Time) -> Turns:
    return Turns(scene, time.now())


def propose(client: FlaskClient, scene: Scene, turns: Turns, mine: int = 0, theirs: int = 1) -> Any:
    body = {"person": turns.all[theirs][0], "given": turns.io(mine), "taken": turns.io(theirs)}
    return client.post("/api/v1/schedules/technical/swaps", json=body, headers=bearer(scene, turns.all[mine][0]))


def act(client: FlaskClient, scene: Scene, swap: int, do: str, by: str) -> Any:
    return client.post(f"/api/v1/swaps/{swap}/actions/{do}", json={}, headers=bearer(scene, by))


def overrides(scene: Scene) -> list[DutyOverride]:
    return scene.ask(lambda s: list(s.scalars(select(DutyOverride).order_by(DutyOverride.start_at))))


def test_once_both_agree_pages_follow_and_all_is_on_record(
    scene: Scene, client: FlaskClient, turns: Turns, time: Time
) -> None:
    one, two = turns.all[0][0], turns.all[1][0]
    made = propose(client, scene, turns).json
    assert overrides(scene) == []
    assert "换班" in scene.inbox(two)[-1] or "swap" in scene.inbox(two)[-1]
    assert act(client, scene, made["id"], "accept", two).json["state"] == "accepted"
    assert act(client, scene, made["id"], "accept", two).json["state"] == "accepted"
    assert [row.person_id for row in overrides(scene)] == [scene.ids[two], scene.ids[one]]
    for n, holder in ((0, two), (1, one)):
        time.forward(seconds=(turns.all[n][1] - time.now()).total_seconds() + 60)
        scene.page(step("oncall:technical"), number=f"INC-{n + 1}")
        scene.engine()
        assert scene.called(f"INC-{n + 1}") == [holder]
    stream = journal.month("audit", scene.ask(clock.now) - 2 * WEEK)
    names = [kind for kind in _kinds(scene, stream, scene.ask(clock.now)) if "swap" in kind or "covered" in kind]
    assert names == ["oncall.swap_proposed", "oncall.covered", "oncall.covered", "oncall.swap_accepted"]


def _kinds(scene: Scene, first: str, now: datetime) -> list[str]:
    """Of the audit stream of the month in which a swap was made, and of this one, each once."""
    streams = dict.fromkeys([first, journal.month("audit", now - WEEK), journal.month("audit", now)])
    return [e.kind for name in streams for e in scene.ask(lambda s, n=name: list(journal.entries(s, n)))]


def test_asking_twice_asks_once(scene: Scene, client: FlaskClient, turns: Turns) -> None:
    made = [propose(client, scene, turns).json["id"] for _ in range(2)]
    assert made[0] == made[1]
    assert len([text for text in scene.inbox(turns.all[1][0]) if "swap" in text or "换班" in text]) == 1


def test_a_swap_of_which_a_turn_has_begun_is_not_offered_any_more(
    scene: Scene, client: FlaskClient, turns: Turns, time: Time
) -> None:
    propose(client, scene, turns, mine=1, theirs=0)
    other = turns.all[0][0]
    assert len(client.get("/api/v1/swaps", headers=bearer(scene, other)).json["items"]) == 1
    time.forward(seconds=(turns.all[0][1] - time.now()).total_seconds() + 60)
    assert client.get("/api/v1/swaps", headers=bearer(scene, other)).json["items"] == []


def test_nobody_else_answers_and_what_is_settled_stays_so(scene: Scene, client: FlaskClient, turns: Turns) -> None:
    one, two = turns.all[0][0], turns.all[1][0]
    made = propose(client, scene, turns).json["id"]
    assert act(client, scene, made, "accept", one).status_code == 403
    assert act(client, scene, made, "accept", "qin.yang").status_code == 403
    assert act(client, scene, made, "withdraw", two).status_code == 403
    assert act(client, scene, made, "decline", two).json["state"] == "declined"
    assert act(client, scene, made, "accept", two).status_code == 409
    assert act(client, scene, 99, "accept", two).status_code == 404
    assert act(client, scene, made, "forget", two).status_code == 404
    assert overrides(scene) == []


def test_what_one_does_not_hold_cannot_be_swapped(scene: Scene, client: FlaskClient, turns: Turns) -> None:
    body = {"person": turns.all[2][0], "given": turns.io(1), "taken": turns.io(2)}
    address = "/api/v1/schedules/technical/swaps"
    refused = client.post(address, json=body, headers=bearer(scene, turns.all[0][0]))
    assert (refused.status_code, refused.json["field"]) == (409, "given")
    half = {"start": turns.io(0)["start"], "end": turns.io(1)["end"]}
    refused = client.post(address, json={**body, "given": half}, headers=bearer(scene, turns.all[0][0]))
    assert (refused.status_code, refused.json["field"]) == (409, "given")
    own = {"person": turns.all[0][0], "given": turns.io(0), "taken": turns.io(3)}
    refused = client.post(address, json=own, headers=bearer(scene, turns.all[0][0]))
    assert (refused.status_code, refused.json["field"]) == (422, "person")
    past = {**body, "given": {"start": "2026-01-05T01:00:00Z", "end": "2026-01-06T01:00:00Z"}}
    refused = client.post(address, json=past, headers=bearer(scene, turns.all[0][0]))
    assert (refused.status_code, refused.json["field"]) == (422, "given.start")


def test_if_a_turn_changes_hands_before_the_answer_nothing_is_applied_by_half(
    scene: Scene, client: FlaskClient, turns: Turns, time: Time
) -> None:
    made = propose(client, scene, turns).json["id"]
    cover = {"person": "chen.bo", **turns.io(1)}
    client.post("/api/v1/schedules/technical/overrides", json=cover, headers=bearer(scene, "qin.yang"))
    assert act(client, scene, made, "accept", turns.all[1][0]).status_code == 409
    assert [row.person_id for row in overrides(scene)] == [scene.ids["chen.bo"]]
    time.forward(seconds=(turns.all[0][1] - time.now()).total_seconds() + 60)
    assert act(client, scene, made, "accept", turns.all[1][0]).status_code == 409


def test_ones_own_page_names_the_true_end_of_a_turn_that_goes_on_beyond_what_is_shown(
    scene: Scene, client: FlaskClient, time: Time
) -> None:
    now = time.now()
    shown_until = now + timedelta(days=60)
    held = scene.ask(lambda s: schedules.spans(s, schedules.find(s, "technical"), now, now + 16 * WEEK))
    (last,) = [span for span in held if span.start < shown_until - timedelta(minutes=1) < span.end]
    hashed = passwords.hashed(PASSWORD)
    scene.write(lambda s: people.set_password(s, s.get_one(Person, last.member), hashed))
    (who,) = [name for name, id in scene.ids.items() if id == last.member]
    form = {"username": who, "password": PASSWORD, "csrf_token": token(client, "/sign-in")}
    client.post("/sign-in", data=form)
    page = client.get("/on-call/mine?lang=en").get_data(as_text=True)
    ends = [datetime.fromisoformat(each) for each in re.findall(r'– <time datetime="([^"]+)"', page)]
    assert last.end in ends


def test_it_works_on_the_page_of_each_without_a_script(
    scene: Scene, client: FlaskClient, turns: Turns, time: Time
) -> None:
    def sign_in(username: str) -> None:
        scene.write(lambda s: people.set_password(s, s.get_one(Person, scene.ids[username]), hashed))
        client.delete_cookie("tocsin")
        form = {"username": username, "password": PASSWORD, "csrf_token": token(client, "/sign-in")}
        assert client.post("/sign-in", data=form).status_code == 303

    hashed = passwords.hashed(PASSWORD)
    sign_in(turns.all[0][0])
    page = client.get("/on-call/mine?lang=en").get_data(as_text=True)
    given, taken = (
        re.search(rf'<select[^>]*name="{name}".*?<option value="([^"]+)"', page, re.S) for name in ("given", "taken")
    )
    assert given and taken
    form = {"csrf_token": token(client, "/on-call/mine"), "given": given[1], "taken": taken[1]}
    assert client.post("/on-call/mine/swaps", data=form).status_code == 303
    assert "Withdraw" in client.get("/on-call/mine?lang=en").get_data(as_text=True)
    for odd in (
        "tea",
        "technical|99|2026-12-01T00:00+00:00|2026-12-02T00:00+00:00",
        "technical|1|9999-12-31T23:59-12:00|x",
    ):
        wrong = client.post("/on-call/mine/swaps?lang=en", data={**form, "taken": odd})
        assert wrong.status_code == 422 and "This is no turn." in wrong.get_data(as_text=True)
    sign_in(turns.all[1][0])
    swap = re.search(r'action="(/on-call/mine/swaps/\d+/accept)"', client.get("/on-call/mine").get_data(as_text=True))
    assert swap
    assert client.post(swap[1], data={"csrf_token": token(client, "/on-call/mine")}).status_code == 303
    assert len(overrides(scene)) == 2
