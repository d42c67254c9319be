"""What the journal keeps of measurements: series on the stream `measurements:<year>-<month>`, what hangs on them on their incident's."""

from datetime import datetime

from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Payload
from command.incidents.entries import NoteRef


class SeriesSet(Payload, kind="measurement.series_set"):
    """A series as it is from now on: `fields` are what was changed, all for a new one."""

    series_id: int
    code: str
    version: int
    fields: tuple[str, ...]


class Corrected(Payload, kind="measurement.corrected"):
    """Values that were sent again otherwise: each instant, before and after."""

    series_id: int
    values: tuple[tuple[datetime, float, float], ...]


class Turned(Payload, kind="measurement.turned"):
    """A series became bad or good, by points since `since`; `value` is the newest."""

    series_id: int
    code: str
    state: str
    since: datetime
    value: float


class Proposed(Payload, kind="measurement.proposed"):
    """A bad series for which nothing is open: a person decides whether it is an incident."""

    series_id: int
    code: str
    users: int
    share: float


class Decided(Payload, kind="measurement.decided"):
    """What became of a proposal: taken (with the incident's number), dismissed, or passed, for the series was good again."""

    series_id: int
    code: str
    outcome: str
    incident: str | None
    reason: NoteRef | None


class Tied(Payload, kind="measurement.tied"):
    """A series counts for this incident from now on: restored means that it is beyond its threshold again."""

    series_id: int
    code: str


class SetAside(Payload, kind="measurement.set_aside"):
    """Somebody says that the series does not count for this incident any more."""

    series_id: int
    code: str
    reason: NoteRef | None


class Recovered(Payload, kind="measurement.recovered"):
    """A series of this incident is beyond its threshold of recovery, without a gap, since `since`."""

    series_id: int
    code: str
    since: datetime
    value: float


def record(session: Session, payload: Payload) -> None:
    """Write what happens with series to their stream of this month."""
    journal.record(session, journal.month("measurements", clock.now(session)), payload)
