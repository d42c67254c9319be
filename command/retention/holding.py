"""Holding the records of an incident against removal, for a court, a regulator or an inquiry, and releasing them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Payload
from command.core.problems import N_, Conflict, Invalid
from command.incidents import standing, visibility
from command.incidents.models import Incident
from command.people.access import Principal
from command.retention import entries
from command.retention.models import RecordHold

ACT = "hold_records"


def hold(session: Session, number: str, reason: str, who: Principal) -> RecordHold:
    """Keep whatever there is of an incident until it is released. Raise NotFound, Invalid, or Conflict where it is held already."""
    incident = visibility.seen_by(session, standing.find(session, number), who)
    if session.get(RecordHold, incident.id) is not None:
        raise Conflict(
            N_("The records of %(number)s are held already."), remedy=N_("There is nothing to do."), number=number
        )
    note_id, digest = _reason(session, reason, who)
    made = RecordHold(incident_id=incident.id, reason_note_id=note_id, by=who.actor, at=clock.now(session))
    session.add(made)
    session.flush()
    told = entries.Held(incident_id=incident.id, number=number, reason_note_id=note_id, reason_hash=digest)
    _record(session, told)
    return made


def release(session: Session, number: str, reason: str, who: Principal) -> None:
    """Let the rule apply again. Raise NotFound, Invalid, or Conflict where nothing is held."""
    incident = visibility.seen_by(session, standing.find(session, number), who)
    found = session.get(RecordHold, incident.id, with_for_update=True)
    if found is None:
        raise Conflict(
            N_("The records of %(number)s are not held."), remedy=N_("There is nothing to do."), number=number
        )
    note_id, digest = _reason(session, reason, who)
    session.delete(found)
    session.flush()
    _record(
        session,
        entries.Released(incident_id=incident.id, number=number, reason_note_id=note_id, reason_hash=digest),
    )


def held(session: Session, who: Principal) -> Sequence[tuple[RecordHold, Incident]]:
    """What is held, of incidents that they may know of, the latest first."""
    known = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    query = select(RecordHold, Incident).join(Incident, Incident.id == RecordHold.incident_id)
    found = session.execute(query.where(Incident.id.in_(known)).order_by(RecordHold.at.desc(), Incident.id.desc()))
    return found.tuples().all()


def _reason(session: Session, reason: str, who: Principal) -> tuple[int, str]:
    if not reason.strip():
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    return journal.add_note(session, reason.strip(), who.actor)


def _record(session: Session, payload: Payload) -> None:
    journal.record(session, journal.month("audit", clock.now(session)), payload)
