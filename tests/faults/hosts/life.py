"""What goes on while hosts fail: an incident that changes twice a second, alarms over HTTP, notices and pages in the queue. Whatever is
refused is tried again, and whatever was accepted is remembered, for it must be found in the end."""

import contextlib
import threading
import time
from bisect import bisect
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, TypeVar

import requests
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from command.alarms.models import Alarm
from command.boards import store
from command.core import clock
from command.incidents import service as incidents
from command.messages import service as messages
from command.messages.models import Delivery, Lane, Purpose
from command.network.models import Element
from tests.boards.stage import Stage as BoardStage
from tests.drills.programme.stage import Stage as ProgrammeStage
from tests.faults.hosts.city import City
from tests.messages.house import number, received_by

EVERY = 0.5
NOTICE, FIRST = 900_001, 1_000_000
T = TypeVar("T")


class Scene(ProgrammeStage, BoardStage):
    """The small operator, whose boards and drills are both looked at."""


@dataclass
class Life:
    """One writer. `commits` are (seq of the command board, when it stood there), newest last."""

    city: City
    scene: Scene
    token: str
    number: str
    commits: list[tuple[int, float]] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    notices: int = 0
    turn: int = 0

    def __post_init__(self) -> None:
        self.database = self.scene.database
        with self.database.read() as session:
            self._cells = dict(session.execute(select(Element.name, Element.id)).tuples().all())
        self._stopping, self._pausing = threading.Event(), threading.Event()
        self._threads = [
            threading.Thread(target=self._loop, args=(each,), daemon=True) for each in (self._change, self._raise)
        ]
        for each in self._threads:
            each.start()

    def _loop(self, what: Callable[[], None]) -> None:
        while not self._stopping.wait(EVERY):
            if not self._pausing.is_set():
                with contextlib.suppress(SQLAlchemyError, requests.RequestException):
                    what()

    def _change(self) -> None:
        """The incident on the board changes."""
        self.turn += 1
        cells = frozenset(self._cells[f"CELL-{n}"] for n in ((1, 2) if self.turn % 2 else (1,)))

        def work(session: Session) -> None:
            incidents.set_failed(session, incidents.lock(session, self.number), cells)

        self.database.write(work, actor="system:correlate")
        _, seq = self.head()
        self.commits.append((seq, time.monotonic()))

    def _raise(self) -> None:
        """An alarm, sent until it is accepted."""
        name = f"port-{len(self.alarms)}"
        alarm = {
            "element": "CELL-6",
            "object": name,
            "problem": "optical power",
            "severity": "warning",
            "source": "hosts",
        }
        answer = requests.post(
            f"{self.city.url}/api/v1/alarms",
            json=[alarm | {"raised_at": datetime.now(UTC).isoformat()}],
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=10,
        )
        assert answer.status_code in (200, 429, 500, 502, 503, 504), answer.text
        if answer.status_code == 200:
            self.alarms.append(name)

    def stop(self) -> None:
        self._stopping.set()
        for each in self._threads:
            each.join(30)

    @contextlib.contextmanager
    def paused(self) -> Any:
        """Nothing changes meanwhile."""
        self._pausing.set()
        try:
            yield
        finally:
            self._pausing.clear()

    def head(self) -> tuple[str, int]:
        """Where the command board's journal stands."""
        with self.database.read() as session:
            found = store.heads(session, ["command"])["command"]
        return found.stream, found.seq

    def lacked(self, seq: int) -> float:
        """For how many seconds a board at `seq` has lacked something."""
        place = bisect(self.commits, (seq, inf))
        return 0.0 if place == len(self.commits) else time.monotonic() - self.commits[place][1]

    # Messages

    def notify(self, count: int) -> None:
        """Queue a notice to `count` more numbers."""
        first = FIRST + self.notices
        insist(
            lambda: self.database.write(
                lambda session: self._queue(session, range(first, first + count), notice_id=NOTICE)
            )
        )
        self.notices += count

    def page(self, count: int) -> list[int]:
        """Queue pages; the ids of their deliveries."""
        first = 2 * FIRST + len(self.pages)
        made = insist(
            lambda: self.database.write(
                lambda session: self._queue(session, range(first, first + count), page_id=NOTICE)
            )
        )
        self.pages += made
        return made

    def _queue(self, session: Session, indexes: range, **of: int) -> list[int]:
        keyring, page = self.scene.installation.keyring, "page_id" in of
        body = messages.put_body(session, "【示例通信】请应答 1234", "zh")
        made = []
        for index in indexes:
            outgoing = messages.Outgoing(
                purpose=Purpose.PAGE if page else Purpose.NOTICE,
                lane=Lane.PAGE if page else Lane.FIRST,
                addressee=index,
                recipient=keyring.index(number(index)),
                number=keyring.encrypt(number(index)),
                body_id=body,
                exercise=False,
                **of,
            )
            made.append(messages.enqueue(session, outgoing))
        return made

    def submitted(self, ids: list[int]) -> bool:
        """Whether the provider has all of these."""
        with self.database.read() as session:
            query = select(func.count()).where(Delivery.id.in_(ids), Delivery.submitted_at.is_not(None))
            return session.scalar(query) == len(ids)

    def passed(self, pages: list[int]) -> int:
        """How many notices queued before these pages leave after them."""
        with self.database.read() as session:
            last = session.scalar(select(func.max(Delivery.submitted_at)).where(Delivery.id.in_(pages)))
            later = Delivery.submitted_at.is_(None) | (Delivery.submitted_at > last)
            query = select(func.count()).where(Delivery.notice_id == NOTICE, Delivery.id < min(pages), later)
            return session.scalar(query) or 0

    def states(self) -> Counter[str]:
        with self.database.read() as session:
            return Counter(session.scalars(select(Delivery.state)))

    def check_messages(self) -> int:
        """Nothing lost, nothing doubled but pages sent again in doubt and marked so (I1, I2, I11); how many those were."""
        taken, columns = (
            received_by(self.city.simulator.url),
            (Delivery.addressee, Delivery.purpose, Delivery.state, Delivery.resent, Delivery.tries),
        )
        with self.database.read() as session:
            rows = session.execute(select(*columns).where(Delivery.addressee >= FIRST)).all()
        assert len(rows) == self.notices + len(self.pages)
        for row in rows:
            copies, marked = taken[number(row.addressee)], row.purpose == Purpose.PAGE and row.resent
            assert copies >= 1, f"{row} was lost"
            assert copies <= (row.tries if marked else 1), f"{row} was sent {copies} times"
        return sum(row.resent for row in rows)

    def check_alarms(self) -> None:
        """Each accepted alarm is there, once."""
        with self.database.read() as session:
            found = Counter(session.scalars(select(Alarm.object).where(Alarm.source == "hosts")))
        assert not set(self.alarms) - found.keys() and set(found.values()) <= {1}

    def move(self, **delta: float) -> None:
        self.database.write(lambda session: clock.move(session, timedelta(**delta), allowed=True))


def insist(work: Callable[[], T], seconds: float = 120) -> T:
    """Do it again until the database takes it."""
    until = time.monotonic() + seconds
    while True:
        try:
            return work()
        except SQLAlchemyError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
