"""Importing a calendar file as the topmost layer of a schedule: whole or not at all, and removing it again."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.journal import Payload
from command.oncall.duties import ics, telling
from command.oncall.duties.cover import require_editor
from command.oncall.duties.plan_models import DutyTurn
from command.oncall.models import Schedule
from command.people.access import Principal
from command.people.entries import audit
from command.people.models import Person

AHEAD = timedelta(days=400)
"""How far recurrences are written out; a calendar is imported again before it ends, and the gap after it is flagged a week ahead."""


class CalendarSet(Payload, kind="oncall.calendar_set"):
    """A schedule's calendar from now on: how many turns of which file; none: it was removed."""

    schedule_id: int
    turns: int
    sha256: str | None


def load(session: Session, schedule: Schedule, data: bytes, by: Principal) -> int:
    """Replace a schedule's calendar by a file; return how many turns it has for 400 days. Raise Denied, or Invalid naming line, event and
    remedy; nothing is changed then."""
    require_editor(by)
    now = clock.now(session)
    turns = ics.read(data, _people(session), telling.settings(session).tz, now, now + AHEAD)
    session.execute(select(Schedule.id).where(Schedule.id == schedule.id).with_for_update())
    session.execute(delete(DutyTurn).where(DutyTurn.schedule_id == schedule.id))
    session.add_all(
        DutyTurn(schedule_id=schedule.id, person_id=turn.member, start_at=turn.start, end_at=turn.end) for turn in turns
    )
    session.flush()
    audit(session, CalendarSet(schedule_id=schedule.id, turns=len(turns), sha256=hashlib.sha256(data).hexdigest()))
    return len(turns)


def remove(session: Session, schedule: Schedule, by: Principal) -> None:
    """Take a schedule's calendar away: the rotations hold again. Raise Denied."""
    require_editor(by)
    if session.scalar(select(func.count()).select_from(DutyTurn).where(DutyTurn.schedule_id == schedule.id)):
        session.execute(delete(DutyTurn).where(DutyTurn.schedule_id == schedule.id))
        audit(session, CalendarSet(schedule_id=schedule.id, turns=0, sha256=None))


def _people(session: Session) -> dict[str, int]:
    """Ids of active people by username and by their names, lower case; a name that two people have means neither."""
    rows = session.execute(
        select(Person.id, Person.username, Person.name_zh, Person.name_en).where(Person.active)
    ).tuples()
    found: dict[str, int] = {}
    twice: set[str] = set()
    usernames: dict[str, int] = {}
    for id, username, zh, en in rows:
        usernames[username.lower()] = id
        for name in {zh.strip().lower(), en.strip().lower()} - {""}:
            twice |= {name} if name in found else set()
            found[name] = id
    return {name: id for name, id in found.items() if name not in twice} | usernames
