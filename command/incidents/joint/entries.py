"""What the journal keeps of joint assessments: who was asked, what each said, what was decided."""

from datetime import datetime

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class AssessmentOpened(Payload, kind="assessment.opened"):
    """Departments are asked how they see the incident, until `due_at`."""

    round: int
    departments: tuple[str, ...]
    due_at: datetime
    question: NoteRef | None


class ViewGiven(Payload, kind="assessment.view_given"):
    """A department's view; `late`: after the time it was asked for."""

    round: int
    department: str
    person_id: int
    event_kind: str
    fault_class: str | None
    cause_class: str | None
    areas: tuple[str, ...]
    services: tuple[str, ...]
    users: int | None
    harm: str
    tier: int
    confidence: str
    late: bool
    note: NoteRef | None


class AssessmentDecided(Payload, kind="assessment.decided"):
    """What was decided, the tier the views suggested, what they disagreed on, and who had not answered."""

    round: int
    event_kind: str
    fault_class: str | None
    cause_class: str | None
    areas: tuple[str, ...]
    services: tuple[str, ...]
    users: int | None
    harm: str
    suggested_tier: int | None
    tier: int
    disagreed: tuple[str, ...]
    silent: tuple[str, ...]
    reason: NoteRef | None


class AssessmentWithdrawn(Payload, kind="assessment.withdrawn"):
    """The incident ended before the round was decided."""

    round: int
