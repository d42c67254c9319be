"""A target is whoever it means right now, near the incident, and never everybody."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command.core import clock, journal
from command.oncall.duties import schedules
from command.oncall.escalation import targets
from command.oncall.models import DutyMember
from command.people.roster import Roster
from tests.oncall.scene import Scene

MONDAY = datetime(2026, 1, 5, 1, tzinfo=UTC)
COUNTY = ("800101", "8001", "80", "00")


def called(scene: Scene, target: str, areas: tuple[str, ...] = COUNTY, at: datetime = MONDAY) -> list[str]:
    return [p.username for p in scene.ask(lambda s: targets.resolve(s, target, areas, at))]


def test_a_rotation_means_whoever_has_the_duty_at_that_instant(scene: Scene) -> None:
    assert called(scene, "oncall:technical", at=MONDAY) == ["wang.kai"]
    assert called(scene, "oncall:technical", at=MONDAY.replace(day=12)) == ["feng.xue"]


def test_a_holder_who_is_away_is_stood_in_for_by_the_next_in_turn(scene: Scene) -> None:
    scene.lock("wang.kai")
    assert called(scene, "oncall:technical") == ["feng.xue"]
    scene.lock("feng.xue")
    scene.lock("qian.yu")
    assert called(scene, "oncall:technical") == []


def test_a_rotation_that_is_not_there_or_has_nobody_is_nobody(scene: Scene) -> None:
    scene.write(lambda s: s.query(DutyMember).delete())
    assert called(scene, "oncall:technical") == []
    assert called(scene, "oncall:cooking") == []


@pytest.mark.parametrize(
    ("target", "areas", "people"),
    [
        ("post:duty_officer", COUNTY, ["qin.yang"]),
        ("post:duty_officer", ("8002", "80", "00"), ["xu.peng"]),
        ("post:duty_officer", ("80", "00"), ["wu.tao", "zheng.fan"]),
        ("post:engineer", ("80", "00"), ["zheng.fan", "wang.kai"]),
        ("post:resource_manager", COUNTY, ["shen.gang", "han.mei"]),
        ("post:commander", (), ["zhao.lei", "li.hong"]),
        ("post:cook", COUNTY, []),
    ],
)
def test_a_post_means_its_nearest_holders_two_at_most(
    scene: Scene, target: str, areas: tuple[str, ...], people: list[str]
) -> None:
    assert called(scene, target, areas) == people


@pytest.mark.proves("R4")
@pytest.mark.parametrize(
    ("target", "areas", "people"),
    [
        ("group:head_office", COUNTY, ["zhao.lei", "qian.yu"]),
        ("group:province", COUNTY, ["li.hong", "zhou.jing"]),
        ("group:prefecture", COUNTY, ["qin.yang", "you.na"]),
        ("group:county", ("800201", "8002", "80", "00"), ["xu.peng", "he.jia"]),
        ("group:prefecture", ("8003", "80", "00"), ["lv.chao", "shi.wen"]),
        ("group:prefecture_8004", COUNTY, ["zhang.yi", "kong.dan"]),
        ("group:county", ("80", "00"), ["li.hong", "zhou.jing"]),
        ("group:province", (), []),
    ],
)
def test_a_group_means_who_commands_the_echelon_where_the_incident_is(
    scene: Scene, target: str, areas: tuple[str, ...], people: list[str]
) -> None:
    assert called(scene, target, areas) == people


@pytest.mark.proves("R4")
def test_the_deputies_of_a_group_stand_in(scene: Scene) -> None:
    scene.lock("li.hong")
    assert called(scene, "group:province") == ["zhou.jing", "zhao.lei"]


def test_a_person_is_called_by_id_while_they_work_here(scene: Scene) -> None:
    target = f"person:{scene.ids['chen.bo']}"
    assert called(scene, target) == ["chen.bo"]
    scene.lock("chen.bo")
    assert called(scene, target) == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=20) | st.from_regex(r"(oncall|post|group|person):.{0,25}", fullmatch=True))
def test_no_target_whatever_is_an_error_or_wakes_more_than_two(scene: Scene, target: str) -> None:
    if "\0" not in target:
        assert len(called(scene, target)) <= targets.MOST


def test_loading_the_rotations_twice_changes_nothing(scene: Scene) -> None:
    def audited() -> int:
        month = journal.month("audit", scene.ask(lambda s: clock.now(s)))
        return scene.ask(lambda s: sum(e.kind == "oncall.schedule_set" for e in journal.entries(s, month)))

    first = scene.write(lambda s: schedules.load_schedules(s, scene.roster))
    assert audited() == 4
    assert scene.write(lambda s: schedules.load_schedules(s, scene.roster)) == first
    assert audited() == 4


def test_a_changed_rotation_takes_the_place_of_the_old_one(scene: Scene) -> None:
    (layer,) = scene.roster.schedules[0].layers
    alone = layer.model_copy(update={"members": ("chen.bo",)})
    technical = scene.roster.schedules[0].model_copy(update={"layers": (alone,)})
    changed = Roster(people=scene.roster.people, groups=(), schedules=(technical,))
    scene.write(lambda s: schedules.load_schedules(s, changed))
    assert called(scene, "oncall:technical") == ["chen.bo"]
    assert called(scene, "oncall:security") == ["chen.bo"]
