"""Flagging what is wrong with the duties ahead to the duty officer: a week before it begins and a day before, once each; the page
of those on call shows it all the while. Which were flagged is in rows, so nothing depends on which engine looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock, names
from command.oncall.duties import schedules, telling
from command.oncall.duties.flaws import Flaw, Kind, flaws
from command.oncall.duties.plan_models import DutyFlag
from command.oncall.duties.watch_entries import Flagged
from command.oncall.escalation import targets
from command.oncall.escalation.steps import LAST_RESORT
from command.oncall.models import Schedule
from command.people.entries import audit
from command.people.models import Person

HORIZONS = (("day", timedelta(days=1)), ("week", timedelta(days=7)))
BEHIND = timedelta(days=8)
"""What began longer ago is not flagged any more."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A flaw and how soon it is: `horizons` it has come within."""

    flaw: Flaw
    horizons: tuple[str, ...]


def ahead(session: Session, now: datetime) -> list[Ahead]:
    """Every flaw that begins within a week, or has begun and is not over, the earliest first."""
    begin, end = now - BEHIND, now + HORIZONS[-1][1] + timedelta(days=1)
    rows = session.scalars(select(Schedule).order_by(Schedule.id)).all()
    held = {row.id: schedules.spans(session, row, begin, end) for row in rows}
    return [
        Ahead(flaw, within)
        for flaw in flaws(held, begin)
        if flaw.end > now and (within := tuple(name for name, span in HORIZONS if flaw.start <= now + span))
    ]


def unflagged(session: Session) -> bool:
    """Whether anything is to be flagged now: a look without the write lock."""
    told = _told(session)
    return any(
        _key(each.flaw, horizon) not in told for each in ahead(session, clock.now(session)) for horizon in each.horizons
    )


def flag(session: Session) -> int:
    """Flag what was not flagged yet; return how many texts were queued. Texts name a schedule's first flaw and how many more there are."""
    now, told = clock.now(session), _told(session)
    fresh: dict[tuple[int, Kind], list[Flaw]] = {}
    for each in ahead(session, now):
        wanted = [h for h in each.horizons if _key(each.flaw, h) not in told]
        made = [h for h in wanted if _keep(session, each.flaw, h, now)]
        if made:
            fresh.setdefault((each.flaw.schedule, each.flaw.kind), []).append(each.flaw)
    officers = targets.resolve(session, LAST_RESORT, (), now)
    return sum(_tell(session, found, officers) for found in fresh.values())


def _told(session: Session) -> set[tuple[object, ...]]:
    since = clock.now(session) - BEHIND
    rows = session.scalars(select(DutyFlag).where(DutyFlag.start_at >= since))
    return {(row.schedule_id, row.kind, row.other_id, row.person_id, row.start_at, row.horizon) for row in rows}


def _key(flaw: Flaw, horizon: str) -> tuple[object, ...]:
    return flaw.schedule, str(flaw.kind), flaw.other or 0, flaw.person or 0, flaw.start, horizon


def _keep(session: Session, flaw: Flaw, horizon: str, now: datetime) -> bool:
    """Write that it is flagged; False where another engine has."""
    values = {
        "schedule_id": flaw.schedule,
        "kind": str(flaw.kind),
        "other_id": flaw.other or 0,
        "person_id": flaw.person or 0,
        "start_at": flaw.start,
        "horizon": horizon,
        "flagged_at": now,
    }
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    made = insert(DutyFlag).values(values).on_conflict_do_nothing().returning(DutyFlag.id)
    return session.scalar(made) is not None


def _tell(session: Session, found: Sequence[Flaw], officers: Sequence[Person]) -> int:
    said, first = _said(session, found), found[0]
    reached = [person.id for person in officers if telling.tell(session, person, said) is not None]
    flagged = Flagged(
        schedule_id=first.schedule,
        flaw=str(first.kind),
        start=first.start,
        end=first.end,
        count=len(found),
        told=reached,
    )
    audit(session, flagged)
    return len(reached)


_COVER = {"zh": "安排代班", "en": "let somebody cover"}


def _said(session: Session, found: Sequence[Flaw]) -> telling.Said:
    begins = min(each.start for each in found)
    return telling.Said(_texts(session, found), begins, _COVER, "/on-call")


def _texts(session: Session, found: Sequence[Flaw]) -> dict[str, str]:
    first, more = found[0], len(found) - 1
    schedule = session.get_one(Schedule, first.schedule)
    span = f"{telling.moment(session, first.start)}–{telling.moment(session, first.end)}"
    zh_more, en_more = (f"，另有{more}处" if more else ""), (f", and {more} more" if more else "")
    if first.kind == Kind.GAP:
        return {
            "zh": f"{schedule.name_zh}将无人值班：{span}{zh_more}。",
            "en": f"nobody holds {schedule.name_en} {span}{en_more}.",
        }
    person, other = session.get_one(Person, first.person), session.get_one(Schedule, first.other)
    return {
        "zh": f"{names.of(person, 'zh')}将同时值{schedule.name_zh}和{other.name_zh}：{span}{zh_more}。",
        "en": f"{names.of(person, 'en')} holds {schedule.name_en} and {other.name_en} at once, {span}{en_more}.",
    }
