"""Summaries of settled incidents: with them the overview says what it says without, whatever happens to incidents and whenever the engine
comes round."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import Installation
from command.engine import summaries as cycle
from command.incidents.models import Incident
from command.insights import buckets, checking, filters, overview, periods, population
from command.insights.funnel import Funnel
from command.insights.overview import Overview
from command.messages import service as messages
from command.messages.models import State, Tally
from command.people.access import Principal
from tests.conftest import Time
from tests.incidents.conftest import Desk

CHINA = ZoneInfo("Asia/Shanghai")
ELSEWHERE = ZoneInfo("America/St_Johns")
"""Half an hour off: its days end where no other zone's do."""


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


def sum_up(desk: Desk) -> None:
    while cycle.run_once(desk.installation):
        pass


def summed(desk: Desk) -> int:
    with desk.database.read() as session:
        return session.scalar(select(func.count()).where(Incident.summed)) or 0


def shown(session: Session, who: Principal, zone: Any = CHINA, **asked: str) -> tuple[Overview, dict[str, Funnel]]:
    wanted = filters.read(asked, clock.now(session).astimezone(zone).date())
    found = periods.period(session, wanted, zone, who)
    return found.figures, dict(found.funnels)


def counted(session: Session, who: Principal, zone: Any = CHINA, **asked: str) -> tuple[Overview, dict[str, Funnel]]:
    """The same from the rows of all incidents, as if there were no summaries."""
    wanted = filters.read(asked, clock.now(session).astimezone(zone).date())
    cases = population.counted(session, wanted, zone, who)
    split = buckets.split(wanted.first, wanted.last, wanted.step)
    found = overview.overview(cases, split, zone, periods.response_limit(), clock.now(session))
    return found, population.funnels(session, wanted, zone, who)


def assert_same(desk: Desk, who: str = "ada", zone: Any = CHINA, **asked: str) -> Overview:
    """The overview with summaries is the one without; return it."""
    mine = desk.principal(who)
    with desk.database.read(snapshot=True) as session:
        with_them = shown(session, mine, zone, **asked)
        assert with_them == counted(session, mine, zone, **asked)
        return with_them[0]


ASKED: tuple[dict[str, str], ...] = (
    {},
    {"by": "month", "from": "2026-01-01"},
    {"tier": "4"},
    {"kind": "network_fault", "area": "8001"},
    {"area": "80", "service": "voice"},
)


def assert_right(desk: Desk) -> None:
    for asked in ASKED:
        assert_same(desk, **asked)
    assert_same(desk, "ops", ELSEWHERE)
    with desk.database.read() as session:
        assert {month: checking.differing(session, month) for month in checking.months(session)} == {
            month: [] for month in checking.months(session)
        }


CELLS = ("CELL-1", "CELL-2", "CELL-3", "CELL-4", "CELL-5")
ACTS = (
    *("report", "report", "assess", "activate", "restore", "restore", "reopen", "cancel", "merge", "adopt", "split"),
    *("fail", "mend", "send", "receipt", "restrict", "page", "forward", "cycle", "cycle"),
)


class Life:
    """Incidents to which anything happens. What the rules of the house refuse does not happen."""

    def __init__(self, desk: Desk, time: Time) -> None:
        self.desk, self.time = desk, time
        self.numbers: list[str] = []

    def do(self, act: str, at: int, other: int) -> None:
        if act == "forward":
            self.time.forward(minutes=(5, 45, 600, 3000)[other % 4])
        elif act == "cycle":
            sum_up(self.desk)
        elif act == "send":
            self.desk.send()
        elif act == "receipt":
            self.desk.do(lambda session: receipts(session, other))
        elif act == "report" or not self.numbers:
            kind = ("network_fault", "network_fault", "service_interruption", "information_security")[other % 4]
            self.numbers.append(self.desk.report("ada", kind=kind, elements=[CELLS[at % 5]])["number"])
        else:
            self._to(self.numbers[at % len(self.numbers)], act, other)

    def _to(self, number: str, act: str, other: int) -> None:
        another = self.numbers[other % len(self.numbers)]
        address = f"/api/v1/incidents/{number}/actions/{act}"
        if act in ("fail", "mend"):
            cells = CELLS[: 1 + other % 5] if act == "fail" else ()
            self._fail(number, cells)
        elif act == "restrict":
            self.desk.post("ada", f"/api/v1/incidents/{number}/restriction", restricted=other % 2 == 0, reason="a leak")
        elif act == "page":
            pages = self.desk.get("eng", "/api/v1/pages").json.get("items", [])
            for page in pages[:1]:
                self.desk.post("eng", f"/api/v1/pages/{page['id']}/actions/acknowledge")
        else:
            body = {"reason": "so it was", "evidence": "test calls succeed", "into": another, "child": another}
            wanted = {"merge": ("into", "reason"), "adopt": ("child", "reason"), "restore": ("evidence",)}
            given = {name: body[name] for name in wanted.get(act, ("reason",))}
            assert self.desk.post("ada", address, **given).status_code < 500

    def _fail(self, number: str, cells: tuple[str, ...]) -> None:
        with self.desk.database.read() as session:
            state = session.scalar(select(Incident.state).where(Incident.number == number))
        if state in ("reported", "assessed", "responding"):
            self.desk.fail(number, *cells)


def receipts(session: Session, count: int) -> None:
    """Messages that a gateway took are delivered, or not."""
    rows = session.execute(select(Tally.notice_id, Tally.count).where(Tally.state.in_(("sent", "submitted")))).all()
    for notice_id, left in rows[: 1 + count % 3]:
        states = session.scalars(select(Tally.state).where(Tally.notice_id == notice_id, Tally.count == left)).all()
        gone = State(states[0])
        become = State.DELIVERED if count % 2 else State.UNDELIVERED
        messages.bump_tally(session, notice_id, {gone: -1, become: 1})


LIVES = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 30), st.integers(0, 30)), min_size=6, max_size=24)
WITHIN = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.proves("R2")
@WITHIN
@given(life=LIVES)
def test_after_any_life_the_summaries_say_what_the_rows_say(
    desk: Desk, time: Time, life: list[tuple[str, int, int]]
) -> None:
    one = Life(desk, time)
    for step in life:
        one.do(*step)
    assert_right(desk)
    sum_up(desk)
    assert_right(desk)
