"""Three web processes behind nginx and three engines on one PostgreSQL, while each part in turn is cut off, slowed, killed, and mended.

Asserted of each trouble: every board is right by itself within five seconds of the repair and shows its age meanwhile; pages pass the
notices; and in the end nothing accepted was lost, nothing was doubled, the scheduled drill began once, and the journal holds.

`--boards 100` lets a hundred boards look on while four kinds of trouble strike; `make test-faults` a thousand, all of them, and each host
in a network namespace of its own where the machine allows. Web 3 and engine 3 are five minutes ahead all the while."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from math import inf

import pytest
import requests

from command.core import heads
from command.drills.models import State as Running
from command.messages.models import State
from tests.faults.hosts.city import NGINX, City, Vain, city, wait
from tests.faults.hosts.crowd import STALE, Crowd
from tests.faults.hosts.life import Life, Scene, insist
from tests.faults.hosts.troubles import TROUBLES, Trouble
from tests.messages.house import ENDED
from tests.pace import UNIT, _seconds, _work

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed (see .ci/nginx)"),
    pytest.mark.proves("I1", "I2", "I4", "I5", "I11", "D5", "B11"),
]
RIGHT, FIRST_PAGE = 5.0, 10.0
"""Seconds after a repair until boards are right, and until pages have left."""
COMING = 0.01
"""Seconds more for each board that opened a line anew: server, front door, relays and the clients themselves share two cores here, and all
of them together take some 20 ms of one (docs/operate/hosts-that-fail.md)."""
NOTICES, PAGES = 240, 3
DEAD = 180
"""Seconds by which the clock is moved once every engine is dead: beyond every lease."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one trouble: how long it lasted, how many boards were live at worst, seconds after the repair until boards were
    right and pages had left, how many notices queued before those pages were sent after them, how many boards came anew, and how slow the
    machine was (1: nobody else used it)."""

    trouble: str
    lasted: float
    live: int
    right: float
    paged: float
    passed: int
    anew: int
    slack: float

    @property
    def late(self) -> bool:
        return self.right > (RIGHT + COMING * self.anew) * self.slack or self.paged > FIRST_PAGE * self.slack

    def row(self, boards: int, apart: bool) -> list[object]:
        where = "namespaces" if apart else "relays"
        told = (round(each, 1) for each in (self.lasted, self.right, self.paged))
        lasted, right, paged = told
        seen = [lasted, self.live, self.anew, right, paged, self.passed, round(self.slack, 1)]
        return [self.trouble, where, boards, *seen]


class Watch:
    """A city under trouble: strikes, looks on, mends, looks again."""

    def __init__(self, made: City, boards: int) -> None:
        self.city, self.boards = made, boards
        self.scene = Scene(made.installation)
        self.drill = self.scene.plan()
        self.scene.acknowledge(self.drill.id)
        self.token = self.scene.token("ada")
        self.crowd = Crowd(made.url, self.token, boards)
        self.life = Life(made, self.scene, self.token, self.scene.report(elements=["CELL-1"]))
        stream, seq = self.life.head()
        wait(lambda: not self.crowd.behind(stream, seq), "the boards' first look", 240)

    def suffer(self, trouble: Trouble) -> Seen:
        """One trouble from its strike until all is right again."""
        self.life.notify(NOTICES)
        begun, opened = time.monotonic(), [seat.opens for seat in self.crowd.seats]
        given = trouble.strike(self.city)
        lowest = self._look_on(begun + trouble.seconds)
        trouble.mend(self.city, given)
        mended = time.monotonic()
        self.life.notify(NOTICES)
        pages = self.life.page(PAGES)
        stream, seq = insist(self.life.head)
        done: dict[str, float] = {}
        paces: list[float] = []

        def both() -> bool:
            """Boards and pages, whichever is first; how fast this machine is meanwhile."""
            self._honest()
            if time.monotonic() - mended > 2 * len(paces):
                paces.append(slack())
            if not self.crowd.behind(stream, seq):
                done.setdefault("right", time.monotonic() - mended)
            if insist(lambda: self.life.submitted(pages)):
                done.setdefault("paged", time.monotonic() - mended)
            return len(done) == 2

        with suppress(Vain):
            wait(both, f"boards and pages after {trouble.name}")
        passed = insist(lambda: self.life.passed(pages))
        right, paged = (done.get(what, inf) for what in ("right", "paged"))
        anew = sum(seat.opens > before for seat, before in zip(self.crowd.seats, opened, strict=True))
        return Seen(trouble.name, mended - begun, lowest, right, paged, passed, anew, sum(paces) / len(paces))

    def _look_on(self, until: float) -> int:
        """The fewest boards that were live meanwhile; those that were not say so."""
        lowest = self.boards
        while time.monotonic() < until:
            time.sleep(0.2)
            self._honest()
            lowest = min(lowest, self.crowd.live())
        return lowest

    def _honest(self) -> bool:
        """No board shows itself as live that has lacked something for longer than it takes a board to show its age."""
        for seat in self.crowd.seats:
            lacked = self.life.lacked(seat.seq) if seat.live else 0.0
            assert lacked <= STALE + 2 * RIGHT, f"a board pretends: it lacks {lacked:.1f} s"
        return True

    def same_boards(self) -> None:
        """Every client shows, card by card, what the API says."""
        with self.life.paused():
            wait(self._alike, "boards at rest", 60)

    def _alike(self) -> bool:
        """Whether all boards stand where the API does. One that stands there must show the same."""
        headers = {"Authorization": f"Bearer {self.token}"}
        state = requests.get(f"{self.city.url}/board/state/command?lang=en", headers=headers, timeout=30).json()
        there = [seat for seat in self.crowd.seats if seat.seq == state["seq"]]
        time.sleep(1)  # what is being put into a board just now is there then
        wrong = [seat.number for seat in there if seat.seq == state["seq"] and seat.cards != state["cards"]]
        assert not wrong, f"{len(wrong)} boards differ from the API"
        return len(there) == self.boards

    def end(self) -> int:
        """Bring everything to its end, and look what became of it; how many pages were sent again in doubt."""
        self.life.stop()
        self.crowd.leave()
        for engine in self.city.engines:
            engine.kill()
        self.life.move(seconds=DEAD)
        for engine in self.city.engines:
            engine.start()
        wait(self._over, "every row at its end", 240)
        resent = self.life.check_messages()
        self.life.check_alarms()
        self.scene.move(self.drill.due_at - self.scene.now())
        wait(lambda: self.scene.only().state == Running.RUNNING, "the scheduled drill")
        assert self.scene.kinds(self.drill.id).count("drill.began") == 1
        stream = f"incident:{self.life.number}"
        with suppress(Vain):  # the engines go on, and two looks are not one moment: what is wrong stays wrong
            wait(lambda: self.scene.folded(stream) == self.scene.tabled(self.life.number), "one picture", 30)
        assert self.scene.folded(stream) == self.scene.tabled(self.life.number)
        with self.life.database.read() as session:
            verified = heads.verify(session, self.scene.installation.keyring)
        assert not verified.faults
        return resent

    def _over(self) -> bool:
        """Time passes where nothing else is left than to wait for a receipt that will not come, but not beyond the drill's day."""
        states = self.life.states()
        if set(states) <= ENDED:
            return True
        waits = not set(states) - ENDED - {State.SUBMITTED, State.SENT}
        if waits and self.drill.due_at - self.scene.now() > timedelta(hours=12):
            self.life.move(hours=6)
        time.sleep(0.3)
        return False


@pytest.fixture
def long(request: pytest.FixtureRequest) -> bool:
    """With --long every trouble, in namespaces, before 1,000 boards; the short form, where --boards asks for it, in relays."""
    if not (asked := bool(request.config.getoption("long"))) and not request.config.getoption("boards"):
        pytest.skip("hosts that fail want this machine to themselves; make test-faults, or --boards 100")
    return asked


@pytest.fixture
def made(long: bool) -> Iterator[City]:
    with city(namespaces=long) as one:
        yield one


def test_hosts_fail_one_after_the_other(
    made: City, long: bool, record_property: Callable[[str, object], None], request: pytest.FixtureRequest
) -> None:
    watch = Watch(made, request.config.getoption("boards") or (1000 if long else 100))
    seen = []
    for trouble in TROUBLES:
        if (long or trouble.short) and (made.disk or not trouble.needs_disk):
            seen.append(watch.suffer(trouble))
            record_property("hosts", seen[-1].row(watch.boards, made.wires.apart))
    watch.same_boards()
    watch.end()
    late = [each for each in seen if each.late]
    assert not late, f"late after the repair: {late}"
    assert all(each.passed for each in seen), "pages overtake the notices that were queued before them"


def slack() -> float:
    """How many times longer a fixed piece of work takes just now than on a quiet core: others share this machine."""
    return max(1.0, _seconds(_work, time.monotonic) / UNIT)
