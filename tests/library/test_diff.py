"""What differs between two editions of a plan is told by meaning, once, and nothing else is told."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.library import diff, finder, flow, parts
from command.library.editions import validity
from playbooks.loader import load_library
from playbooks.schema import TIERS, Playbook
from playbooks.tasks import Task
from playbooks.texts import Text

LIBRARY = load_library()
PLAN = LIBRARY.get("network_fault", 1)


def changed(*swaps: tuple[str, str]) -> Playbook:
    """The plan with words of its content changed."""
    text = PLAN.model_dump_json(by_alias=True)
    for before, after in swaps:
        assert before in text
        text = text.replace(before, after)
    return Playbook.model_validate_json(text)


@pytest.mark.proves("R1", "D6")
@pytest.mark.parametrize("sheet", LIBRARY.sheets, ids=lambda sheet: sheet.playbook.code)
def test_a_plan_does_not_differ_from_itself(sheet: object) -> None:
    plan = sheet.playbook  # type: ignore[attr-defined]
    assert diff.compare(plan, plan) == []


@pytest.mark.proves("R1", "D6")
def test_minutes_texts_and_tasks_that_changed_are_told_with_their_tiers() -> None:
    other = changed(('"due_minutes":15,', '"due_minutes":14,'), ("请暂用Wi-Fi或固定电话。", "请使用固定电话。"))
    found = diff.compare(PLAN, other)
    assert {change.what for change in found} == {"changed"}
    advice = next(change for change in found if change.sort == "tier")
    assert advice.tiers == TIERS and [field.field for field in advice.fields] == ["advice"]
    minutes = next(change for change in found if change.id == "brief_agents")
    assert minutes.fields == (diff.FieldChange("due_minutes", "15", "14"),)


@pytest.mark.proves("R1", "D6")
def test_a_task_that_came_and_one_that_went() -> None:
    other = changed(('"id":"collect_feedback"', '"id":"collect_calls"'))
    found = {(change.what, change.id): change for change in diff.compare(PLAN, other)}
    assert set(found) == {("added", "collect_calls"), ("removed", "collect_feedback")}
    assert found["added", "collect_calls"].tiers == TIERS


@given(st.sampled_from(LIBRARY.sheets), st.sampled_from(LIBRARY.sheets))
def test_comparing_the_other_way_turns_added_and_removed_around(one: object, two: object) -> None:
    first, second = one.playbook, two.playbook  # type: ignore[attr-defined]
    there, back = diff.compare(first, second), diff.compare(second, first)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert sorted((turned[c.what], c.sort, c.id, c.tiers) for c in there) == sorted(
        (c.what, c.sort, c.id, c.tiers) for c in back
    )
    for change in there:
        for field in change.fields:
            assert field.before != field.after


@pytest.mark.parametrize("sheet", LIBRARY.sheets, ids=lambda sheet: sheet.playbook.code)
def test_every_part_of_a_plan_has_a_key_of_its_own(sheet: object) -> None:
    keys = [part.key for part in parts.of(sheet.playbook)]  # type: ignore[attr-defined]
    assert len(keys) == len(set(keys)) > 50


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("sheet", LIBRARY.sheets, ids=lambda sheet: sheet.playbook.code)
def test_a_flow_draws_each_task_once_and_every_line_forward(sheet: object, language: str) -> None:
    for number in TIERS:
        tasks = sheet.playbook.tier(number).tasks  # type: ignore[attr-defined]
        drawn = flow.draw(tasks, language)
        place = {box.task.id: box for box in drawn.boxes}
        assert set(place) == {task.id for task in tasks} and len(drawn.boxes) == len(tasks)
        assert len({(box.x, box.y) for box in drawn.boxes}) == len(tasks)
        assert len(drawn.lines) == sum(len(task.after) for task in tasks)
        for box in drawn.boxes:
            assert all(place[before].x < box.x for before in box.task.after)
            assert box.x + flow.WIDTH <= drawn.width and box.y + flow.HEIGHT <= drawn.height
            assert 1 <= len(box.lines) <= 2


def test_a_long_title_ends_in_an_ellipsis() -> None:
    words = Text(zh="很长的任务标题" * 8, en="A title of many words " * 6)
    task = Task(id="t", department="technical", title=words, detail=words, due_minutes=5)
    assert all(flow.draw([task], tongue).boxes[0].lines[1].endswith("…") for tongue in ("zh", "en"))


@pytest.mark.parametrize(
    ("on", "state", "days"),
    [
        (date(2026, 10, 31), "early", 365),
        (date(2026, 11, 1), "valid", 364),
        (date(2027, 9, 30), "valid", 31),
        (date(2027, 10, 1), "expiring", 30),
        (date(2027, 10, 31), "expiring", 0),
        (date(2027, 11, 1), "expired", -1),
    ],
)
@pytest.mark.proves("R34")
def test_a_plan_says_how_long_it_holds(on: date, state: str, days: int) -> None:
    found = validity(PLAN, on)
    assert (found.state, found.days) == (state, days)


def test_words_are_found_in_the_plan_in_either_language_once_for_all_tiers() -> None:
    found = finder.find(PLAN, "Wi-Fi 固定电话")
    assert {place.language for place in found} == {"zh"}
    advice = next(place for place in found if place.field == "advice")
    assert advice.tiers == TIERS and [piece.text for piece in advice.pieces if piece.hit]
    assert finder.find(PLAN, "  ") == [] and finder.find(PLAN, "unicorn") == []
