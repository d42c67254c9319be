"""What time brings to hand-overs: the next one is told shortly before the change, and the duty officer once where nobody has accepted.

All is rows: whoever tells holds the row, so two engines tell once, and what an engine leaves behind the next finds due."""

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.handover import entries, passing, service, telling
from command.handover.models import Handover, State
from command.people.entries import audit
from command.people.models import Person

CHUNK = 20
"""Hand-overs of one unit of work, so that it stays short."""


def due(session: Session) -> bool:
    """Whether anything is due: a look without the write lock."""
    return bool(session.scalar(select(exists().where(or_(_to_tell(session), _to_alarm(session))))))


def run(session: Session, word: bool) -> int:
    """Tell the next ones and the duty officers what is due; return how many hand-overs that were. `word`: an SMS can be answered by one."""
    tell = _locked(session, _to_tell(session))
    for handover in tell:
        handover.told_at = clock.now(session)
        _tell(session, handover, word)
    alarm = _locked(session, _to_alarm(session))
    for handover in alarm:
        handover.alarmed_at = clock.now(session)
        _alarm(session, handover)
    return len(tell) + len(alarm)


def _to_tell(session: Session) -> ColumnElement[bool]:
    untold = (Handover.state == State.OFFERED) & Handover.told_at.is_(None)
    return untold & (Handover.tell_at <= clock.now(session))


def _to_alarm(session: Session) -> ColumnElement[bool]:
    unaccepted = (Handover.state == State.OFFERED) & Handover.alarmed_at.is_(None)
    return unaccepted & (Handover.alarm_at <= clock.now(session))


def _locked(session: Session, which: ColumnElement[bool]) -> list[Handover]:
    query = select(Handover).where(which).order_by(Handover.id).limit(CHUNK)
    found = session.scalars(query.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    return list(found)


def _tell(session: Session, handover: Handover, word: bool) -> None:
    taker = session.get_one(Person, handover.to_id)
    what = "offered_word" if word else "offered"
    reached = telling.tell(session, handover, what, taker, service.count(session, handover))
    audit(session, entries.Told(handover_id=handover.id, person_id=taker.id, reached=reached))


def _alarm(session: Session, handover: Handover) -> None:
    people = telling.officers(session)
    told = [each.id for each in people if telling.tell(session, handover, "unaccepted", each)]
    since = max(handover.change_at, handover.offered_at)
    minutes = round((handover.alarm_at - since).total_seconds() / 60)
    audit(session, entries.Unaccepted(**passing.parties(handover), minutes=minutes, told=told))
