"""What the journal keeps of sites (`site:<code>`; new ones on `sites:<month>`), and on an incident's own stream of its cables, order of
restoration and crew safety."""

from datetime import datetime

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload
from command.incidents.entries import NoteRef
from command.sites.models import Site


class Added(Payload, kind="site.added"):
    """On the stream of the month: an import adds thousands, and a stream of its own is for what happens with a site."""

    site: str
    area_id: int
    elements: int


class Changed(Payload, kind="site.changed"):
    """Which fields of the register say something else now."""

    fields: list[str]


class Told(Payload, kind="site.told"):
    """How a site stands, where that is news: its mains, generator or access turned, or the predicted fall moved."""

    mains: str
    battery_minutes: int | None
    generator: str
    fuel_hours: float | None
    access: str
    falls_at: datetime | None
    reported_at: datetime
    words: NoteRef | None


class Fell(Payload, kind="site.fell"):
    """A site without mains has fallen: all its elements have failed. `predicted_at`: when it should have been; `incident`: the one that
    holds them, empty for a restricted one, for everybody reads this stream."""

    incident: str
    predicted_at: datetime | None


class Back(Payload, kind="site.back"):
    """It is out no more."""

    incident: str


class GeneratorAsked(Payload, kind="site.generator_asked"):
    """A generator was asked for, because the site falls at `falls_at`; on the incident's stream too."""

    site: str
    request_id: int
    falls_at: datetime


class ContactUnmasked(Payload, kind="site.contact_unmasked"):
    """Somebody read the whole number of the power company's contact; on the audit stream too."""

    site: str
    person_id: int
    reason: NoteRef


class CableDamaged(Payload, kind="cable.damaged"):
    cable: int
    km: float
    fibres_total: int
    where: NoteRef


class CableSpliced(Payload, kind="cable.spliced"):
    cable: int
    fibres_done: int
    fibres_total: int
    eta_at: datetime | None
    words: NoteRef | None


class CableRepaired(Payload, kind="cable.repaired"):
    cable: int
    km: float
    fibres_total: int
    words: NoteRef | None


class OrderChanged(Payload, kind="restoration.ordered"):
    """A site was given another place in the order of restoration; `place` null: by rule again."""

    site: str
    place: int | None
    place_before: int | None
    reason: NoteRef


class OwnerNamed(Payload, kind="restoration.owned"):
    """Who sees to a site's restoration; null: nobody."""

    site: str
    owner_id: int | None


class Declared(Payload, kind="safety.declared"):
    """Whether crews may go: into an area (null: all of the incident), one unit (null: all)."""

    decision_id: int
    go: bool
    area_id: int | None
    unit_id: int | None
    valid_until: datetime
    reason: NoteRef
    weather: NoteRef | None


class Overridden(Payload, kind="safety.overridden"):
    """A crew was sent against a no-go."""

    decision_id: int
    unit_id: int | None
    resource_id: int
    person_id: int
    reason: NoteRef


class SentWarned(Payload, kind="safety.warned"):
    """A crew was sent although it is over its hours, or the go has run out, or nobody declared any; `hours` on duty."""

    unit_id: int | None
    resource_id: int
    why: list[str]
    hours: float


def stream(code: str) -> str:
    """The stream of a site."""
    return f"site:{code}"


def record(session: Session, site: Site, payload: Payload, *, exercise: bool = False) -> None:
    """Write what happens with a site to its stream."""
    journal.record(session, stream(site.code), payload, exercise=exercise)
