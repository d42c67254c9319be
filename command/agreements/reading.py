"""Service levels as they are read: the attainment of a period, and the breaches of the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from command.agreements.attainment import Attainment, Clocked, Which, attained, together
from command.agreements.models import Dispute, Liability, SlaBreach
from command.agreements.recording import codes
from command.agreements.rules import rules
from command.core import clock
from command.incidents import clock_rows, house, visibility
from command.incidents.guards import FINAL
from command.incidents.models import Incident, IncidentClock
from command.people.access import Principal

Breach = tuple[SlaBreach, Incident, IncidentClock]
VOID = "void"


@dataclass(frozen=True, slots=True)
class Figures:
    """The attainment by class, for responding and resolving. `parts`: clocks of incidents that are part of another, which count in none
    of these, as in the overview."""

    by_class: Mapping[tuple[str, Which], Attainment]
    parts: int

    def of_class(self, code: str) -> Attainment:
        """Both clocks of a class together."""
        return together(each for (its, _), each in self.by_class.items() if its == code)

    @property
    def total(self) -> Attainment:
        return together(self.by_class.values())


def figures(session: Session, begin: datetime, end: datetime, who: Principal) -> Figures:
    """The attainment of incidents reported from `begin` to before `end` that `who` may know of. Exercises, cancelled and merged incidents
    are left out."""
    whichs, now = _whichs(), clock.now(session)
    above = aliased(Incident)
    part = select(above.id).where(above.id == Incident.parent_id, above.state.not_in(FINAL)).exists()
    alike = (
        *(Incident.tier, IncidentClock.code, IncidentClock.state, _timing(now)),
        *(SlaBreach.sla_class, SlaBreach.liability, SlaBreach.dispute, part),
    )
    query = (
        visibility.only_visible(session, _real(select(Incident)), who)
        .join(IncidentClock, IncidentClock.incident_id == Incident.id)
        .outerjoin(SlaBreach, SlaBreach.clock_id == IncidentClock.id)
        .where(Incident.reported_at >= begin, Incident.reported_at < end)
        .where(IncidentClock.code.in_(list(whichs)), IncidentClock.state != VOID)
        .with_only_columns(*alike, func.count(), maintain_column_froms=True)
        .group_by(*alike)
    )
    rows = session.execute(query).all()
    counted = [(_clocked(row, whichs), row[8]) for row in rows if not row[7]]
    return Figures(attained(counted), sum(row[8] for row in rows if row[7]))


def standing(session: Session, incidents: Select[int]) -> dict[tuple[str, str], dict[str, int]]:
    """How the breaches of these incidents (ids) stand, by clock and class: how many are `disputed`, and how many there are of each
    liability (`undecided`, `ours`, `third_party`, …)."""
    alike = (SlaBreach.code, SlaBreach.sla_class, SlaBreach.liability, SlaBreach.dispute)
    query = select(*alike, func.count()).where(SlaBreach.incident_id.in_(incidents)).group_by(*alike)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for code, sla_class, liability, dispute, count in session.execute(query).tuples():
        mine = found.setdefault((code, sla_class), {})
        if dispute == Dispute.RAISED:
            mine["disputed"] = mine.get("disputed", 0) + count
        mine[liability] = mine.get(liability, 0) + count
    return found


def _timing(now: datetime) -> ColumnElement[str]:
    """`attainment.timing` in the database's words, so that years of clocks come as a few groups."""
    opened = case((IncidentClock.due_at < now, "overdue"), else_="open")
    ended = case((IncidentClock.met_at <= IncidentClock.due_at, "in_time"), else_="late")
    return case((IncidentClock.met_at.is_(None), opened), else_=ended)


def _clocked(row: Any, whichs: Mapping[str, Which]) -> Clocked:
    tier, code, state, its_timing, sla_class, liability, dispute, *_ = row
    return Clocked(
        sla_class or house.clocks().class_of(tier).id,
        whichs[code],
        its_timing,
        breached=state == "breached",
        left_out=rules().left_out(liability or "", dispute or ""),
        disputed=dispute == Dispute.RAISED,
        accepted=dispute == Dispute.ACCEPTED,
    )


def _whichs() -> dict[str, Which]:
    found = {code: clock_rows.definition(code) for code in codes()}
    return {code: its.sla for code, its in found.items() if its is not None and its.sla is not None}


def _real(query: Select[Any]) -> Select[Any]:
    return query.where(Incident.exercise.is_(False), Incident.state.not_in(FINAL))


# --- the register

STANDS = ("undecided", "disputed", "decided")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which breaches of the register: due from `begin` to before `end`; `stands` undecided (nobody has said who answers), disputed (a
    dispute is open) or decided; nothing leaves a choice open."""

    begin: datetime
    end: datetime
    stands: str = ""
    sla_class: str = ""


def breaches(session: Session, asked: Asked, who: Principal, limit: int) -> Sequence[Breach]:
    """The breaches asked for that `who` may know of, the latest first, up to `limit`."""
    query = (
        visibility.only_visible(session, _real(select(Incident)), who)
        .join(SlaBreach, SlaBreach.incident_id == Incident.id)
        .join(IncidentClock, IncidentClock.id == SlaBreach.clock_id)
        .where(SlaBreach.due_at >= asked.begin, SlaBreach.due_at < asked.end, SlaBreach.exercise.is_(False))
        .with_only_columns(SlaBreach, Incident, IncidentClock, maintain_column_froms=True)
        .order_by(SlaBreach.due_at.desc(), SlaBreach.id.desc())
        .limit(limit)
    )
    if asked.stands:
        query = query.where(_stands(asked.stands))
    if asked.sla_class:
        query = query.where(SlaBreach.sla_class == asked.sla_class)
    return session.execute(query).tuples().all()


def _stands(which: str) -> ColumnElement[bool]:
    undecided = SlaBreach.liability == Liability.UNDECIDED
    disputed = SlaBreach.dispute == Dispute.RAISED
    if which == "undecided":
        return undecided
    return disputed if which == "disputed" else and_(~undecided, ~disputed)


def of_incident(session: Session, incident: Incident) -> Sequence[Breach]:
    """The breaches of one incident, the one due first first."""
    query = (
        select(SlaBreach, IncidentClock)
        .join(IncidentClock, IncidentClock.id == SlaBreach.clock_id)
        .where(SlaBreach.incident_id == incident.id)
        .order_by(SlaBreach.due_at, SlaBreach.id)
    )
    return [(breach, incident, its) for breach, its in session.execute(query).tuples()]
