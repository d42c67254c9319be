"""The page on which duties are handed over and taken over, as its two people use it, without a script."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.handover.conftest import Duty

PASSWORD = "four words nobody joins"
PAGE = "/on-call/hand-over"
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Browser:
    """Somebody who has signed in. Forms carry the token of the page they stand on."""

    def __init__(self, duty: Duty, username: str) -> None:
        hashed = passwords.hashed(PASSWORD)
        duty.database.write(lambda s: people.set_password(s, s.get_one(Person, duty.people[username]), hashed))
        self.client: FlaskClient = duty.app.test_client()
        assert self.post("/sign-in", "/sign-in", username=username, password=PASSWORD).status_code == 303

    def get(self, address: str) -> str:
        answer = self.client.get(f"{address}?lang=en")
        assert answer.status_code == 200, address
        return answer.get_data(as_text=True)

    def post(self, on: str, address: str, /, **form: Any) -> Any:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(on))
        assert found
        return self.client.post(f"{address}?lang=en", data={**form, "csrf_token": found[1]})


@pytest.fixture
def leaver(duty: Duty) -> Browser:
    return Browser(duty, duty.leaver)


@pytest.mark.proves("R14")
def test_one_offers_and_the_other_takes_over(duty: Duty, leaver: Browser) -> None:
    number = duty.acknowledged()
    duty.take(number, "rule_out_attack")
    page = leaver.get(PAGE)
    assert number in page and "You stay responsible until the next one accepts." in page
    items = re.findall(r'name="item" id="[^"]+" value="([^"]+)" checked', page)
    assert [each.partition(":")[0] for each in items] == ["page", "task"]
    form = {"schedule": "technical", "item": items[:1], f"note:{items[0]}": "Call back at six.", "note": "Gate 7231#."}
    assert leaver.post(PAGE, PAGE, **form).status_code == 303
    page = leaver.get(PAGE)
    assert f"{duty.leaver.title()} stays responsible until {duty.taker.title()} accepts." in page
    assert "Offer the hand-over" not in page
    (address,) = set(re.findall(rf"{PAGE}/\d+", page))
    taker = Browser(duty, duty.taker)
    page = taker.get(address)
    assert "Call back at six." in page and "Gate 7231#." in page and "Take over" in page
    assert taker.post(address, f"{address}/accept").status_code == 303
    assert "Passed on" in taker.get(address)
    assert "Accepted" in leaver.get(PAGE)


def test_a_refusal_keeps_what_was_typed_and_ticked(duty: Duty, leaver: Browser) -> None:
    number = duty.acknowledged()
    duty.take(number, "rule_out_attack")
    (page_item, task_item) = re.findall(r'name="item" id="[^"]+" value="([^"]+)"', leaver.get(PAGE))
    duty.post("sec", f"/api/v1/incidents/{number}/tasks/rule_out_attack/actions/done")
    form = {"schedule": "technical", "item": [task_item], "note": "Ask the guard."}
    refused = leaver.post(PAGE, PAGE, **form)
    text = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert f"{task_item} is not yours to hand over, or is over." in text
    assert "Ask the guard." in text
    assert f'value="{page_item}" checked' not in text and f'value="{page_item}"' in text


def test_declining_without_a_reason_says_so_at_the_field_and_withdrawing_undoes(duty: Duty, leaver: Browser) -> None:
    duty.acknowledged()
    address = f"{PAGE}/{duty.offered()}"
    taker = Browser(duty, duty.taker)
    refused = taker.post(address, f"{address}/decline", reason=" ")
    assert refused.status_code == 422
    assert 'id="reason-error"' in refused.get_data(as_text=True)
    assert taker.post(address, f"{address}/withdraw").status_code == 403
    assert leaver.post(address, f"{address}/withdraw").status_code == 303
    assert taker.client.post(f"{address}/accept", data={}).status_code in (400, 403)
    assert taker.client.get(f"{PAGE}/999").status_code == 404
    assert "Withdrawn" in leaver.get(address)
    assert Browser(duty, "ops").client.get(address).status_code == 403


def test_who_holds_no_duty_reads_so_and_where_nobody_follows_one_chooses(duty: Duty) -> None:
    assert "No duty to hand over" in Browser(duty, "kef").get(PAGE)
    alone = Browser(duty, "ops")
    assert "Nobody follows you by plan." in alone.get(PAGE)
    refused = alone.post(PAGE, PAGE, schedule="operations", note="Quiet.", to="")
    text = refused.get_data(as_text=True)
    assert (refused.status_code, 'id="to-operations-error"' in text, "Quiet." in text) == (422, True, True)
    assert alone.post(PAGE, PAGE, schedule="operations", to="dou").status_code == 303
