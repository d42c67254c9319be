"""An ETA as a range: around the ETA, on the grid of the policy, never in the past."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from command.incidents.eta_window import around
from command.messages.policy import EtaRange

moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
rules = st.builds(
    EtaRange,
    width_minutes=st.integers(0, 240),
    round_to=st.sampled_from([1, 5, 10, 15, 30]),
    source=st.just("ours"),
)


@given(moments, st.integers(-600, 600), rules)
def test_a_range_holds_the_eta_and_begins_ahead(now: datetime, minutes: int, rule: EtaRange) -> None:
    eta = now + timedelta(minutes=minutes)
    found = around(eta, now, rule)
    assert (found is None) is (minutes <= 0)
    if found is None:
        return
    begins, ends = found
    step = timedelta(minutes=rule.round_to)
    assert now <= begins <= ends and eta <= ends
    assert ends - eta < timedelta(minutes=rule.width_minutes) / 2 + step
    assert begins <= max(eta, now) + step
    assert (begins == ends) or rule.width_minutes


def test_the_example_of_the_field() -> None:
    now = datetime(2026, 11, 27, 14, 5, tzinfo=UTC)
    rule = EtaRange(width_minutes=60, round_to=5, source="ours")
    assert around(now.replace(hour=17, minute=0), now, rule) == (
        now.replace(hour=16, minute=30),
        now.replace(hour=17, minute=30),
    )
    assert around(now.replace(minute=20), now, rule) == (now.replace(minute=5), now.replace(minute=50))
