"""Nobody is tried by more than a second road, whatever order receipts, calls and sweeps come in; and the counts of it are true."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import Installation
from command.core.settings import GatewaySettings
from command.messages import claiming, doubts, receipts, results, second_counts
from command.messages.claiming import LINES, Call
from command.messages.handlers import Handlers
from command.messages.models import SMS, Delivery, ReceiptIn, SecondTally, State
from command.messages.second_counts import SecondRoad, summed
from command.messages.service import tally
from command.notices.models import Notice, NoticeState
from command.notices.otherwise import Roads
from notifiers.base import Outcome, Verdict
from tests.conftest import Time
from tests.messages.house import second_matches
from tests.notices.house import House

pytestmark = pytest.mark.proves("B11", "I2", "I11")
LINE = next(line for line in LINES if line.channels == (SMS,))
GATEWAYS = ("a", "b")
OUTCOMES = (
    Outcome(Verdict.ACCEPTED, provider_id="p"),
    Outcome(Verdict.REJECTED, code="30003"),
    Outcome(Verdict.RETRY, code="20429"),
    Outcome(Verdict.DOUBTFUL, code="timeout"),
    None,
)
STATUSES = ("sent", "delivered", "undelivered", "failed")
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.sampled_from(GATEWAYS), st.sampled_from(range(len(OUTCOMES)))),
        st.tuples(st.just("receipt"), st.integers(0, 9), st.sampled_from(STATUSES)),
        st.tuples(st.just("wait"), st.just(0), st.just("")),
    ),
    max_size=14,
)


class Town:
    """Two people, two gateways, and what an engine does one step at a time."""

    def __init__(self, installation: Installation, time: Time) -> None:
        gateways = tuple(GatewaySettings(name=name, transport="console") for name in GATEWAYS)
        self.house = Installation(
            installation.settings.model_copy(update={"gateways": gateways}),
            installation.database,
            installation.keyring,
        )
        self.time, self.database = time, installation.database
        self.handlers = Handlers(roads=Roads(self.house.settings))
        self.network = House(self.house, elements=1, each=2)
        self.network.fail([1])

    def begin(self) -> int:
        """A fresh notice, and nothing else that waits."""
        self.database.write(self._end)
        self.calls: list[tuple[str, Call]] = []
        self.taken: Counter[int] = Counter()
        incident = self.number = getattr(self, "number", 0) + 1
        self.network.fail([1], incident=incident)
        notice = self.network.first(incident)
        self.network.fan_out()
        return notice

    @staticmethod
    def _end(session: Session) -> None:
        session.execute(update(Notice).values(state=NoticeState.WITHDRAWN))
        session.execute(delete(Delivery))
        session.execute(delete(SecondTally))

    def call(self, gateway: str, which: int) -> None:
        """Lease, announce and settle what is due, all with the same outcome."""
        outcome = OUTCOMES[which]

        def work(session: Session) -> list[Call]:
            leased = claiming.lease(session, LINE, 10)
            fit = [row for row in leased if gateway != row.first_gateway]
            claiming.give_back(session, [row for row in leased if row not in fit])
            texts = claiming.texts(session, {row.body_id for row in fit})
            return claiming.announce(session, fit, gateway, texts, self.house.keyring, self.handlers)

        calls = self.database.write(work)
        self.calls += [(gateway, call) for call in calls]
        if outcome is not None and outcome.verdict in (Verdict.ACCEPTED, Verdict.DOUBTFUL):
            self.taken.update(call.id for call in calls)
        made: Any = [(call, outcome) for call in calls]
        keyring, handlers = self.house.keyring, self.handlers
        self.database.write(lambda session: results.settle(session, gateway, made, handlers, keyring, 0))

    def receipt(self, which: int, status: str) -> None:
        """A receipt for one of the calls there have been, whichever."""
        if not self.calls:
            return
        gateway, call = self.calls[which % len(self.calls)]

        def work(session: Session) -> int:
            session.add(
                ReceiptIn(
                    gateway=gateway,
                    provider_id="p",
                    attempt=call.message.attempt,
                    status=status,
                    code="30003" if status in ("undelivered", "failed") else None,
                    at=clock.now(session),
                )
            )
            session.flush()
            return receipts.apply(session, 10, self.handlers)

        self.database.write(work)

    def wait(self) -> None:
        """Long enough for any lease, doubt or second try; the sweep takes what was left."""
        self.time.forward(minutes=4)
        self.database.write(self._sweep)

    def _sweep(self, session: Session) -> None:
        for state in (State.LEASED, State.CALLING, State.SUBMITTED, State.SENT):
            doubts.overdue(session, state, 50, self.handlers)


@pytest.fixture
def town(installation: Installation, time: Time) -> Town:
    return Town(installation, time)


@given(events=EVENTS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nobody_takes_a_third_road_whatever_the_order_of_receipts(town: Town, events: list[tuple[Any, ...]]) -> None:
    notice = town.begin()
    first: dict[int, tuple[str | None, str | None]] = {}
    for kind, *given_ in [("call", "a", 0), *events]:
        getattr(town, kind)(*given_) if kind != "wait" else town.wait()
        with town.database.read() as session:
            rows = session.scalars(select(Delivery).where(Delivery.notice_id == notice)).all()
            assert second_matches(session)
            counted = summed(tally_of(rows).items())
            assert second_counts.of(session, notice) == counted
            told = tally(session, notice)
            assert sum(told.values()) == len(rows)
            for row in rows:
                if row.first_channel is not None:
                    known = first.setdefault(row.id, (row.first_gateway, row.first_code))
                    assert known == (row.first_gateway, row.first_code), "the first road is left once"
                    assert row.gateway != row.first_gateway or row.gateway is None, "and never taken again"
                most = 2 if row.first_channel is not None else 1
                assert town.taken[row.id] <= most, "one message by the first road, one by the second"


def tally_of(rows: Any) -> Counter[str]:
    return Counter(row.state for row in rows if row.first_channel is not None)


@pytest.mark.proves("B4")
def test_who_waits_for_the_second_road_is_not_told_yet(town: Town) -> None:
    notice = town.begin()
    town.call("a", 0)
    town.receipt(0, "undelivered")
    assert standing(town, notice) == (SecondRoad(waiting=1), {State.READY: 1, State.SUBMITTED: 1})
    town.call("b", 0)
    assert standing(town, notice) == (SecondRoad(told=1), {State.SUBMITTED: 2})
    town.receipt(2, "undelivered")
    assert standing(town, notice) == (SecondRoad(lost=1), {State.UNDELIVERED: 1, State.SUBMITTED: 1})


def standing(town: Town, notice: int) -> tuple[SecondRoad, dict[State, int]]:
    with town.database.read() as session:
        return second_counts.of(session, notice), tally(session, notice)
