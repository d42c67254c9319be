"""What the journal keeps of cases: on the incident's stream, or on the month's stream of complaints where there is no incident; and, in
the audit stream, that somebody looked a number up."""

from datetime import datetime

from sqlalchemy.orm import Session

from command.complaints.models import Case
from command.core import clock, journal
from command.core.journal import Payload
from command.incidents import entries
from command.incidents.entries import NoteRef
from command.incidents.models import Incident


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


class ComplaintTaken(Payload, kind="case.received"):
    """A complaint: its kind and class, whom it was routed to, who owns it (null: nobody has accepted it yet)."""

    case: str
    channel: str
    complaint_kind: str
    severity: int
    reach: str
    service_class: str
    department: str
    owner_id: int | None
    note: NoteRef | None


class StepDone(Payload, kind="case.step"):
    """A step of a complaint (R30), and whether it was in time; `satisfied` with the follow-up."""

    case: str
    step: str
    person_id: int
    in_time: bool
    satisfied: str | None
    result: NoteRef | None


class AnswerAgreed(Payload, kind="case.agreed"):
    """The customer was promised an answer by then."""

    case: str
    due_at: datetime


class CaseAttached(Payload, kind="case.attached"):
    """Complaints that belong to an incident from now on, by the rule of a surge."""

    surge_id: int
    count: int


class LateTold(Payload, kind="case.late"):
    """Somebody was told of steps that are late; `raised`: because whoever has to do them was told before and has not."""

    person_id: int
    cases: tuple[str, ...]
    count: int
    raised: bool
    reached: bool


class SurgeProposed(Payload, kind="surge.proposed"):
    surge_id: int
    complaint_kind: str
    dimension: str
    count: int
    threshold: int


class SurgeDecided(Payload, kind="surge.decided"):
    """What became of a surge: accepted, attached or dismissed. `person_id` null: by itself, as the operator lets it."""

    surge_id: int
    decision: str
    person_id: int | None
    incident: str | None
    complaints: int
    reason: NoteRef | None


class OpinionKept(Payload, kind="opinion.kept"):
    """Something said in public: how many it reaches, in what mood, who answers it."""

    opinion_id: int
    reach: int
    sentiment: str
    owner_id: int
    note: NoteRef | None


class OpinionAnswered(Payload, kind="opinion.answered"):
    opinion_id: int
    person_id: int
    note: NoteRef | None


def record(session: Session, case: Case, payload: Payload) -> None:
    """Record an entry about a case: on its incident's stream, else on the month's stream of complaints."""
    if case.incident_id is not None:
        entries.record(session, session.get_one(Incident, case.incident_id), payload)
    else:
        journal.record(session, stream(session), payload, exercise=case.exercise)


def stream(session: Session) -> str:
    """The month's stream of complaints."""
    return journal.month("complaints", clock.now(session))
