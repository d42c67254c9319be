"""Somebody acknowledges and then nothing more is heard of them."""

import threading

import pytest

from command.core.settings import GatewaySettings
from command.oncall.models import EscalationState, PageState
from command.oncall.paging import quiet, responding, service
from tests.conftest import Time
from tests.oncall.scene import Scene, step

QIN, YOU = "qin.yang", "you.na"
STEPS = (step("person:18"), step("person:19", 5))
once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what the databases do alike."""


@pytest.fixture
def settings(settings: object) -> object:
    gateway = GatewaySettings(name="sms", transport="simulated", two_way=True, url=True)
    return settings.model_copy(update={"gateways": (gateway,)})  # type: ignore[attr-defined]


@pytest.fixture
def taken(scene: Scene) -> Scene:
    """A tier II incident whose page was acknowledged, no more."""
    scene.page(*STEPS, tier=2)
    scene.engine()
    scene.reply(QIN, "收到")
    return scene


def after(scene: Scene, time: Time, minutes: int) -> list[str]:
    """Who has been called when so many minutes have passed."""
    time.forward(minutes=minutes)
    scene.engine()
    return scene.called()


@pytest.mark.proves("R31", "I11")
def test_after_half_an_hour_without_a_sign_the_next_is_called_and_the_person_is_told(taken: Scene, time: Time) -> None:
    assert after(taken, time, 29) == [QIN]
    assert after(taken, time, 1) == [QIN, YOU]
    code = taken.pages()[0].code
    assert taken.inbox(QIN)[-1] == (
        f"INC-1：您应答后30分钟没有消息，正在呼叫下一位。仍在处置请回复“在路上”“已到场”或“进展”加代码{code}。"
    )
    (silent,) = taken.journal("page.quiet")
    assert (silent["person_id"], silent["minutes"]) == (taken.ids[QIN], 30)
    assert [e["because"] for e in taken.journal("escalation.resumed")] == ["quiet"]
    assert taken.chain(taken.pages()[0].escalation_id).state == EscalationState.RUNNING


@once
def test_who_comes_next_and_goes_quiet_too_is_followed_in_turn(taken: Scene, time: Time) -> None:
    after(taken, time, 30)
    assert taken.reply(YOU, "收到") == "已应答：INC-1。"
    assert len(after(taken, time, 29)) == 2
    after(taken, time, 1)
    assert [e["target"] for e in taken.journal("page.queued")][2:] == ["post:duty_officer"]


@once
@pytest.mark.parametrize("sign", ["在路上", "已到场", "完成", "求助"])
def test_any_step_further_is_a_sign(taken: Scene, time: Time, sign: str) -> None:
    taken.reply(QIN, sign)
    taken.engine()
    before = taken.called()
    if sign == "求助":
        taken.reply(YOU, "已到场")
    assert after(taken, time, 60) == before
    assert taken.journal("page.quiet") == []


@once
def test_a_note_from_the_field_is_a_sign(taken: Scene, time: Time) -> None:
    page = taken.pages()[0]
    taken.write(lambda s: quiet.sign(s, page.id, page.person_id, "link"))
    assert after(taken, time, 60) == [QIN]


@once
def test_a_bare_acknowledgement_again_is_no_sign(taken: Scene, time: Time) -> None:
    time.forward(minutes=20)
    taken.reply(QIN, taken.pages()[0].code)
    assert after(taken, time, 10) == [QIN, YOU]


@pytest.mark.parametrize("sign", ["在路上 10", "收到", "note"])
def test_who_was_silent_and_speaks_up_has_it_again(taken: Scene, time: Time, sign: str) -> None:
    after(taken, time, 30)
    page = taken.pages()[0]
    assert (page.state, page.reason) == (PageState.UNANSWERED, "quiet")
    answered_at = page.answered_at
    if sign == "note":
        taken.write(lambda s: quiet.sign(s, page.id, page.person_id, "link"))
    else:
        assert taken.reply(QIN, sign) is not None
    assert taken.chain(page.escalation_id).state == EscalationState.ACKNOWLEDGED
    assert [p.state for p in taken.pages()] == [PageState.ACKNOWLEDGED, PageState.STOPPED]
    assert taken.pages()[0].answered_at == answered_at, "the first answer is the one that is measured"
    assert after(taken, time, 29) == [QIN, YOU]


@once
def test_a_late_sign_does_not_take_it_from_who_came_instead(taken: Scene, time: Time) -> None:
    after(taken, time, 30)
    taken.reply(YOU, "已到场")
    page = taken.pages()[0]
    taken.write(lambda s: quiet.sign(s, page.id, page.person_id, "link"))
    assert "已由尤娜应答" in str(taken.reply(QIN, f"{page.code} 已到场"))
    assert [p.state for p in taken.pages()] == [PageState.UNANSWERED, PageState.ACKNOWLEDGED]


@once
def test_an_incident_that_is_over_calls_nobody_however_quiet(taken: Scene, time: Time) -> None:
    taken.write(lambda s: service.stop(s, 1, "restored"))
    assert after(taken, time, 60) == [QIN]


@once
def test_help_that_goes_quiet_calls_the_next_and_leaves_who_is_there_alone(taken: Scene, time: Time) -> None:
    taken.reply(QIN, "已到场")
    taken.reply(QIN, "求助")
    taken.engine()
    taken.reply(YOU, "收到")
    after(taken, time, 30)
    assert [(p.state, p.response) for p in taken.pages()[:2]] == [("acknowledged", "on_scene"), ("unanswered", None)]
    assert [e["target"] for e in taken.journal("page.queued")][2] == "post:duty_officer"


@once
def test_declining_ends_the_wait_for_a_sign(taken: Scene, time: Time) -> None:
    page = taken.pages()[0]
    taken.write(lambda s: responding.decline(s, page.id, page.person_id, "link"))
    taken.engine()
    taken.reply(YOU, "已到场")
    assert after(taken, time, 60) == [QIN, YOU]


@once
@pytest.mark.parametrize(
    ("tier", "asked", "minutes"), [(1, None, 30), (2, None, 30), (3, None, None), (3, 10, 10), (1, 0, None)]
)
def test_it_is_on_for_the_two_high_tiers_unless_the_plan_says_otherwise(
    scene: Scene, time: Time, tier: int, asked: int | None, minutes: int | None
) -> None:
    chain = scene.page(*STEPS, tier=tier, quiet_minutes=asked)
    assert scene.chain(chain).quiet_minutes == minutes
    scene.engine()
    scene.reply(QIN, "收到")
    assert after(scene, time, minutes or 600) == ([QIN, YOU] if minutes else [QIN])


@pytest.mark.proves("I2")
def test_engines_at_once_call_the_next_and_tell_the_silent_once(taken: Scene, time: Time) -> None:
    time.forward(minutes=30)
    together = threading.Barrier(3)

    def engine() -> None:
        together.wait()
        for _ in range(3):
            taken.engine()

    engines = [threading.Thread(target=engine) for _ in range(3)]
    for each in engines:
        each.start()
    for each in engines:
        each.join()
    assert taken.called() == [QIN, YOU]
    assert len([text for text in taken.inbox(QIN) if "没有消息" in text]) == 1
