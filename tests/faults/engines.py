"""Engine processes that are started and killed, and what must hold of the outbox afterwards."""

import multiprocessing
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from command.core.installation import Installation
from command.messages import receipts
from command.messages.models import Delivery, Purpose, State
from tests.conftest import Time
from tests.faults import engine_process
from tests.messages.house import ENDED, House, number


class Engine:
    """One engine process, forked from a server that has the imports done so that it is born quickly. It runs `main`."""

    def __init__(self, house: Installation, keys: str, main: Callable[..., None] = engine_process.main) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.faults.engine_process", "tests.faults.fan_out_process"])
        self._arguments, self._main = (house.settings.model_dump(), keys), main
        self._process: Any = None

    def start(self) -> None:
        born = self._context.Event()
        self._process = self._context.Process(target=self._main, args=(*self._arguments, born), daemon=True)
        self._process.start()
        assert born.wait(30), "the engine did not start"

    def kill(self) -> None:
        """SIGKILL, wherever it is; nothing where it was never started."""
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def stop(self) -> int:
        """SIGTERM, as a service manager does it, and wait for the end; its exit code."""
        self._process.terminate()
        self._process.join(30)
        assert not self._process.is_alive(), "the engine did not end"
        return int(self._process.exitcode)


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of a run: messages the provider took, deliveries by state, and how many pages were sent again in doubt."""

    taken: int
    states: Counter[str]
    resent: int


def fill(house: House, recipients: int, pages: int) -> None:
    """Queue a notice to `recipients` numbers and pages to `pages` others."""
    house.enqueue(recipients)
    for index in range(pages):
        house.page(recipients + 1 + index, page_id=index + 1, text=f"请应答 {1000 + index}")


UNHEARD = {State.SUBMITTED, State.SENT}
"""What only waits for a receipt: for a day."""


class Ending:
    """Whether every row is terminal. Time passes whenever nothing moved since the last look and no living engine holds a row: no back-off,
    breaker or receipt is waited for in earnest, and no call is overtaken by a clock that only a test moves."""

    def __init__(self, house: House, time: Time) -> None:
        self._house, self._time = house, time
        self._seen: Counter[str] = Counter()

    def over(self) -> bool:
        states = self._house.states()
        if set(states) <= ENDED:
            return True
        if states == self._seen and not (states[State.LEASED] or states[State.CALLING]):
            if set(states) - ENDED - UNHEARD:
                self._time.forward(minutes=1)
            elif not self._on_the_way():
                self._time.forward(minutes=360)
        self._seen = states
        self._house.wait_a_little()
        return False

    def _on_the_way(self) -> bool:
        """Whether a receipt may still come: the provider has not told all yet, or what it told waits to be applied."""
        with self._house.database.read() as session:
            return self._house.stats()["callbacks_waiting"] > 0 or receipts.waiting(session)


def check(house: House, recipients: int, pages: int, *, look_up: str, all_told: bool = True) -> Figures:
    """Nothing lost, nothing doubled but re-sends marked as such, every row terminal, the tally right (I1, I2, I11).
    `all_told`: every receipt of the provider comes in the end, but for those it gave up telling, after five tries in six seconds."""
    received = house.received()
    columns = (Delivery.addressee, Delivery.purpose, Delivery.state, Delivery.resent, Delivery.tries)
    with house.database.read() as session:
        rows = session.execute(select(*columns)).all()
    assert len(rows) == recipients + pages and {row.state for row in rows} <= ENDED
    for row in rows:
        copies = received[number(row.addressee)]
        marked = row.purpose == Purpose.PAGE and row.resent
        assert copies <= (row.tries if marked else 1), f"{row} was sent {copies} times"
        assert copies >= 1 or (row.state == State.UNKNOWN and look_up != "authoritative"), f"{row} was lost"
    states = Counter(row.state for row in rows)
    if look_up == "authoritative" and all_told:
        given_up = house.stats()["callbacks_failed"]
        unknown = states[State.UNKNOWN]
        assert unknown <= given_up, (
            f"{unknown} unknown, {given_up} given up: a provider whose look-up is proof leaves nothing unknown"
        )
    assert house.tally_matches()
    assert Counter(row.purpose for row in rows) == {Purpose.NOTICE: recipients, Purpose.PAGE: pages}
    return Figures(sum(received.values()), states, sum(row.resent for row in rows))
