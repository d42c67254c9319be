"""What /metrics tells Prometheus. Nothing here names a person, a number or an incident, and nothing reads a million deliveries: notices
are counted by their tallies, pages by the index of ready rows, cycles and gateways by what each engine told with its heartbeat."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from command.boards.tail import Tail
from command.core import clock
from command.core.beats import EngineBeat
from command.incidents.guards import State as IncidentState
from command.incidents.models import Incident, IncidentClock
from command.messages.models import GatewayState, Lane, Tally
from command.notices import queues
from command.notices.models import Notice, NoticeState
from command.oncall.models import Escalation, EscalationState, Page, PageState
from command.periodic import firing

Family = GaugeMetricFamily | CounterMetricFamily
SOON = timedelta(minutes=15)
"""A time limit that ends within this is due soon."""
ALIVE = timedelta(minutes=10)
"""An engine that was not seen for longer is told of no more."""
LIVE = (NoticeState.APPROVED, NoticeState.SENDING)
OPEN = (IncidentState.REPORTED, IncidentState.ASSESSED, IncidentState.RESPONDING)
"""States of incidents in which service is not back."""
CYCLE = (
    ("rounds", "Runs of a cycle since the engine began."),
    ("busy", "Runs of a cycle after which there was more to do at once."),
    ("failed", "Runs of a cycle that failed and will be tried again."),
    ("seconds", "Seconds that runs of a cycle took in all."),
)
"""What grows, as the heartbeat holds it."""


def families(session: Session, boards: Tail | None) -> Iterator[Family]:
    """Every family, one after the other. `boards` are those of the process that answers."""
    yield from _queue(session)
    yield from _engines(session)
    yield from _gateways(session)
    yield from _boards(session, boards)
    yield from _incidents(session)
    yield from _pages(session)
    yield from _notices(session)
    late = GaugeMetricFamily("tocsin_reports_due", "Periodic reports that are due and not made yet.")
    late.add_metric([], len(firing.due(session).made))
    yield late


def last_beat(session: Session) -> datetime | None:
    """When the liveliest engine went round last."""
    return session.scalar(select(func.max(EngineBeat.seen_at)))


def _queue(session: Session) -> Iterator[Family]:
    queue = GaugeMetricFamily("tocsin_queue", "Messages not yet settled.", labels=["lane", "state"])
    counts = queues.waiting(session)
    for lane in Lane:
        for state in queues.WAITING:
            queue.add_metric([lane.name.lower(), state], counts.get((lane, state), 0))
    yield queue
    oldest = GaugeMetricFamily(
        "tocsin_queue_oldest_seconds",
        "Age of the oldest message of a lane that is ready to be sent and not taken yet; 0 for none.",
        labels=["lane"],
    )
    for lane in Lane:
        oldest.add_metric([lane.name.lower()], queues.oldest(session, lane))
    yield oldest


def _engines(session: Session) -> Iterator[Family]:
    now = clock.now(session)
    age = GaugeMetricFamily("tocsin_engine_age_seconds", "Seconds since an engine went round.")
    if seen := last_beat(session):
        age.add_metric([], (now - seen).total_seconds())
    yield age
    rows = session.scalars(
        select(EngineBeat).where(EngineBeat.seen_at >= now - ALIVE).order_by(EngineBeat.engine)
    ).all()
    count = GaugeMetricFamily("tocsin_engines", "Engines that went round within the last ten minutes.")
    count.add_metric([], len(rows))
    yield count
    told = [(row.engine, cycle, its) for row in rows for cycle, its in row.cycles.items()]
    for name, words in CYCLE:
        grows = CounterMetricFamily(f"tocsin_engine_cycle_{name}", words, labels=["engine", "cycle"])
        for engine, cycle, its in told:
            grows.add_metric([engine, cycle], its[name])
        yield grows
    for name, words in (
        ("last", "Seconds that the last run of a cycle took."),
        ("worst", "Seconds that the longest run of a cycle within the last five minutes took."),
    ):
        took = GaugeMetricFamily(f"tocsin_engine_cycle_{name}_seconds", words, labels=["engine", "cycle"])
        for engine, cycle, its in told:
            took.add_metric([engine, cycle], its[name])
        yield took
    calls = CounterMetricFamily(
        "tocsin_gateway_calls",
        "Calls of a gateway by what became of them: accepted, failed, retried, unknown.",
        labels=["engine", "gateway", "outcome"],
    )
    for row in rows:
        for gateway, outcomes in sorted(row.gateways.items()):
            for outcome, number in sorted(outcomes.items()):
                calls.add_metric([row.engine, gateway, outcome], number)
    yield calls


def _gateways(session: Session) -> Iterator[Family]:
    now = clock.now(session)
    rows = session.scalars(select(GatewayState).order_by(GatewayState.gateway)).all()
    held = GaugeMetricFamily(
        "tocsin_gateway_open", "1 while the breaker of a gateway is open after failures in a row.", labels=["gateway"]
    )
    stopped = GaugeMetricFamily(
        "tocsin_gateway_stopped", "1 while a gateway is stopped until somebody restarts it.", labels=["gateway"]
    )
    for row in rows:
        held.add_metric([row.gateway], int(row.open_until is not None and row.open_until > now))
        stopped.add_metric([row.gateway], int(row.stopped_reason is not None))
    yield held
    yield stopped


def _boards(session: Session, boards: Tail | None) -> Iterator[Family]:
    behind = boards.behind(session) if boards is not None else {}
    watched = GaugeMetricFamily("tocsin_boards_watched", "Boards that somebody looks at in the process that answers.")
    watched.add_metric([], len(behind))
    yield watched
    age = GaugeMetricFamily(
        "tocsin_board_age_seconds",
        "For how long the journal has held an entry that a watched board of the process that answers does not show.",
    )
    age.add_metric([], max(behind.values(), default=0.0))
    yield age


def _incidents(session: Session) -> Iterator[Family]:
    real = (Incident.exercise.is_(False), Incident.state.in_(OPEN))
    counts = dict(
        session.execute(select(Incident.tier, func.count()).where(*real).group_by(Incident.tier)).tuples().all()
    )
    tiers = GaugeMetricFamily(
        "tocsin_incidents_open", "Incidents whose service is not back, by tier; no exercises.", labels=["tier"]
    )
    for tier in (1, 2, 3, 4):
        tiers.add_metric([str(tier)], counts.get(tier, 0))
    yield tiers
    limits = GaugeMetricFamily(
        "tocsin_clocks",
        "Time limits of incidents by code: running, due within 15 minutes, or overdue and not met; no exercises.",
        labels=["code", "state"],
    )
    found: dict[str, dict[str, int]] = {}
    for code, state, number in session.execute(_clocks(session)).tuples():
        found.setdefault(code, {})[state] = number
    for code, states in sorted(found.items()):
        for state in ("running", "due_soon", "overdue"):
            limits.add_metric([code, state], states.get(state, 0))
    yield limits


def _clocks(session: Session) -> Select[str, str, int]:
    """Clocks that run, and breached ones that are not met yet of incidents that go on."""
    row = IncidentClock
    ended = (IncidentState.CLOSED, IncidentState.CANCELLED, IncidentState.MERGED)
    soon = row.due_at <= clock.now(session) + SOON
    state: ColumnElement[str] = case((row.state == "breached", "overdue"), (soon, "due_soon"), else_="running")
    going_on = select(Incident.id).where(Incident.state.not_in(ended), Incident.exercise.is_(False))
    query = select(row.code, state, func.count()).where(
        row.state.in_(("running", "breached")), row.met_at.is_(None), row.incident_id.in_(going_on)
    )
    return query.group_by(row.code, state)


def _pages(session: Session) -> Iterator[Family]:
    row = Escalation
    asked = (row.exercise.is_(False), row.over_at.is_(None))
    pages = (
        select(func.count())
        .select_from(Page)
        .join(row, row.id == Page.escalation_id)
        .where(row.state == EscalationState.RUNNING, Page.state.in_((PageState.SENDING, PageState.WAITING)), *asked)
    )
    waiting = GaugeMetricFamily("tocsin_pages_open", "Pages that nobody has answered yet; no exercises.")
    waiting.add_metric([], session.scalar(pages) or 0)
    yield waiting
    over = select(func.count()).select_from(row).where(row.state == EscalationState.EXHAUSTED, *asked)
    alone = GaugeMetricFamily(
        "tocsin_escalations_exhausted", "Chains of pages that came to their end and nobody answered; no exercises."
    )
    alone.add_metric([], session.scalar(over) or 0)
    yield alone


def _notices(session: Session) -> Iterator[Family]:
    live = select(Notice.id, Notice.audience).where(Notice.state.in_(LIVE), Notice.exercise.is_(False))
    rows = dict(session.execute(live).tuples().all())
    tallied = select(Tally.notice_id, Tally.state, Tally.count).where(Tally.notice_id.in_(rows))
    listed, left = dict.fromkeys(rows, 0), 0
    for notice_id, state, number in session.execute(tallied).tuples():
        listed[notice_id] += number
        left += number if state in queues.WAITING else 0
    under_way = GaugeMetricFamily("tocsin_notices_live", "Notices that are being sent; no exercises.")
    under_way.add_metric([], len(rows))
    yield under_way
    rest = GaugeMetricFamily(
        "tocsin_notice_recipients_left", "Recipients of notices that are being sent, to whom nothing has gone out yet."
    )
    rest.add_metric([], left + sum(max(0, rows[notice_id] - number) for notice_id, number in listed.items()))
    yield rest
