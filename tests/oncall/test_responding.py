"""What those paged do, what becomes of the chain, and what the journal says of it."""

from typing import Any

import pytest

from command.core.problems import Conflict, Denied, Invalid, NotFound
from command.oncall.models import EscalationState, Page, PageState
from command.oncall.paging import responding, service
from tests.conftest import Time
from tests.oncall.scene import Scene, step

QIN, YOU, DUTY = "qin.yang", "you.na", "post:duty_officer"
STEPS = (step("person:18"), step("person:19", 5))


@pytest.fixture
def paged(scene: Scene) -> Scene:
    scene.page(*STEPS)
    scene.engine()
    return scene


def say(scene: Scene, verb: Any, username: str = QIN, *rest: Any, page: Page | None = None) -> Page:
    """A person's verb on their newest page, by its link."""
    mine = page or [each for each in scene.pages() if each.person_id == scene.ids[username]][-1]
    return scene.write(lambda s: verb(s, mine.id, scene.ids[username], "link", *rest))


def chain(scene: Scene) -> Any:
    return scene.chain(scene.pages()[0].escalation_id)


def test_each_step_is_kept_and_journaled_once_however_often_it_is_said(paged: Scene, time: Time) -> None:
    for verb, *rest in (
        (service.acknowledge,),
        (responding.en_route, 30),
        (responding.on_scene,),
        (responding.done, "spliced, light is back"),
    ):
        for _ in range(2):
            say(paged, verb, QIN, *rest)
            time.forward(minutes=5)
    with pytest.raises(Conflict):
        say(paged, responding.en_route, QIN, 30)
    page = paged.pages()[0]
    assert (page.state, page.response, page.answered_via) == (PageState.ACKNOWLEDGED, "done", "link")
    kinds = ("acknowledged", "en_route", "on_scene", "done")
    assert [len(paged.journal(f"page.{kind}")) for kind in kinds] == [1, 1, 1, 1]
    (way,) = paged.journal("page.en_route")
    assert (way["eta_minutes"], way["via"], way["person_id"]) == (30, "link", paged.ids[QIN])
    (told,) = paged.journal("page.done")
    assert told["note_id"] and "spliced" not in str(told)


def test_a_new_estimate_replaces_the_old_one_and_the_same_one_changes_nothing(paged: Scene, time: Time) -> None:
    say(paged, responding.en_route, QIN, 15)
    said_at = paged.pages()[0].response_at
    time.forward(minutes=10)
    say(paged, responding.en_route, QIN, 15)
    assert paged.pages()[0].response_at == said_at
    say(paged, responding.en_route, QIN, 60)
    assert [e["eta_minutes"] for e in paged.journal("page.en_route")] == [15, 60]
    assert paged.pages()[0].eta_minutes == 60


def test_going_there_at_once_acknowledges_too(paged: Scene) -> None:
    say(paged, responding.on_scene)
    assert chain(paged).state == EscalationState.ACKNOWLEDGED
    assert len(paged.journal("page.acknowledged")) == 1


@pytest.mark.parametrize("minutes", [0, -1, 1441])
def test_a_way_nobody_can_take_is_refused(paged: Scene, minutes: int) -> None:
    with pytest.raises(Invalid):
        say(paged, responding.en_route, QIN, minutes)
    assert paged.pages()[0].response is None


def test_declining_pages_the_next_step_at_once(paged: Scene) -> None:
    say(paged, responding.decline, QIN, "on leave, 300 km away")
    paged.engine()
    assert paged.called() == [QIN, YOU]
    assert [p.state for p in paged.pages()] == [PageState.DECLINED, PageState.SENDING]
    say(paged, service.acknowledge, YOU)
    assert chain(paged).state == EscalationState.ACKNOWLEDGED
    with pytest.raises(Conflict):
        say(paged, service.acknowledge, QIN)


def test_declining_after_acknowledging_takes_the_chain_up_again(paged: Scene) -> None:
    say(paged, responding.en_route, QIN, 30)
    say(paged, responding.decline, QIN, "the road is flooded")
    assert chain(paged).state == EscalationState.RUNNING
    (resumed,) = paged.journal("escalation.resumed")
    assert (resumed["step"], resumed["because"]) == (1, "declined")
    paged.engine()
    assert paged.called() == [QIN, YOU]
    say(paged, responding.decline, QIN)
    paged.engine()
    assert paged.called() == [QIN, YOU], "declining twice escalates once"


def test_who_declined_may_come_after_all_while_nobody_else_took_it(paged: Scene) -> None:
    say(paged, responding.decline)
    say(paged, responding.en_route, QIN, 15)
    paged.engine()
    assert paged.called() == [QIN]
    assert paged.pages()[0].state == PageState.ACKNOWLEDGED


def test_when_the_last_one_declines_the_commander_is_called_and_then_it_ends(scene: Scene) -> None:
    scene.page(step("person:19"))
    for _ in range(8):
        scene.engine()
        for page in [p for p in scene.pages() if p.state == PageState.SENDING]:
            scene.write(lambda s, page=page: responding.decline(s, page.id, page.person_id, "link"))
    targets = list(dict.fromkeys(e["target"] for e in scene.journal("page.queued")))
    assert targets == ["person:19", DUTY, "post:commander"]
    assert len({p.person_id for p in scene.pages()}) == len(scene.pages()), "nobody who declined is called again"
    assert chain(scene).state == EscalationState.EXHAUSTED


def test_help_pages_the_next_step_and_whoever_acknowledges_is_the_help(paged: Scene) -> None:
    say(paged, responding.on_scene)
    for _ in range(2):
        say(paged, responding.ask_for_help, QIN, "a second splicer")
    paged.engine()
    assert paged.called() == [QIN, YOU]
    page = paged.pages()[0]
    assert (page.response, page.help_by) == ("on_scene", None) and page.help_at is not None
    assert len(paged.journal("page.help")) == 1
    say(paged, service.acknowledge, YOU)
    assert paged.pages()[0].help_by == paged.ids[YOU]
    say(paged, responding.done)
    assert paged.pages()[0].help_at is None


def test_a_restored_incident_calls_nobody_for_who_declines_but_still_for_who_needs_help(paged: Scene) -> None:
    say(paged, service.acknowledge)
    paged.write(lambda s: service.stop(s, 1, "restored"))
    say(paged, responding.decline)
    paged.engine()
    assert paged.called() == [QIN]
    assert paged.pages()[0].state == PageState.DECLINED


def test_help_is_called_for_who_is_on_scene_after_the_restoration(paged: Scene) -> None:
    say(paged, responding.on_scene)
    paged.write(lambda s: service.stop(s, 1, "restored"))
    say(paged, responding.ask_for_help)
    paged.engine()
    assert paged.called() == [QIN, YOU]


def test_a_page_belongs_to_one_person(paged: Scene) -> None:
    page = paged.pages()[0]
    for verb in (
        responding.en_route,
        responding.on_scene,
        responding.done,
        responding.ask_for_help,
        responding.decline,
    ):
        with pytest.raises(Denied):
            say(paged, verb, YOU, page=page)
        with pytest.raises(NotFound):
            paged.write(lambda s, verb=verb: verb(s, 999, paged.ids[QIN], "link"))
    assert paged.pages()[0].response is None


def test_what_somebody_else_took_is_not_declined(paged: Scene, time: Time) -> None:
    time.forward(minutes=5)
    paged.engine()
    say(paged, service.acknowledge, YOU)
    for verb in (responding.decline, responding.en_route, responding.ask_for_help):
        with pytest.raises(Conflict):
            say(paged, verb, QIN)
    assert chain(paged).state == EscalationState.ACKNOWLEDGED
