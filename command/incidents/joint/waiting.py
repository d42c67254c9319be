"""Joint assessments that wait: for a department's view, and for whoever commands to decide."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import visibility
from command.incidents.guards import FINAL, State
from command.incidents.joint import service
from command.incidents.joint.models import JointAssessment
from command.incidents.models import Incident
from command.people.access import Principal
from command.people.models import Person


@dataclass(frozen=True, slots=True)
class Waited:
    """A round that is open: departments that have said nothing, whether the time is over, and whether the reader's is among them."""

    incident: Incident
    round: int
    opened_at: datetime
    due_at: datetime
    silent: tuple[str, ...]
    overdue: bool
    mine: bool

    @property
    def number(self) -> str:
        """The number of the incident."""
        return self.incident.number


def views(session: Session, who: Principal, *, exercise: bool) -> list[Waited]:
    """Open rounds of incidents that `who` may know of: those that wait for their own department first, then the ones due first."""
    return sorted(_views(session, who, exercise), key=lambda each: (not each.mine, each.due_at, each.number))


def _views(session: Session, who: Principal, exercise: bool) -> Iterator[Waited]:
    own = session.scalar(select(Person.department).where(Person.id == who.person_id))
    opened = select(JointAssessment).where(
        JointAssessment.state == service.OPEN, JointAssessment.exercise.is_(exercise)
    )
    found = {each.incident_id: each for each in session.scalars(opened)}
    lasting = select(Incident).where(Incident.id.in_(list(found)), Incident.state.not_in((*FINAL, State.CLOSED)))
    known = visibility.only_visible(session, lasting, who)
    now = clock.now(session)
    for incident in session.scalars(known) if found else ():
        one = found[incident.id]
        silent = tuple(service.silent(one, service.views(session, one)))
        overdue = bool(silent) and now > one.due_at
        yield Waited(incident, one.round, one.opened_at, one.due_at, silent, overdue, own in silent)
