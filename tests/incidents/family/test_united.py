"""Figures of a family: each person once. Pure parts, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.incidents.family import minutes, rules, united
from command.incidents.guards import State

T0 = datetime(2026, 11, 21, 8, tzinfo=UTC)
members = st.lists(
    st.dictionaries(st.integers(0, 5), st.frozensets(st.integers(0, 30), max_size=20), max_size=4),
    min_size=1,
    max_size=5,
)
"""For each incident: area → subscribers of it that are cut off."""
spans = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 200)).map(
        lambda each: (T0 + timedelta(minutes=each[0]), T0 + timedelta(minutes=each[0] + each[1]))
    ),
    max_size=5,
)


@pytest.mark.proves("R35")
@given(members)
def test_a_parent_has_the_users_of_its_children_each_once(family: list[dict[int, frozenset[int]]]) -> None:
    each = [sum(len(people) for people in one.values()) for one in family]
    areas = {
        area: frozenset[int]().union(*(one.get(area, frozenset()) for one in family)) for one in family for area in one
    }
    together = united.users(each, {area: len(people) for area, people in areas.items()})
    assert max(each) <= together <= sum(each)
    assert together == sum(len(people) for people in areas.values())


@pytest.mark.proves("R35")
@given(st.lists(st.dictionaries(st.integers(0, 4), st.integers(0, 1000), max_size=4), min_size=1, max_size=5))
def test_declared_users_are_neither_doubled_nor_lost(family: list[dict[int, int]]) -> None:
    each = [sum(one.values()) for one in family]
    largest: dict[int, int] = {}
    for one in family:
        largest = united.larger(largest, one)
    together = united.users(each, largest)
    assert max(each) <= together <= sum(each)
    if sum(len(one) for one in family) == len(largest):
        assert together == sum(each), "no area in common: they add up"


@pytest.mark.proves("R35")
@given(spans, spans)
def test_time_in_common_is_counted_once(
    one: list[tuple[datetime, datetime]], other: list[tuple[datetime, datetime]]
) -> None:
    def covered(given: list[tuple[datetime, datetime]]) -> set[int]:
        return {
            m for a, b in given for m in range(int((a - T0).total_seconds() // 60), int((b - T0).total_seconds() // 60))
        }

    assert minutes.shared_minutes(one, other) == len(covered(one) & covered(other))


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1e7))
def test_minutes_of_both_are_never_less_than_of_one(parent: float, child: float, shared: float) -> None:
    found = minutes.joined(parent, child, shared)
    assert max(parent, child) - 0.1 <= found <= parent + child + 0.1


def member(number: str, **given: object) -> rules.Member:
    plain: dict[str, object] = {"state": State.RESPONDING, "exercise": False, "restricted": False, **given}
    return rules.Member(number, **plain)  # type: ignore[arg-type]


@pytest.mark.proves("R35")
@pytest.mark.parametrize(
    ("child", "parent", "why"),
    [
        (member("A"), member("A"), "itself"),
        (member("A", below=1), member("B", above=("A",)), "circle"),
        (member("A", above=("C",)), member("B"), "two_parents"),
        (member("A", exercise=True), member("B"), "exercise"),
        (member("A", restricted=True), member("B"), "restricted"),
        (member("A"), member("B", restricted=True), "restricted"),
        (member("A"), member("B", state=State.RESTORED), "parent_over"),
        (member("A", state=State.MERGED), member("B"), "child_over"),
        (member("A", state=State.CLOSED), member("B"), "child_over"),
        (member("A"), member("B", above=("C", "D")), "too_deep"),
        (member("A", below=2), member("B"), "too_deep"),
        (member("A", below=1), member("B"), None),
        (member("A", state=State.RESTORED), member("B", above=("C",)), None),
    ],
)
def test_what_may_not_be_a_family(child: rules.Member, parent: rules.Member, why: str | None) -> None:
    assert rules.refusal(child, parent, 2) == why
    assert why is None or why in rules.REASONS
