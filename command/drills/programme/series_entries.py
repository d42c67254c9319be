"""What the journal keeps of series of drills, on the stream `drill_programme:<id>` of each, and of freezes, on the audit stream: ids,
figures and times. What a drill was planned as, moved to or called off for stands on its own stream."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload
from command.drills.models import DrillProgramme
from command.incidents.entries import NoteRef


class Kept(Payload, kind="drill_programme.kept"):
    """A series as it is from now on: `version` 1 when it was made. `starts` is on the wall clock of `zone`."""

    version: int
    scenario: str
    mode: str
    area_id: int
    starts: str
    zone: str
    rule: str
    on_closed: str
    announced: bool
    next_at: datetime | None


class SeriesCancelled(Payload, kind="drill_programme.cancelled"):
    """`drills` ahead that were called off with it."""

    drills: int


class Fired(Payload, kind="drill_programme.fired"):
    """A time of the series became a drill, `slot` minutes after midnight by its rule. `because` it is held later than that: holiday or
    freeze."""

    drill_id: int
    local_date: date
    slot: int
    due_at: datetime
    because: str | None = None


class Skipped(Payload, kind="drill_programme.skipped"):
    """A time of the series is not held: holiday, freeze, coincides (its free day does not come before the next time), no_day, or
    past (the series changed when its time had come already)."""

    local_date: date
    slot: int
    because: str


class Moved(Payload, kind="drill.moved"):
    """A drill is held at another time; both supervisors have to acknowledge it anew. `because`: person or freeze."""

    was: datetime
    due_at: datetime
    because: str
    reason: NoteRef | None = None


class FreezeOverridden(Payload, kind="drill.freeze_overridden"):
    """A drill is planned inside a freeze, with a reason."""

    freeze_id: int
    reason: NoteRef


class FreezeSet(Payload, kind="drill_freeze.set"):
    """No drill in a span; `moved` and `cancelled` of those that were planned by series, `left` of those that are still inside it."""

    freeze_id: int
    from_at: datetime
    until_at: datetime
    areas: tuple[str, ...]
    reason: NoteRef
    moved: int
    cancelled: int
    left: int


class FreezeLifted(Payload, kind="drill_freeze.lifted"):
    freeze_id: int


def stream(programme_id: int) -> str:
    """The stream of a series."""
    return f"drill_programme:{programme_id}"


def record(session: Session, row: DrillProgramme, payload: Payload) -> None:
    """Write what happens to a series to its stream."""
    journal.record(session, stream(row.id), payload, exercise=True)
