"""Reading what players did: new entries of the journals of a drill and of its incidents, each looked at once, in the order of time.

How far each stream was read is in rows that change in the same unit of work as what follows from it."""

from collections.abc import Iterator

import orjson
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.drills import entries, kept
from command.drills.models import Drill, DrillInject, InjectState
from command.drills.runs import injects, joining
from command.drills.runs.models import DrillWatch
from command.drills.runs.signs import Seen, shows
from playbooks.scenario import Inject

AT_ONCE = 500
"""Entries of one stream in one unit of work."""


def work(session: Session, drill: Drill) -> int:
    """Draw the conclusions from what is new for a locked drill; return how many entries were looked at."""
    numbers = {f"incident:{each.number}": each.number for each in joining.incidents(session, drill)}
    seen = [each for stream in (entries.stream(drill.id), *numbers) for each in _new(session, drill, stream)]
    rows = {row: injects.read(row) for row in injects.of(session, drill)} if seen else {}
    for each in sorted(seen, key=lambda one: one.at):
        for row, inject in rows.items():
            _conclude(session, drill, row, inject, each, numbers.get(each.stream))
    return len(seen)


def _new(session: Session, drill: Drill, stream: str) -> Iterator[Seen]:
    place = session.get(DrillWatch, (drill.id, stream))
    if place is None:
        place = DrillWatch(drill_id=drill.id, stream=stream, seq=0, exercise=True)
        session.add(place)
        session.flush()
    found = [
        Seen(stream, each.seq, each.at, each.kind, orjson.loads(each.data))
        for each in journal.entries(session, stream, after=place.seq, limit=AT_ONCE)
    ]
    if found:
        place.seq = found[-1].seq
    session.flush()
    yield from found


def _conclude(
    session: Session, drill: Drill, row: DrillInject, inject: Inject, seen: Seen, incident: str | None
) -> None:
    second = round(kept.ticking(drill).at(min(seen.at, clock.now(session))), 1)
    if row.state == InjectState.PENDING and inject.unless is not None and shows(inject.unless, seen):
        injects.skip(session, drill, row, "unless")
    elif row.state == InjectState.PENDING and row.at_s is None and inject.after and shows(inject.after, seen):
        row.at_s = max((inject.at_minutes or 0.0) * 60, second + inject.wait_minutes * 60)
        session.flush()
    elif _proves(row, inject, seen):
        injects.proved(session, drill, row, seen, max(second, row.delivered_s or 0.0), incident)


def _proves(row: DrillInject, inject: Inject, seen: Seen) -> bool:
    """Whether an entry answers a delivered inject: what was done before it was delivered does not."""
    if row.state != InjectState.DELIVERED or row.delivered_at is None or inject.proof is None:
        return False
    return seen.at >= row.delivered_at and shows(inject.proof, seen)
