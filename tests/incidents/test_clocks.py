"""Clocks run from one event to another; one second late is breached."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.core.paths import CONFIG
from command.incidents.clocks import (
    ClockDue,
    ClockTable,
    Event,
    Fact,
    Pause,
    Profile,
    due,
    five_facts_known_at,
    judge,
)
from command.incidents.grading import Tier
from playbooks.schema import Kind
from playbooks.source import SourceError, load, load_text

TABLE = load(CONFIG / "clocks.yaml", ClockTable)
START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def after(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def started(
    *events: Event,
    kind: Kind | None = Kind.network_fault,
    tier: Tier | None = 4,
    profile: Profile | None = None,
    pauses: tuple[Pause, ...] = (),
) -> dict[str, ClockDue]:
    return {clock.id: clock for clock in due(TABLE, kind, tier, profile, dict.fromkeys(events, START), pauses)}


def minutes_of(clocks: dict[str, ClockDue]) -> dict[str, float]:
    return {name: (clock.due_at - clock.started_at).total_seconds() / 60 for name, clock in clocks.items()}


@pytest.mark.proves("R5")
def test_the_report_to_the_centre_is_due_ten_minutes_after_the_first_sign() -> None:
    clock = started(Event.FIRST_SIGN)["report-to-centre"]
    assert clock == ClockDue("report-to-centre", START, after(10), None)
    assert judge(clock.due_at, after(10), now=after(99)) == "met"
    assert judge(clock.due_at, after(10) + SECOND, now=after(99)) == "breached"


@pytest.mark.proves("R5")
def test_the_report_is_complete_only_when_the_last_of_five_facts_is_there() -> None:
    known = {fact: after(index) for index, fact in enumerate(Fact)}
    assert five_facts_known_at(known) == after(4)
    for fact in Fact:
        assert five_facts_known_at({each: at for each, at in known.items() if each is not fact}) is None


@pytest.mark.proves("R2", "R20")
def test_a_report_starts_the_clocks_of_response_and_first_plan() -> None:
    assert minutes_of(started(Event.REPORT_RECEIVED, tier=None)) == {"first-response": 30, "first-plan": 60}


@pytest.mark.proves("R21")
@pytest.mark.parametrize(("tier", "respond", "resolve"), [(1, 120, 480), (2, 120, 480), (3, 240, 1440), (4, 480, 2880)])
def test_restoration_is_due_by_the_class_of_the_tier(tier: Tier, respond: int, resolve: int) -> None:
    clocks = minutes_of(started(Event.REPORT_RECEIVED, tier=tier))
    assert (clocks["sla-respond"], clocks["sla-resolve"]) == (respond, resolve)


@pytest.mark.parametrize(
    ("profile", "tier", "kind", "expected"),
    [
        ("cn", 1, Kind.network_fault, {"cn-inform-1h": 60, "cn-brief-4h": 240, "cn-report-24h": 1440}),
        ("cn", 4, Kind.network_fault, {}),
        ("cn", 3, Kind.information_security, {"cn-security-4h": 240}),
        (
            "us",
            3,
            Kind.network_fault,
            {"us-notification-120min": 120, "us-initial-72h": 72 * 60, "us-final-30d": 30 * 1440},
        ),
        ("us", 1, Kind.complaint_surge, {}),
        ("eu", 2, Kind.information_security, {"eu-early-warning-24h": 1440, "eu-notification-72h": 4320}),
        (None, 1, Kind.network_fault, {}),
    ],
)
def test_the_regulator_s_clocks_follow_the_profile(
    profile: Profile | None, tier: Tier, kind: Kind, expected: dict[str, int]
) -> None:
    assert minutes_of(started(Event.DISCOVERED, profile=profile, tier=tier, kind=kind)) == expected


@pytest.mark.proves("R13")
def test_a_complaint_has_its_own_clocks_and_no_other() -> None:
    emergency = started(Event.EMERGENCY_COMPLAINT_RECEIVED, kind=None, tier=None, profile="cn")
    regular = started(Event.REGULAR_COMPLAINT_RECEIVED, kind=None, tier=None, profile="cn")
    assert minutes_of(emergency) == {"complaint-emergency-15min": 15}
    assert minutes_of(regular) == {"complaint-regular-24h": 1440}


def test_a_clock_knows_when_it_was_met() -> None:
    events = {Event.REPORT_RECEIVED: START, Event.HANDLING_BEGAN: after(12)}
    clocks = {clock.id: clock for clock in due(TABLE, Kind.network_fault, 4, None, events)}
    assert clocks["first-response"].met_at == after(12)
    assert clocks["first-plan"].met_at is None


def test_a_clock_does_not_run_before_its_event() -> None:
    assert started() == {}


@pytest.mark.proves("R2")
@pytest.mark.parametrize(
    ("met_at", "now", "verdict"),
    [
        (None, after(29), "running"),
        (None, after(30), "running"),
        (None, after(30) + SECOND, "breached"),
        (after(30), after(30), "met"),
        (after(30) + SECOND, after(40), "breached"),
    ],
)
def test_exactly_on_time_is_met_and_a_second_late_is_breached(
    met_at: datetime | None, now: datetime, verdict: str
) -> None:
    assert judge(after(30), met_at, now) == verdict


def test_an_approved_pause_moves_the_due_time_of_a_pausable_clock_only() -> None:
    pause = Pause(after(60), after(90))
    clocks = minutes_of(started(Event.REPORT_RECEIVED, tier=1, pauses=(pause,)))
    assert clocks == {"first-response": 30, "first-plan": 60, "sla-respond": 150, "sla-resolve": 510}


@pytest.mark.parametrize(
    ("pauses", "minutes"),
    [
        ((Pause(after(-30), after(10)),), 490),
        ((Pause(after(-30), after(-10)),), 480),
        ((Pause(after(480), after(500)),), 480),
        ((Pause(after(479), after(500)), Pause(after(490), after(510))), 511),
        ((Pause(after(100), after(200)), Pause(after(120), after(150))), 580),
        ((Pause(after(470), after(490)), Pause(after(495), after(505))), 510),
    ],
)
def test_a_minute_counts_as_paused_once_and_only_while_the_clock_runs(pauses: tuple[Pause, ...], minutes: int) -> None:
    assert minutes_of(started(Event.REPORT_RECEIVED, tier=1, pauses=pauses))["sla-resolve"] == minutes


spans = st.tuples(st.integers(-100, 900), st.integers(0, 200)).map(lambda s: Pause(after(s[0]), after(s[0] + s[1])))


@given(st.lists(spans, max_size=6))
def test_the_minutes_between_start_and_due_that_are_not_paused_are_those_allowed(pauses: list[Pause]) -> None:
    clock = started(Event.REPORT_RECEIVED, tier=1, pauses=tuple(pauses))["sla-resolve"]
    length = int((clock.due_at - START).total_seconds() // 60)
    worked = sum(not any(p.start <= after(minute) < p.end for p in pauses) for minute in range(length))
    assert worked == 480


@pytest.mark.parametrize(
    ("instead_of", "write", "words"),
    [
        ("starts: first_sign", "starts: first_sing", "Did you mean 'first_sign'"),
        ("offset_minutes: 10", "sla: respond\n    offset_minutes: 10", "needs one time"),
        ("tiers: [3]", "tiers: [2, 3]", "tier 2 is in 2 classes"),
        ("tiers: [4]", "tiers: []", "tier 4 is in 0 classes"),
        ("id: first-plan", "id: first-response", "'first-response' is used twice"),
    ],
)
def test_a_mistake_in_the_clocks_is_named_with_its_remedy(instead_of: str, write: str, words: str) -> None:
    text = (CONFIG / "clocks.yaml").read_text(encoding="utf-8")
    with pytest.raises(SourceError, match=words):
        load_text(text.replace(instead_of, write, 1), "clocks.yaml", ClockTable)
