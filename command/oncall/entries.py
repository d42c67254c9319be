"""What the journal keeps of pages and duty: ids, figures and codes."""

from typing import Literal

from command.core.journal import Payload
from command.oncall.models import EscalationState, Reason


class Started(Payload, kind="escalation.started"):
    escalation_id: int
    steps: int


class Paged(Payload, kind="page.queued"):
    page_id: int
    escalation_id: int
    person_id: int
    step: int
    target: str


class Submitted(Payload, kind="page.submitted"):
    page_id: int
    person_id: int


class Acknowledged(Payload, kind="page.acknowledged"):
    """`seconds` from the page being queued to the answer."""

    page_id: int
    person_id: int
    via: Literal["sms", "link", "api"]
    seconds: int


class Failed(Payload, kind="page.failed"):
    page_id: int
    person_id: int
    code: str | None


class Empty(Payload, kind="escalation.target_empty"):
    """A step whose target is nobody who can be paged; the next step is due at once."""

    escalation_id: int
    step: int
    target: str


class Ended(Payload, kind="escalation.ended"):
    escalation_id: int
    state: EscalationState
    reason: Reason


class ScheduleSet(Payload, kind="oncall.schedule_set"):
    """A duty rotation as it is from now on."""

    schedule_id: int
    members: list[int]
    zone: str
    starts_on: str
    handover: str
    period_days: int
