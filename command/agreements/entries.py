"""What the journal keeps of service levels, on the stream of the incident: ids and figures; words are notes."""

from datetime import datetime

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class BreachRecorded(Payload, kind="agreement.breached"):
    """A breach is in the register: which clock, by which class, due when, and how many customers under an agreement it hit."""

    breach_id: int
    clock: str
    sla_class: str
    due_at: datetime
    users: int
    customers: int


class BreachDecided(Payload, kind="agreement.decided"):
    """Who answers for a breach, and where its dispute stands; `penalty_cents` in hundredths of `currency`. `before` is what stood."""

    breach_id: int
    clock: str
    person_id: int
    liability: str
    dispute: str
    penalty_cents: int | None
    currency: str
    before_liability: str
    before_dispute: str
    words: NoteRef
