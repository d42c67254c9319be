"""Looking in: somebody whose post allows it sees a restricted incident that does not name them, on their own word and on record, so that
nobody meets a dead end. It is an override: those who are named are told, and it is reviewed."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Conflict, Denied
from command.incidents import entries, standing, visibility
from command.incidents.guards import FINAL, State
from command.incidents.models import Incident
from command.people.access import Principal
from command.people.models import Person
from command.people.posts import words
from command.security import names
from command.security.entries import LookedIn
from command.security.rules import rules


def may(who: Principal) -> bool:
    """Whether a post of theirs allows it; a token of a machine never does."""
    return who.source is None and bool(set(rules().look_in).intersection(who.posts))


def look_in(session: Session, number: str, reason: str, who: Principal) -> list[Incident]:
    """Let `who` see the restricted incident of a number or, without one, every one that is being handled, and return those that they
    may know of now. Raise Denied, Invalid without a reason, NotFound for a number that is no restricted incident's, and Conflict where
    there is nothing to look in to."""
    if not may(who):
        raise Denied(
            N_("None of your posts lets you look in."),
            remedy=N_("Ask somebody who may: %(who)s."),
            who=words(rules().look_in),
        )
    names.reasoned(session, reason)
    found = _wanted(session, number)
    for incident in found:
        _enter(session, incident, reason, who)
    return found


def _wanted(session: Session, number: str) -> list[Incident]:
    if number:
        incident = standing.lock(session, number)
        if not incident.restricted:
            raise visibility.unknown(number)
        return [incident]
    over = (*FINAL, State.CLOSED)
    query = select(Incident.id).where(Incident.restricted, Incident.exercise.is_(False), Incident.state.not_in(over))
    found = [standing.lock(session, each) for each in session.scalars(query.order_by(Incident.id)).all()]
    if not found:
        raise Conflict(
            N_("No restricted incident is being handled."), remedy=N_("Give the number of one that is over.")
        )
    return found


def _enter(session: Session, incident: Incident, reason: str, who: Principal) -> None:
    if visibility.visible(session, incident, who):
        return
    told = [person for person, _ in names.everybody(session, incident)]
    names.keep(session, incident, who.person_id, "looked_in", names.reasoned(session, reason))
    cited = names.reasoned(session, reason)
    entries.record(session, incident, LookedIn(person_id=who.person_id, reason=cited))
    entries.record(session, incident, entries.Overridden(act="read", person_id=who.person_id, reason=cited))
    names.tell(session, incident, told, "looked_in", session.get_one(Person, who.person_id))
