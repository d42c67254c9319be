"""One round of an engine for the drills that go on: read what was done, deliver what is due, feed alarms, stand in for a report that does
not come, end what is over.

What is due is in rows and each drill is worked on under its lock, so two engines deliver once, and one that was killed at any instant
leaves nothing half done."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.alarms import intake as alarms
from command.core import clock
from command.drills import kept
from command.drills.models import GOING_ON, Drill, State
from command.drills.runs import clockwork, ending, feeding, injects, reporting, taking_part, watching


def due(session: Session) -> Sequence[int]:
    """The ids of the drills that go on."""
    return session.scalars(select(Drill.id).where(Drill.state.in_(GOING_ON)).order_by(Drill.id)).all()


def work(session: Session, drill_id: int) -> bool:
    """Do what is due for one drill; whether there may be more."""
    runs = session.scalar(select(Drill.state).where(Drill.id == drill_id)) == State.RUNNING
    if runs:
        alarms.lock(session)
    drill = taking_part.locked(session, drill_id)
    if drill.state not in GOING_ON:
        return False
    if drill.state == State.RUNNING and not runs:
        return True
    clockwork.give_way(session, drill)
    looked = watching.work(session, drill)
    if drill.state != State.RUNNING:
        return looked > 0
    if kept.ticking(drill).at(clock.now(session)) >= drill.duration_minutes * 60:
        ending.end(session, drill)
        return False
    delivered = injects.deliver_due(session, drill)
    sent = feeding.work(session, drill)
    reported = reporting.stand_in(session, drill)
    return bool(looked or delivered or sent or reported)
