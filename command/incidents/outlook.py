"""What an action would bring, in figures, so that a page can say so before somebody confirms it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import (
    command_roles,
    house,
    impacts,
    measuring,
    notifying,
    plans,
    regrading,
    standing,
    visibility,
)
from command.incidents.grading import Tier
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import Incident, IncidentClock, Task
from command.messages import service as messages
from command.messages.models import TOLD, State
from command.notices.models import Kind, Notice
from command.oncall.models import Page, PageState
from command.people.access import Principal
from command.people.models import Person

NOT_LEFT = (State.READY, State.LEASED)


@dataclass(frozen=True, slots=True)
class Ends:
    """What ends with an incident: people who were told, messages that would be taken back, pages, tasks and clocks that stop,
    elements that have failed."""

    told: int
    queued: int
    pages: int
    tasks: int
    clocks: int
    elements: int


def ends(session: Session, incident: Incident) -> Ends:
    """The figures of an incident that somebody is about to end, or to merge."""
    mine = Notice.incident_id == incident.id
    told = sum(
        count
        for notice_id in session.scalars(select(Notice.id).where(mine, Notice.kind == Kind.FIRST))
        for state, count in messages.tally(session, notice_id).items()
        if state in TOLD
    )
    queued = sum(
        messages.tally(session, notice.id).get(state, 0)
        for notice in standing.notices_in_flight(session, incident)
        for state in NOT_LEFT
    )
    return Ends(
        told=told,
        queued=queued,
        pages=_count(session, Page, incident, Page.state.in_((PageState.SENDING, PageState.WAITING))),
        tasks=_count(session, Task, incident, Task.state.in_(standing.UNFINISHED)),
        clocks=_count(session, IncidentClock, incident, IncidentClock.state == "running"),
        elements=len(impacts.failed_now(session, incident)),
    )


def _count(session: Session, model: Any, incident: Incident, which: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(model.incident_id == incident.id, which)) or 0


@dataclass(frozen=True, slots=True)
class Begins:
    """What a response at a tier gives: tasks and chains of pages beyond those there are, and who would command."""

    tasks: int
    chains: int
    commander: Person | None


def begins(session: Session, incident: Incident, tier: int) -> Begins | None:
    """What activating, or raising to `tier`, would start; None without a plan."""
    plan = plans.of(session, incident)
    if plan is None:
        return None
    wanted = plan.tier(cast(Tier, tier))
    known = set(session.scalars(select(Task.code).where(Task.incident_id == incident.id)))
    groups = command_roles.groups_for(session, incident, wanted.echelon)
    found = (command_roles.holders(session, group).get(command_roles.COMMANDER) for group in groups)
    commander = None if incident.commander_id else next((person for person in found if person), None)
    return Begins(sum(task.id not in known for task in wanted.tasks), len(wanted.pages), commander)


def overruled(session: Session, incident: Incident, tier: int) -> list[str]:
    """The grading rules that lowering to `tier` would overrule: they ask for a higher one by the facts of now."""
    assessment = measuring.assess(session, incident, clock.now(session))
    held, to = cast(Tier, incident.tier), cast(Tier, tier)
    if to <= held:
        return []
    found = regrading.lower(held, to, by_person=True, reason="-", table=house.tiers(), assessment=assessment)
    return sorted(found.overruled)


def mergeable(session: Session, incident: Incident, who: Principal) -> list[Incident]:
    """The incidents this one could be merged into, as far as `who` may know of them: handled now, and of the same sort."""
    query = select(Incident).where(
        Incident.state.in_(BEFORE_RESTORATION), Incident.exercise.is_(incident.exercise), Incident.id != incident.id
    )
    return list(session.scalars(visibility.only_visible(session, query, who).order_by(Incident.tier, Incident.id)))


def drafted(session: Session, incident: Incident) -> tuple[Kind, Mapping[str, str]]:
    """The notice that is due next, with the plan's texts filled in where all they need is known."""
    kind = Kind.UPDATE if notifying.has_first(session, incident) else Kind.FIRST
    return kind, notifying.planned(session, incident, kind)
