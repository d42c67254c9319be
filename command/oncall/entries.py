"""What the journal keeps of pages and duty: ids, figures and codes."""

from typing import Literal

from command.core.journal import Payload
from command.oncall.models import EscalationState, Reason

Via = Literal["sms", "link", "api"]
"""How a person answered."""


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
    via: Via
    seconds: int


class EnRoute(Payload, kind="page.en_route"):
    """`eta_minutes` from now until they are there; null where they do not say."""

    page_id: int
    person_id: int
    via: Via
    eta_minutes: int | None


class OnScene(Payload, kind="page.on_scene"):
    page_id: int
    person_id: int
    via: Via


class Done(Payload, kind="page.done"):
    """The person paged has done their part; this restores nothing."""

    page_id: int
    person_id: int
    via: Via
    note_id: int | None
    note_hash: str | None


class HelpAsked(Payload, kind="page.help"):
    page_id: int
    person_id: int
    via: Via
    note_id: int | None
    note_hash: str | None


class Declined(Payload, kind="page.declined"):
    page_id: int
    person_id: int
    via: Via
    note_id: int | None
    note_hash: str | None


class Failed(Payload, kind="page.failed"):
    page_id: int
    person_id: int
    code: str | None


class Empty(Payload, kind="escalation.target_empty"):
    """A step whose target is nobody who can be paged; the next step is due at once."""

    escalation_id: int
    step: int
    target: str


class Resumed(Payload, kind="escalation.resumed"):
    """An ended chain goes on with `step` (from 0), because somebody declined or needs help."""

    escalation_id: int
    step: int
    because: Literal["declined", "help"]


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
