"""Whose duty is ending, when, and who follows, computed from the same spans that pages follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.oncall.duties import layers, schedules
from command.oncall.duties.layers import Span
from command.oncall.models import Schedule

AHEAD = timedelta(days=60)
"""How far ahead somebody who follows is looked for."""
LATE = timedelta(hours=12)
"""How long after the end of a turn it can still be handed over."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of somebody that runs, or ended less than LATE ago. It ends at `change_at`, where `next_id` follows until `until_at`. Nobody
    follows where `next_id` is None; `change_at` is None too where no end is in sight."""

    schedule: Schedule
    person_id: int
    change_at: datetime | None
    next_id: int | None
    until_at: datetime | None


def of(session: Session, schedule: Schedule, person_id: int) -> Turn | None:
    """Somebody's turn of a schedule that they can hand over now; None where they have none."""
    now = clock.now(session)
    held = joined(schedules.spans(session, schedule, now - LATE, now + AHEAD))
    mine = [place for place, span in enumerate(held) if span.member == person_id and span.start <= now]
    if not mine:
        return None
    after = held[mine[-1] + 1 :]
    follower = after[0].member if after else None
    return Turn(
        schedule=schedule,
        person_id=person_id,
        change_at=held[mine[-1]].end if after else None,
        next_id=follower,
        until_at=after[0].end if follower is not None and len(after) > 1 else None,
    )


def all_of(session: Session, person_id: int) -> list[Turn]:
    """Every turn that somebody can hand over now, by schedule."""
    rows = session.scalars(select(Schedule).order_by(Schedule.code)).all()
    return [turn for row in rows if (turn := of(session, row, person_id)) is not None]


def holder(session: Session, schedule: Schedule, at: datetime) -> int | None:
    """Who holds a schedule at an instant, as it is planned now; None in a gap."""
    return layers.holder(schedules.duty(session, schedule, at, at), at)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans of one holder after another as one, whatever layer or cover they come from."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].member == span.member:
            found[-1] = Span(span.member, span.layer, found[-1].start, span.end)
        else:
            found.append(span)
    return found
