"""Who may know of an action: of one that a restricted incident brought, those who may know of the incident, its owner, and who gave it."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.improvement.models import ImprovementAction
from command.incidents import visibility
from command.incidents.models import Incident
from command.people.access import Principal
from command.people.models import Person


def seen(session: Session, who: Principal) -> ColumnElement[bool]:
    """The condition on actions that `who` may know of."""
    known = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    return or_(
        ImprovementAction.incident_id.is_(None),
        ImprovementAction.incident_id.in_(known),
        ImprovementAction.owner_id == who.person_id,
        ImprovementAction.given_by == who.person_id,
    )


def find(session: Session, action_id: int, who: Principal, *, locked: bool = False) -> ImprovementAction:
    """An action that `who` may know of; raise NotFound."""
    query = select(ImprovementAction).where(ImprovementAction.id == action_id, seen(session, who))
    if locked:
        query = query.with_for_update(of=ImprovementAction).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound(N_("There is no such improvement action."), remedy=N_("Look it up in the list of actions."))
    return found


def restricted(session: Session, action: ImprovementAction) -> bool:
    """Whether the action came from an incident that is restricted now."""
    incident = session.get(Incident, action.incident_id) if action.incident_id else None
    return incident is not None and incident.restricted


def may_know(session: Session, action: ImprovementAction, person: Person) -> bool:
    """Whether somebody who does not ask themselves may know of an action."""
    if person.id in (action.owner_id, action.given_by) or action.incident_id is None:
        return True
    return visibility.known_to(session, session.get_one(Incident, action.incident_id), person)
