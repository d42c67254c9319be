"""The cycle that ends momentary alarms of which nothing more came, where the operator takes a quiet period for recovery.

Silence is no evidence by itself, for a dead element is quiet too; hence the setting, off unless an operator whose sources send only
momentary events turns it on."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, insert, literal, select, true, update
from sqlalchemy.orm import Session

from command.alarms import intake, storms
from command.alarms.dedupe import State, Transition
from command.alarms.models import Alarm, AlarmEvent
from command.core import clock
from command.core.columns import Time
from command.core.installation import Installation
from command.network import service as network

CHUNK = 500
"""Alarms ended in one unit of work, so that it stays short."""


def run_once(installation: Installation) -> bool:
    """End a chunk of the momentary alarms that are due; True when there are more."""
    settings = installation.settings.correlation
    if not settings.quiet_is_recovery:
        return False
    patience = timedelta(seconds=settings.quiet_seconds)
    with installation.database.read() as session:
        if not session.scalar(select(exists().where(*_due(clock.now(session) - patience)))):
            return False
    return installation.database.background(lambda session: _end_some(session, patience), actor="system:quiet")


def _due(since: datetime) -> tuple[ColumnElement[bool], ...]:
    """Neither raised nor heard of since: a source whose clock is slow must not seem quiet."""
    return (Alarm.momentary == true(), Alarm.state == storms.RAISED, Alarm.last_at <= since, Alarm.received_at <= since)


def _end_some(session: Session, patience: timedelta) -> bool:
    intake.lock(session)
    due = _due(clock.now(session) - patience)
    query = select(Alarm.id, Alarm.incident_id).where(*due).order_by(func.coalesce(Alarm.incident_id, 0), Alarm.id)
    found = session.execute(query.limit(CHUNK + 1)).tuples().all()
    if not found:
        return False
    first = found[0][1]
    ended = [alarm_id for alarm_id, incident_id in found[:CHUNK] if incident_id == first]
    _end(session, ended)
    if first is not None:
        storms.tell(session, [first])
    return len(found) > len(ended)


def _end(session: Session, alarm_ids: list[int]) -> None:
    """Each was over when it was last raised; a raise after that, however late it arrives, raises it again."""
    chosen = network.ids(session, alarm_ids)
    now = literal(clock.now(session), Time())
    over = select(Alarm.id, Alarm.last_at, now, literal(Transition.QUIET), Alarm.exercise).where(Alarm.id.in_(chosen))
    columns = ["alarm_id", "at", "received_at", "transition", "exercise"]
    session.execute(insert(AlarmEvent).from_select(columns, over))
    session.execute(
        update(Alarm)
        .where(Alarm.id.in_(chosen))
        .values(state=State.CLEARED, cleared_at=Alarm.last_at)
        .execution_options(synchronize_session=False)
    )
