"""Escalation policies as values: which one is closest, the chain it becomes, when each step is due, where it goes round."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.oncall.duties.layers import Duty, Layer, Window
from command.oncall.duties.rotation import Rotation
from command.oncall.escalation import holes, policy, steps
from command.oncall.escalation.policy import Draft, PolicyStep

AREAS = ("800101", "8001", "80", "00")
NIGHT = datetime(2026, 11, 28, 3, 10, tzinfo=UTC)


def scoped(tier: int | None, area: str | None) -> Draft:
    return Draft("technical", tier, area, (PolicyStep(("oncall:technical",), 0, 5),))


def call(*targets: str, delay: int = 0, ack: int = 5) -> PolicyStep:
    return PolicyStep(targets, delay, ack)


@pytest.mark.proves("R4")
@pytest.mark.parametrize(
    ("policies", "closest"),
    [
        ([(None, None), (2, None)], (2, None)),
        ([(2, None), (None, "80")], (None, "80")),
        ([(None, "80"), (None, "8001")], (None, "8001")),
        ([(None, "8001"), (2, "8001"), (2, "80")], (2, "8001")),
        ([(3, "800101"), (None, "8002"), (None, None)], (None, None)),
    ],
)
def test_the_nearest_area_goes_before_the_tier_and_the_tier_before_none(
    policies: list[tuple[int | None, str | None]], closest: tuple[int | None, str | None]
) -> None:
    ranked = {each: rank for each in policies if (rank := policy.rank(scoped(*each), 2, AREAS)) is not None}
    assert min(ranked, key=lambda each: ranked[each]) == closest


def test_a_policy_of_another_tier_or_place_never_stands() -> None:
    assert policy.rank(scoped(1, None), 2, AREAS) is None
    assert policy.rank(scoped(None, "8002"), 2, AREAS) is None


def test_rounds_are_written_out_and_the_duty_manager_comes_last_by_voice() -> None:
    made = policy.chain([call("oncall:technical", ack=5), call("person:4", "post:deputy", delay=3, ack=7)], repeat=1)
    assert [step["target"] for step in made] == [
        *("oncall:technical", "person:4", "oncall:technical", "person:4", "post:duty_officer")
    ]
    assert [step["after_minutes"] for step in made] == [0, 8, 7, 8, 7]
    assert steps.targets_of(made[1]) == ["person:4", "post:deputy"]
    assert (made[-1]["by"], steps.with_last_resort(made)) == ("voice", made)


minutes = st.integers(0, 60)
chains = st.lists(
    st.builds(PolicyStep, st.just(("oncall:a",)), minutes, st.integers(1, 60)), min_size=1, max_size=6
).map(tuple)


@given(chains, st.integers(0, 5))
def test_with_people_behind_every_step_each_is_due_after_all_the_waits_before_it(
    given_steps: tuple[PolicyStep, ...], repeat: int
) -> None:
    calls = list(
        steps.timeline(policy.chain(given_steps, repeat), NIGHT, lambda wanted, at: [(t, [1]) for t in wanted])
    )
    assert len(calls) == len(given_steps) * (repeat + 1) + 1
    whole = sum(step.delay_minutes + step.ack_minutes for step in given_steps) * (repeat + 1)
    assert calls[-1].at - NIGHT == timedelta(minutes=whole)
    assert all(one.at <= two.at for one, two in pairwise(calls))


def test_a_step_that_reaches_nobody_lets_the_next_be_called_at_once() -> None:
    chain = policy.chain([call("oncall:a"), call("oncall:b", delay=10), call("oncall:c", delay=1)], 0)
    people = {"oncall:a": [1], "oncall:b": [], "oncall:c": [3], "post:duty_officer": [4]}
    calls = steps.timeline(chain, NIGHT, lambda wanted, at: [(t, people[t]) for t in wanted])
    assert [steps.minutes(NIGHT, each.at) for each in calls] == [0, 15, 15, 20]


def test_calling_the_same_people_twice_in_a_row_is_no_circle_but_coming_back_to_them_is() -> None:
    one, two = call("oncall:a", "post:deputy"), call("oncall:b")
    assert policy.returns([one, one, two]) == []
    assert policy.returns([one, two, call("post:deputy", "oncall:a")]) == [(2, 0)]


def nights(start: int, end: int, zone: str = "Australia/Lord_Howe") -> Duty:
    turns = Rotation((1,), date(2026, 1, 5), time(9), zone)
    return Duty((Layer(turns, (Window(frozenset(range(7)), time(start), time(end)),)),))


def test_duties_that_close_each_others_gaps_leave_none_across_a_change_of_half_an_hour() -> None:
    begin, end = datetime(2026, 9, 20, tzinfo=UTC), datetime(2026, 10, 20, tzinfo=UTC)
    assert holes.first_gap([nights(20, 8), nights(8, 20)], begin, end) is None
    gap = holes.first_gap([nights(20, 8), nights(9, 20)], begin, end)
    assert gap is not None
    assert gap.end - gap.start == timedelta(hours=1)
