"""What an incident asks of the resource pools: its requests, for those who may know of it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries, standing, visibility
from command.incidents.guards import LIVE
from command.incidents.models import Incident
from command.incidents.places import level_of
from command.people.access import Principal
from command.resources import finding, merging, requests
from command.resources.models import ResourceRequest
from command.resources.requests import Need, Purpose


def ask(session: Session, number: str, need: Need, by: Principal) -> ResourceRequest:
    """Ask for resources for an incident that goes on; its tier is the priority. Raise NotFound, Invalid or Conflict."""
    incident = visibility.seen_by(session, standing.lock(session, number), by)
    if incident.state not in LIVE:
        raise Conflict(
            N_("Nothing is asked for an incident that is over."),
            field="incident",
            remedy=N_("Reopen the incident, or ask for the one it was merged into."),
        )
    if not 1 <= need.type <= 4:
        raise Invalid(
            N_("A capability type is 1, 2, 3 or 4."),
            field="type",
            remedy=N_("Write 1 for the most capable, 4 for the least."),
        )
    return requests.ask(session, _purpose(incident), need, by)


def _purpose(incident: Incident) -> Purpose:
    return Purpose(
        incident.id, incident.number, incident.tier, incident.area_id, incident.restricted, incident.exercise
    )


def pass_on(session: Session, child: Incident, into: Incident) -> None:
    """What a merged incident asked for, and what it has, goes on for the one it is merged into."""
    merging.pass_on(session, child.id, child.number, _purpose(into))


def decide(
    session: Session, request: ResourceRequest, how: str, by: Principal, *, override: bool = False, reason: str = ""
) -> None:
    """Approve (or refuse) a locked request by the authority table; an override is on the incident's record, to be reviewed."""
    incident = session.get_one(Incident, request.incident_id)
    overridden = requests.decide(
        session,
        request,
        "approved" if how == "approve" else "refused",
        by,
        area_level=level_of(session, incident.area_id),
        override=override,
        reason=reason,
    )
    if overridden:
        cited = entries.note(session, reason)
        payload = entries.Overridden(act="approve_resource", person_id=by.person_id, reason=cited)
        entries.record(session, incident, payload)


def locked(session: Session, request_id: int, who: Principal) -> ResourceRequest:
    """A request to change, of an incident that `who` may know of; raise NotFound."""
    return _seen(session, finding.request_to_change(session, request_id), who)


def seen(session: Session, request_id: int, who: Principal) -> ResourceRequest:
    """A request to read, of an incident that `who` may know of; raise NotFound."""
    found = session.get(ResourceRequest, request_id)
    if found is None:
        raise finding.unknown_request(request_id)
    return _seen(session, found, who)


def _seen(session: Session, request: ResourceRequest, who: Principal) -> ResourceRequest:
    if not visibility.visible(session, session.get_one(Incident, request.incident_id), who):
        raise finding.unknown_request(request.id)
    return request


def listed(
    session: Session,
    who: Principal,
    *,
    states: Sequence[str] = (),
    number: str | None = None,
    resource_id: int | None = None,
    limit: int = 200,
) -> list[ResourceRequest]:
    """Requests of incidents that `who` may know of: the highest tier first, and in a tier what is needed soonest."""
    known = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    query = select(ResourceRequest).where(ResourceRequest.incident_id.in_(known))
    if states:
        query = query.where(ResourceRequest.state.in_(states))
    if resource_id is not None:
        query = query.where(ResourceRequest.resource_id == resource_id)
    if number is not None:
        query = query.where(ResourceRequest.incident_number == number)
    ordered = query.order_by(ResourceRequest.tier, ResourceRequest.need_by, ResourceRequest.id)
    return list(session.scalars(ordered.limit(limit)))
