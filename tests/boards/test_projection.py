"""The fold: stopping and going on is the same as folding all; what came twice changes nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.boards import projection
from command.boards.projection import CARDS, Seen, State
from command.core.columns import dump

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


@st.composite
def histories(draw: st.DrawFn) -> list[Seen]:
    card = st.none() | st.dictionaries(st.sampled_from(["tier", "users"]), st.integers(0, 9))
    changes = st.dictionaries(st.sampled_from(["a", "b", "c"]), card, min_size=1)
    steps = draw(st.lists(changes | st.none(), max_size=40))
    return [
        Seen(n, BEGIN + timedelta(seconds=n), "person:1", CARDS, dump({"cards": step}))
        if step is not None
        else Seen(n, BEGIN + timedelta(seconds=n), "person:1", "test.happened", dump({"figure": n}))
        for n, step in enumerate(steps, 1)
    ]


@given(history=histories(), cut=st.integers(0, 40))
@pytest.mark.proves("I5")
def test_folding_all_is_folding_the_tail_onto_a_snapshot(history: list[Seen], cut: int) -> None:
    snapshot = projection.thaw(projection.freeze(projection.fold(State(), history[:cut])))
    assert projection.fold(snapshot, history[cut:]) == projection.fold(State(), history)


@given(history=histories(), start=st.integers(0, 40))
@pytest.mark.proves("B5")
def test_entries_that_come_again_change_nothing(history: list[Seen], start: int) -> None:
    state = projection.fold(State(), history)
    assert projection.fold(state, history[start:]) == state


@given(history=histories(), cut=st.integers(0, 40))
@pytest.mark.proves("B5")
def test_the_cards_a_client_missed_are_named(history: list[Seen], cut: int) -> None:
    before = projection.fold(State(), history[:cut]).cards
    after = projection.fold(State(), history).cards
    differ = {n for n in {*before, *after} if before.get(n) != after.get(n)}
    assert differ <= projection.changed(history[cut:])


def test_a_removed_card_is_gone_and_the_latest_entries_are_kept_in_order() -> None:
    history = [
        Seen(1, BEGIN, "person:1", CARDS, dump({"cards": {"a": {"tier": 1}, "b": {"tier": 2}}})),
        *(Seen(n, BEGIN, "person:1", "test.happened", dump({"figure": n})) for n in range(2, 20)),
        Seen(20, BEGIN, "person:1", CARDS, dump({"cards": {"a": None}})),
    ]
    state = projection.fold(State(), history)
    assert (state.seq, set(state.cards)) == (20, {"b"})
    assert [entry.seq for entry in state.latest] == list(range(8, 20))
