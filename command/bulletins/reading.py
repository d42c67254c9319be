"""What is known of the bulletins of an incident: those there are, the next that is due, and who would get it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.bulletins import due, recipients
from command.bulletins.due import Course, Due, Left
from command.bulletins.models import OPEN, Bulletin, BulletinCopy, CopyState, Kind, State
from command.bulletins.recipients import Case, RecipientCard
from command.core.problems import N_, NotFound
from command.incidents import clock_rows, house, measuring, places, plans, visibility
from command.incidents.clocks import Event
from command.incidents.grading import Tier
from command.incidents.guards import State as IncidentState
from command.incidents.models import Incident
from command.people.access import Principal
from playbooks.notices import Bulletin as Planned
from playbooks.notices import Recipient
from playbooks.schema import Echelon, TierPlan

MOST_OPEN = 200


def of(session: Session, incident: Incident) -> Sequence[Bulletin]:
    """Every bulletin of an incident, in order."""
    query = select(Bulletin).where(Bulletin.incident_id == incident.id).order_by(Bulletin.number)
    return session.scalars(query).all()


def next_number(session: Session, incident: Incident) -> int:
    """The number of the next bulletin of a locked incident."""
    return (session.scalar(select(func.max(Bulletin.number)).where(Bulletin.incident_id == incident.id)) or 0) + 1


def upcoming(session: Session, incident: Incident) -> Due | None:
    """The next bulletin that is due; None where none is, or the incident follows no plan."""
    plan = plans.tier_plan(session, incident)
    if plan is None or incident.state == IncidentState.MERGED:
        return None
    return due.upcoming(plan.bulletins, course(session, incident))


def course(session: Session, incident: Incident) -> Course:
    """What has happened to an incident, as far as its bulletins depend on it. A cancelled one owes a final report where one had left."""
    left = [
        Left(row.kind, row.approved_at)
        for row in of(session, incident)
        if row.state == State.APPROVED and row.approved_at is not None and row.corrects_id is None
    ]
    ended = incident.restored_at
    since = incident.responding_at
    if incident.state == IncidentState.CANCELLED:
        ended, since = incident.ended_at, (since if left else None)
    return Course(since, ended, left, owed(session, incident))


def owed(session: Session, incident: Incident) -> dict[Event, datetime]:
    """The regulator's events that no clock has seen yet, each with the time by which its earliest clock wants it."""
    found: dict[Event, datetime] = {}
    for row in clock_rows.rows(session, incident):
        known = clock_rows.definition(row.code)
        if known is not None and known.stops in due.ALL and row.met_at is None and row.state != clock_rows.VOID:
            found[known.stops] = min(row.due_at, found.get(known.stops, row.due_at))
    return found


def open_one(session: Session, incident: Incident, kind: str) -> Bulletin | None:
    """A bulletin of a kind that is being written or waits for approval."""
    query = select(Bulletin).where(
        Bulletin.incident_id == incident.id,
        Bulletin.kind == kind,
        Bulletin.state.in_(OPEN),
        Bulletin.corrects_id.is_(None),
    )
    return session.scalar(query.order_by(Bulletin.number.desc()).limit(1))


def planned(plan: TierPlan, kind: str) -> Planned:
    """What the plan says of a kind; a report upward follows the rules of a follow-up."""
    given = {Kind.FIRST: plan.bulletins.first, Kind.FINAL: plan.bulletins.final}
    return given.get(Kind(kind), plan.bulletins.follow_up)


def echelon(session: Session, incident: Incident) -> Echelon:
    """The echelon that handles an incident: its plan's, else that of its tier."""
    plan = plans.tier_plan(session, incident)
    tiers: dict[int, Tier] = {1: 1, 2: 2, 3: 3, 4: 4}
    return plan.echelon if plan else house.structure().group_for(tiers[incident.tier]).echelon


def cards(session: Session) -> Sequence[RecipientCard]:
    """Every recipient this installation knows."""
    return recipients.table(house.settings(session).recipients).recipients


def recipients_of(session: Session, incident: Incident, sorts: Sequence[str]) -> list[RecipientCard]:
    """Who would get a bulletin to these sorts of recipients now."""
    tree = places.tree(session)
    hit = {incident.area_id, *(row.area_id for row in measuring.last_impacts(session, incident))}
    areas = {area.code for each in hit for area in places.upward(tree, each)}
    case = Case(tuple(sorts), echelon(session, incident), areas, incident.restricted)
    return recipients.chosen(cards(session), case)


def lacking(session: Session, incident: Incident, sorts: Sequence[str]) -> list[str]:
    """Sorts of recipients that the plan names and nobody stands for."""
    there = {card.sort for card in recipients_of(session, incident, sorts)}
    return [sort for sort in sorts if Recipient(sort) not in there]


def open_ones(session: Session, who: Principal, *, exercise: bool) -> list[tuple[Bulletin, Incident]]:
    """Bulletins that are being written or wait for approval, of incidents that `who` may know of, the oldest first."""
    known = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    query = (
        select(Bulletin, Incident)
        .join(Incident, Incident.id == Bulletin.incident_id)
        .where(Bulletin.state.in_(OPEN), Bulletin.exercise.is_(exercise), Incident.id.in_(known))
        .order_by(Bulletin.id)
        .limit(MOST_OPEN)
    )
    return [(row, incident) for row, incident in session.execute(query).tuples()]


def failed_ones(session: Session, who: Principal, *, exercise: bool) -> list[tuple[Bulletin, Incident]]:
    """Bulletins of which some mail failed or is doubtful, of incidents that `who` may know of, the oldest first."""
    known = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    failed = select(BulletinCopy.bulletin_id).where(BulletinCopy.state.in_((CopyState.FAILED, CopyState.UNKNOWN)))
    query = (
        select(Bulletin, Incident)
        .join(Incident, Incident.id == Bulletin.incident_id)
        .where(Bulletin.id.in_(failed), Bulletin.exercise.is_(exercise), Incident.id.in_(known))
        .order_by(Bulletin.id)
        .limit(MOST_OPEN)
    )
    return [(row, incident) for row, incident in session.execute(query).tuples()]


@dataclass(frozen=True, slots=True)
class Seen:
    """A bulletin with its incident and its copies."""

    bulletin: Bulletin
    incident: Incident
    copies: Sequence[BulletinCopy]


def find(session: Session, bulletin_id: int, who: Principal) -> Seen:
    """The bulletin of an id, as far as `who` may know of its incident; raise NotFound."""
    row = session.get(Bulletin, bulletin_id) if bulletin_id < 2**62 else None
    incident = session.get(Incident, row.incident_id) if row else None
    if row is None or incident is None or not visibility.visible(session, incident, who):
        raise unknown(bulletin_id)
    return Seen(row, incident, copies(session, row))


def copies(session: Session, bulletin: Bulletin) -> Sequence[BulletinCopy]:
    query = select(BulletinCopy).where(BulletinCopy.bulletin_id == bulletin.id).order_by(BulletinCopy.id)
    return session.scalars(query).all()


def unknown(bulletin_id: int) -> NotFound:
    return NotFound(
        N_("There is no bulletin %(id)s."),
        remedy=N_("Look at the incident's bulletins for its number."),
        id=bulletin_id,
    )


def sorts(session: Session, incident: Incident, kind: str) -> list[str]:
    """The sorts of recipients that the plan names for a kind; superiors for a report upward, or where there is no plan."""
    plan = plans.tier_plan(session, incident)
    if plan is None or kind == Kind.UPWARD:
        return [str(Recipient.superior)]
    return [str(each) for each in planned(plan, kind).recipients]
