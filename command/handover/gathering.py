"""What is open at the end of a duty: the incidents it has to do with, and what whoever leaves has promised in them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.handover.models import Kind
from command.incidents import clock_rows, telling
from command.incidents.command_roles import OWNER
from command.incidents.guards import BEFORE_RESTORATION, FINAL, State
from command.incidents.models import Incident, IncidentClock, Role, Task
from command.incidents.tasks import FINISHED
from command.oncall.escalation.steps import targets_of
from command.oncall.models import Escalation, Page, Schedule
from command.oncall.paging import passing

OVER = (*FINAL, State.CLOSED)
"""States of an incident in which nothing is left to pass on."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that may pass: a page that somebody answers for, a task of theirs, an incident they own, or no more than its word."""

    kind: Kind
    ref_id: int
    page: Page | None = None
    task: Task | None = None

    @property
    def key(self) -> str:
        """How a form or a request names it."""
        return f"{self.kind}:{self.ref_id}"

    def title(self, language: str) -> str | None:
        """What a task is called in a language; None for anything else."""
        if self.task is None:
            return None
        return self.task.title_zh if language == "zh" else self.task.title_en


@dataclass(frozen=True, slots=True)
class Case:
    """An incident as whoever takes over has to know it: its next clock, when those told expect the next news, the roles that whoever
    leaves holds in it (they are handed over on its board), and what may pass. There is always one promise at least."""

    incident: Incident
    next_clock: IncidentClock | None
    update_due: datetime | None
    roles: tuple[str, ...]
    promises: tuple[Promise, ...]


def open_of(session: Session, schedule: Schedule, person_id: int) -> list[Case]:
    """Every incident that a duty of somebody has to do with, the gravest first: those they have promised something in, and those that call
    this duty. Of restricted ones only those they are in themselves."""
    made: dict[int, list[Promise]] = {}
    for page in _pages(session, person_id):
        made.setdefault(page.incident_id, []).append(Promise(Kind.PAGE, page.id, page=page))
    for task in _tasks(session, person_id):
        made.setdefault(task.incident_id, []).append(Promise(Kind.TASK, task.id, task=task))
    for incident_id in session.scalars(select(Incident.id).where(Incident.owner_id == person_id)):
        made.setdefault(incident_id, []).append(Promise(Kind.OWNER, incident_id))
    calling = _calling(session, schedule)
    query = select(Incident).where(Incident.id.in_([*made, *calling]), Incident.state.not_in(OVER))
    found = session.scalars(query.order_by(Incident.tier, Incident.id)).all()
    return [
        case(session, each, person_id, made.get(each.id) or [Promise(Kind.INCIDENT, each.id)])
        for each in found
        if each.id in made or (each.state in BEFORE_RESTORATION and not each.restricted)
    ]


def case(session: Session, incident: Incident, person_id: int, promises: list[Promise]) -> Case:
    """An incident with what somebody leaves in it."""
    running = [row for row in clock_rows.rows(session, incident) if row.state == "running" and row.met_at is None]
    return Case(
        incident=incident,
        next_clock=running[0] if running else None,
        update_due=_update_due(session, incident),
        roles=_roles(session, incident, person_id),
        promises=tuple(promises),
    )


def _pages(session: Session, person_id: int) -> list[Page]:
    query = select(Page).join(Escalation, Escalation.id == Page.escalation_id).where(passing.held(person_id))
    return list(session.scalars(query.order_by(Page.id)))


def _tasks(session: Session, person_id: int) -> list[Task]:
    query = select(Task).where(Task.owner_id == person_id, Task.state.not_in(FINISHED))
    return list(session.scalars(query.order_by(Task.due_at, Task.id)))


def _calling(session: Session, schedule: Schedule) -> set[int]:
    """Incidents that are not over and call this duty in one of their chains."""
    rows = session.execute(
        select(Escalation.incident_id, Escalation.steps).where(Escalation.over_at.is_(None))
    ).tuples()
    target = f"oncall:{schedule.code}"
    return {incident_id for incident_id, steps in rows if any(target in targets_of(step) for step in steps)}


def _update_due(session: Session, incident: Incident) -> datetime | None:
    try:
        _, tier = telling.plan_of(session, incident)
    except telling.NoPlan:
        return None
    return telling.promised(session, incident, tier)


def _roles(session: Session, incident: Incident, person_id: int) -> tuple[str, ...]:
    mine = (Role.incident_id == incident.id) & (Role.person_id == person_id) & Role.until_at.is_(None)
    return tuple(session.scalars(select(Role.role).where(mine, Role.role != OWNER).order_by(Role.id)))
