"""What the journal keeps of cases, on the incident's stream; and, in the audit stream, that somebody looked a number up."""

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class LookedUp(Payload, kind="case.looked_up"):
    """An access to personal data: by blind index, never the number. `known`: it is a subscriber's."""

    number_index: str
    known: bool
    incidents: tuple[str, ...]


class CaseTaken(Payload, kind="case.taken"):
    """`told`: an SMS with the case number was queued. `affected`: the caller's service is out by this incident."""

    case: str
    channel: str
    service_class: str
    complaint: bool
    affected: bool
    told: bool
    owner_id: int
    note: NoteRef | None


class CaseHandedOver(Payload, kind="case.handed_over"):
    case: str
    from_person_id: int
    to_person_id: int
    reason: NoteRef | None


class CaseClosed(Payload, kind="case.closed"):
    case: str
    person_id: int
    result: NoteRef | None
