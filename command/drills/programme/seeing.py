"""Who may know of a drill or a series. Of one without notice, until it has begun: its trainer and its two supervisors, nobody else. Every
list, calendar, feed, grid and search asks here."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.drills import kept
from command.drills.models import Drill, DrillParticipant, DrillProgramme, Part


def visible(person_id: int) -> ColumnElement[bool]:
    """The drills that a person may know of, as a condition of a query."""
    mine = select(DrillParticipant.drill_id).where(
        DrillParticipant.person_id == person_id, DrillParticipant.part == Part.SUPERVISOR
    )
    return or_(Drill.announced, Drill.began_at.is_not(None), Drill.trainer_id == person_id, Drill.id.in_(mine))


def find(session: Session, code: str, person_id: int, *, lock: bool = False) -> Drill:
    """A drill by its code; raise NotFound, also where they may not know of it."""
    drill = kept.find(session, code, lock=lock)
    if session.scalar(select(Drill.id).where(Drill.id == drill.id, visible(person_id))) is None:
        raise NotFound(N_("There is no such drill."), remedy=N_("Look it up in the list of drills."))
    return drill


def sees(row: DrillProgramme, person_id: int) -> bool:
    """Whether a person may know of a series."""
    return row.announced or row.trainer_id == person_id or person_id in row.supervisors


def find_series(session: Session, programme_id: int, person_id: int, *, lock: bool = False) -> DrillProgramme:
    """A series; raise NotFound, also where they may not know of it."""
    query = select(DrillProgramme).where(DrillProgramme.id == programme_id)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)
    if row is None or not sees(row, person_id):
        raise NotFound(N_("There is no such series."), remedy=N_("Look it up in the programme of drills."))
    return row
