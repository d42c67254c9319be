"""Breaches come into the register: every clock of a service level that was breached has its row there, once. Exercises never do.

What is missing is looked for, so that a breach is recorded whatever breached the clock, and after a start that came late."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from command.agreements.entries import BreachRecorded
from command.agreements.models import SlaBreach
from command.agreements.rules import rules
from command.core import clock
from command.incidents import entries as journal
from command.incidents import house, standing
from command.incidents.grading import Tier
from command.incidents.guards import FINAL
from command.incidents.models import Incident, IncidentClock
from command.network.models import CutOff, Subscriber

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Missing:
    """A breached clock without a row, and how many customers under an agreement its incident has cut off."""

    clock_id: int
    incident_id: int
    customers: int


def codes() -> tuple[str, ...]:
    """The clocks that are of a service level."""
    return tuple(each.id for each in house.clocks().clocks if each.sla is not None)


def missing(session: Session, limit: int = AT_ONCE) -> list[Missing]:
    """Breaches that are not in the register yet, the oldest first: a look without the write lock."""
    known = select(SlaBreach.id).where(SlaBreach.clock_id == IncidentClock.id)
    query = (
        select(IncidentClock.id, IncidentClock.incident_id)
        .join(Incident, Incident.id == IncidentClock.incident_id)
        .where(
            IncidentClock.state == "breached",
            IncidentClock.code.in_(codes()),
            IncidentClock.exercise.is_(False),
            Incident.state.not_in(FINAL),
            ~known.exists(),
        )
        .order_by(IncidentClock.due_at, IncidentClock.id)
        .limit(limit)
    )
    rows = session.execute(query).tuples().all()
    counts = {incident_id: _customers(session, incident_id) for incident_id in {row[1] for row in rows}}
    return [Missing(clock_id, incident_id, counts[incident_id]) for clock_id, incident_id in rows]


def _customers(session: Session, incident_id: int) -> int:
    """How many of those whom an incident cut off have an agreement, each once."""
    return session.scalar(_under_agreement(incident_id)) or 0


def _under_agreement(incident_id: int) -> Select[int]:
    its = rules().customers
    marked: list[ColumnElement[bool]] = [Subscriber.tariff_plan.in_(its.tariff_plans)]
    if its.critical:
        marked.append(Subscriber.critical != "")
    return (
        select(func.count(func.distinct(Subscriber.id)))
        .join(CutOff, CutOff.element_id == Subscriber.element_id)
        .where(
            CutOff.incident_id == incident_id,
            CutOff.services.bitwise_and(Subscriber.services) != 0,
            or_(*marked),
        )
    )


def record(session: Session, found: Sequence[Missing]) -> int:
    """Put breaches of one incident into the register; return how many were new. Whoever was faster made them already."""
    made = 0
    for each in found:
        incident = standing.lock(session, each.incident_id)
        row = session.get_one(IncidentClock, each.clock_id)
        known = session.scalar(select(SlaBreach.id).where(SlaBreach.clock_id == row.id))
        if known is not None or row.state != "breached" or incident.state in FINAL or incident.exercise:
            continue
        made += _record(session, incident, row, each.customers)
    return made


def _record(session: Session, incident: Incident, row: IncidentClock, customers: int) -> int:
    breach = SlaBreach(
        incident_id=incident.id,
        clock_id=row.id,
        code=row.code,
        sla_class=house.clocks().class_of(cast(Tier, incident.tier)).id,
        tier=incident.tier,
        due_at=row.due_at,
        users=incident.users_peak,
        customers=customers,
        currency=rules().currency,
        recorded_at=clock.now(session),
        exercise=False,
    )
    session.add(breach)
    session.flush()
    payload = BreachRecorded(
        breach_id=breach.id,
        clock=row.code,
        sla_class=breach.sla_class,
        due_at=row.due_at,
        users=breach.users,
        customers=customers,
    )
    journal.record(session, incident, payload)
    return 1
