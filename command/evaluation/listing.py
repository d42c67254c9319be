"""Lists of reports: what is not signed, what waits for one's own signature, what is overdue, what is signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.evaluation import report, rules, signing
from command.evaluation.models import EvaluationReport, EvaluationSignature, State
from command.incidents import visibility
from command.incidents.models import Incident
from command.people.access import Principal, may
from command.people.authority import TIERS


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reports: `show` is all, draft, mine, overdue or signed; of a tier (None: any); `skip` pass over so many."""

    show: str = "all"
    tier: int | None = None
    skip: int = 0
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A report of the list, or an incident of which nobody has begun it. `due_at` is null before the incident is closed."""

    incident: Incident
    report: EvaluationReport | None
    state: State
    due_at: datetime | None
    overdue: bool
    signed: Sequence[str]
    left: Sequence[str]
    mine: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each sort, for whoever looks."""

    draft: int
    mine: int
    overdue: int
    signed: int


def rows(session: Session, wanted: Wanted, who: Principal) -> list[Row]:
    """Reports of real incidents that `who` may know of, the overdue ones first, then the newest."""
    now = clock.now(session)
    query = _query(session, who).where(_shown(session, wanted.show, who, now))
    if wanted.tier is not None:
        query = query.where(Incident.tier == wanted.tier)
    late = case((_overdue(now), 0), else_=1)
    query = query.order_by(late, Incident.restored_at.desc(), Incident.id.desc())
    found = session.execute(query.offset(wanted.skip).limit(wanted.limit)).tuples()
    return [_row(session, incident, row, now, who) for incident, row in found]


def counts(session: Session, who: Principal) -> Counts:
    """How many there are of each sort."""
    now = clock.now(session)

    def count(show: str) -> int:
        query = _query(session, who).where(_shown(session, show, who, now))
        return session.scalar(select(func.count()).select_from(query.with_only_columns(Incident.id).subquery())) or 0

    return Counts(count("draft"), count("mine"), count("overdue"), count("signed"))


def mine(session: Session, who: Principal) -> list[Row]:
    """What waits for one's own signature, the one put up first first."""
    now = clock.now(session)
    waiting = select(EvaluationReport.incident_id).where(EvaluationReport.state == State.FOR_SIGNATURE)
    query = _query(session, who).where(Incident.id.in_(waiting), _mine(session, who))
    query = query.order_by(EvaluationReport.submitted_at)
    return [_row(session, incident, row, now, who) for incident, row in session.execute(query.limit(50)).tuples()]


def overdue(session: Session, who: Principal) -> tuple[int, datetime | None]:
    """How many reports are overdue that somebody who signs may know of, and since when the first of them is; 0 for anybody else."""
    if not may(who, report.SIGN) or who.source is not None:
        return 0, None
    query = _query(session, who).where(_overdue(clock.now(session)))
    found = session.execute(
        query.with_only_columns(Incident.tier, func.count(), func.min(Incident.closed_at)).group_by(Incident.tier)
    ).all()
    since = [first + timedelta(days=rules.table().of(tier).days) for tier, _, first in found if first is not None]
    return sum(count for _, count, _ in found), min(since, default=None)


def due_at(incident: Incident) -> datetime | None:
    """Until when the report of a closed incident is to be signed."""
    days = rules.table().of(incident.tier).days
    return incident.closed_at + timedelta(days=days) if incident.closed_at else None


def _query(session: Session, who: Principal) -> Select[Incident, EvaluationReport]:
    """Real incidents that were restored and that `who` may know of, each with its report, if there is one."""
    real = select(Incident).where(Incident.exercise.is_(False), Incident.state.in_(report.EVALUATED))
    known = visibility.only_visible(session, real, who)
    return known.outerjoin(EvaluationReport, EvaluationReport.incident_id == Incident.id).with_only_columns(
        Incident, EvaluationReport
    )


def _shown(session: Session, show: str, who: Principal, now: datetime) -> ColumnElement[bool]:
    if show == "mine":
        return _mine(session, who)
    if show == "overdue":
        return _overdue(now)
    if show == "signed":
        return EvaluationReport.state == State.SIGNED
    return _unsigned() if show == "draft" else Incident.id.is_not(None)


def _unsigned() -> ColumnElement[bool]:
    return or_(EvaluationReport.id.is_(None), EvaluationReport.state != State.SIGNED)


def _overdue(now: datetime) -> ColumnElement[bool]:
    """Closed so many days ago, as many as its tier allows, and not signed."""
    late = [
        and_(Incident.tier == tier, Incident.closed_at < now - timedelta(days=rules.table().of(tier).days))
        for tier in TIERS
    ]
    return and_(_unsigned(), or_(*late))


def _mine(session: Session, who: Principal) -> ColumnElement[bool]:
    """Up for signature, a post of theirs is missing, and they have not signed."""
    if who.source is not None or not may(who, report.SIGN):
        return false()
    signed = select(EvaluationSignature.id).where(
        EvaluationSignature.report_id == EvaluationReport.id, EvaluationSignature.round == EvaluationReport.round
    )
    open_posts = [
        and_(Incident.tier == tier, ~signed.where(EvaluationSignature.post == post).exists())
        for tier in TIERS
        for post in rules.table().of(tier).posts
        if post in who.posts
    ]
    by_me = signed.where(EvaluationSignature.person_id == who.person_id).exists()
    return and_(EvaluationReport.state == State.FOR_SIGNATURE, ~by_me, or_(false(), *open_posts))


def _row(session: Session, incident: Incident, row: EvaluationReport | None, now: datetime, who: Principal) -> Row:
    due, state = due_at(incident), State(row.state) if row else State.DRAFT
    return Row(
        incident=incident,
        report=row,
        state=state,
        due_at=due,
        overdue=state != State.SIGNED and due is not None and due < now,
        signed=[each.post for each in report.signatures(session, row)] if row else [],
        left=[str(post) for post in signing.left(session, incident, row)] if row else [],
        mine=row is not None and signing.post_of(session, incident, row, who) is not None,
    )
