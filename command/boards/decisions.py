"""What waits for one person: roles handed over to them, notices they may approve, incidents they may assess, activate or confirm
restored, updates that are late, bulletins to write and to approve, reports to the regulator, advisories of warnings, views that their
department owes, evaluation reports to sign and those that are overdue.

Personal, so never in a board's room: asked for by whoever looks, and answered by the same rules that the acts themselves obey."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.bulletins import approving, reading
from command.bulletins.models import State as Drafted
from command.complaints import surges
from command.core import clock
from command.evaluation import listing as evaluations
from command.filings import listing as filings
from command.filings.owing import Standing
from command.incidents import command_roles, places, plans, standing, visibility
from command.incidents.guards import BEFORE_RESTORATION, State
from command.incidents.joint import waiting as joint
from command.incidents.models import Incident
from command.measurements import reading as proposed
from command.measurements import series
from command.measurements.models import Proposal, Series
from command.notices.models import Kind, Notice, NoticeState
from command.people import access
from command.people.access import Principal
from command.people.authority import Decision, Denied, permitted
from command.security import telling
from command.warnings import advisory
from command.warnings.models import Warning
from playbooks.texts import Text

NEXT = {State.REPORTED: "assess", State.ASSESSED: "activate"}
"""The act that an incident of a state waits for, while somebody is cut off."""
TELLING = (Kind.FIRST, Kind.UPDATE)
FILING = ("write_bulletin", "approve_bulletin")
MOST = 50
LEAST_TIER = 4
"""Where what has no tier of its own stands among the others."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One decision: `act` is accept (of `role`), assess, activate, restore, approve_notice, update (late), approve_bulletin,
    write_bulletin (a draft lies ready), resend_bulletin (a mail failed), file_report (to the regulator: `report`, called `title`, due at
    `due_at`, `late` where that has passed), give_view (of a joint assessment), decide (it), reconsider (not telling those concerned),
    advisory (of the warning whose code is `number`, of a `colour` and no tier: `tier` only says where it stands among the others), surge
    (of complaints: it has no number yet, `audience` are the complaints), sign_evaluation (a report waits for their signature) or
    evaluations_overdue (so many reports, `audience`, are not signed in time: one line for all of them); since when it waits."""

    act: str
    number: str
    kind: str
    tier: int
    area_id: int | None
    since: datetime
    notice_id: int | None = None
    notice_kind: str | None = None
    audience: int = 0
    role: str | None = None
    bulletin_id: int | None = None
    bulletin_kind: str | None = None
    colour: str | None = None
    surge_id: int | None = None
    report: str | None = None
    title: Text | None = None
    due_at: datetime | None = None
    late: bool = False


def degradations(session: Session, who: Principal, *, exercise: bool) -> list[tuple[Proposal, Series]]:
    """Bad series for which no incident is open, for whoever may open one."""
    return [] if exercise or not access.may(who, series.ACT) else proposed.proposals(session)


def of(session: Session, who: Principal, *, exercise: bool) -> list[Waiting]:
    """What waits for `who`: worst tier first, then what waits longest. MOST at most."""
    query = select(Incident).where(Incident.state.in_(BEFORE_RESTORATION), Incident.exercise.is_(exercise))
    known = {each.id: each for each in session.scalars(visibility.only_visible(session, query, who))}
    found = [
        *_handed(session, who, exercise),
        *_incidents(session, who, known),
        *_notices(session, who, known),
        *_late(session, who, known),
        *_bulletins(session, who, exercise),
        *_filings(session, who, exercise),
        *_views(session, who, exercise),
        *_tellings(session, who, exercise),
        *_advisories(session, who, exercise),
        *([] if exercise else _surges(session, who)),
        *([] if exercise else _evaluations(session, who)),
    ]
    return sorted(found, key=lambda one: (one.tier, one.since, one.number, one.act))[:MOST]


def _handed(session: Session, who: Principal, exercise: bool) -> Iterator[Waiting]:
    """Roles that were handed over to them, with a briefing that they have not acknowledged; until the incident is closed."""
    for incident, role in command_roles.waiting_for(session, who.person_id):
        if incident.exercise is exercise:
            yield _waiting(incident, "accept", role.from_at, role=role.role)


def _incidents(session: Session, who: Principal, known: dict[int, Incident]) -> Iterator[Waiting]:
    ask = _Asker(session, who)
    for incident in known.values():
        act = _next(incident)
        if act and ask.may(incident, act):
            yield _waiting(incident, act, _since(incident, act))


def _next(incident: Incident) -> str | None:
    """What is cut off no more wants its restoration confirmed, not a response; a report has to be judged either way."""
    if incident.quiet_at is not None and incident.state in (State.ASSESSED, State.RESPONDING):
        return "restore"
    return NEXT.get(State(incident.state))


def _since(incident: Incident, act: str) -> datetime:
    since = {"activate": incident.assessed_at, "restore": incident.quiet_at}.get(act)
    return since or incident.reported_at


def _notices(session: Session, who: Principal, known: dict[int, Incident]) -> Iterator[Waiting]:
    ask = _Asker(session, who)
    query = select(Notice).where(Notice.state == NoticeState.SUBMITTED, Notice.incident_id.in_(list(known)))
    for notice in session.scalars(query.order_by(Notice.id)):
        incident, since = known[notice.incident_id], notice.submitted_at or notice.created_at
        own = who.actor in (notice.created_by, notice.submitted_by)
        waited = (clock.now(session) - since).total_seconds() / 60
        if ask.may(incident, "approve_notice", waited=waited, own=own):
            about = {"notice_id": notice.id, "notice_kind": notice.kind, "audience": notice.audience}
            yield _waiting(incident, "approve_notice", since, **about)


def _advisories(session: Session, who: Principal, exercise: bool) -> Iterator[Waiting]:
    """Advisories of warnings that wait for a second person like them."""
    if not access.within_scopes(who, "approve_notice"):
        return
    query = (
        select(Notice, Warning)
        .join(Warning, Warning.id == Notice.warning_id)
        .where(Notice.state == NoticeState.SUBMITTED, Notice.exercise.is_(exercise))
        .order_by(Notice.id)
    )
    for notice, row in session.execute(query).tuples():
        since, tier = notice.submitted_at or notice.created_at, advisory.tier(row)
        waited = (clock.now(session) - since).total_seconds() / 60
        own = who.actor in (notice.created_by, notice.submitted_by)
        if permitted(access.ruling(who, "approve_notice", tier=tier, waited_minutes=waited, own=own)):
            yield Waiting(
                "advisory",
                row.code,
                row.event,
                tier,
                None,
                since,
                notice_id=notice.id,
                notice_kind=notice.kind,
                audience=notice.audience,
                colour=row.colour,
            )


def _late(session: Session, who: Principal, known: dict[int, Incident]) -> Iterator[Waiting]:
    """Incidents whose told subscribers should have heard more by now: their plan's cadence has passed since the last notice."""
    ask, now = _Asker(session, who), clock.now(session)
    told = select(Notice.incident_id, func.max(Notice.approved_at)).where(
        Notice.kind.in_(TELLING), Notice.approved_at.is_not(None), Notice.incident_id.in_(list(known))
    )
    for incident_id, last in session.execute(told.group_by(Notice.incident_id)).tuples():
        incident = known[incident_id]
        if incident.state != State.RESPONDING or incident.quiet_at is not None or last is None:
            continue
        plan = plans.tier_plan(session, incident)
        gap = plan.cadence_minutes if plan else None
        if gap and last + timedelta(minutes=gap) < now and ask.may(incident, "submit_notice"):
            yield _waiting(incident, "update", last + timedelta(minutes=gap))


def _bulletins(session: Session, who: Principal, exercise: bool) -> Iterator[Waiting]:
    """Bulletins that they may approve, and drafts that are due, for somebody who may write them."""
    ask = _Asker(session, who)
    for row, incident in reading.open_ones(session, who, exercise=exercise):
        about = {"bulletin_id": row.id, "bulletin_kind": row.kind}
        if approving.may_approve_now(session, incident, row, who):
            yield _waiting(incident, "approve_bulletin", row.submitted_at or row.drafted_at, **about)
        elif row.state == Drafted.DRAFT and ask.may(incident, "write_bulletin"):
            yield _waiting(incident, "write_bulletin", row.drafted_at, **about)
    for row, incident in reading.failed_ones(session, who, exercise=exercise):
        if ask.may(incident, "write_bulletin"):
            since = row.approved_at or row.drafted_at
            yield _waiting(incident, "resend_bulletin", since, bulletin_id=row.id, bulletin_kind=row.kind)


def _filings(session: Session, who: Principal, exercise: bool) -> Iterator[Waiting]:
    """Reports to the regulator that are due soon or late, for somebody who may write them, or submit what somebody else wrote."""
    if not any(access.may(who, act) for act in FILING):
        return
    ask = _Asker(session, who)
    for each in filings.waiting(session, who, exercise=exercise, flagged=True):
        if any(ask.may(each.incident, act) for act in FILING):
            yield _waiting(
                each.incident,
                "file_report",
                each.owed.flagged_from or each.incident.detected_at,
                report=each.owed.report.id,
                title=each.owed.report.title,
                due_at=each.owed.due_at,
                late=each.owed.standing == Standing.LATE,
            )


def _views(session: Session, who: Principal, exercise: bool) -> Iterator[Waiting]:
    """Views that their department owes, and joint assessments that they may decide: all have answered, or the time is over."""
    ask = _Asker(session, who)
    for round in joint.views(session, who, exercise=exercise):
        if round.mine and ask.may(round.incident, "give_view"):
            yield _waiting(round.incident, "give_view", round.opened_at)
        elif (round.overdue or not round.silent) and ask.may(round.incident, "assess"):
            yield _waiting(round.incident, "decide", round.opened_at)


def _tellings(session: Session, who: Principal, exercise: bool) -> Iterator[Waiting]:
    """Decisions not to tell those concerned whose day to be looked at again has come."""
    ask = _Asker(session, who)
    for incident, decision in telling.due_again(session, exercise=exercise):
        if visibility.visible(session, incident, who) and ask.may(incident, "decide_telling"):
            yield _waiting(incident, "reconsider", decision.decided_at, audience=decision.concerned)


def _surges(session: Session, who: Principal) -> Iterator[Waiting]:
    """Surges of complaints that nobody has decided; of the tier that so many complaints would make."""
    if not access.may(who, "report_incident"):
        return
    for surge in surges.waiting(session):
        about: dict[str, Any] = {
            "area_id": surge.area_id,
            "since": surge.proposed_at,
            "audience": surge.count,
            "surge_id": surge.id,
        }
        yield Waiting("surge", "", surges.INCIDENT_KIND, surges.tier_of(surge), **about)


def _evaluations(session: Session, who: Principal) -> Iterator[Waiting]:
    """Evaluation reports that wait for their signature, and in one line those that are overdue, for somebody who signs."""
    for row in evaluations.mine(session, who):
        since = row.report.submitted_at if row.report else None
        yield _waiting(row.incident, "sign_evaluation", since or clock.now(session))
    count, late = evaluations.overdue(session, who)
    if late is not None:
        yield Waiting("evaluations_overdue", "", "", LEAST_TIER, None, late, audience=count)


def _waiting(incident: Incident, act: str, since: datetime, **about: Any) -> Waiting:
    return Waiting(act, incident.number, incident.kind, incident.tier, incident.area_id, since, **about)


class _Asker:
    """What the authority table says of one person, asked for one incident after the other."""

    def __init__(self, session: Session, who: Principal) -> None:
        self.session, self.who = session, who
        self.levels = {area.id: area.level for area in places.tree(session).values()}

    def may(self, incident: Incident, act: str, *, waited: float | None = None, own: bool = False) -> bool:
        """Whether they may do it now, without another person and without overriding anybody."""
        decision = self._ruling(incident, act, waited or 0.0, own)
        if waited is None and isinstance(decision, Denied) and decision.turn_in_minutes is not None:
            decision = self._ruling(incident, act, standing.waited_minutes(self.session, incident), own)
        return decision is not None and permitted(decision)

    def _ruling(self, incident: Incident, act: str, waited: float, own: bool) -> Decision | None:
        if not access.within_scopes(self.who, act):
            return None
        level = self.levels.get(incident.area_id or 0)
        return access.ruling(self.who, act, tier=incident.tier, area_level=level, waited_minutes=waited, own=own)
