"""What those on call send, what is done about it, and what they are told."""

import pytest

from command.messages.models import Inbound
from command.oncall.models import EscalationState, PageState
from command.oncall.paging import service
from tests.conftest import Time
from tests.oncall.scene import Scene, step

QIN, YOU = "qin.yang", "you.na"
STEPS = (step("person:18"), step("person:19", 5))
once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what the databases do alike."""


@pytest.fixture
def paged(scene: Scene) -> Scene:
    scene.page(*STEPS)
    scene.engine()
    return scene


@pytest.fixture
def twice(paged: Scene, time: Time) -> Scene:
    """Two incidents have called the same person."""
    time.forward(minutes=2)
    paged.page(*STEPS, number="INC-2")
    paged.engine()
    return paged


def said(scene: Scene, kind: str, number: str = "INC-1") -> tuple[int, str]:
    """Who did it and how, of the one entry of a kind."""
    (entry,) = scene.journal(kind, number)
    return entry["person_id"], entry["via"]


def test_an_engineer_says_every_step_in_words(paged: Scene) -> None:
    qin = paged.ids[QIN]
    assert paged.reply(QIN, "收到") == "已应答：INC-1。"
    assert paged.reply(QIN, "已出发 20分钟") == "已记录在途：INC-1。"
    assert paged.journal("page.en_route")[0]["eta_minutes"] == 20
    assert paged.reply(QIN, "已到场") == "已记录到场：INC-1。"
    assert paged.reply(QIN, "DONE light is back") == "已记录完成：INC-1。"
    assert [said(paged, f"page.{kind}") for kind in ("acknowledged", "en_route", "on_scene", "done")] == [
        (qin, "sms")
    ] * 4
    assert (paged.pages()[0].state, paged.pages()[0].response) == (PageState.ACKNOWLEDGED, "done")
    assert paged.actors("page.done") == [f"person:{qin}"], "it is the person's act, not the machine's"


def test_no_pages_the_next_step_at_once(paged: Scene) -> None:
    assert paged.reply(QIN, "NO 在外地") == "已记录无法到场：INC-1，正在呼叫下一位。"
    paged.engine()
    assert paged.called() == [QIN, YOU]
    assert paged.pages()[0].state == PageState.DECLINED


def test_help_pages_the_next_step_and_the_helper_takes_it(paged: Scene) -> None:
    assert paged.reply(QIN, "求助：再来两人") == "已求助：INC-1，正在呼叫下一位。"
    paged.engine()
    assert paged.called() == [QIN, YOU]
    assert paged.reply(YOU, "ACK") == "已应答：INC-1。"
    assert paged.pages()[0].help_by == paged.ids[YOU]


@once
def test_a_word_for_one_of_several_open_pages_asks_which_and_changes_nothing(twice: Scene) -> None:
    first, second = (twice.pages(number)[0].code for number in ("INC-1", "INC-2"))
    for word in ("ACK", "EN ROUTE", "已到场", "HELP", "NO"):
        assert twice.reply(QIN, word) == f"您有多个呼叫，请回复其中的代码：{first} (INC-1), {second} (INC-2)"
    assert [page.response for page in twice.pages() + twice.pages("INC-2")] == [None, None]
    twice.later()
    assert twice.reply(QIN, f"EN ROUTE {second} 30") == "已记录在途：INC-2。"
    assert twice.pages()[0].response is None


@once
def test_a_word_that_can_only_be_about_one_page_needs_no_code(twice: Scene) -> None:
    twice.reply(QIN, f"{twice.pages()[0].code} 已到场")
    assert twice.reply(QIN, "完成") == "已记录完成：INC-1。", "what is not acknowledged cannot be done"
    assert twice.reply(QIN, "NO") == "已记录无法到场：INC-2，正在呼叫下一位。", "who is there declines nothing"


@once
@pytest.mark.parametrize("word", ["ACK", "EN ROUTE", "ON SCENE", "HELP", "DONE", "UPDATE", "NO"])
def test_a_word_with_the_code_of_a_closed_page_says_so(paged: Scene, word: str) -> None:
    code = paged.pages()[0].code
    paged.write(lambda s: service.stop(s, 1, "restored"))
    assert paged.reply(QIN, f"{word} {code} x") == f"INC-1（{code}）的呼叫已结束，无需应答。"


@once
def test_a_word_with_the_code_of_a_page_somebody_else_took_says_who(paged: Scene, time: Time) -> None:
    time.forward(minutes=5)
    paged.engine()
    paged.reply(YOU, "已到场")
    code = paged.pages()[0].code
    for word in ("ON SCENE", "HELP", "NO", "DONE"):
        assert paged.reply(QIN, f"{word} {code}") == f"INC-1（{code}）已由尤娜应答，无需再应答。"


@once
def test_done_after_the_restoration_still_counts_and_tomorrow_needs_the_code(paged: Scene, time: Time) -> None:
    paged.reply(QIN, "ACK")
    paged.write(lambda s: service.stop(s, 1, "restored"))
    assert paged.reply(QIN, "完成") == "已记录完成：INC-1。"
    paged.page(*STEPS, number="INC-2")
    time.forward(minutes=2)
    paged.engine()
    paged.reply(QIN, "ACK")
    paged.write(lambda s: service.stop(s, 2, "restored"))
    time.forward(days=1, minutes=1)
    assert paged.reply(QIN, "完成") == "您没有待应答的呼叫。"
    assert paged.reply(QIN, f"完成 {paged.pages('INC-2')[0].code}") == "已记录完成：INC-2。"


@once
def test_a_step_that_cannot_be_is_explained(paged: Scene) -> None:
    code = paged.pages()[0].code
    assert paged.reply(QIN, f"完成 {code}") == f"INC-1（{code}）尚未应答，请先回复“收到”。"
    paged.reply(QIN, "已到场")
    assert paged.reply(QIN, f"EN ROUTE {code}") == f"INC-1（{code}）：您之前报告的进度更靠后，未作更改。"
    assert paged.reply(QIN, f"NO {code}") == f"INC-1（{code}）：您已到场。需要他人接替请回复“求助”。"
    assert paged.pages()[0].response == "on_scene"


@once
def test_an_update_that_says_nothing_or_has_no_incident_is_not_lost_in_silence(paged: Scene) -> None:
    code = paged.pages()[0].code
    assert paged.reply(QIN, "进展") == "请在“进展”后写明内容。"
    assert paged.reply(QIN, "进展 已接通一半") == f"INC-1（{code}）：未能记录，请致电指挥中心。"


def test_the_sixth_message_in_a_quarter_of_an_hour_is_taken_in_but_not_answered(paged: Scene, time: Time) -> None:
    code = paged.pages()[0].code
    assert [paged.reply(QIN, "啥？") is not None for _ in range(5)] == [True] * 5
    assert paged.reply(QIN, code) is None
    assert paged.pages()[0].state == PageState.ACKNOWLEDGED, "it counts all the same"
    query = Inbound.__table__.select().order_by(Inbound.id)
    handled = paged.ask(lambda s: [row.handled for row in s.execute(query)])
    assert handled == ["answered"] * 5 + ["too_many_answers"]
    time.forward(minutes=15)
    assert paged.reply(QIN, code) == f"您已应答过 INC-1（{code}）。"


def test_who_is_on_call_and_sends_stop_is_still_paged_and_the_duty_officer_knows(scene: Scene, time: Time) -> None:
    assert "值班呼叫仍会发给您" in str(scene.reply(YOU, "STOP"))
    assert scene.reply(YOU, "STOP") is None, "once is enough"
    assert scene.inbox(QIN) == ["尤娜 回复了退订（STOP），短信呼叫可能无法送达，请电话确认并请其回复 START。"]
    (entry,) = scene.audit("oncall.unsubscribed")
    assert entry == {"person_id": scene.ids[YOU], "back": False, "told": [scene.ids[QIN]]}
    scene.page(step("person:19"))
    scene.engine()
    assert "INC-1" in scene.inbox(YOU)[-1]
    assert scene.reply(YOU, "START") == "已恢复接收通知。"
    assert scene.reply(YOU, "ACK") == "已应答：INC-1。"


@once
def test_a_subscriber_who_sends_stop_troubles_nobody(scene: Scene) -> None:
    assert scene.text_from("+8612099999999", "STOP") is None
    assert scene.inbox(QIN) == [] and scene.audit("oncall.unsubscribed") == []


@once
@pytest.mark.proves("B3")
def test_words_for_an_exercise_page_stay_in_the_exercise(paged: Scene, time: Time) -> None:
    paged.allow_exercise(QIN, time.now().replace(year=time.now().year + 1))
    paged.page(*STEPS, number="INC-7", exercise=True)
    paged.engine()
    assert paged.reply(QIN, "已到场") == "已记录到场：INC-1。"
    assert paged.reply(QIN, "完成") == "已记录完成：INC-1。"
    assert paged.pages("INC-7")[0].response is None
    assert paged.reply(QIN, "已到场") == "已记录到场：INC-7。", "no live page is left that it could mean"
    assert paged.chain(paged.pages("INC-7")[0].escalation_id).state == EscalationState.ACKNOWLEDGED
