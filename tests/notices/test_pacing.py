"""What is news, and how close two notices may follow each other."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.core.problems import Conflict
from command.messages.policy import Change
from command.notices import service
from command.notices.models import Kind, NoticeState
from command.notices.pacing import Facts, news
from tests.conftest import Time
from tests.notices.house import ANN, BEN, UPDATE, WRONG, House, about

RULE = Change(eta_minutes=30, users_percent=20, tier=True, services=True, source="ours")
NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)
etas = st.none() | st.integers(0, 600).map(lambda minutes: (NOON + timedelta(minutes=minutes)).isoformat())
facts = st.builds(
    Facts,
    etas,
    st.integers(1, 4),
    st.sets(st.sampled_from(["voice", "data", "sms"])).map(lambda some: tuple(sorted(some))),
    st.integers(0, 10**6),
)


@given(facts)
def test_what_is_the_same_is_no_news(one: Facts) -> None:
    assert news(one, one, RULE) == ()
    assert Facts.of(one.kept()) == one


@given(facts, facts)
def test_an_eta_is_news_from_the_minutes_of_the_policy_on(before: Facts, now: Facts) -> None:
    found = "eta" in news(before, now, RULE)
    if before.eta is None or now.eta is None:
        assert found is (before.eta != now.eta)
    else:
        apart = abs(datetime.fromisoformat(now.eta) - datetime.fromisoformat(before.eta))
        assert found is (apart >= timedelta(minutes=30))


@given(st.integers(1, 10**6), st.integers(0, 2 * 10**6))
def test_users_are_news_from_their_share_on(before: int, now: int) -> None:
    found = news(Facts(None, 2, (), before), Facts(None, 2, (), now), RULE)
    assert ("users" in found) is (abs(now - before) / before >= 0.2)


def test_words_that_a_person_wrote_are_news() -> None:
    said = Facts(None, 2, (), 10)
    assert news(said, Facts(None, 2, (), 10, own_words=True), RULE) == ("words",)


def update(house: House, *, automatic: bool = False) -> int:
    def work(session: Any) -> int:
        notice = service.draft(
            session, about(), Kind.UPDATE, UPDATE, validity_minutes=30, pre_approved_cap=99, automatic=automatic,
            by=ANN.actor, correction=WRONG,
        )  # fmt: skip
        return service.submit(session, notice, ANN.actor).id

    return house.database.write(work)


def test_an_update_is_written_meanwhile_but_leaves_after_the_gap_alone(house: House, time: Time) -> None:
    house.fail([1])
    first = house.first()
    house.fan_out()
    house.land()
    with pytest.raises(Conflict):
        update(house, automatic=True)
    waiting = update(house)

    def approve(session: Any) -> None:
        notice = session.get_one(service.Notice, waiting)
        service.approve(session, notice, BEN, notice.audience)

    with pytest.raises(Conflict) as refused:
        house.database.write(approve)
    assert refused.value.values["gap"] == 60 and refused.value.values["wait"] == 60
    time.forward(minutes=60)
    house.database.write(approve)
    assert house.notice(waiting).state == NoticeState.APPROVED
    assert house.notice(first).state != NoticeState.WITHDRAWN


def test_first_notices_and_all_clears_know_no_gap(house: House) -> None:
    house.fail([1])
    house.first()
    house.fan_out()
    house.land()
    house.fail([1, 2])
    assert house.grow()
    house.fan_out()
    house.land()
    house.fail([])
    assert house.heal()
