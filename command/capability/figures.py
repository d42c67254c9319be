"""Evidence that Tocsin counts itself. Exercises and restricted incidents count in none of it: an assessor from outside reads it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from command.authority.models import OverrideReview
from command.bulletins.models import Bulletin
from command.bulletins.models import State as BulletinState
from command.capability.models import CapabilityAssessment
from command.capability.models import State as AssessmentState
from command.complaints.models import Case
from command.core import clock
from command.drills.models import HELD, Drill
from command.drills.models import State as DrillState
from command.improvement.models import UNDONE, ImprovementAction
from command.improvement.models import State as ActionState
from command.incidents import house
from command.incidents.models import Incident, IncidentClock
from command.notices.models import Notice
from command.oncall.models import Page, PageState
from command.readiness import plans
from command.resources.models import ResourceStock
from command.risks import reading as risks
from command.settlement.models import SettlementItem
from command.settlement.models import State as SettlementState
from command.training import needs
from command.training import rules as training
from command.warnings.models import WarningTask
from playbooks.schema import Kind

Instant = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Period:
    """The days `first` to `last` on the operator's calendar; `begins` and `ends` (exclusive) are their instants, `now` is when it is
    counted."""

    first: date
    last: date
    begins: datetime
    ends: datetime
    now: datetime
    today: date

    def holds(self, column: Instant) -> ColumnElement[bool]:
        """The condition that an instant lies in it, and not ahead."""
        return and_(column >= self.begins, column < min(self.ends, self.now))


@dataclass(frozen=True, slots=True)
class Counted:
    """So many of so many; `of` None: a plain count."""

    good: int
    of: int | None = None


Count = Callable[[Session, Period], Counted]


def period(session: Session, first: date, last: date) -> Period:
    """The days of an assessment."""
    now, zone = clock.now(session), house.settings(session).tz
    begins, ends = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    return Period(first, last, begins, ends, now, house.today(session, now))


def counted(session: Session, over: Period, codes: Iterable[str]) -> dict[str, Counted]:
    """The figures of these codes, in their order."""
    return {code: COUNTS[code](session, over) for code in dict.fromkeys(codes)}


def _share(session: Session, good: ColumnElement[bool], *among: ColumnElement[bool]) -> Counted:
    """How many rows of a table fulfil `good` among those that fulfil all of `among`."""
    query = select(func.coalesce(func.sum(case((good, 1), else_=0)), 0), func.count()).where(*among)
    done, of = session.execute(query).one()
    return Counted(int(done), int(of))


def _open(incident_id: InstrumentedAttribute[int] | InstrumentedAttribute[int | None]) -> Condition:
    """The condition that what is counted belongs to no restricted incident."""
    hidden = select(Incident.id).where(Incident.restricted)
    return or_(incident_id.is_(None), incident_id.not_in(hidden))


def _incidents(over: Period, column: Instant) -> Condition:
    return and_(Incident.exercise.is_(False), Incident.restricted.is_(False), over.holds(column))


def _clocks(*codes: str) -> Count:
    """Clocks, of these codes or all, of the incidents reported in the period: met, of those met or missed."""

    def count(session: Session, over: Period) -> Counted:
        mine = select(Incident.id).where(_incidents(over, Incident.reported_at))
        among = [IncidentClock.incident_id.in_(mine), IncidentClock.state.in_(("met", "breached"))]
        return _share(
            session, IncidentClock.state == "met", *among, *([IncidentClock.code.in_(codes)] if codes else [])
        )

    return count


def _plans_in_force(session: Session, over: Period) -> Counted:
    return Counted(len(plans.in_force(session)), len(Kind))


def _overrides_reviewed(session: Session, over: Period) -> Counted:
    row = OverrideReview
    among = (row.exercise.is_(False), over.holds(row.at), _open(row.incident_id))
    return _share(session, row.decided_at.is_not(None), *among)


def _pages_answered(session: Session, over: Period) -> Counted:
    among = (Page.exercise.is_(False), over.holds(Page.created_at), _open(Page.incident_id))
    settled = Page.state.not_in((PageState.SENDING, PageState.WAITING, PageState.STOPPED))
    return _share(session, Page.answered_at.is_not(None), *among, settled)


def _risks_reviewed(session: Session, over: Period) -> Counted:
    found = risks.figures(session)
    return Counted(found.risks - found.review_overdue, found.risks)


def _risks_drilled(session: Session, over: Period) -> Counted:
    found = risks.figures(session)
    return Counted(found.risks - found.drill_overdue, found.risks)


def _warning_tasks_done(session: Session, over: Period) -> Counted:
    row = WarningTask
    done = and_(row.state == "done", row.settled_at <= row.due_at)
    return _share(session, done, row.exercise.is_(False), over.holds(row.due_at))


def _stocks_ready(session: Session, over: Period) -> Counted:
    row = ResourceStock
    return _share(session, row.available + row.in_reserve >= row.minimum, row.minimum > 0)


def _drills_held(session: Session, over: Period) -> Counted:
    due = Drill.state.in_((*HELD, DrillState.MISSED))
    return _share(session, Drill.state.in_(HELD), over.holds(Drill.due_at), due)


def _drills_evaluated(session: Session, over: Period) -> Counted:
    return _share(session, Drill.state == DrillState.EVALUATED, over.holds(Drill.due_at), Drill.state.in_(HELD))


def _training_current(session: Session, over: Period) -> Counted:
    lines = needs.lines(session, training.current(), true())
    return Counted(sum(not line.lacking for line in lines), len(lines))


def _notices_sent(session: Session, over: Period) -> Counted:
    told = select(Notice.id).where(
        Notice.incident_id == Incident.id, Notice.kind == "first", Notice.approved_at.is_not(None)
    )
    return _share(session, told.exists(), _incidents(over, Incident.restored_at))


def _bulletins_in_time(session: Session, over: Period) -> Counted:
    row = Bulletin
    sent = and_(row.state == BulletinState.APPROVED, row.approved_at <= row.due_at)
    among = (row.exercise.is_(False), over.holds(row.due_at), row.state != BulletinState.DROPPED)
    return _share(session, sent, *among, _open(row.incident_id))


def _cases_in_time(session: Session, over: Period) -> Counted:
    among = (Case.exercise.is_(False), over.holds(Case.due_at), _open(Case.incident_id))
    return _share(session, and_(Case.closed_at.is_not(None), Case.closed_at <= Case.due_at), *among)


def _settled_in_time(session: Session, over: Period) -> Counted:
    row = SettlementItem
    settled = session.execute(
        select(row.due_on, row.settled_at).where(
            row.exercise.is_(False),
            row.state != SettlementState.VOID,
            row.due_on.between(over.first, min(over.last, over.today)),
            _open(row.incident_id),
        )
    ).tuples()
    days = [(due, at.astimezone(over.begins.tzinfo).date() if at else None) for due, at in settled]
    return Counted(sum(on is not None and on <= due for due, on in days), len(days))


def _incidents_reviewed(session: Session, over: Period) -> Counted:
    parts = (Incident.cause_note_id, Incident.effect_note_id, Incident.improvement_note_id)
    written = and_(*(part.is_not(None) for part in parts))
    return _share(session, written, _incidents(over, Incident.restored_at))


def _actions_verified(session: Session, over: Period) -> Counted:
    row = ImprovementAction
    due = row.due_on.between(over.first, min(over.last, over.today))
    return _share(
        session, row.state == ActionState.VERIFIED, due, row.state != ActionState.DROPPED, _open(row.incident_id)
    )


def _actions_late(session: Session, over: Period) -> Counted:
    row = ImprovementAction
    late = and_(row.state.in_(UNDONE), row.due_on < over.today, _open(row.incident_id))
    return Counted(int(session.scalar(select(func.count()).select_from(row).where(late)) or 0))


def _assessments_finished(session: Session, over: Period) -> Counted:
    row = CapabilityAssessment
    done = and_(row.state == AssessmentState.FINISHED, over.holds(row.ended_at))
    return Counted(int(session.scalar(select(func.count()).select_from(row).where(done)) or 0))


COUNTS: Mapping[str, Count] = {
    "overrides_reviewed": _overrides_reviewed,
    "pages_answered": _pages_answered,
    "plans_in_force": _plans_in_force,
    "risks_reviewed": _risks_reviewed,
    "risks_drilled": _risks_drilled,
    "warning_tasks_done": _warning_tasks_done,
    "report_in_time": _clocks("report-to-centre"),
    "response_in_time": _clocks("first-response"),
    "clocks_met": _clocks(),
    "resolved_in_time": _clocks("sla-resolve"),
    "stocks_ready": _stocks_ready,
    "drills_held": _drills_held,
    "drills_evaluated": _drills_evaluated,
    "training_current": _training_current,
    "notices_sent": _notices_sent,
    "bulletins_in_time": _bulletins_in_time,
    "cases_in_time": _cases_in_time,
    "settled_in_time": _settled_in_time,
    "incidents_reviewed": _incidents_reviewed,
    "actions_verified": _actions_verified,
    "actions_late": _actions_late,
    "assessments_finished": _assessments_finished,
}
"""By code, as figure_names.NAMES calls them."""
