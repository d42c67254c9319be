"""What is said about duties goes by the first way somebody proved that works, once, and lets them sleep where it can wait."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from command.core.settings import GatewaySettings
from command.messages import breakers
from command.messages.models import Body, Delivery, Lane, Purpose
from command.oncall.duties import telling
from command.people.models import Person
from tests.conftest import Time
from tests.oncall.reachable import add, by_person, have, quiet
from tests.oncall.reachable import methods_of as ways_of
from tests.oncall.scene import Scene

pytestmark = [pytest.mark.proves("R4", "R28"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
WHO = "li.hong"
SMS = GatewaySettings(name="sms", transport="simulated", sender="10690000")
OTHERS = (
    GatewaySettings(name="voice", transport="twilio_voice", account_sid="AC1", auth_token="t", sender="+8610"),
    GatewaySettings(name="mail", transport="smtp", host="mail.example.net", sender="tocsin@example.net"),
    GatewaySettings(name="chat", transport="chat"),
)


@pytest.fixture
def settings(settings: Any, request: pytest.FixtureRequest) -> Any:
    sms = getattr(request, "param", SMS)
    return settings.model_copy(update={"gateways": (sms, *OTHERS), "public_url": "https://tocsin.example.net"})


def said(begins: datetime) -> telling.Said:
    text = {"zh": "王将希望与您换班。", "en": "Wang would swap turns with you."}
    return telling.Said(text, begins, {"zh": "到值班页面答复", "en": "answer on your page"}, "/on-call/mine")


def told(scene: Scene, time: Time, ahead: timedelta = timedelta(days=3)) -> tuple[Delivery, str]:
    """One thing told; its message and text."""
    begins = time.now() + ahead
    id = by_person(scene, WHO, lambda s, person: telling.tell(s, person, said(begins)))
    query = select(Delivery, Body.text).join(Body, Body.id == Delivery.body_id).where(Delivery.id == id)
    return scene.ask(lambda s: s.execute(query).tuples().one())


def first(scene: Scene, *kinds: Any) -> None:
    """These ways come before the number on record."""
    have(scene, WHO, *kinds)

    def down(session: Any, person: Person) -> None:
        ways = ways_of(scene, WHO)
        by_hand = {way.id: n for n, way in enumerate(sorted(ways, key=lambda way: way.address is None))}
        for id, position in by_hand.items():
            session.get_one(type(ways[0]), id).position = position

    by_person(scene, WHO, down)


def test_who_has_set_nothing_is_told_by_sms_behind_pages(scene: Scene, time: Time) -> None:
    message, text = told(scene, time)
    assert (message.channel, message.lane, message.purpose) == ("sms", Lane.CORRECTION, Purpose.DUTY)
    assert text.endswith("王将希望与您换班。请到值班页面答复：https://tocsin.example.net/on-call/mine")


@pytest.mark.parametrize("kind", ["email", "chat"])
def test_the_first_way_that_was_proved_is_taken_and_no_other(scene: Scene, time: Time, kind: Any) -> None:
    first(scene, kind)
    message, text = told(scene, time)
    assert message.channel == kind and "https://tocsin.example.net/on-call/mine" in text
    assert message.recipient == ways_of(scene, WHO)[0].address_index


def test_what_was_not_proved_is_not_used(scene: Scene, time: Time) -> None:
    add(scene, WHO, "email")
    assert told(scene, time)[0].channel == "sms"


def test_a_way_whose_gateway_is_down_is_passed_over_and_with_all_down_the_first_waits(scene: Scene, time: Time) -> None:
    first(scene, "email", "chat")
    scene.write(lambda s: breakers.stop(s, "mail", "refused"))
    assert told(scene, time)[0].channel == "chat"
    for name in ("chat", "sms"):
        scene.write(lambda s, name=name: breakers.stop(s, name, "refused"))
    message, text = told(scene, time)
    assert message.channel == "email" and text.endswith("https://tocsin.example.net/on-call/mine")


def test_a_call_speaks_no_address(scene: Scene, time: Time) -> None:
    first(scene, "voice")
    message, text = told(scene, time)
    assert message.channel == "voice" and text.endswith("王将希望与您换班。请登录系统到值班页面答复。")


@pytest.mark.parametrize("settings", [SMS.model_copy(update={"url": False})], indirect=True)
def test_where_links_are_stripped_the_text_says_to_sign_in(scene: Scene, time: Time) -> None:
    text = told(scene, time)[1]
    assert "http" not in text and text.endswith("请登录系统到值班页面答复。")


def test_quiet_hours_hold_it_unless_it_begins_before_they_end(scene: Scene, time: Time) -> None:
    now = time.now().astimezone(ZoneInfo("Asia/Shanghai"))
    until = (now + timedelta(hours=2)).replace(second=0, microsecond=0)
    quiet(scene, WHO, (now - timedelta(hours=1)).time(), until.time())
    held, _ = told(scene, time)
    assert held.due_at == until and held.valid_until == until + telling.VALID
    urgent, _ = told(scene, time, timedelta(minutes=90))
    assert urgent.due_at <= time.now()


def test_who_has_no_number_but_a_mailbox_is_told_there_and_who_has_neither_is_not(scene: Scene, time: Time) -> None:
    have(scene, WHO, "email")
    no_number = {"number": None, "number_index": None}
    by_person(scene, WHO, lambda s, person: [setattr(person, name, value) for name, value in no_number.items()])
    by_person(scene, "qin.yang", lambda s, person: [setattr(person, name, value) for name, value in no_number.items()])
    assert told(scene, time)[0].channel == "email"
    assert by_person(scene, "qin.yang", lambda s, person: telling.tell(s, person, said(time.now()))) is None


def test_both_languages_say_what_to_do(scene: Scene) -> None:
    what = said(datetime.now().astimezone())
    assert what.words("en", "https://t.example").endswith(
        "with you. Please answer on your page: https://t.example/on-call/mine"
    )
    assert what.words("en", None).endswith("with you. Please sign in and answer on your page.")
