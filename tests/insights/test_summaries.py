"""Summaries of settled incidents: with them the overview says what it says without, whatever happens to incidents and whenever the engine
comes round."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import Installation
from command.engine import summaries as cycle
from command.incidents.models import Incident
from command.insights import buckets, checking, filters, kin, overview, periods, population, summing
from command.insights.commands import insights
from command.insights.funnel import Funnel
from command.insights.models import SummaryBlock
from command.insights.overview import Overview
from command.insights.rates import Rate
from command.messages import service as messages
from command.messages.models import State, Tally
from command.network.models import Area, Service
from command.people.access import Principal
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.insights import history

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


@pytest.mark.proves("D7")
def test_a_restored_incident_is_summed_up_once_everybody_may_know_of_it_and_nobody_waits(
    desk: Desk, time: Time
) -> None:
    number = desk.responding(elements=["CELL-1"])
    sum_up(desk)
    assert summed(desk) == 0, "it goes on"
    desk.act("ada", number, "restore", evidence="test calls succeed")
    desk.send()
    time.forward(hours=50)
    assert_right(desk)
    sum_up(desk)
    assert summed(desk) == 1
    assert assert_same(desk).restoration == Rate(1, 1, 980)
    desk.act("ada", number, "reopen", reason="it came back")
    assert summed(desk) == 0
    found = assert_same(desk)
    assert (found.incidents, found.restoration) == (1, Rate(0, 1, 980)), "nobody waits for an engine"
    sum_up(desk)
    assert summed(desk) == 0


@pytest.mark.proves("D7")
def test_a_receipt_that_comes_days_later_is_counted_when_it_comes(desk: Desk, time: Time) -> None:
    number = desk.responding(elements=["CELL-1"])
    desk.send()
    desk.act("ada", number, "restore", evidence="test calls succeed")
    desk.send()
    sum_up(desk)
    assert summed(desk) == 1
    time.forward(hours=60)
    with desk.database.read() as session:
        notice_id, state = session.execute(select(Tally.notice_id, Tally.state).where(Tally.count > 1)).first() or (
            0,
            "",
        )
    desk.do(lambda session: messages.bump_tally(session, notice_id, {State(state): -1, State.FAILED: 1}))
    assert summed(desk) == 0
    assert_right(desk)
    sum_up(desk)
    assert summed(desk) == 1
    assert_right(desk)


@pytest.mark.proves("D7")
def test_a_family_is_summed_up_as_one_and_opened_as_one(desk: Desk) -> None:
    kept, child = desk.responding(elements=["CELL-1"]), desk.responding(elements=["CELL-2"])
    part = desk.responding(elements=["CELL-3"])
    desk.send()
    desk.act("ada", child, "merge", into=kept, reason="the same fibre")
    desk.act("ada", kept, "adopt", child=part, reason="one storm")
    sum_up(desk)
    assert summed(desk) == 0, "the merged one is over, but what it adds to goes on"
    for each in (part, kept):
        desk.act("ada", each, "restore", evidence="test calls succeed")
    desk.send()
    sum_up(desk)
    assert summed(desk) == 3
    assert_right(desk)
    assert assert_same(desk).incidents == 1
    desk.act("ada", kept, "reopen", reason="it came back")
    assert summed(desk) == 0
    assert_right(desk)


def test_five_thousand_incidents_are_the_same_summed_up_or_counted(desk: Desk, time: Time) -> None:
    fill(desk, time, 5_000, 700)
    begin = (time.now() - timedelta(days=720)).date().isoformat()
    before = assert_same(desk, **{"from": begin})
    sum_up(desk)
    assert summed(desk) == 5_000
    after = assert_same(desk, **{"from": begin})
    assert replace(after, at=before.at) == before
    for asked in ({"from": begin, "tier": "1"}, {"from": begin, "kind": "network_fault", "service": "voice"}):
        assert_same(desk, **asked)
    assert_same(desk, zone=ELSEWHERE, **{"from": "2026-03-01", "by": "week", "area": "8001"})
    assert_right(desk)


def fill(desk: Desk, time: Time, count: int, days: int) -> None:
    def work(session: Session) -> None:
        areas = list(session.scalars(select(Area.id).where(Area.level == "county")))
        history.fill(session, count, time.now(), days, areas, list(session.scalars(select(Service.id))))

    desk.do(work)


def test_two_engines_at_once_sum_up_each_incident_once(desk: Desk, time: Time) -> None:
    fill(desk, time, 400, 60)
    with ThreadPoolExecutor(2) as engines:
        for done in [engines.submit(sum_up, desk) for _ in range(2)]:
            done.result()
    assert summed(desk) == 400
    assert_right(desk)


def test_what_fails_half_way_leaves_nothing_behind(desk: Desk, time: Time) -> None:
    fill(desk, time, 20, 60)
    with desk.database.read() as session:
        (families,) = summing.batches(kin.members(session))

    def work(session: Session) -> None:
        assert summing.sum_up(session, families) == 20
        raise InterruptedError

    with pytest.raises(InterruptedError):
        desk.database.background(work)
    with desk.database.read() as session:
        assert session.scalars(select(SummaryBlock.month)).all() == []
    assert summed(desk) == 0
    assert_right(desk)


def test_an_incident_that_changes_between_looking_and_summing_up_is_left_out(desk: Desk) -> None:
    number = desk.responding(elements=["CELL-1"])
    desk.act("ada", number, "restore", evidence="test calls succeed")
    desk.send()
    with desk.database.read() as session:
        (families,) = summing.batches(kin.members(session))
    desk.act("ada", number, "reopen", reason="it came back")
    assert desk.database.background(lambda session: summing.sum_up(session, families)) == 0
    assert_right(desk)


def test_a_part_written_past_the_journal_opens_what_it_goes_into(desk: Desk, time: Time) -> None:
    fill(desk, time, 10, 60)
    sum_up(desk)
    with desk.database.read() as session:
        first, second = session.scalars(select(Incident.id).order_by(Incident.id).limit(2))
    change = update(Incident).where(Incident.id == second).values(parent_id=first, summed=False)
    desk.do(lambda session: session.execute(change))
    sum_up(desk)
    assert summed(desk) == 10
    assert_right(desk)


class TestAtTheCommandLine:
    """`tocsin insights`."""

    def run(self, desk: Desk, *arguments: str) -> Result:
        return CliRunner().invoke(insights, arguments, obj=desk.installation.settings)

    def test_summaries_that_are_right_are_found_right(self, desk: Desk, time: Time) -> None:
        fill(desk, time, 30, 100)
        assert "0 incidents summed up, 30 counted from their rows, 0 differ" in self.run(desk, "check").output
        sum_up(desk)
        done = self.run(desk, "check")
        assert (done.exit_code, "30 incidents summed up, 0 counted from their rows, 0 differ" in done.output) == (
            0,
            True,
        )

    def test_one_that_differs_is_named_and_made_anew(self, desk: Desk, time: Time) -> None:
        fill(desk, time, 30, 100)
        sum_up(desk)
        with desk.database.read() as session:
            number = session.scalars(select(Incident.number).order_by(Incident.id).limit(1)).one()
        change = update(Incident).where(Incident.number == number).values(users_peak=7)
        desk.do(lambda session: session.execute(change))
        done = self.run(desk, "check")
        assert (done.exit_code, "1 differ" in done.output, "rebuild" in done.output) == (1, True, True)
        assert number in done.stderr
        assert "30 incidents summed up, 0" in self.run(desk, "rebuild").output
        assert self.run(desk, "check").exit_code == 0
        assert_right(desk)
