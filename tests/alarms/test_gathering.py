"""Requests that arrive while a unit of work of the intake runs are taken in together by the next, and each hears of its own."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from structlog.contextvars import bound_contextvars
from structlog.testing import capture_logs

from command.alarms.gathering import Gathering
from command.alarms.intake import Receipt
from command.alarms.reports import Report
from command.core.journal import Stream
from command.core.problems import Invalid
from tests.alarms.conftest import EAST, WEST, Network

Checked = Callable[[Session], None]


class Door:
    """A gathering whose first request is held inside its unit of work until `open`."""

    trace = "f000000000000000"
    """The id of the next request."""

    def __init__(self, network: Network) -> None:
        self.network, self.gathering, self.sessions = network, Gathering(), list[Session]()
        self._inside, self._open = threading.Event(), threading.Event()
        self._pool = ThreadPoolExecutor(16)
        self.first = self._submit([network.report("W1")], self._hold)
        assert self._inside.wait(10)

    def _hold(self, session: Session) -> None:
        self._inside.set()
        assert self._open.wait(10)

    def _submit(self, reports: Sequence[Report], check: Checked, actor: str = "source:nms") -> Future[Receipt]:
        database, trace = self.network.installation.database, self.trace

        def ask() -> Receipt:
            with bound_contextvars(trace=trace):
                return self.gathering.take(database, reports, check, actor)

        return self._pool.submit(ask)

    def send(self, *reports: Report, check: Checked | None = None) -> Future[Receipt]:
        """A further request; it waits behind the first when this returns."""

        def noted(session: Session) -> None:
            self.sessions.append(session)
            if check is not None:
                check(session)

        before = self.waiting
        sent = self._submit(reports, noted)
        until = time.monotonic() + 10
        while self.waiting == before and time.monotonic() < until:
            time.sleep(0.001)
        assert self.waiting == before + 1
        return sent

    @property
    def waiting(self) -> int:
        return sum(map(len, self.gathering._waiting.values()))

    def open(self) -> None:
        self._open.set()

    @property
    def units(self) -> int:
        """Units of work that the requests behind the first were taken in by."""
        return len(set(map(id, self.sessions)))


@pytest.fixture
def door(network: Network) -> Door:
    return Door(network)


@pytest.mark.proves("D1")
def test_who_waits_is_taken_in_together_and_each_hears_of_its_own(network: Network, door: Door) -> None:
    west = [door.send(network.report(name)) for name in WEST[1:]]
    east = [door.send(network.report(name), network.report(name, object="port")) for name in EAST]
    door.open()
    assert door.first.result(20).new == 1
    receipts = [sent.result(20) for sent in (*west, *east)]
    assert door.units == 1
    assert [receipt.new for receipt in receipts] == [1] * 4 + [2] * 5
    assert {len(receipt.incidents) for receipt in receipts} == {1}
    told_west, told_east = ({each.result().incidents for each in some} for some in (west, east))
    assert len(told_west) == len(told_east) == 1 and told_west != told_east
    assert len(network.alarms()) == 15
    assert {number for receipt in receipts for number in receipt.incidents} == {
        incident.number for incident in network.incidents()
    }
    assert door.waiting == 0


def test_a_request_about_an_alarm_that_another_names_waits_for_the_next_unit_of_work(
    network: Network, door: Door
) -> None:
    raised = door.send(network.report("W2", problem="Noise"))
    cleared = door.send(network.clear("W2", 5, problem="Noise"))
    door.open()
    assert (raised.result(20).new, cleared.result(20).changed) == (1, 1)
    assert door.units == 2


def test_one_that_is_refused_takes_nobody_with_it(network: Network, door: Door) -> None:
    def refuse(session: Session) -> None:
        raise Invalid("This is wrong.", field="alarms.0.raised_at", remedy="Mend it.")

    bad, good = door.send(network.report("W2"), check=refuse), door.send(network.report("W3"))
    door.open()
    with pytest.raises(Invalid):
        bad.result(20)
    assert good.result(20).new == 1
    assert [alarm.element for alarm in network.alarms()] == ["W1", "W3"]


def test_one_at_which_the_unit_of_work_fails_takes_nobody_with_it(network: Network, door: Door) -> None:
    def fail(session: Session) -> None:
        raise RuntimeError("nobody thought of this")

    bad, good = door.send(network.report("W2"), check=fail), door.send(network.report("W3"))
    door.open()
    with pytest.raises(RuntimeError):
        bad.result(20)
    assert good.result(20).new == 1
    assert door.first.result(20).new == 1
    assert [alarm.element for alarm in network.alarms()] == ["W1", "W3"]


def test_each_keeps_its_own_trace_and_names_that_of_the_unit_of_work(network: Network, door: Door) -> None:
    """The incident that they open together has the id of the unit of work, and each own id leads to it."""
    with capture_logs() as lines:
        sent = []
        for at, name in enumerate(EAST):
            door.trace = f"a{at:015d}"
            sent.append(door.send(network.report(name)))
        door.open()
        (number,) = {number for each in sent for number in each.result(20).incidents}
    with network.installation.database.read() as session:
        unit = session.scalar(select(Stream.trace).where(Stream.id == f"incident:{number}"))
    told = [line for line in lines if line["event"] == "alarms" and line["incidents"] == [number]]
    assert {line["trace"] for line in told} == {unit}
    own = {line.get("request", line["trace"]) for line in told}
    assert own == {f"a{at:015d}" for at in range(len(EAST))}
