"""How one is reached, as people set it: over the API and on the page."""

import re
from typing import Any

import pytest
from sqlalchemy import select, update

from command.core.installation import Installation
from command.core.settings import GatewaySettings
from command.messages.models import Body, Delivery, State
from command.oncall.reach import contacts
from command.people.contacts import PersonContact, owners
from command.people.models import Person
from tests.conftest import Time
from tests.people.conftest import Browser, Office

ME = "/api/v1/me/contacts"
PAGE = "/me/contacts"


@pytest.fixture
def settings(settings: Any) -> Any:
    given = (
        GatewaySettings(name="sms", transport="simulated"),
        GatewaySettings(name="voice", transport="twilio_voice", account_sid="AC1", auth_token="t", sender="+8610"),
        GatewaySettings(name="mail", transport="smtp", host="mail.example.net", sender="tocsin@example.net"),
        GatewaySettings(name="chat", transport="chat"),
    )
    return settings.model_copy(update={"gateways": given})


class Mine:
    """The engineer, with a token, and what was sent to them."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.token = office.token("eng", "*")

    def ask(self, method: str, where: str = ME, **body: Any) -> Any:
        return self.office.ask(self.token, method, where, **({"json": body} if method != "GET" else {}))

    def add(self, **given: Any) -> dict[str, Any]:
        answer = self.ask("POST", **{"kind": "voice", "address": "+86 120-9999-0001"} | given)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json
        return made

    def act(self, way: int, verb: str, **given: Any) -> Any:
        return self.ask("POST", f"{ME}/{way}/actions/{verb}", **given)

    def sent(self) -> list[tuple[str, str]]:
        query = select(Delivery.channel, Body.text).join(Body, Body.id == Delivery.body_id).order_by(Delivery.id)
        with self.office.database.read() as session:
            return list(session.execute(query).tuples())

    def code(self) -> str:
        return re.sub(r"\D", "", re.findall(r"(?:\d[, ]*){6}", self.sent()[-1][1])[0])

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET").json["items"]
        return found


@pytest.fixture
def mine(office: Office) -> Mine:
    return Mine(office)


@pytest.fixture
def office(installation: Installation) -> Office:
    return Office(installation)


@pytest.fixture
def browser(office: Office) -> Browser:
    return office.browser("eng")


@pytest.mark.proves("R4")
def test_the_number_on_record_is_the_first_verified_way_of_who_has_set_nothing(mine: Mine) -> None:
    (way,) = mine.listed()
    assert way["on_record"] and way["verified"] and way["kind"] == "sms"
    assert mine.ask("GET").json["kinds"] == ["sms", "voice", "email", "chat"]


@pytest.mark.proves("R4", "I10")
def test_a_way_is_verified_by_the_code_that_it_brought(mine: Mine) -> None:
    way = mine.add(address="（120）9999-0001", label="office")
    assert way["address"] == "+86 120****0001" and not way["verified"]
    channel, text = mine.sent()[-1]
    assert channel == "voice" and "Your code is" in text
    code = mine.code()
    answer = mine.act(way["id"], "confirm", code=f" {code[:3]} {code[3:]} ")
    assert answer.status_code == 200 and answer.json["verified"]
    assert [each["kind"] for each in mine.listed()] == ["sms", "voice"]
    assert not re.search(r"\d{6}", mine.sent()[-1][1])  # nor is it kept


def test_who_has_no_number_any_more_keeps_their_other_ways(mine: Mine) -> None:
    way = mine.add(kind="email", address="eng@example.net")["id"]
    gone = update(Person).where(Person.username == "eng").values(number=None, number_index=None)
    mine.office.database.write(lambda s: s.execute(gone))
    assert [each["id"] for each in mine.listed()] == [way]
    assert mine.act(way, "move", to="up").status_code == 200
    assert mine.office.browser("eng").open(PAGE).status_code == 200


def test_five_wrong_codes_end_it_and_a_new_one_begins_again(mine: Mine) -> None:
    way, code = mine.add()["id"], mine.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    answers = [mine.act(way, "confirm", code=wrong) for _ in range(5)]
    assert [each.status_code for each in answers] == [422] * 4 + [409]
    assert answers[0].json["field"] == "code"
    assert mine.act(way, "confirm", code=code).status_code == 409
    assert mine.act(way, "code").status_code == 200
    assert mine.act(way, "confirm", code=mine.code()).json["verified"]


def test_a_code_ends_after_ten_minutes(mine: Mine, time: Time) -> None:
    way, code = mine.add()["id"], mine.code()
    time.forward(minutes=10)
    assert mine.act(way, "confirm", code=code).status_code == 409
    assert not mine.listed()[1]["verified"]


def test_a_new_code_ends_the_one_before_and_its_message(mine: Mine) -> None:
    way, first = mine.add()["id"], mine.code()
    mine.act(way, "code")
    if mine.code() != first:
        assert mine.act(way, "confirm", code=first).status_code == 422
    with mine.office.database.read() as session:
        states = list(session.scalars(select(Delivery.state).order_by(Delivery.id)))
    assert states == [State.WITHDRAWN, State.READY]


def test_nobody_can_have_a_strangers_phone_ring_all_day(mine: Mine, time: Time) -> None:
    way = mine.add()["id"]
    answers = [mine.act(way, "code").status_code for _ in range(contacts.CODES)]
    assert answers == [200] * (contacts.CODES - 1) + [429]
    time.forward(hours=1)
    assert mine.act(way, "code").status_code == 200


def test_a_test_message_goes_to_a_verified_way_only(mine: Mine) -> None:
    way = mine.add(kind="email", address="eng@example.net")["id"]
    assert mine.act(way, "test").status_code == 409
    mine.act(way, "confirm", code=mine.code())
    assert mine.act(way, "test").status_code == 200
    channel, text = mine.sent()[-1]
    assert channel == "email" and "this is a test" in text


def test_the_order_and_the_waits_are_ones_own(mine: Mine) -> None:
    way = mine.add()["id"]
    assert mine.act(way, "move", to="up").status_code == 200
    assert mine.listed()[0]["id"] == way
    assert mine.act(way, "wait", minutes=7).json["wait_minutes"] == 7
    assert mine.act(way, "wait", minutes=0).status_code == 422


def test_the_number_on_record_stays_and_others_go(mine: Mine) -> None:
    way = mine.add()["id"]
    record = mine.listed()[0]["id"]
    assert mine.ask("DELETE", f"{ME}/{record}").status_code == 409
    assert mine.ask("DELETE", f"{ME}/{way}").status_code == 204
    assert [each["id"] for each in mine.listed()] == [record]
    with mine.office.database.read() as session:
        assert session.get_one(PersonContact, way).address == b""


def test_the_same_address_twice_or_of_no_kind_there_is_a_gateway_for_is_refused(mine: Mine) -> None:
    mine.add()
    again = mine.ask("POST", kind="voice", address="0086 120 9999 0001")
    assert again.status_code == 409 and again.json["field"] == "address"
    assert mine.ask("POST", kind="pigeon", address="x").status_code == 422


@pytest.mark.proves("R19")
def test_nobody_touches_the_ways_of_another(mine: Mine) -> None:
    way = mine.add()["id"]
    other = mine.office.token("ada", "*")
    for method, address in (("POST", f"{ME}/{way}/actions/code"), ("DELETE", f"{ME}/{way}")):
        assert mine.office.ask(other, method, address, json={}).status_code == 404


@pytest.mark.proves("R4")
def test_a_reply_from_a_verified_second_number_is_its_owners(mine: Mine) -> None:
    way = mine.add(kind="sms", address="+8612099990007")["id"]
    index = mine.office.installation.keyring.index("+8612099990007")
    with mine.office.database.read() as session:
        assert list(owners(session, index)) == []
    mine.act(way, "confirm", code=mine.code())
    with mine.office.database.read() as session:
        assert [person.username for person in owners(session, index)] == ["eng"]


def test_quiet_hours_need_both_ends(mine: Mine) -> None:
    assert mine.ask("PUT", "/api/v1/me/quiet-hours", start="22:00", end=None).status_code == 422
    assert mine.ask("PUT", "/api/v1/me/quiet-hours", start="22:00", end="22:00").status_code == 422
    assert mine.ask("PUT", "/api/v1/me/quiet-hours", start="22:00+08:00", end="07:00").status_code == 422
    answer = mine.ask("PUT", "/api/v1/me/quiet-hours", start="22:00", end="07:00")
    assert answer.json == {"start": "22:00", "end": "07:00"}
    assert mine.ask("PUT", "/api/v1/me/quiet-hours", start=None, end=None).json == {"start": None, "end": None}


def post(browser: Browser, given: dict[str, str]) -> Any:
    return browser.client.post(PAGE, data={"csrf_token": browser.csrf(PAGE), **given})


def test_the_page_adds_verifies_and_tests_without_a_script(browser: Browser, mine: Mine) -> None:
    made = post(browser, {"kind": "voice", "address": "+86 120-9999-0001", "label": "", "wait_minutes": "3"})
    assert made.status_code == 303 and "told=added" in made.headers["Location"]
    shown = browser.open(made.headers["Location"]).text
    assert "+86 120****0001" in shown and "A code was sent there" in shown and "+8612099990001" not in shown
    way = mine.listed()[1]["id"]
    wrong = browser.send(f"{PAGE}/{way}/confirm", PAGE, code="12")
    assert wrong.status_code == 422 and "The code is wrong" in wrong.text
    assert browser.send(f"{PAGE}/{way}/confirm", PAGE, code=mine.code()).status_code == 303
    assert browser.send(f"{PAGE}/{way}/test", PAGE).status_code == 303
    assert browser.send(f"{PAGE}/{way}/move", PAGE, to="up").status_code == 303
    assert browser.send(f"{PAGE}/{way}/wait", PAGE, minutes="9").status_code == 303
    assert browser.send(f"{PAGE}/{way}/remove", PAGE).status_code == 303
    assert len(mine.listed()) == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"address": "138"}, "address"),
        ({"kind": "pigeon"}, "kind"),
        ({"wait_minutes": "soon"}, "wait_minutes"),
        ({"wait_minutes": "0"}, "wait_minutes"),
    ],
)
def test_a_mistake_on_the_page_is_named_at_its_field_and_nothing_typed_is_lost(
    browser: Browser, typed: dict[str, str], field: str
) -> None:
    given = {"kind": "sms", "address": "+8612099990001", "label": "my <b>", "wait_minutes": "3"} | typed
    answer = post(browser, given)
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text
    assert 'value="my &lt;b&gt;"' in answer.text and (field == "kind" or given[field] in answer.text)


def test_quiet_hours_on_the_page(browser: Browser, mine: Mine) -> None:
    assert browser.send("/me/quiet-hours", PAGE, start="late", end="07:00").status_code == 422
    assert browser.send("/me/quiet-hours", PAGE, start="22:00", end="07:00").status_code == 303
    assert mine.ask("GET").json["quiet"] == {"start": "22:00", "end": "07:00"}
