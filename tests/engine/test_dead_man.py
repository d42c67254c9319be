"""The dead-man signal: a monitor outside hears of an engine only while all of it works."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from sqlalchemy import select

from command.core.beats import EngineBeat
from command.core.installation import Installation
from command.engine import dead_man
from command.engine.pace import Paces
from command.engine.run import Cycle, Engine


class Monitor(HTTPServer):
    """A monitor outside: `heard` are the addresses asked for, `answer` the status it gives."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answer = 200
        super().__init__(("127.0.0.1", 0), _Heard)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ping/3f2a"


class _Heard(BaseHTTPRequestHandler):
    server: Monitor

    def do_GET(self) -> None:
        self.server.heard.append(self.path)
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    with Monitor() as made:
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield made
        made.shutdown()


class Work:
    """Two cycles of which one can be made to fail."""

    def __init__(self, installation: Installation, url: str) -> None:
        self.fails = False
        self.rounds = {"steady": 0, "shaky": 0}
        settings = installation.settings.model_copy(update={"dead_man_url": url})
        cycles = [Cycle(name, 0.02, lambda name=name: self.go(name)) for name in self.rounds]  # type: ignore[misc]
        house = Installation(settings, installation.database, installation.keyring)
        self.engine = Engine(house, cycles, threading.Event())

    def go(self, name: str) -> None:
        self.rounds[name] += 1
        if self.fails and name == "shaky":
            raise RuntimeError("the disk is full")

    def wait_for_rounds(self, more: int = 2) -> None:
        want = {name: count + more for name, count in self.rounds.items()}
        end = time.monotonic() + 20
        while any(self.rounds[name] < count for name, count in want.items()):
            assert time.monotonic() < end, self.rounds
            threading.Event().wait(0.01)


def test_the_signal_leaves_only_while_every_cycle_succeeds(installation: Installation, monitor: Monitor) -> None:
    work = Work(installation, monitor.url)
    work.engine.tell_outside()
    assert monitor.heard == [], "nothing has gone round yet"
    work.engine.start()
    try:
        work.wait_for_rounds()
        work.engine.tell_outside()
        assert monitor.heard == ["/ping/3f2a"]
        work.fails = True
        work.wait_for_rounds()
        work.engine.tell_outside()
        assert len(monitor.heard) == 1, "a cycle that fails keeps it back"
        work.fails = False
        work.wait_for_rounds()
        work.engine.tell_outside()
        assert len(monitor.heard) == 2
        assert {"steady", "shaky", dead_man.NAME} == set(work.engine.paces.told(time.monotonic()))
        told = work.engine.paces.told(time.monotonic())[dead_man.NAME]
        assert (told["rounds"], told["failed"]) == (4, 2)
    finally:
        work.engine.stop()


def test_an_engine_says_that_it_lives_at_once_and_that_it_leaves(installation: Installation, monitor: Monitor) -> None:
    def beats() -> list[str]:
        with installation.database.read() as session:
            return list(session.scalars(select(EngineBeat.engine)))

    work = Work(installation, "")
    work.engine.start()
    try:
        work.wait_for_rounds()
        end = time.monotonic() + 1.5
        while not beats():
            assert time.monotonic() < end
            threading.Event().wait(0.01)
    finally:
        work.engine.stop()
    assert beats() == [] and monitor.heard == []


@pytest.mark.parametrize("answer", [404, 503])
def test_a_monitor_that_refuses_is_a_failed_round_and_its_address_is_in_no_log(
    monitor: Monitor, answer: int, capsys: pytest.CaptureFixture[str]
) -> None:
    monitor.answer = answer
    assert not dead_man.send(monitor.url)
    assert not dead_man.send("http://127.0.0.1:9/ping/3f2a")
    said = capsys.readouterr()
    assert "dead_man.not_taken" in said.out + said.err and "3f2a" not in said.out + said.err


@pytest.mark.parametrize(
    ("since", "failed", "well"), [(0.0, False, True), (129.0, False, True), (131.0, False, False), (1.0, True, False)]
)
def test_a_cycle_is_late_two_minutes_behind_its_pace(since: float, failed: bool, well: bool) -> None:
    paces, cycle = Paces(), Cycle("minute", 10.0, lambda: None)
    paces.note("minute", 1.0, 1000.0, failed=failed)
    assert (dead_man.late([cycle], paces, 1000.0 + since) == []) is well


def test_a_round_that_lasts_for_hours_proves_that_it_lives() -> None:
    looked = 5000.0
    cycle = Cycle("deliver", 0.2, lambda: None, alive=lambda: looked)
    assert dead_man.late([cycle], Paces(), looked + 100) == []
    assert dead_man.late([cycle], Paces(), looked + 130) == ["deliver"]
