"""The life of what is taken, as a table: every state can be reached, every one has a way home, and nothing comes back by a step."""

import pytest

from command.resources.sourcing import FAR, Source, ranked, steps
from command.resources.states import OVER, TRANSITIONS, Card, Forbidden, State, Step, after, card, serves


def reachable(start: State) -> set[State]:
    found, ahead = {start}, [start]
    while ahead:
        for state in TRANSITIONS[ahead.pop()].values():
            if state not in found:
                found.add(state)
                ahead.append(state)
    return found


def test_every_state_but_returned_is_reached_by_steps_and_leads_home() -> None:
    assert set(TRANSITIONS) == set(State)
    assert reachable(State.HELD) == set(State) - {State.RETURNED}
    for state in set(State) - set(OVER):
        assert reachable(state) & {State.RELEASED, State.LET_GO}


@pytest.mark.parametrize("state", State)
def test_a_step_that_cannot_be_taken_says_which_can(state: State) -> None:
    for step in Step:
        if step in TRANSITIONS[state]:
            assert after(state, step) == TRANSITIONS[state][step]
        else:
            with pytest.raises(Forbidden) as refused:
                after(state, step)
            assert refused.value.allowed == tuple(TRANSITIONS[state])


def test_each_state_has_its_column_and_a_drill_has_one_of_its_own() -> None:
    for state in set(State) - set(OVER):
        assert card(state, False) == Card(state)
        assert card(state, True) == Card.IN_DRILL
    assert {card(state, exercise) for state in OVER for exercise in (True, False)} == {None}


def test_a_more_capable_piece_serves_and_a_less_capable_one_does_not() -> None:
    assert [serves(held, 2) for held in (1, 2, 3, 4)] == [True, True, False, False]


def test_sources_are_ordered_by_arrival_then_the_least_capable_then_the_best_stocked() -> None:
    far, strong, few, many = Source(1, 3, 9, 95), Source(2, 1, 9, 20), Source(3, 3, 1, 20), Source(4, 3, 5, 20)
    empty, weak = Source(5, 3, 0, 20), Source(6, 4, 9, 20)
    assert ranked([far, strong, few, many, empty, weak], 3) == [many, few, strong, far]


def test_where_nobody_knows_the_way_the_tree_of_areas_says_what_is_near_and_it_comes_last() -> None:
    known, near, abroad = Source(1, 3, 1, 600), Source(2, 3, 1, None, 1), Source(3, 3, 9, None, 3)
    assert ranked([abroad, near, known], 3) == [known, near, abroad]


def test_nearness_is_how_far_up_an_area_holds_both_places() -> None:
    need = (101, 10, 1)
    assert [steps(need, home) for home in ((101, 10, 1), (102, 10, 1), (20, 1), (7,))] == [0, 1, 2, FAR]
