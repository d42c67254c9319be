"""A page passes from one person to the next: whoever has it now is the one who is asked, and who answers."""

import pytest

from command.core.settings import GatewaySettings
from command.oncall.models import EscalationState, Page, PageState
from command.oncall.paging import passing
from command.people.models import Person
from tests.conftest import Time
from tests.oncall.scene import Scene, step

QIN, YOU, ZHAO = "qin.yang", "you.na", "zhao.lei"
STEPS = (step("person:18"), step("person:19", 5))
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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


def pass_on(scene: Scene, to: str = ZHAO, by: str = QIN, page: int = 0) -> Page | None:
    ids = scene.pages()[page].id, scene.ids[by], scene.ids[to]
    return scene.write(lambda s: passing.pass_on(s, ids[0], ids[1], s.get_one(Person, ids[2])))


@pytest.mark.proves("R31", "R14")
def test_the_next_one_is_asked_when_nothing_is_heard_and_not_the_one_before(taken: Scene, time: Time) -> None:
    time.forward(minutes=20)
    assert pass_on(taken) is not None
    before = len(taken.inbox(QIN))
    time.forward(minutes=29)
    taken.engine()
    assert taken.journal("page.quiet") == []
    time.forward(minutes=1)
    taken.engine()
    assert [each["person_id"] for each in taken.journal("page.quiet")] == [taken.ids[ZHAO]]
    assert "没有消息" in taken.inbox(ZHAO)[-1]
    assert len(taken.inbox(QIN)) == before
    assert taken.called()[-1] == YOU


def test_the_next_one_answers_and_the_one_before_hears_who_has_it(taken: Scene, time: Time) -> None:
    code = taken.pages()[0].code
    taken.reply(QIN, "在路上 20分钟")
    pass_on(taken)
    assert taken.reply(ZHAO, "已到场") == "已记录到场：INC-1。"
    assert taken.reply(QIN, code) == f"INC-1（{code}）已由赵磊应答，无需再应答。"
    assert taken.reply(QIN, "完成") == "您没有待应答的呼叫。"
    time.forward(hours=1)
    taken.engine()
    assert taken.called() == [QIN, ZHAO]


def test_what_was_not_answered_is_answered_and_nobody_else_is_called(scene: Scene, time: Time) -> None:
    chain = scene.page(*STEPS)
    scene.engine()
    mine = pass_on(scene)
    assert mine is not None and mine.state == PageState.ACKNOWLEDGED
    assert scene.chain(chain).state == EscalationState.ACKNOWLEDGED
    time.forward(minutes=30)
    scene.engine()
    assert scene.called() == [QIN, ZHAO]
    assert [p.state for p in scene.pages()] == [PageState.HANDED_OVER, PageState.ACKNOWLEDGED]


def test_help_that_was_asked_for_is_still_on_its_way(taken: Scene) -> None:
    taken.reply(QIN, "求助")
    mine = pass_on(taken)
    assert mine is not None and mine.help_at is not None and mine.help_by is None
    taken.engine()
    assert taken.called() == [QIN, ZHAO, YOU]
    taken.reply(YOU, "收到")
    assert taken.pages()[1].help_by == taken.ids[YOU]


def test_what_is_done_or_somebody_elses_does_not_pass(taken: Scene) -> None:
    assert pass_on(taken, by=YOU) is None
    taken.reply(QIN, "完成")
    assert pass_on(taken) is None
    assert len(taken.pages()) == 1


def test_whoever_is_on_it_already_is_not_on_it_twice(taken: Scene) -> None:
    taken.reply(QIN, "求助")
    taken.engine()
    taken.reply(YOU, "已到场")
    assert pass_on(taken, to=YOU) is not None
    assert taken.called() == [QIN, YOU]
    assert [p.state for p in taken.pages()] == [PageState.HANDED_OVER, PageState.ACKNOWLEDGED]
