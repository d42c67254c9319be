"""Phone drills as people live them, on both databases: time is moved, engines are started anew in the middle, two run at once."""

from datetime import timedelta
from threading import Thread
from typing import Any

import pytest

from command.core import clock
from command.core.settings import GatewaySettings
from command.engine import phone_drill
from command.messages import exercises
from command.messages.models import Lane, State
from command.oncall.models import PageState
from command.oncall.paging import service as paging
from command.oncall.phone_drill import runs
from command.oncall.phone_drill.drill_models import RunState
from tests.oncall import drills
from tests.oncall.drills import call, engine, held, journal, later, latest, messages, plan, run_of
from tests.oncall.reachable import have
from tests.oncall.scene import Scene, step

QIN, YOU, CHEN = "qin.yang", "you.na", "chen.bo"


@pytest.fixture
def settings(settings: Any) -> Any:
    return settings.model_copy(update={"gateways": (GatewaySettings(name="sms", transport="simulated"),)})


@pytest.mark.proves("R9", "B3")
def test_at_its_time_everybody_is_called_once_as_an_exercise_and_nothing_before(scene: Scene) -> None:
    plan(scene)
    engine(scene)
    assert messages(scene) == []
    later(scene, minutes=2)
    engine(scene)
    engine(scene)
    sent = messages(scene)
    assert [each.addressee for each in sent] == sorted(scene.ids[name] for name in (QIN, YOU, CHEN))
    assert all(each.exercise and each.lane == Lane.CORRECTION for each in sent)
    (text,) = scene.inbox(QIN)
    assert text.startswith("【演练】示例通信呼叫演练：月度点名。") and "没有发生真实事件" in text and "/d/" in text
    assert scene.code(QIN) == call(scene, QIN).code and scene.code(QIN).startswith("0")
    assert journal(scene, "phone_drill.began") == [{"run_id": latest(scene).id, "people": 3}]


@pytest.mark.proves("R9")
def test_a_reader_of_english_is_called_in_english(scene: Scene) -> None:
    scene.write(lambda s: setattr(s.get_one(paging.Person, scene.ids[QIN]), "language", "en"))
    held(scene, said="Ignore your dashboards")
    (text,) = scene.inbox(QIN)
    assert text.startswith(
        "[DRILL] Example Telecom phone drill: 月度点名. Ignore your dashboards. This is a drill: nothing has happened. Reply 0"
    )
    assert scene.reply(QIN, "ack") == "[DRILL] Your answer is noted: 月度点名. Nothing else to do."


@pytest.mark.proves("R9")
@pytest.mark.parametrize("said", ["ack", "收到 {code}"])
def test_an_answer_is_confirmed_once_and_timed(scene: Scene, said: str) -> None:
    run_id = held(scene)
    later(scene, seconds=90)
    text = said.format(code=call(scene, QIN).code)
    assert scene.reply(QIN, text) == "【演练】已记录您的应答：月度点名。无需其他操作。"
    assert scene.reply(QIN, text) == "【演练】您已应答过：月度点名。"
    answered = {"run_id": run_id, "person_id": scene.ids[QIN], "via": "sms", "seconds": 90, "late": False}
    assert journal(scene, "phone_drill.answered") == [answered]


@pytest.mark.proves("R9")
def test_the_drill_ends_when_answers_are_no_longer_awaited_and_a_late_one_is_noted(scene: Scene) -> None:
    run_id = held(scene, wait_minutes=5)
    scene.reply(QIN, "收到")
    later(scene, minutes=5)
    engine(scene)
    assert run_of(scene, run_id).state == RunState.ENDED
    assert journal(scene, "phone_drill.ended") == [{"run_id": run_id, "people": 3, "reached": 1, "answered": 1}]
    assert scene.reply(YOU, "收到") == "【演练】月度点名已结束，您的应答已按迟到记录。"
    later(scene, hours=25)
    assert scene.reply(CHEN, "收到") == "您没有待应答的呼叫。"


@pytest.mark.proves("R9", "B3")
def test_a_real_page_takes_the_bare_word_and_the_drill_only_its_own_code(scene: Scene) -> None:
    held(scene)
    scene.page(step(f"person:{scene.ids[QIN]}"))
    scene.engine()
    assert scene.reply(QIN, "收到") == "已应答：INC-1。"
    assert call(scene, QIN).answered_at is None
    assert scene.reply(QIN, "收到") == "【演练】已记录您的应答：月度点名。无需其他操作。"
    (page,) = scene.pages()
    assert page.state == PageState.ACKNOWLEDGED


@pytest.mark.proves("R9", "B3")
def test_the_code_of_a_drill_leaves_an_open_page_open(scene: Scene) -> None:
    held(scene)
    scene.page(step(f"person:{scene.ids[QIN]}"))
    scene.engine()
    assert "【演练】已记录" in str(scene.reply(QIN, call(scene, QIN).code))
    assert scene.pages()[0].state == PageState.SENDING


@pytest.mark.proves("R9")
def test_what_is_said_of_a_real_thing_is_no_answer_to_a_drill(scene: Scene) -> None:
    held(scene)
    for said in ("求助", "在路上", "无法到场", "没收到"):
        scene.reply(QIN, said)
        later(scene, minutes=4)
    assert call(scene, QIN).answered_at is None
    code = call(scene, QIN).code
    assert f"应答请回复{code}或“收到”。如有真实事件，请致电" in str(scene.reply(QIN, "什么事"))


@pytest.mark.proves("R9")
def test_only_the_phone_that_was_called_answers(scene: Scene) -> None:
    held(scene)
    code = call(scene, QIN).code
    assert code != call(scene, YOU).code
    scene.reply(YOU, code)
    assert call(scene, QIN).answered_at is None and call(scene, YOU).answered_at is None


@pytest.mark.proves("R9")
def test_who_does_not_answer_is_called_by_their_next_number_and_then_no_more(scene: Scene) -> None:
    have(scene, QIN, "sms", wait=2)
    held(scene, ways="order")
    assert len(drills.ways(scene, QIN)) == 1
    later(scene, minutes=2)
    engine(scene)
    assert len(drills.ways(scene, QIN)) == 2 and len(drills.ways(scene, YOU)) == 1
    scene.reply(QIN, "收到")
    later(scene, minutes=10)
    engine(scene)
    assert len(drills.ways(scene, QIN)) == 2
    mine = [each.state for each in messages(scene) if each.addressee == scene.ids[QIN]]
    assert mine == [State.WITHDRAWN, State.WITHDRAWN]


@pytest.mark.proves("R9")
def test_a_number_that_fails_is_followed_by_the_next_at_once(scene: Scene) -> None:
    have(scene, QIN, "sms", wait=20)
    held(scene, ways="order")
    first = drills.ways(scene, QIN)[0].delivery_id
    scene.write(lambda s: setattr(s.get_one(drills.Delivery, first), "state", State.UNDELIVERED))
    engine(scene)
    assert len(drills.ways(scene, QIN)) == 2


@pytest.mark.proves("R9")
def test_whoever_has_no_number_is_named_and_the_others_are_called(scene: Scene) -> None:
    scene.write(
        lambda s: [setattr(s.get_one(paging.Person, scene.ids[QIN]), each, None) for each in ("number", "number_index")]
    )
    held(scene)
    assert call(scene, QIN).reason == "no_method" and len(messages(scene)) == 2
    assert [each["person_id"] for each in journal(scene, "phone_drill.no_method")] == [scene.ids[QIN]]


@pytest.mark.proves("R9", "B3")
def test_people_are_on_the_allow_list_for_the_drill_and_a_day_of_late_answers_alone(scene: Scene) -> None:
    index = scene.installation.keyring.index(scene.roster.person(QIN).number)

    def allowed() -> bool:
        return scene.ask(lambda s: exercises.allowed(s, index))

    plan(scene)
    assert not allowed()
    later(scene, minutes=2)
    engine(scene)
    assert allowed()
    later(scene, hours=24, minutes=31)
    assert not allowed()


@pytest.mark.proves("R9")
def test_a_drill_called_off_is_not_held(scene: Scene) -> None:
    drill_id = plan(scene)
    drills.within(scene, lambda s: drills.plans.cancel(s, drill_id, drills.principal(scene)))
    later(scene, minutes=3)
    engine(scene)
    assert messages(scene) == []
    with pytest.raises(drills.plans.Conflict, match="Nothing of this drill is planned"):
        drills.within(scene, lambda s: drills.plans.cancel(s, drill_id, drills.principal(scene)))


@pytest.mark.proves("R9")
def test_a_stopped_drill_takes_back_what_has_not_left(scene: Scene) -> None:
    run_id = held(scene)
    drills.stop(scene, run_id)
    assert {each.state for each in messages(scene)} == {State.WITHDRAWN}
    assert run_of(scene, run_id).state == RunState.STOPPED
    assert scene.reply(QIN, call(scene, QIN).code) == "【演练】月度点名已停止，无需应答。"
    assert journal(scene, "phone_drill.stopped") == [{"run_id": run_id, "because": "person", "withdrawn": 3}]


@pytest.mark.proves("R9")
@pytest.mark.parametrize(
    ("tier", "exercise", "state"),
    [(1, False, "paused"), (2, False, "paused"), (3, False, "running"), (1, True, "running")],
)
def test_a_real_incident_of_tier_i_or_ii_pauses_it(scene: Scene, tier: int, exercise: bool, state: str) -> None:
    run_id = held(scene)
    later(scene, seconds=5)
    drills.incident(scene, tier, exercise)
    engine(scene)
    assert run_of(scene, run_id).state == state
    assert (State.WITHDRAWN in {each.state for each in messages(scene)}) == (state == "paused")
    assert [text.startswith("【演练】月度点名已暂停") for text in scene.inbox("li.hong")] == [True] * (
        state == "paused"
    )


@pytest.mark.proves("R9")
def test_a_paused_drill_goes_on_when_somebody_says_so_and_awaits_answers_as_much_longer(scene: Scene) -> None:
    run_id = held(scene)
    until = run_of(scene, run_id).until
    later(scene, seconds=5)
    drills.incident(scene, 1)
    engine(scene)
    later(scene, minutes=60)
    engine(scene)
    assert run_of(scene, run_id).state == RunState.PAUSED
    drills.resume(scene, run_id)
    engine(scene)
    assert run_of(scene, run_id).state == RunState.RUNNING
    assert timedelta(minutes=60) <= run_of(scene, run_id).until - until < timedelta(minutes=61)
    index = scene.installation.keyring.index(scene.roster.person(QIN).number)
    allowed = scene.ask(lambda s: s.get_one(exercises.ExerciseAllowed, index).until)
    assert allowed == run_of(scene, run_id).until + timedelta(hours=24)
    ready = [each.addressee for each in messages(scene) if each.state == State.READY]
    assert sorted(ready) == sorted(scene.ids[name] for name in (QIN, YOU, CHEN))


@pytest.mark.proves("R9")
def test_an_incident_that_is_raised_to_tier_ii_pauses_it_and_one_known_before_does_not_again(scene: Scene) -> None:
    incident = drills.incident(scene, 3)
    run_id = held(scene)
    later(scene, seconds=5)
    drills.regrade(scene, incident, 2)
    engine(scene)
    assert run_of(scene, run_id).state == RunState.PAUSED
    later(scene, seconds=5)
    drills.resume(scene, run_id)
    later(scene, seconds=5)
    drills.regrade(scene, incident, 1)
    engine(scene)
    assert run_of(scene, run_id).state == RunState.RUNNING


@pytest.mark.proves("R9")
def test_an_incident_that_is_restored_holds_no_drill_back(scene: Scene) -> None:
    drills.incident(scene, 1, state="restored")
    assert run_of(scene, held(scene)).state == RunState.RUNNING


@pytest.mark.proves("R9")
def test_it_is_paused_from_the_beginning_while_such_an_incident_goes_on_and_stops_if_nobody_cares(scene: Scene) -> None:
    drills.incident(scene, 2)
    run_id = held(scene)
    assert run_of(scene, run_id).state == RunState.PAUSED and messages(scene) == []
    later(scene, hours=13)
    engine(scene)
    assert (run_of(scene, run_id).state, run_of(scene, run_id).reason) == (RunState.STOPPED, "paused_too_long")


@pytest.mark.proves("R9")
def test_one_that_no_engine_began_in_time_is_missed_and_the_next_is_held(scene: Scene) -> None:
    drill_id = plan(scene, every="weekly")
    later(scene, hours=3)
    engine(scene)
    assert run_of(scene, 1).state == RunState.MISSED and messages(scene) == []
    assert 170 < journal(scene, "phone_drill.missed")[0]["minutes_late"] < 180
    assert scene.inbox("li.hong") == ["【演练】月度点名未能举行：到时没有引擎运行。下次计划不变。"]
    later(scene, days=7, hours=-2, minutes=-57)
    engine(scene)
    assert run_of(scene, 2).state == RunState.RUNNING and len(messages(scene)) == 3
    assert drills.drill_of(scene, drill_id).next_at is not None


@pytest.mark.proves("R9")
def test_an_engine_that_dies_in_the_middle_leaves_the_rest_to_the_next(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "CALLED_AT_ONCE", 2)
    plan(scene, "post:engineer")
    later(scene, minutes=2)
    phone_drill.run_once(scene.installation)
    phone_drill.run_once(scene.installation)
    assert len(messages(scene)) == 2
    engine(scene)
    called = [each.addressee for each in messages(scene)]
    assert len(called) > 4 and len(called) == len(set(called))


@pytest.mark.proves("R9")
def test_two_engines_call_everybody_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "CALLED_AT_ONCE", 2)
    plan(scene, "post:engineer")
    later(scene, minutes=2)
    both = [Thread(target=engine, args=(scene,)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    engine(scene)
    called = [each.addressee for each in messages(scene)]
    assert len(called) > 4 and len(called) == len(set(called))
    assert len(journal(scene, "phone_drill.began")) == 1


@pytest.mark.proves("R9")
def test_a_weekly_drill_is_held_every_week_at_the_same_time(scene: Scene) -> None:
    drill_id = plan(scene, every="weekly", wait_minutes=5)
    first = drills.drill_of(scene, drill_id).next_at
    assert first is not None
    later(scene, minutes=2)
    engine(scene)
    assert drills.drill_of(scene, drill_id).next_at == first + timedelta(days=7)
    assert scene.ask(clock.now) >= first
