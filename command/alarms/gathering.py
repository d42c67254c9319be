"""Requests that arrive together are taken in together: who comes first does one unit of work for all that wait behind the one before.

A storm comes as thousands of requests of an alarm or two. All of them need the one lock of the intake, and most of what a unit of work
costs is the same for one report and for a thousand. So while one unit of work runs, requests gather, and the next takes them all. A
request that finds nobody at work does not wait at all. Each gets an answer of its own after its reports are durable; one that is refused
or fails takes nobody with it. How many may wait is the doors' business (`command/core/doors.py`)."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy.orm import Session

from command.alarms import intake
from command.alarms.intake import Receipt
from command.alarms.reports import LARGEST_BATCH, Key, Report
from command.core import tracing
from command.core.database import Database
from command.core.problems import Problem
from command.people.access import here, principal

log = structlog.get_logger()
Check = Callable[[Session], None]


@dataclass(slots=True, eq=False)
class _Request:
    """One request: its reports, what checks them, and, once `turn` is set, either its outcome or the lead of the next unit of work."""

    reports: Sequence[Report]
    check: Check
    trace: str
    turn: threading.Event = field(default_factory=threading.Event)
    receipt: Receipt | None = None
    failure: BaseException | None = None

    @property
    def done(self) -> bool:
        return self.receipt is not None or self.failure is not None


class Gathering:
    """The requests of one process that wait for a database, by the actor whose unit of work they are."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[_Request]] = {}
        self._guard = threading.Lock()

    def take(self, database: Database, reports: Sequence[Report], check: Check, actor: str) -> Receipt:
        """Take reports in, with others of the same actor that wait. `check(session)` raises what is wrong with them. Raise that, or
        what the unit of work fails with."""
        mine = _Request(reports, check, tracing.current() or "")
        with self._guard:
            leads = actor not in self._waiting
            self._waiting.setdefault(actor, deque()).append(mine)
        if not leads:
            mine.turn.wait()
        if not mine.done:
            self._lead(database, actor)
        if mine.failure is not None:
            raise mine.failure
        assert mine.receipt is not None
        return mine.receipt

    def _lead(self, database: Database, actor: str) -> None:
        """Do one unit of work for who waits, then hand the lead on."""
        with self._guard:
            taken = list(_fitting(self._waiting[actor]))
        try:
            self._take_in(database, taken, actor)
        except BaseException as failure:
            for request in taken:
                request.failure = request.failure or (None if request.done else failure)
        finally:
            with self._guard:
                line = self._waiting[actor]
                if line:
                    line[0].turn.set()
                else:
                    del self._waiting[actor]
            for request in taken:
                request.turn.set()

    def _take_in(self, database: Database, taken: Sequence[_Request], actor: str) -> None:
        """One unit of work for all; where it fails, one for each, so that whatever it failed at harms its own request alone."""
        try:
            receipts = database.write(lambda session: _receive(session, taken), actor=actor)
        except Exception as failure:
            if len(taken) == 1:
                raise
            log.warning("alarms.apart", requests=len(taken), fault=type(failure).__name__)
            for request in taken:
                try:
                    self._take_in(database, [request], actor)
                except Exception as own:
                    request.failure = own
            return
        for request, outcome in zip(taken, receipts, strict=True):
            if isinstance(outcome, Receipt):
                request.receipt = outcome
            else:
                request.failure = outcome
        if len(taken) > 1:
            log.info("alarms.together", requests=len(taken), traces=[request.trace for request in taken])


def _tell(session: Session, request: _Request, receipt: Receipt) -> None:
    """A line in the log for a request that changed anything, once it is committed, under the id of the unit of work, which is that of an
    incident it began; a request that another took in names its own id beside."""
    if receipt.new or receipt.changed:
        unit = tracing.of(session)
        own = {"request": request.trace} if request.trace and request.trace != unit else {}
        counts = {"new": receipt.new, "changed": receipt.changed, "incidents": list(receipt.incidents)}
        tracing.say(session, "alarms", unit, **own, **counts)


_OF: WeakKeyDictionary[Database, Gathering] = WeakKeyDictionary()
"""The gathering of each database that this process serves: one, but in tests."""


def take(reports: Sequence[Report], check: Check) -> Receipt:
    """Take in the reports of this request as whoever asks, see Gathering.take."""
    database = here().database
    return _OF.setdefault(database, Gathering()).take(database, reports, check, principal().actor)


def _fitting(line: deque[_Request]) -> Iterator[_Request]:
    """Take from the front what makes one batch. No alarm is in two requests of it: each learns what became of its own reports."""
    keys: set[Key] = set()
    count = 0
    while line:
        own = {report.key for report in line[0].reports}
        if count and (count + len(line[0].reports) > LARGEST_BATCH or keys & own):
            return
        count += len(line[0].reports)
        keys |= own
        yield line.popleft()


def _receive(session: Session, taken: Sequence[_Request]) -> list[Receipt | Problem]:
    """What became of each request: its receipt, or what was wrong with it."""
    refused: dict[int, Problem] = {}
    for at, request in enumerate(taken):
        try:
            request.check(session)
        except Problem as problem:
            refused[at] = problem
    good = [request.reports for at, request in enumerate(taken) if at not in refused]
    receipts = iter(intake.receive_together(session, good) if good else ())
    outcomes = [refused[at] if at in refused else next(receipts) for at in range(len(taken))]
    for request, outcome in zip(taken, outcomes, strict=True):
        if isinstance(outcome, Receipt):
            _tell(session, request, outcome)
    return outcomes
