"""Paging as it happens at night: somebody is called, answers or does not, and the next is called in time."""

import pytest
from sqlalchemy import select

from command.core.installation import Installation
from command.core.settings import GatewaySettings
from command.engine import escalate, reach
from command.messages.models import Delivery, State
from command.oncall.models import EscalationState, PageState, Reason
from command.oncall.paging import service
from tests.conftest import Time
from tests.oncall.scene import Scene, step

CHAIN = (step("oncall:technical"), step("post:duty_officer", 5), step("group:prefecture", 10))


def two_way(name: str = "sms", *, replies: bool = True, url: bool = True) -> tuple[GatewaySettings, ...]:
    return (GatewaySettings(name=name, transport="simulated", two_way=replies, url=url),)


@pytest.fixture
def settings(settings: object) -> object:
    """A gateway where replies come back and links survive."""
    return settings.model_copy(update={"gateways": two_way()})  # type: ignore[attr-defined]


@pytest.mark.proves("R5", "I2")
def test_the_engineer_on_duty_is_paged_once_with_a_code_and_a_link(scene: Scene, on_call: str) -> None:
    scene.page(*CHAIN)
    scene.engine()
    scene.engine()
    assert scene.called() == [on_call]
    (text,) = scene.inbox(on_call)
    assert text.startswith("【示例通信】呼叫：INC-1 网络故障，梅江区。请回复")
    assert scene.link(on_call).startswith(f"/p/{scene.pages()[0].id}.")


@pytest.mark.parametrize("form", ["{code}", "ack", "收到", "ACK {code}", "收到 {wide}", " {wide} ", "{spaced}", "Ok."])
def test_an_answer_by_sms_in_any_form_acknowledges_once(scene: Scene, on_call: str, form: str) -> None:
    chain = scene.page(*CHAIN)
    scene.engine()
    code = scene.code(on_call)
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    answer = scene.reply(on_call, form.format(code=code, wide=wide, spaced=f"{code[:2]} {code[2:]}"))
    assert answer == "已应答：INC-1。"
    assert scene.pages()[0].state == PageState.ACKNOWLEDGED
    assert scene.chain(chain).state == EscalationState.ACKNOWLEDGED
    (acknowledged,) = scene.journal("page.acknowledged")
    assert (acknowledged["person_id"], acknowledged["via"]) == (scene.ids[on_call], "sms")
    assert [entry["reason"] for entry in scene.journal("escalation.ended")] == ["acknowledged"]


def test_a_second_answer_changes_nothing_and_says_so(scene: Scene, on_call: str) -> None:
    scene.page(*CHAIN)
    scene.engine()
    code = scene.code(on_call)
    scene.reply(on_call, code)
    assert scene.reply(on_call, code) == f"您已应答过 INC-1（{code}）。"
    assert len(scene.journal("page.acknowledged")) == 1


def test_nobody_else_is_called_after_an_answer(scene: Scene, on_call: str, time: Time) -> None:
    scene.page(*CHAIN)
    scene.engine()
    scene.reply(on_call, "ACK")
    time.forward(hours=1)
    scene.engine()
    assert scene.called() == [on_call]


@pytest.mark.proves("R31", "R4", "I11")
def test_silence_calls_the_next_step_after_its_minutes_across_restarts(scene: Scene, on_call: str, time: Time) -> None:
    chain = scene.page(*CHAIN)
    scene.engine()
    time.forward(minutes=4, seconds=50)
    scene.engine()
    assert scene.called() == [on_call]
    time.forward(seconds=10)
    scene.engine()
    assert scene.called() == [on_call, "qin.yang"]
    time.forward(minutes=10)
    scene.engine()
    assert scene.called() == [on_call, "qin.yang", "qin.yang", "you.na"]
    assert [p.state for p in scene.pages()[:2]] == [PageState.UNANSWERED] * 2
    time.forward(minutes=5)
    scene.engine()
    assert scene.chain(chain).state == EscalationState.EXHAUSTED
    assert [(e["state"], e["reason"]) for e in scene.journal("escalation.ended")] == [("exhausted", "unanswered")]


def test_a_late_answer_to_an_earlier_step_still_counts(scene: Scene, on_call: str, time: Time) -> None:
    chain = scene.page(*CHAIN)
    scene.engine()
    time.forward(minutes=5)
    scene.engine()
    assert scene.reply(on_call, "收到") == "已应答：INC-1。"
    assert scene.chain(chain).state == EscalationState.ACKNOWLEDGED
    assert [p.state for p in scene.pages()] == [PageState.ACKNOWLEDGED, PageState.STOPPED]


def test_an_answer_after_everybody_was_called_still_counts(scene: Scene, on_call: str, time: Time) -> None:
    chain = scene.page(*CHAIN)
    for _ in range(5):
        scene.engine()
        time.forward(minutes=15)
    assert scene.chain(chain).state == EscalationState.EXHAUSTED
    assert scene.reply(on_call, scene.code(on_call)) == "已应答：INC-1。"
    assert scene.chain(chain).state == EscalationState.ACKNOWLEDGED


def test_the_duty_officer_is_the_last_resort_of_a_chain_that_does_not_call_one(
    scene: Scene, on_call: str, time: Time
) -> None:
    chain = scene.page(step("oncall:technical", ack=7))
    scene.engine()
    time.forward(minutes=7)
    scene.engine()
    assert scene.called() == [on_call, "qin.yang"]
    time.forward(minutes=7)
    scene.engine()
    assert scene.chain(chain).state == EscalationState.EXHAUSTED
    assert [e["target"] for e in scene.journal("page.queued")] == ["oncall:technical", "post:duty_officer"]


@pytest.mark.proves("I11")
def test_a_chain_that_an_engine_left_behind_is_taken_up_when_its_lease_ends(
    scene: Scene, on_call: str, time: Time, installation: Installation
) -> None:
    scene.page(*CHAIN)
    assert len(installation.database.write(lambda s: escalate._claim(s, escalate.CHAINS))) == 1
    scene.engine()
    assert scene.called() == []
    time.forward(seconds=31)
    scene.engine()
    assert scene.called() == [on_call]


def test_an_engine_that_lost_its_claim_pages_nobody(scene: Scene, installation: Installation) -> None:
    scene.page(*CHAIN)
    (mine,) = installation.database.write(lambda s: escalate._claim(s, escalate.CHAINS))
    scene.write(lambda s: service.stop(s, 1, Reason.CANCELLED))
    installation.database.write(lambda s: escalate._advance(s, mine, reach.road(installation)))
    assert scene.called() == []


def test_a_chain_that_fails_does_not_hold_up_the_others(scene: Scene, on_call: str, time: Time) -> None:
    scene.page(step("oncall:technical"), number="INC-1", texts={"zh": "{code}", "en": "{code}"})
    broken = scene.page(step("oncall:technical"), number="INC-2", texts={"zh": "[{code}", "en": "x"})
    scene.write(lambda s: setattr(s.get_one(service.Escalation, broken), "steps", [{"no target": 1}]))
    scene.page(step("oncall:technical"), number="INC-3")
    scene.engine()
    assert (scene.called("INC-1"), scene.called("INC-2"), scene.called("INC-3")) == ([on_call], [], [on_call])


def test_a_page_that_cannot_arrive_brings_the_next_step_forward(scene: Scene, on_call: str) -> None:
    scene.page(*CHAIN)
    scene.engine()
    scene.deliver(on_call, State.SUBMITTED)
    scene.deliver(on_call, State.UNDELIVERED, "30003")
    scene.engine()
    assert scene.called() == [on_call, "qin.yang"]
    assert [p.state for p in scene.pages()] == [PageState.FAILED, PageState.SENDING]
    assert scene.journal("page.failed")[0]["code"] == "30003"


def test_one_failure_of_two_pages_of_a_step_waits_for_the_other(scene: Scene, time: Time) -> None:
    scene.page(step("group:prefecture"), step("person:1", 10))
    scene.engine()
    assert scene.called() == ["qin.yang", "you.na"]
    scene.deliver("qin.yang", State.FAILED, "21614")
    scene.engine()
    assert len(scene.called()) == 2
    scene.deliver("you.na", State.FAILED, "21614")
    scene.engine()
    assert scene.called()[2:] == ["zhao.lei"]


def test_the_same_receipt_twice_changes_nothing(scene: Scene, on_call: str) -> None:
    scene.page(*CHAIN)
    scene.engine()
    for _ in range(2):
        scene.deliver(on_call, State.SUBMITTED)
    scene.deliver(on_call, State.DELIVERED)
    assert scene.pages()[0].state == PageState.WAITING
    assert len(scene.journal("page.submitted")) == 1


def test_a_late_failure_does_not_hurry_a_step_that_was_paged_already(scene: Scene, on_call: str, time: Time) -> None:
    scene.page(*CHAIN)
    scene.engine()
    time.forward(minutes=5)
    scene.engine()
    scene.deliver(on_call, State.FAILED, "30008")
    scene.engine()
    assert scene.called() == [on_call, "qin.yang"]


def test_an_answer_proves_that_a_page_arrived_after_all(scene: Scene, on_call: str) -> None:
    scene.page(*CHAIN)
    scene.engine()
    code = scene.code(on_call)
    scene.deliver(on_call, State.UNDELIVERED, "30003")
    assert scene.reply(on_call, code) == "已应答：INC-1。"


def test_a_step_that_is_nobody_is_journaled_and_passed_at_once(scene: Scene) -> None:
    scene.page(step("oncall:nobody"), step("post:duty_officer", 30))
    scene.engine()
    scene.engine()
    assert scene.called() == ["qin.yang"]
    assert [e["target"] for e in scene.journal("escalation.target_empty")] == ["oncall:nobody"]


@pytest.mark.parametrize("reason", ["restored", "cancelled", "merged"])
def test_it_stops_when_the_incident_needs_nobody_any_more(scene: Scene, on_call: str, time: Time, reason: str) -> None:
    scene.page(*CHAIN)
    scene.engine()
    code = scene.code(on_call)
    assert scene.write(lambda s: service.stop(s, 1, reason)) == 1
    time.forward(hours=1)
    scene.engine()
    assert scene.called() == [on_call]
    assert scene.pages()[0].state == PageState.STOPPED
    query = select(Delivery.state, Delivery.reason).where(Delivery.page_id == scene.pages()[0].id)
    assert scene.ask(lambda s: s.execute(query).one()) == (State.WITHDRAWN, reason)
    assert [entry["reason"] for entry in scene.journal("escalation.ended")] == [reason]
    assert scene.reply(on_call, code) == f"INC-1（{code}）的呼叫已结束，无需应答。"
    assert scene.reply(on_call, "ACK") == "您没有待应答的呼叫。"


def test_a_reason_outside_the_set_is_refused(scene: Scene) -> None:
    scene.page(*CHAIN)
    with pytest.raises(ValueError, match="bored"):
        scene.write(lambda s: service.stop(s, 1, "bored"))


def test_a_chain_without_steps_or_texts_is_refused(scene: Scene) -> None:
    with pytest.raises(ValueError, match="one step"):
        scene.page()
    with pytest.raises(ValueError, match="one text"):
        scene.page(*CHAIN, texts={"zh": ""})


def test_the_code_of_a_page_somebody_else_answered_says_who(scene: Scene, on_call: str, time: Time) -> None:
    scene.page(*CHAIN)
    scene.engine()
    time.forward(minutes=5)
    scene.engine()
    code = scene.code(on_call)
    scene.reply("qin.yang", "ACK")
    assert scene.reply(on_call, code) == f"INC-1（{code}）已由秦阳应答，无需再应答。"


def test_several_open_pages_ask_and_their_codes_answer(scene: Scene, on_call: str) -> None:
    scene.page(*CHAIN)
    scene.page(*CHAIN, number="INC-2")
    scene.engine()
    first, second = (p.code for n in ("INC-1", "INC-2") for p in scene.pages(n))
    assert scene.reply(on_call, "ACK") == f"您有多个呼叫，请回复其中的代码：{first} (INC-1), {second} (INC-2)"
    assert [p.state for p in scene.pages() + scene.pages("INC-2")] == [PageState.SENDING] * 2
    assert scene.reply(on_call, f"{first} {second}") == "已应答：INC-1。已应答：INC-2。"


def test_the_same_person_called_twice_by_one_chain_is_not_asked_which(scene: Scene, time: Time) -> None:
    scene.page(step("post:duty_officer"), step("person:18", 5))
    scene.engine()
    time.forward(minutes=5)
    scene.engine()
    assert scene.called() == ["qin.yang", "qin.yang"]
    assert scene.reply("qin.yang", "ACK") == "已应答：INC-1。"


def test_what_is_not_understood_gets_a_short_answer_that_names_what_can_be_answered(scene: Scene, on_call: str) -> None:
    scene.page(*CHAIN)
    scene.engine()
    code = scene.code(on_call)
    assert scene.reply(on_call, "啥？") == f"未能识别。应答请回复代码或“收到”：{code} (INC-1)"
    other = "1000" if code != "1000" else "1001"
    assert scene.reply(on_call, other) == f"没有代码为 {other} 的呼叫。待应答：{code} (INC-1)"
    assert scene.pages()[0].state == PageState.SENDING


def test_who_was_not_paged_gets_no_answer_to_small_talk(scene: Scene) -> None:
    assert scene.reply("zhu.qi", "你好") is None
    assert scene.reply("zhu.qi", "收到") == "您没有待应答的呼叫。"


def test_an_unknown_sender_gets_no_answer_and_changes_nothing(scene: Scene, on_call: str) -> None:
    scene.page(*CHAIN)
    scene.engine()
    assert scene.text_from("+8612099999999", scene.code(on_call)) is None
    assert scene.pages()[0].state == PageState.SENDING


def test_the_code_of_one_person_is_no_answer_from_another(scene: Scene, on_call: str) -> None:
    scene.page(*CHAIN)
    scene.engine()
    code = scene.code(on_call)
    assert scene.reply("zhu.qi", code) == f"没有代码为 {code} 的呼叫。您没有待应答的呼叫。"
    assert scene.pages()[0].state == PageState.SENDING


def test_an_english_reader_is_paged_and_answered_in_english(scene: Scene, on_call: str) -> None:
    scene.write(lambda s: setattr(s.get_one(service.Person, scene.ids[on_call]), "language", "en"))
    scene.page(*CHAIN)
    scene.engine()
    assert scene.inbox(on_call)[0].startswith("Example Telecom page: INC-1")
    assert scene.reply(on_call, "ack") == "Acknowledged: INC-1."


@pytest.mark.proves("B3")
def test_an_exercise_and_a_live_page_are_answered_apart(scene: Scene, on_call: str, time: Time) -> None:
    scene.allow_exercise(on_call, time.now().replace(year=time.now().year + 1))
    scene.page(*CHAIN, number="INC-7", exercise=True)
    scene.page(*CHAIN)
    scene.engine()
    (drill,) = scene.pages("INC-7")
    assert scene.reply(on_call, "ACK") == "已应答：INC-1。"
    assert scene.pages("INC-7")[0].state == PageState.SENDING
    assert scene.reply(on_call, drill.code) == "已应答：INC-7。"
    query = select(Delivery.exercise).where(Delivery.addressee == scene.ids[on_call]).order_by(Delivery.id)
    assert sorted(scene.ask(lambda s: s.scalars(query).all())) == [False, False, True, True]


class TestOneWay:
    """A gateway that carries no replies back."""

    @pytest.fixture
    def settings(self, settings: object) -> object:
        return settings.model_copy(update={"gateways": two_way(replies=False)})  # type: ignore[attr-defined]

    @pytest.mark.proves("B4")
    def test_a_page_offers_the_link_and_no_code(self, scene: Scene, on_call: str) -> None:
        scene.page(*CHAIN)
        scene.engine()
        (text,) = scene.inbox(on_call)
        assert "请回复" not in text
        assert scene.link(on_call)


class TestLinksStripped:
    """A gateway that strips links."""

    @pytest.fixture
    def settings(self, settings: object) -> object:
        return settings.model_copy(update={"gateways": two_way(url=False)})  # type: ignore[attr-defined]

    def test_a_page_offers_the_code_and_no_link(self, scene: Scene, on_call: str) -> None:
        scene.page(*CHAIN)
        scene.engine()
        (text,) = scene.inbox(on_call)
        assert scene.code(on_call) in text
        assert "http" not in text
