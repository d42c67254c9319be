"""One round of an engine for the drills that go on: read what was done, deliver what is due, feed alarms, stand in for a report that does
not come, end what is over.

What is due is in rows and each piece is done under the drill's lock, so two engines deliver once, and one that was killed at any instant
leaves nothing half done. Each piece has a unit of work of its own: where one cannot be done the others go on."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.alarms import intake as alarms
from command.core import clock
from command.drills import kept
from command.drills.models import GOING_ON, Drill, State
from command.drills.runs import clockwork, ending, feeding, injects, reporting, taking_part, watching


class Piece(StrEnum):
    """What may be due for a drill, in this order."""

    END = "end"
    GO_ON = "go_on"
    FEED = "feed"
    STAND_IN = "stand_in"


def due(session: Session) -> Sequence[tuple[int, Piece]]:
    """What is due now, by the ids of the drills that go on."""
    drills = session.scalars(select(Drill).where(Drill.state.in_(GOING_ON)).order_by(Drill.id)).all()
    return [(drill.id, piece) for drill in drills for piece in Piece if _is_due(session, drill, piece)]


def work(session: Session, drill_id: int, piece: Piece) -> bool:
    """Do one piece of what is due for a drill; whether there may be more of it. Nothing happens where it is due no more."""
    if piece in (Piece.END, Piece.FEED):
        alarms.lock(session)
    drill = taking_part.locked(session, drill_id)
    return drill.state in GOING_ON and _is_due(session, drill, piece) and _WORK[piece](session, drill)


def _is_due(session: Session, drill: Drill, piece: Piece) -> bool:
    if piece == Piece.GO_ON:
        return True
    if drill.state != State.RUNNING:
        return False
    if piece == Piece.END:
        return kept.ticking(drill).at(clock.now(session)) >= drill.duration_minutes * 60
    return bool(feeding.unfinished(session, drill)) if piece == Piece.FEED else reporting.is_missing(session, drill)


def _end(session: Session, drill: Drill) -> bool:
    ending.end(session, drill)
    return False


def _go_on(session: Session, drill: Drill) -> bool:
    """Give way to something real, read what was done, deliver what is due."""
    clockwork.give_way(session, drill)
    looked = watching.work(session, drill)
    delivered = injects.deliver_due(session, drill) if drill.state == State.RUNNING else 0
    return bool(looked or delivered)


_WORK: Mapping[Piece, Callable[[Session, Drill], bool]] = {
    Piece.END: _end,
    Piece.GO_ON: _go_on,
    Piece.FEED: lambda session, drill: feeding.work(session, drill),
    Piece.STAND_IN: reporting.stand_in,
}
