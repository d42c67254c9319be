"""Updates that are late: the time passed that those told were given for the next news. It is put on record once and shows on the boards;
nobody is paged for it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import plans, standing, telling
from command.incidents.models import Incident
from command.notices import living, pacing
from command.notices.entries import UpdateLate


def due(session: Session) -> list[str]:
    """The numbers of incidents whose promised update is late and not on record so: a look without the write lock."""
    handled = (Incident.state == "responding", Incident.restored_at.is_(None), Incident.quiet_at.is_(None))
    found = session.scalars(select(Incident).where(*handled).order_by(Incident.id))
    return [incident.number for incident in found if _late(session, incident)]


def _late(session: Session, incident: Incident) -> bool:
    last = pacing.last_left(session, incident.id)
    if last is None or last.late_at is not None:
        return False
    plan = plans.of(session, incident)
    promise = telling.promise(session, incident, plan.tier(incident.tier)) if plan else None
    return promise is not None and promise <= clock.now(session)


def note(session: Session, number: str) -> bool:
    """Put on record that an incident's update is late; False where it is not, or is on record already."""
    incident = standing.lock(session, number)
    if incident.state != "responding" or not _late(session, incident):
        return False
    last, plan = pacing.last_left(session, incident.id), plans.of(session, incident)
    promise = telling.promise(session, incident, plan.tier(incident.tier)) if plan else None
    if last is None or promise is None:
        return False
    last.late_at = clock.now(session)
    living.record(session, last, UpdateLate(notice_id=last.id, promised_at=promise))
    return True
