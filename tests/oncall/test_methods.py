"""One page, several ways: by whom, in which order, when, and never twice."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from command.core.settings import GatewaySettings
from command.engine import reach
from command.messages import breakers, exercises
from command.messages.models import Delivery, State
from command.oncall.models import EscalationState, PageState
from command.oncall.paging import methods, service
from command.oncall.reach import contacts
from tests.conftest import Time
from tests.oncall.reachable import ADDRESSES, add, by_person, goes_on, have, pending, quiet, went_out
from tests.oncall.scene import Scene, step

WHO = "li.hong"


@pytest.fixture
def settings(settings: Any) -> Any:
    """An operator with a gateway of each kind; the calls of this file never leave the queue."""
    given = (
        GatewaySettings(name="sms", transport="simulated", sender="10690000"),
        GatewaySettings(name="voice", transport="twilio_voice", account_sid="AC1", auth_token="t", sender="+8610"),
        GatewaySettings(name="mail", transport="smtp", host="mail.example.net", sender="tocsin@example.net"),
        GatewaySettings(name="chat", transport="chat"),
    )
    return settings.model_copy(update={"gateways": given})


def paged(scene: Scene, tier: int = 3, **more: Any) -> int:
    chain = scene.page(step(f"person:{scene.ids[WHO]}"), step("post:duty_officer", after=10), tier=tier, **more)
    scene.engine()
    return chain


@pytest.mark.proves("R4")
def test_who_has_set_nothing_is_paged_by_the_number_on_record_alone(scene: Scene, time: Time) -> None:
    paged(scene)
    time.forward(minutes=9)
    goes_on(scene)
    assert went_out(scene) == ["sms"] and pending(scene) == []


@pytest.mark.proves("R4", "I11")
def test_a_page_goes_by_each_method_in_turn_after_the_wait_of_the_one_before(scene: Scene, time: Time) -> None:
    have(scene, WHO, "voice", wait=3)
    have(scene, WHO, "email")
    paged(scene)
    assert went_out(scene) == ["sms"]
    time.forward(minutes=1, seconds=59)
    goes_on(scene)
    assert went_out(scene) == ["sms"]
    time.forward(seconds=2)
    goes_on(scene)
    assert went_out(scene) == ["sms", "voice"]
    time.forward(minutes=3)
    goes_on(scene)
    goes_on(scene)
    assert went_out(scene) == ["sms", "voice", "email"] and pending(scene) == []
    assert [entry["because"] for entry in scene.journal("page.next_method")] == ["waited", "waited"]


@pytest.mark.proves("R4")
def test_all_methods_carry_one_code_and_an_answer_by_any_stops_the_others(scene: Scene, time: Time) -> None:
    have(scene, WHO, "email", "voice")
    chain = paged(scene)
    time.forward(minutes=2)
    goes_on(scene)
    first, mail = scene.inbox(WHO)[-2:]
    (page,) = scene.pages()
    assert page.code in first and page.code in mail
    scene.reply(WHO, page.code)
    time.forward(minutes=5)
    goes_on(scene)
    assert went_out(scene) == ["sms", "email"] and pending(scene) == []
    assert scene.chain(chain).state == EscalationState.ACKNOWLEDGED


@pytest.mark.proves("R2", "R4")
def test_a_method_that_failed_for_good_is_followed_at_once(scene: Scene) -> None:
    have(scene, WHO, "voice")
    paged(scene)
    scene.deliver(WHO, State.UNDELIVERED, "30006")
    goes_on(scene)
    assert went_out(scene) == ["sms", "voice"] and scene.pages()[0].state == PageState.SENDING
    assert scene.journal("page.next_method")[0]["because"] == "failed"


def test_a_page_has_failed_only_when_every_method_has(scene: Scene) -> None:
    have(scene, WHO, "voice")
    paged(scene)
    scene.deliver(WHO, State.UNDELIVERED, "30003")
    goes_on(scene)
    scene.deliver(WHO, State.UNDELIVERED, "busy")
    assert scene.pages()[0].state == PageState.FAILED
    scene.engine()
    assert len(scene.pages()) == 2  # the next step was due at once


@pytest.mark.proves("R2", "R4")
@pytest.mark.parametrize("trouble", ["breaker", "in_doubt", "not_sent"])
def test_a_gateway_that_is_down_is_not_waited_for(scene: Scene, trouble: str) -> None:
    have(scene, WHO, "email", "chat")
    paged(scene)
    if trouble == "breaker":
        scene.write(lambda s: breakers.stop(s, "sms", "20003"))
    else:
        scene.deliver(WHO, *((State.IN_DOUBT, None) if trouble == "in_doubt" else (State.READY, "not_sent")))
    goes_on(scene)
    goes_on(scene)
    assert went_out(scene) == ["sms", "email"]  # and the one after it waits for the e-mail
    assert scene.journal("page.next_method")[0]["because"] == "gateway_down"


@pytest.mark.proves("I11")
def test_two_engines_at_once_use_no_method_twice(scene: Scene, time: Time) -> None:
    have(scene, WHO, "voice", "email")
    paged(scene)
    time.forward(minutes=2)
    house = scene.installation
    with house.database.read() as session:
        (seen,) = methods.due(session, (), 10)
    for _ in range(2):  # both engines saw the same page due; the second finds it done
        scene.write(lambda s: methods.go_on(s, *seen, reach.road(house)))
    assert went_out(scene) == ["sms", "voice"]


@pytest.mark.proves("R4")
def test_what_was_not_verified_is_never_used(scene: Scene, time: Time) -> None:
    add(scene, WHO, "voice")
    paged(scene)
    time.forward(minutes=30)
    goes_on(scene)
    assert went_out(scene) == ["sms"]


def test_a_method_removed_meanwhile_is_passed_over(scene: Scene, time: Time) -> None:
    voice, _ = have(scene, WHO, "voice", "email")
    paged(scene)
    by_person(scene, WHO, lambda s, person: contacts.remove(s, contacts.find(s, person, voice)))
    time.forward(minutes=2)
    goes_on(scene)
    assert went_out(scene) == ["sms", "email"]


def test_methods_go_on_beside_the_steps_of_the_chain(scene: Scene, time: Time) -> None:
    have(scene, WHO, "voice", wait=20)
    have(scene, WHO, "email")
    paged(scene)
    time.forward(minutes=11)
    scene.engine()
    goes_on(scene)
    assert len(scene.pages()) >= 2 and "voice" in went_out(scene)
    scene.write(lambda s: service.stop(s, 1, "restored"))
    time.forward(minutes=30)
    goes_on(scene)
    assert "email" not in went_out(scene) and pending(scene) == []


@pytest.mark.proves("I3")
def test_an_exercise_takes_the_number_on_record_where_no_way_is_on_its_allow_list(scene: Scene, time: Time) -> None:
    have(scene, WHO, "voice", "email")
    paged(scene, exercise=True)
    time.forward(minutes=30)
    goes_on(scene)
    assert went_out(scene) == ["sms"]


@pytest.mark.proves("I3", "R4")
def test_an_exercise_takes_the_ways_that_are_on_its_allow_list_and_no_other(scene: Scene, time: Time) -> None:
    have(scene, WHO, "voice", "email", "chat")
    index, until = scene.installation.keyring.index(ADDRESSES["email"]), time.now() + timedelta(days=1)
    scene.allow_exercise(WHO, until)
    scene.write(lambda s: exercises.allow(s, index, until, "person:1"))
    paged(scene, exercise=True)
    for _ in range(4):
        time.forward(minutes=2)
        goes_on(scene)
    assert went_out(scene) == ["sms", "email"]
    drills = scene.ask(lambda s: set(s.scalars(select(Delivery.exercise).where(Delivery.purpose == "page"))))
    assert drills == {True}


@pytest.mark.proves("R4")
def test_quiet_hours_hold_a_page_of_tier_iii_and_the_chain_goes_on_at_once(scene: Scene, time: Time) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    now: datetime = time.now().astimezone(zone)
    quiet(scene, WHO, (now - timedelta(hours=1)).time(), (now + timedelta(hours=2)).time())
    paged(scene, tier=3)
    scene.engine()  # not a moment later
    first, second = scene.pages()[:2]
    assert went_out(scene) == ["sms"] * (len(scene.pages()) - 1)
    assert first.person_id == scene.ids[WHO] != second.person_id
    assert len(scene.journal("page.held")) == 1
    time.forward(hours=2)
    goes_on(scene)
    assert len(went_out(scene)) == len(scene.pages())


@pytest.mark.proves("R4")
@pytest.mark.parametrize("tier", [1, 2])
def test_quiet_hours_hold_nothing_of_tiers_i_and_ii(scene: Scene, time: Time, tier: int) -> None:
    now: datetime = time.now().astimezone(ZoneInfo("Asia/Shanghai"))
    quiet(scene, WHO, (now - timedelta(hours=1)).time(), (now + timedelta(hours=2)).time())
    paged(scene, tier=tier)
    assert went_out(scene) == ["sms"] and len(scene.pages()) == 1


def test_quiet_hours_that_are_over_hold_nothing(scene: Scene, time: Time) -> None:
    now: datetime = time.now().astimezone(ZoneInfo("Asia/Shanghai"))
    quiet(scene, WHO, (now - timedelta(hours=2)).time(), (now - timedelta(hours=1)).time())
    paged(scene)
    assert went_out(scene) == ["sms"]


@pytest.mark.proves("R2", "I11")
def test_a_page_that_went_in_a_message_of_several_goes_on_to_the_next_method_all_the_same(
    scene: Scene, time: Time
) -> None:
    have(scene, WHO, "voice", wait=3)
    for number in ("INC-1", "INC-2", "INC-3"):
        scene.page(step(f"person:{scene.ids[WHO]}"), step("post:duty_officer", after=30), number=number)
        scene.engine()
    assert [went_out(scene, number) for number in ("INC-1", "INC-2", "INC-3")] == [["sms"], [], []]
    assert scene.pages("INC-2")[0].state == PageState.SENDING, "the step goes on only after its minutes"
    time.forward(seconds=61)
    scene.engine()
    assert all(scene.pages(number)[0].code in scene.inbox(WHO)[-1] for number in ("INC-2", "INC-3"))
    time.forward(seconds=70)
    goes_on(scene)
    assert [went_out(scene, number) for number in ("INC-1", "INC-2", "INC-3")] == [["sms", "voice"], [], []]
    time.forward(minutes=1)
    goes_on(scene)
    assert [went_out(scene, number) for number in ("INC-2", "INC-3")] == [["voice"], ["voice"]]


@pytest.mark.proves("R4")
def test_a_page_held_for_quiet_hours_makes_no_other_wait(scene: Scene, time: Time) -> None:
    hour = time.now().astimezone(ZoneInfo("Asia/Shanghai"))
    quiet(scene, WHO, (hour - timedelta(hours=1)).time(), (hour + timedelta(hours=2)).time())
    scene.page(step(f"person:{scene.ids[WHO]}"), tier=3)
    scene.engine()
    scene.page(step(f"person:{scene.ids[WHO]}"), tier=2, number="INC-2")
    scene.engine()
    (said,) = scene.inbox(WHO)
    assert "INC-2" in said


@pytest.mark.proves("R2")
def test_the_last_resort_of_a_policy_rings(scene: Scene) -> None:
    rings = {**step(f"person:{scene.ids[WHO]}"), "by": "voice"}
    scene.page(rings)
    scene.engine()
    assert went_out(scene) == ["voice"] and [row.kind for row in pending(scene)] == ["sms"]
    have(scene, WHO, "email", "voice")
    scene.page(rings, number="INC-2", tier=1)
    scene.engine()
    assert went_out(scene, "INC-2") == ["voice"]


def twice_called(scene: Scene, time: Time) -> None:
    """Another incident's page has just gone out; both steps of INC-2 call the same person within the minute after it."""
    me = f"person:{scene.ids[WHO]}"
    scene.page(step(me))
    scene.engine()
    scene.page(step(me, ack=0.5), step(me, ack=60), number="INC-2")
    scene.engine()
    time.forward(seconds=31)
    scene.engine()
    assert len(scene.pages("INC-2")) == 2 and went_out(scene, "INC-2") == []
    time.forward(seconds=31)
    scene.engine()


@pytest.mark.proves("R2", "I2")
def test_two_pages_of_one_chain_in_a_message_that_fails_go_on_as_one(scene: Scene, time: Time) -> None:
    have(scene, WHO, "voice")
    twice_called(scene, time)
    assert "INC-2" in scene.inbox(WHO)[-1]
    scene.deliver_last(WHO, State.UNDELIVERED, "30003")
    for _ in range(6):
        goes_on(scene)
        time.forward(minutes=3)
    assert went_out(scene, "INC-2") == ["voice"]


@pytest.mark.proves("R2", "I2")
def test_two_pages_of_one_chain_in_one_message_are_told_once_with_the_code_of_the_newer(
    scene: Scene, time: Time
) -> None:
    twice_called(scene, time)
    older, newer = scene.pages("INC-2")
    assert newer.code in scene.inbox(WHO)[-1] and older.code not in scene.inbox(WHO)[-1]
    assert len(scene.inbox(WHO)) == 2 and scene.reply(WHO, older.code) == "已应答：INC-2。"


@pytest.mark.proves("R2", "I2")
def test_who_is_called_again_is_not_rung_for_the_first_call_too(scene: Scene, time: Time) -> None:
    have(scene, WHO, "voice", wait=3)
    me = f"person:{scene.ids[WHO]}"
    scene.page(step(me, ack=1), step(me, ack=60))
    scene.engine()
    time.forward(minutes=1, seconds=1)
    scene.engine()
    for _ in range(6):
        time.forward(minutes=1)
        scene.engine()
        goes_on(scene)
    assert went_out(scene) == ["sms", "sms", "voice"]


@pytest.mark.proves("R4")
def test_two_pages_of_one_chain_held_for_quiet_hours_come_as_one(scene: Scene, time: Time) -> None:
    now: datetime = time.now().astimezone(ZoneInfo("Asia/Shanghai"))
    quiet(scene, WHO, (now - timedelta(hours=1)).time(), (now + timedelta(hours=2)).time())
    me = f"person:{scene.ids[WHO]}"
    scene.page(step(me), step(me))
    scene.engine()
    scene.engine()
    assert [page.person_id for page in scene.pages()][:2] == [scene.ids[WHO]] * 2
    time.forward(hours=2)
    goes_on(scene)
    assert sum(scene.pages()[1].code in text for text in scene.inbox(WHO)) == 1
    assert not any(scene.pages()[0].code in text for text in scene.inbox(WHO))
