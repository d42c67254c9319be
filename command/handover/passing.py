"""What accepting a hand-over moves: pages, tasks and the ownership of incidents, each on record in its incident."""

from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.handover import entries
from command.handover.gathering import OVER
from command.handover.models import Handover, HandoverItem, Kind, Outcome
from command.incidents import command_roles, tasks
from command.incidents.entries import NoteRef, cited, record
from command.incidents.models import Incident, Task
from command.incidents.standing import lock
from command.oncall.paging import passing
from command.people.models import Person


def parties(handover: Handover) -> dict[str, int]:
    """Which hand-over of which duty, from whom to whom, as entries tell it."""
    return {
        "handover_id": handover.id,
        "schedule_id": handover.schedule_id,
        "from_person_id": handover.from_id,
        "to_person_id": handover.to_id,
    }


def pass_all(session: Session, handover: Handover) -> list[Outcome]:
    """Pass every item of a locked hand-over on, incident by incident in ascending id; what became of each stands in its row."""
    query = select(HandoverItem).where(HandoverItem.handover_id == handover.id)
    rows = session.scalars(query.order_by(HandoverItem.incident_id, HandoverItem.id)).all()
    to = session.get_one(Person, handover.to_id)
    for incident_id, mine in groupby(rows, key=lambda row: row.incident_id):
        _pass_in(session, handover, lock(session, incident_id), list(mine), to)
    session.flush()
    return [Outcome(str(row.outcome)) for row in rows]


def _pass_in(session: Session, handover: Handover, incident: Incident, rows: list[HandoverItem], to: Person) -> None:
    """Pass the items of one locked incident."""
    for row in rows:
        goes = incident.state not in OVER and _pass(session, handover, incident, row, to)
        row.outcome = Outcome.PASSED if goes else Outcome.OVER
    passed = [row for row in rows if row.outcome == Outcome.PASSED]
    if not passed:
        return
    codes = select(Task.code).where(Task.id.in_([row.ref_id for row in passed if row.kind == Kind.TASK]))
    told = [_note(session, row) for row in passed if row.kind in (Kind.PAGE, Kind.INCIDENT)]
    said = entries.Passed(
        handover_id=handover.id,
        from_person_id=handover.from_id,
        to_person_id=handover.to_id,
        pages=[row.ref_id for row in passed if row.kind == Kind.PAGE],
        tasks=list(session.scalars(codes.order_by(Task.id))),
        owner=any(row.kind == Kind.OWNER for row in passed),
        notes=[each for each in told if each is not None],
    )
    record(session, incident, said)


def _pass(session: Session, handover: Handover, incident: Incident, row: HandoverItem, to: Person) -> bool:
    """Pass one item on; False where nothing is left of it."""
    match row.kind:
        case Kind.PAGE:
            return passing.pass_on(session, row.ref_id, handover.from_id, to) is not None
        case Kind.TASK:
            task = session.get_one(Task, row.ref_id, populate_existing=True)
            if task.owner_id != handover.from_id or task.state in tasks.FINISHED:
                return False
            tasks.pass_on(session, incident, task, to.id, _note(session, row))
        case Kind.OWNER:
            if incident.owner_id != handover.from_id:
                return False
            command_roles.pass_on(session, incident, command_roles.OWNER, to.id, _note(session, row))
    return True


def _note(session: Session, row: HandoverItem) -> NoteRef | None:
    return cited(session, row.note_id) if row.note_id is not None else None
