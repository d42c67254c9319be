"""Restricting an incident later than it was reported, and lifting that again, each with a reason; what had been public is said."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core.problems import N_, Conflict
from command.incidents import entries, standing, visibility
from command.incidents.models import Incident
from command.messages import service as messages
from command.messages.models import TOLD
from command.notices import service as notices
from command.notices.models import Notice
from command.oncall.models import Escalation
from command.people.access import Principal
from command.resources.models import ResourceRequest
from command.security import names
from command.security.entries import Lifted, Marked


def restrict(session: Session, incident: Incident, reason: str, who: Principal) -> None:
    """Only named people know of a locked incident from now on: who handles it, the group and the leads, and `who`. Automatic notices
    that have not left are withdrawn. Raise Denied, Invalid without a reason, Conflict where it is restricted already."""
    names.must_keep(session, incident, who)
    cited = names.reasoned(session, reason)
    if incident.restricted:
        raise Conflict(N_("The incident is restricted already."), remedy=N_("Look at its list of names."))
    incident.restricted = True
    session.flush()
    told = _told(session, incident)
    entries.record(
        session, incident, Marked(person_id=who.person_id, told=told, cases=incident.complaints, reason=cited)
    )
    names.begin(session, incident)
    if not visibility.visible(session, incident, who):
        names.keep(session, incident, who.person_id, "keeper")
    for notice in standing.notices_in_flight(session, incident):
        if notice.automatic:
            notices.withdraw(session, notice, session.info["actor"], "restricted")
    _follow(session, incident)


def lift(session: Session, incident: Incident, reason: str, who: Principal) -> None:
    """Everybody who may read sees a locked incident from now on. Raise Denied, Invalid without a reason, Conflict where it is open."""
    names.must_keep(session, incident, who)
    cited = names.reasoned(session, reason)
    if not incident.restricted:
        raise Conflict(N_("The incident is not restricted."), remedy=N_("Everybody who may read sees it already."))
    incident.restricted = False
    entries.record(session, incident, Lifted(person_id=who.person_id, reason=cited))
    _follow(session, incident)


def _told(session: Session, incident: Incident) -> int:
    found = session.scalars(select(Notice.id).where(Notice.incident_id == incident.id)).all()
    return sum(count for each in found for state, count in messages.tally(session, each).items() if state in TOLD)


def _follow(session: Session, incident: Incident) -> None:
    """What keeps its own word of the restriction follows the incident."""
    session.flush()
    for model in (Escalation, ResourceRequest):
        session.execute(
            update(model).where(model.incident_id == incident.id).values(restricted=incident.restricted),
            execution_options={"synchronize_session": "fetch"},
        )
    for follow in visibility.turned:
        follow(session, incident)
