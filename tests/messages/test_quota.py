"""The shared rate: never exceeded in any second, whoever asks, and pages are never shut out."""

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.database import Database
from command.core.settings import GatewaySettings
from command.messages import quota
from command.messages.gateways import Gateways
from command.messages.models import Delivery, GatewayState, State
from command.messages.sender import Sender
from tests.conftest import Time
from tests.messages.conftest import Build
from tests.messages.house import House


@pytest.fixture
def morning(time: Time) -> None:
    """The test is over before a day is."""
    time.morning()


OF_ONE_DAY = pytest.mark.usefixtures("morning")


def ask(database: Database, want: int, rate: int, *, pages: bool = False, cap: int | None = None) -> tuple[str, int]:
    """Lease; return the second of the database's clock and the permits granted."""

    def work(session: object) -> tuple[str, int]:
        grant = quota.lease(session, "g", want, rate=rate, pages=pages, pages_share=0.2, daily_cap=cap)  # type: ignore[arg-type]
        return clock.now(session).strftime("%H:%M:%S"), grant.count  # type: ignore[arg-type]

    return database.write(work)


def test_engines_together_never_exceed_the_rate_in_any_second(database: Database) -> None:
    granted: Counter[str] = Counter()
    guard = threading.Lock()

    def engine(seed: int) -> None:
        for turn in range(40):
            second, count = ask(database, 1 + (seed * 7 + turn) % 9, 50, pages=turn % 3 == 0)
            with guard:
                granted[second] += count

    engines = [threading.Thread(target=engine, args=(seed,)) for seed in range(4)]
    for one in engines:
        one.start()
    for one in engines:
        one.join()
    assert granted and max(granted.values()) <= 50


@pytest.mark.proves("D5")
def test_notices_leave_a_fifth_to_pages(database: Database, time: Time) -> None:
    second, bulk = ask(database, 1000, 100)
    later, page = ask(database, 1000, 100, pages=True)
    assert bulk == 80
    assert page == (20 if later == second else 100)


def test_at_one_message_a_second_a_due_page_goes_first(house: House) -> None:
    assert ask(house.database, 1, 1)[1] == 1
    house.page()
    house.database.write(lambda session: clock.move(session, timedelta(seconds=2), allowed=True))
    assert ask(house.database, 1, 1)[1] == 0
    assert ask(house.database, 1, 1, pages=True)[1] == 1


@OF_ONE_DAY
def test_a_daily_cap_ends_the_day(database: Database, time: Time) -> None:
    granted = 0
    for _ in range(5):
        granted += ask(database, 10, 100, cap=25)[1]
        time.forward(seconds=1)
    assert granted <= 25
    time.forward(days=1)
    assert ask(database, 10, 100, cap=25)[1] == 10


def shares(
    database: Database, want: int, senders: Sequence[quota.Limit], *, rate: int = 1000, pages: bool = False
) -> tuple[str, dict[str, int]]:
    """Lease by senders; return the second of the database's clock and what each may carry."""

    def work(session: Session) -> tuple[str, dict[str, int]]:
        grant = quota.lease(session, "g", want, rate=rate, pages=pages, pages_share=0.2, senders=senders)
        assert grant.count == sum(count for _, count in grant.by_sender)
        return clock.now(session).strftime("%H:%M:%S"), dict(grant.by_sender)

    return database.write(work)


def test_no_sender_exceeds_its_rate_in_any_second_whoever_asks(database: Database) -> None:
    senders = (quota.Limit("a", rate=7), quota.Limit("b", rate=20), quota.Limit("c"))
    granted: Counter[tuple[str, str]] = Counter()
    guard = threading.Lock()

    def engine(seed: int) -> None:
        for turn in range(30):
            second, found = shares(database, 1 + (seed * 5 + turn) % 9, senders, rate=60, pages=turn % 3 == 0)
            with guard:
                for sender, count in found.items():
                    granted[second, sender] += count

    engines = [threading.Thread(target=engine, args=(seed,)) for seed in range(4)]
    for one in engines:
        one.start()
    for one in engines:
        one.join()
    by_sender = {name: max((n for (_, own), n in granted.items() if own == name), default=0) for name in "abc"}
    assert by_sender["a"] <= 7 and by_sender["b"] <= 20 and by_sender["c"]
    together: Counter[str] = Counter()
    for (second, _), count in granted.items():
        together[second] += count
    assert max(together.values()) <= 60


@pytest.mark.proves("D5")
def test_notices_leave_a_fifth_of_each_sender_to_pages(database: Database, time: Time) -> None:
    senders = (quota.Limit("a", rate=10), quota.Limit("b", rate=5))
    first, bulk = shares(database, 1000, senders)
    later, page = shares(database, 1000, senders, pages=True)
    assert bulk == {"a": 8, "b": 4}
    assert page == ({"a": 2, "b": 1} if first == later else {"a": 10, "b": 5})


@OF_ONE_DAY
def test_a_sender_that_is_spent_for_the_day_leaves_it_to_the_others(database: Database, time: Time) -> None:
    senders = (quota.Limit("a", daily_cap=3), quota.Limit("b", daily_cap=4))
    assert shares(database, 5, senders)[1] == {"b": 4, "a": 1}
    time.forward(minutes=1)
    assert shares(database, 5, senders)[1] == {"a": 2}
    time.forward(minutes=1)
    assert shares(database, 5, senders)[1] == {}
    time.forward(hours=24)
    assert sum(shares(database, 99, senders)[1].values()) == 7


@OF_ONE_DAY
def test_two_engines_send_by_each_sender_no_more_than_it_may_in_a_day(build: Build) -> None:
    """Over the wire: two engines on one database, three senders of one gateway; what is left waits for tomorrow."""
    senders = ({"number": "10690001", "daily_cap": 5}, {"number": "10690002", "daily_cap": 9})
    house = build(gateway={"sender": "", "senders": senders})
    other = Gateways(house.installation)
    second = Sender(house.installation, other, house.handlers)
    all_used = threading.Event()
    engines = [
        threading.Thread(target=each.run, args=(all_used.is_set,), daemon=True) for each in (house.sender, second)
    ]
    try:
        house.enqueue(30)
        for one in engines:
            one.start()
        house.wait(lambda: sum(house.received().values()) >= 14)
        house.wait_a_little(1.5)
    finally:
        all_used.set()
        for one in engines:
            one.join(60)
        second.close()
        other.close()
    assert not any(one.is_alive() for one in engines)
    by_sender = Counter(each["from"] for index in range(1, 31) for each in house.messages(index))
    assert by_sender == {"10690001": 5, "10690002": 9}
    assert house.states()[State.READY] == 16
    assert house.tally_matches()


@OF_ONE_DAY
def test_permits_that_nothing_was_sent_by_are_the_days_again(database: Database, time: Time) -> None:
    senders = (quota.Limit("a", daily_cap=3), quota.Limit("b", daily_cap=4))

    def again(unused: quota.Unused) -> dict[str, int]:
        time.forward(seconds=2)
        work = partial(quota.lease, gateway="g", want=99, rate=100, pages=False, pages_share=0.2, senders=senders)
        return dict(database.write(lambda session: work(session, unused=unused)).by_sender)

    today = database.write(lambda session: clock.now(session).date().isoformat())
    assert shares(database, 99, senders)[1] == {"a": 3, "b": 4}
    assert again(quota.Unused(today, {"a": 2})) == {"a": 2}
    assert again(quota.Unused("2001-01-01", {"a": 2, "b": 4})) == {}
    database.write(lambda session: quota.give_back(session, "g", quota.Unused(today, {"b": 1})))
    assert again(quota.Unused(today, {"gone": 1})) == {"b": 1}


@given(turns=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=12))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_given_back_no_sender_exceeds_its_day_and_nothing_of_it_is_lost(
    database: Database, time: Time, turns: list[tuple[int, int]]
) -> None:
    """Each turn asks for some, sends by as many of them as it may, and gives the others back with its next."""
    senders = (quota.Limit("a", daily_cap=7), quota.Limit("b", daily_cap=5))
    sent: Counter[str] = Counter()
    unused: quota.Unused | None = None
    ask = partial(quota.lease, gateway="g", rate=100, pages=False, pages_share=0, senders=senders, daily_cap=12)
    time.forward(days=1)
    for want, use in [*turns, (12, 12), (12, 12)]:
        time.forward(seconds=1)
        lease = partial(ask, want=want, unused=unused)
        grant = database.write(lease)
        left: Counter[str] = Counter()
        for sender, count in grant.by_sender:
            begun = min(count, use)
            sent[sender] += begun
            left[sender] += count - begun
            use -= begun
        unused = quota.Unused(grant.day, left)
        assert sent["a"] <= 7 and sent["b"] <= 5
    assert sent == {"a": 7, "b": 5}


@OF_ONE_DAY
def test_an_engine_with_nothing_more_to_send_keeps_nothing_of_the_day(build: Build) -> None:
    """What it leased ahead of need is there for the others, and for itself an hour later."""
    house = build(gateway={"sender": "", "senders": ({"number": "10690001", "daily_cap": 20_000},)})
    house.enqueue(3)
    house.send()
    assert used(house) == ({"10690001": 3}, 3)


@OF_ONE_DAY
@pytest.mark.proves("D5")
@pytest.mark.parametrize(
    "senders", [(), ({"number": "10690001", "daily_cap": 2}, {"number": "10690002", "daily_cap": 3})]
)
def test_what_a_gateway_may_not_carry_today_takes_another_road(
    build: Build, senders: tuple[dict[str, Any], ...]
) -> None:
    limits = {"sender": "", "senders": senders} if senders else {"daily_cap": 5}
    other = {"name": "second", "sender": "10690000", "senders": (), "daily_cap": None}
    house = build(gateway=limits, others=(other,))
    house.enqueue(20)
    while house.send():
        pass
    assert ways(house) == {"twilio": 5, "second": 15}


@OF_ONE_DAY
@pytest.mark.proves("D5")
def test_without_another_road_it_waits_for_the_next_day_and_nothing_is_called_in_vain(build: Build, time: Time) -> None:
    house = build(gateway={"daily_cap": 5})
    house.enqueue(8)
    while house.send():
        pass
    assert ways(house) == {"twilio": 5} and house.states()[State.READY] == 3
    assert not house.send()
    midnight = time.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    time.forward(seconds=(midnight - time.now()).total_seconds() + 1)
    while house.send():
        pass
    assert ways(house) == {"twilio": 8} and len(house.received()) == 8


def ways(house: House) -> Counter[str]:
    """Messages a provider has, by gateway."""
    with house.database.read() as session:
        query = select(Delivery.gateway).where(Delivery.submitted_at.is_not(None))
        return Counter(session.scalars(query))


@OF_ONE_DAY
@pytest.mark.parametrize(
    ("senders", "rate", "cap"),
    [
        (({"number": "1", "rate": 30}, {"number": "2", "rate": 20}), 50, None),
        (({"number": "1", "rate": 30}, {"number": "2"}), 100, None),
        (({"number": "1", "rate": 80}, {"number": "2", "rate": 80}), 100, None),
        (({"number": "1", "daily_cap": 3}, {"number": "2", "daily_cap": 4}), 100, 7),
        (({"number": "1", "daily_cap": 3}, {"number": "2"}), 100, None),
    ],
)
def test_a_gateway_carries_no_more_than_its_senders_together(
    senders: tuple[dict[str, Any], ...], rate: int, cap: int | None
) -> None:
    given = GatewaySettings(name="g", transport="smpp", senders=senders)  # type: ignore[arg-type]
    assert (given.rate, given.daily_cap, given.sender) == (rate, cap, "1")


def used(house: House) -> tuple[dict[str, int], int]:
    """What senders of the gateway, and it, have used today."""
    with house.database.read() as session:
        row = session.scalars(select(GatewayState).where(GatewayState.senders != {})).one()
        return {name: each["day_used"] for name, each in row.senders.items()}, row.day_used


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"sender": "2"}, "put it first among them"),
        ({"transport": "console"}, "one sender"),
        ({"senders": ({"number": "1"}, {"number": "1"})}, "twice"),
        ({"senders": ({"number": "1" * 21},)}, "at most 20"),
        ({"senders": ({"number": "1", "rate": 0},)}, "greater than or equal to 1"),
    ],
)
def test_senders_that_make_no_sense_are_refused_at_the_start(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        GatewaySettings(**{"name": "g", "transport": "smpp", "senders": ({"number": "1"},)} | given)
