"""Who takes part in a drill, who may run it, and who may know of it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Denied, NotFound
from command.drills import kept
from command.drills.models import GOING_ON, HELD, Drill, DrillParticipant, Part
from command.people import access
from command.people.access import Principal
from command.people.models import Person

RUNS = (Part.CONTROLLER, Part.SUPERVISOR)
SEES_ALL = (Part.CONTROLLER, Part.SUPERVISOR, Part.EVALUATOR)


def participants(session: Session, drill: Drill) -> list[DrillParticipant]:
    """Everybody who takes part, once for each part and role they have."""
    mine = select(DrillParticipant).where(DrillParticipant.drill_id == drill.id)
    return list(session.scalars(mine.order_by(DrillParticipant.id)))


def rows_of(session: Session, drill: Drill, person_id: int) -> list[DrillParticipant]:
    """The parts that one person has."""
    return [row for row in participants(session, drill) if row.person_id == person_id]


def people(session: Session, drill: Drill, *, role: str | None = None, part: Part | None = None) -> Sequence[Person]:
    """Those who take part, each once: all of them, or only the players of a role, or those with a part."""
    found = select(DrillParticipant.person_id).where(DrillParticipant.drill_id == drill.id)
    if role is not None:
        found = found.where(DrillParticipant.role == role, DrillParticipant.part == Part.PLAYER)
    if part is not None:
        found = found.where(DrillParticipant.part == part)
    return session.scalars(select(Person).where(Person.id.in_(found)).order_by(Person.id)).all()


def player(session: Session, drill: Drill, who: Principal) -> frozenset[str]:
    """The roles somebody plays; raise Denied for who plays none."""
    roles = frozenset(row.role for row in rows_of(session, drill, who.person_id) if row.part == Part.PLAYER)
    if not roles:
        raise Denied(
            N_("You do not play in this drill."), remedy=N_("Ask the trainer, who can say what you are to do.")
        )
    return roles


def runs(session: Session, drill: Drill, who: Principal) -> bool:
    """Whether somebody may run a drill: its trainer, controllers and supervisors, and whoever has the act."""
    if not access.within_scopes(who, "run_drill") or who.source is not None:
        return False
    mine = {row.part for row in rows_of(session, drill, who.person_id)}
    return who.person_id == drill.trainer_id or not mine.isdisjoint(RUNS) or access.may(who, "run_drill")


def must_run(session: Session, drill: Drill, who: Principal) -> None:
    """Raise Denied unless somebody may run a drill."""
    if not runs(session, drill, who):
        raise Denied(
            N_("You do not run this drill."), remedy=N_("Ask its trainer, or one of its controllers or supervisors.")
        )


def sees_all(session: Session, drill: Drill, who: Principal) -> bool:
    """Whether somebody may see injects before they are delivered, and what is expected: whoever runs or evaluates it and does not play."""
    mine = {row.part for row in rows_of(session, drill, who.person_id)}
    if who.person_id == drill.trainer_id or not mine.isdisjoint(SEES_ALL):
        return True
    return Part.PLAYER not in mine and (runs(session, drill, who) or drill.state in HELD)


def may_know(session: Session, drill: Drill, who: Principal) -> bool:
    """Whether somebody may know of a drill. Of a no-notice drill that has not begun only its trainer and supervisors may."""
    if drill.announced or drill.state in (*GOING_ON, *HELD):
        return True
    mine = rows_of(session, drill, who.person_id)
    return who.person_id == drill.trainer_id or any(row.part == Part.SUPERVISOR for row in mine)


def find(session: Session, code: str, who: Principal, *, lock: bool = False) -> Drill:
    """A drill by its code for somebody who may know of it; raise NotFound."""
    drill = kept.find(session, code, lock=lock)
    if not may_know(session, drill, who):
        raise NotFound(N_("There is no such drill."), remedy=N_("Look it up in the list of drills."))
    return drill


def locked(session: Session, drill_id: int) -> Drill:
    """A drill by its id, its row locked until the unit of work ends; rows that point at it can still be added meanwhile."""
    query = select(Drill).where(Drill.id == drill_id).with_for_update(key_share=True)
    return session.scalars(query.execution_options(populate_existing=True)).one()
