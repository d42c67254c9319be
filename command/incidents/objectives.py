"""What the commander wants to reach next: at most five at a time, each met or dropped on record."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import entries, room_entries
from command.incidents.guards import FINAL, State
from command.incidents.models import Incident, Objective
from command.incidents.standing import authorise
from command.people.access import Principal

OPEN, MET, DROPPED = "open", "met", "dropped"
MOST = 5
"""Open objectives at a time: more than five is a list of wishes. Ours."""
LONGEST = 300
"""Characters of one objective."""


def of(session: Session, incident: Incident) -> Sequence[Objective]:
    """The objectives of an incident, the oldest first."""
    query = select(Objective).where(Objective.incident_id == incident.id)
    return session.scalars(query.order_by(Objective.id)).all()


def may(session: Session, incident: Incident, by: Principal) -> None:
    """Raise Denied unless they may set objectives: whoever commands the incident, and whoever may assess it."""
    if incident.commander_id != by.person_id:
        authorise(session, incident, by, "assess")


def add(session: Session, incident: Incident, text: str, by: Principal) -> Objective:
    """Set an objective of a locked incident; raise Denied, Conflict once it is over or five are open, Invalid for no words."""
    may(session, incident, by)
    _lasts(incident)
    if not text.strip() or len(text) > LONGEST:
        raise Invalid(
            N_("An objective has between 1 and %(longest)d characters."),
            field="text",
            remedy=N_("Say in one sentence what is to be reached, and by when."),
            longest=LONGEST,
        )
    _room_for_one(session, incident)
    cited = entries.note(session, text)
    assert cited is not None
    made = Objective(
        incident_id=incident.id,
        note_id=cited.id,
        state=OPEN,
        created_at=clock.now(session),
        created_by=by.actor,
        exercise=incident.exercise,
    )
    session.add(made)
    session.flush()
    entries.record(session, incident, room_entries.ObjectiveSet(objective_id=made.id, note=cited))
    return made


def turn(session: Session, incident: Incident, which: int, to: str, by: Principal, note: str = "") -> Objective:
    """Say that an objective is met, dropped, or open again; raise Denied, NotFound, or Conflict where it is so already."""
    may(session, incident, by)
    _lasts(incident)
    found = next((each for each in of(session, incident) if each.id == which), None)
    if found is None:
        raise NotFound(
            N_("This incident has no objective %(id)d."), remedy=N_("Look at its objectives."), id=min(which, 2**62)
        )
    if found.state == to:
        raise Conflict(N_("The objective stands so already."), remedy=N_("Nothing is left to do for it."))
    if to == OPEN:
        _room_for_one(session, incident)
    found.state = to
    found.settled_at, found.settled_by = (None, None) if to == OPEN else (clock.now(session), by.actor)
    changed = room_entries.ObjectiveChanged(
        objective_id=found.id,
        objective_state=to,
        goal=entries.cited(session, found.note_id),
        note=entries.note(session, note),
    )
    entries.record(session, incident, changed)
    return found


def _room_for_one(session: Session, incident: Incident) -> None:
    if sum(each.state == OPEN for each in of(session, incident)) >= MOST:
        raise Conflict(
            N_("%(most)d objectives are open already."), remedy=N_("Settle one of them, or drop it, first."), most=MOST
        )


def _lasts(incident: Incident) -> None:
    if State(incident.state) in (*FINAL, State.CLOSED):
        raise Conflict(
            N_("The incident is %(state)s."),
            remedy=N_("Objectives belong to an incident that lasts; reopen it first."),
            state=incident.state,
        )
