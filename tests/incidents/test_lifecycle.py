"""An incident goes from state to state by one table, and every refusal says what would allow the action."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.incidents.guards import FINAL, GUARDS, LIVE, NAMES, Standing, State
from command.incidents.lifecycle import TABLE, Action, Forbidden, Obligation, Step, attempt, possible
from command.incidents.phases import Phase, current, flow

READY = Standing(
    graded=True,
    has_commander=True,
    has_playbook=True,
    has_first_contact_owner=True,
    positive_evidence=True,
    review_written=True,
    reason_given=True,
    by_person=True,
    target=State.RESPONDING,
)
standings = st.builds(
    Standing,
    **{name: st.booleans() for name, kind in Standing.__annotations__.items() if kind is bool},
    watch_minutes_left=st.floats(0, 60),
    open_tasks=st.integers(0, 2),
    open_children=st.integers(0, 2),
    owed_clocks=st.integers(0, 2),
    told_count=st.integers(0, 2),
    notices_in_flight=st.integers(0, 2),
    target=st.none() | st.sampled_from(State),
)
POSSIBLE = {
    State.REPORTED: {"assess", "regrade", "cancel", "merge"},
    State.ASSESSED: {"regrade", "activate", "cancel", "merge", "restore"},
    State.RESPONDING: {"regrade", "restore", "cancel", "merge"},
    State.RESTORED: {"regrade", "reopen", "review"},
    State.REVIEWING: {"regrade", "reopen", "close"},
    State.CLOSED: {"reopen"},
    State.CANCELLED: set[str](),
    State.MERGED: set[str](),
}


def refusals(action: Action, state: State, standing: Standing) -> set[str]:
    with pytest.raises(Forbidden) as caught:
        attempt(action, state, standing)
    assert caught.value.reason_key == caught.value.refusals[0].reason_key
    return {refusal.reason_key for refusal in caught.value.refusals}


@pytest.mark.proves("R22")
def test_the_whole_life_of_an_incident_from_report_to_close() -> None:
    state = State.REPORTED
    seen = [state]
    for action in (Action.ASSESS, Action.ACTIVATE, Action.RESTORE, Action.REVIEW, Action.CLOSE):
        state = attempt(action, state, READY).state
        seen.append(state)
    assert seen == [
        State.REPORTED,
        State.ASSESSED,
        State.RESPONDING,
        State.RESTORED,
        State.REVIEWING,
        State.CLOSED,
    ]


@pytest.mark.parametrize("state", list(State))
def test_each_state_offers_its_actions_and_no_other(state: State) -> None:
    assert {action.value for action in possible(state)} == POSSIBLE[state]
    for action in Action:
        if action not in possible(state):
            assert refusals(action, state, READY) <= {"wrong_state", "final"}


@given(st.lists(st.tuples(st.sampled_from(Action), standings), max_size=30))
def test_whatever_is_tried_a_final_state_is_never_left_and_a_closed_one_by_reopening_only(
    tries: list[tuple[Action, Standing]],
) -> None:
    state = State.REPORTED
    for action, standing in tries:
        before = state
        try:
            state = attempt(action, before, standing).state
        except Forbidden as forbidden:
            assert forbidden.refusals
            assert all(each.why.zh and each.what_would_allow.en for each in forbidden.refusals)
            continue
        assert before not in FINAL
        assert action in possible(before)
        assert before is not State.CLOSED or (action is Action.REOPEN and state is State.RESPONDING)


@given(st.sampled_from(Action), st.sampled_from(State), standings)
def test_an_action_is_refused_exactly_when_one_of_its_guards_fails(
    action: Action, state: State, standing: Standing
) -> None:
    row = next(row for row in TABLE if row.action is action)
    failing = {key for key in row.guards if not GUARDS[key].holds(standing)}
    if state not in row.sources:
        assert refusals(action, state, standing) == {"final" if state in FINAL else "wrong_state"}
    elif failing:
        assert refusals(action, state, standing) == failing
    else:
        assert attempt(action, state, standing).state == (row.to or state)


def test_the_table_has_one_row_for_each_action_with_known_guards_and_a_reason() -> None:
    assert [row.action for row in TABLE] == list(Action)
    assert {key for row in TABLE for key in row.guards} == set(GUARDS)
    assert all(row.because.endswith(".") for row in TABLE)
    assert set(NAMES) == set(State) and set(LIVE).isdisjoint(FINAL)


@pytest.mark.proves("R31")
@pytest.mark.parametrize(
    ("known", "restored"),
    [
        ({"positive_evidence": True}, True),
        ({"quiet_period_over": True}, False),
        ({"quiet_is_recovery": True}, False),
        ({"quiet_period_over": True, "quiet_is_recovery": True}, True),
    ],
)
def test_silence_is_not_recovery_unless_the_operator_says_so(known: dict[str, bool], restored: bool) -> None:
    standing = replace(READY, positive_evidence=False)
    standing = replace(standing, **known)  # type: ignore[arg-type]
    if restored:
        assert attempt(Action.RESTORE, State.RESPONDING, standing).state is State.RESTORED
    else:
        assert refusals(Action.RESTORE, State.RESPONDING, standing) == {"restoration_shown"}


@pytest.mark.proves("R31")
def test_a_repair_is_watched_before_it_is_reviewed() -> None:
    assert refusals(Action.REVIEW, State.RESTORED, replace(READY, watch_minutes_left=1)) == {"watch_over"}


@pytest.mark.proves("R8", "I8")
def test_restoring_owes_those_who_were_told_an_all_clear() -> None:
    told = attempt(Action.RESTORE, State.RESPONDING, replace(READY, told_count=3))
    nobody = attempt(Action.RESTORE, State.RESPONDING, READY)
    assert told == Step(Action.RESTORE, State.RESTORED, (Obligation.ALL_CLEAR, Obligation.STOP_PAGES))
    assert nobody.owes == (Obligation.STOP_PAGES,)


@pytest.mark.proves("B12")
@pytest.mark.parametrize("state", [State.REPORTED, State.ASSESSED, State.RESPONDING])
def test_cancelling_owes_a_correction_to_those_who_were_told(state: State) -> None:
    assert Obligation.CORRECTION in attempt(Action.CANCEL, state, replace(READY, told_count=1)).owes
    assert Obligation.CORRECTION not in attempt(Action.CANCEL, state, READY).owes


@pytest.mark.proves("B2", "B12")
def test_a_notice_in_flight_is_withdrawn_and_may_still_owe_a_correction() -> None:
    owes = attempt(Action.CANCEL, State.RESPONDING, replace(READY, notices_in_flight=1)).owes
    assert owes == (Obligation.CORRECTION, Obligation.WITHDRAW_NOTICES, Obligation.STOP_PAGES)


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ({"open_tasks": 1}, "no_open_tasks"),
        ({"open_children": 1}, "no_open_children"),
        ({"owed_clocks": 1}, "no_owed_clocks"),
        ({"notices_in_flight": 1}, "no_notices_in_flight"),
        ({"review_written": False}, "review_written"),
        ({"journal_ok": False}, "journal_ok"),
        ({"has_first_contact_owner": False}, "has_first_contact_owner"),
    ],
)
@pytest.mark.proves("R14")
def test_nothing_closes_while_something_is_owed(fault: dict[str, object], key: str) -> None:
    assert refusals(Action.CLOSE, State.REVIEWING, replace(READY, **fault)) == {key}  # type: ignore[arg-type]


def test_a_refusal_lists_everything_that_is_missing() -> None:
    assert refusals(Action.ACTIVATE, State.ASSESSED, Standing()) == {"has_commander", "has_playbook"}


@pytest.mark.proves("I7")
def test_a_tier_is_lowered_by_a_person_with_a_reason_only() -> None:
    for by_person, reason, allowed in [(True, True, True), (True, False, False), (False, True, False)]:
        standing = replace(READY, lowering=True, by_person=by_person, reason_given=reason)
        if allowed:
            assert attempt(Action.REGRADE, State.RESPONDING, standing).state is State.RESPONDING
        else:
            assert refusals(Action.REGRADE, State.RESPONDING, standing) == {"lowering_is_a_person_s"}


def test_automation_may_raise_a_tier_without_a_reason() -> None:
    assert attempt(Action.REGRADE, State.REPORTED, Standing()).state is State.REPORTED


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        ({"target": None}, "target_given"),
        ({"target_is_self": True}, "target_is_another"),
        ({"target": State.CLOSED}, "target_live"),
        ({"target_same_exercise": False}, "target_same_exercise"),
    ],
)
def test_an_incident_merges_into_another_live_one_of_the_same_sort(fault: dict[str, object], key: str) -> None:
    assert refusals(Action.MERGE, State.ASSESSED, replace(READY, **fault)) == {key}  # type: ignore[arg-type]


def test_those_told_about_a_merged_incident_pass_to_the_other() -> None:
    assert Obligation.PASS_TOLD in attempt(Action.MERGE, State.RESPONDING, replace(READY, told_count=9)).owes


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.proves("R22")
def test_the_fault_flow_has_six_phases_with_the_minutes_each_took() -> None:
    times = {phase: NOON + timedelta(minutes=10 * index) for index, phase in enumerate(Phase)}
    assert [reached.minutes for reached in flow(times)] == [None, 10, 10, 10, 10, 10]
    assert [reached.phase.value for reached in flow(times)] == [
        "report",
        "confirm",
        "locate",
        "handle",
        "recover",
        "record",
    ]
    assert current(times) is Phase.RECORD


@pytest.mark.proves("R22")
def test_a_fault_that_heals_before_it_is_located_keeps_that_phase_open() -> None:
    times = {Phase.REPORT: NOON, Phase.CONFIRM: NOON, Phase.RECOVER: NOON + timedelta(minutes=7)}
    by_phase = {reached.phase: reached for reached in flow(times)}
    assert by_phase[Phase.LOCATE].at is None
    assert by_phase[Phase.RECOVER].minutes == 7
    assert current(times) is Phase.RECOVER
    assert current({}) is None


@pytest.mark.proves("R22")
def test_a_phase_before_its_forerunner_shows_its_negative_minutes() -> None:
    times = {Phase.REPORT: NOON, Phase.CONFIRM: NOON - timedelta(minutes=3)}
    assert flow(times)[1].minutes == -3
