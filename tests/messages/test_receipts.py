"""Receipts applied in any order, any number of times, at any moment of a delivery's life."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.database import Database
from command.core.keys import new_key, parse
from command.messages import claiming, ranks, receipts, results, service
from command.messages.claiming import Line
from command.messages.handlers import Handlers
from command.messages.models import Delivery, ReceiptIn, State, Tally
from notifiers.base import RANK, Outcome, Verdict
from tests.messages.house import losses_match

NOTICES = Line(pages=False, exercise=False)
COUNT = 4


@contextmanager
def fresh(template: Path, folder: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{shutil.copy(template, folder)}")
    try:
        yield database
    finally:
        database.close()


class Deliveries(RuleBasedStateMachine):
    """Four deliveries of one notice; calls end, receipts come and are applied in any order."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self._context = fresh(self.template, Path(self._folder.name))
        self.database = self._context.__enter__()
        self.keyring = parse(new_key())
        self.calls: list[claiming.Call] = []
        self.seen: dict[int, int] = {}
        self.database.write(self._begin)

    def teardown(self) -> None:
        self._context.__exit__(None, None, None)
        self._folder.cleanup()

    def _begin(self, session: Session) -> None:
        body = service.put_body(session, "x", "en")
        for index in range(COUNT):
            made = service.Outgoing(
                purpose="notice",
                lane=2,
                addressee=index,
                recipient=bytes([index]),
                number=self.keyring.encrypt(f"+86120{index:08d}"),
                body_id=body,
                exercise=False,
                notice_id=1,
            )
            service.enqueue(session, made)
        leased = claiming.lease(session, NOTICES, COUNT)
        bodies = claiming.texts(session, {body})
        self.calls = claiming.announce(session, leased, "twilio", bodies, self.keyring, Handlers())

    @rule(which=st.integers(0, COUNT - 1), status=st.sampled_from(sorted(RANK)), copies=st.integers(1, 2))
    def a_receipt_comes(self, which: int, status: str, copies: int) -> None:
        row: dict[str, object] = {
            "gateway": "twilio",
            "attempt": self.calls[which].message.attempt,
            "provider_id": f"SM{which}",
        }
        self.database.write(
            lambda s: s.execute(
                insert(ReceiptIn), [row | {"status": status, "code": None, "at": clock.now(s)} for _ in range(copies)]
            )
        )

    @rule(which=st.integers(0, COUNT - 1), verdict=st.sampled_from(Verdict))
    def a_call_ends(self, which: int, verdict: Verdict) -> None:
        outcome = Outcome(verdict, provider_id=f"SM{which}" if verdict == Verdict.ACCEPTED else None, code="99999")
        done = [(self.calls[which], outcome)]
        self.database.write(lambda s: results.settle(s, "twilio", done, Handlers(), self.keyring, 0))

    @rule(limit=st.integers(1, 5))
    def receipts_are_applied(self, limit: int) -> None:
        self.database.write(lambda s: receipts.apply(s, limit, Handlers()))

    @rule(which=st.integers(0, COUNT - 1))
    def a_receipt_of_nobody_comes(self, which: int) -> None:
        row: dict[str, object] = {
            "gateway": "twilio",
            "attempt": "0" * 32,
            "provider_id": "SMx",
            "status": "failed",
            "code": None,
        }
        self.database.write(lambda s: s.execute(insert(ReceiptIn), [row | {"at": clock.now(s)}]))

    @precondition(lambda self: self.calls)
    @invariant()
    def ranks_only_rise_and_tallies_agree(self) -> None:
        with self.database.read() as session:
            states = dict(session.execute(select(Delivery.id, Delivery.state)).tuples().all())
            tally = select(Tally.state, Tally.count).where(Tally.count != 0)
            counted = select(Delivery.state, func.count()).group_by(Delivery.state)
            assert dict(session.execute(tally).tuples().all()) == dict(session.execute(counted).tuples().all())
            assert losses_match(session)
        for id, state in states.items():
            assert ranks.rank(state) >= self.seen.get(id, 0)
            self.seen[id] = ranks.rank(state)


@pytest.mark.proves("I1", "I2")
def test_receipts_only_ever_add_knowledge(sqlite_template: Path) -> None:
    Deliveries.template = sqlite_template
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def test_an_unknown_delivery_is_told_by_a_late_receipt(database: Database) -> None:
    keyring = parse(new_key())

    def work(session: Session) -> int:
        made = service.Outgoing(
            "page",
            0,
            1,
            b"x",
            keyring.encrypt("+8612000000001"),
            service.put_body(session, "x", "en"),
            False,
            page_id=1,
        )
        return service.enqueue(session, made)

    id = database.write(work)
    told: list[object] = []
    handlers = Handlers(settled=[lambda session, outcomes: told.extend(outcomes)])
    database.write(lambda s: s.execute(update(Delivery).values(state=State.UNKNOWN, gateway="g", attempt="a" * 32)))
    row = {"gateway": "g", "attempt": "a" * 32, "provider_id": "SM1", "status": "delivered", "code": None}
    database.write(lambda s: s.execute(insert(ReceiptIn), [row | {"at": clock.now(s)}]))
    assert database.write(lambda s: receipts.apply(s, 10, handlers)) == 1
    with database.read() as session:
        assert session.get_one(Delivery, id).state == State.DELIVERED
    assert [one.page_id for one in told] == [1]  # type: ignore[attr-defined]
