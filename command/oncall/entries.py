"""What the journal keeps of pages and duty: ids, figures and codes."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from command.core.journal import Payload
from command.oncall.models import EscalationState, Reason

Via = Literal["sms", "link", "api", "keypad", "hand_over"]
"""How a person answered; by a hand-over of duty they took what another had acknowledged, or had still to answer."""
Because = Literal["declined", "help", "quiet"]
"""Why a chain goes on."""


class Started(Payload, kind="escalation.started"):
    """`policy_id` and its version are those of the escalation policy the steps came from; null for the plan's own."""

    escalation_id: int
    steps: int
    policy_id: int | None = None
    policy_version: int | None = None


class Paged(Payload, kind="page.queued"):
    page_id: int
    escalation_id: int
    person_id: int
    step: int
    target: str


class Bundled(Payload, kind="page.bundled"):
    """The page waits `seconds` to go in one message with others to the same person."""

    page_id: int
    person_id: int
    seconds: int


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


class HandedOver(Payload, kind="page.handed_over"):
    """Another person answers for a page from now on: by `to_page_id`, which is theirs."""

    page_id: int
    to_page_id: int
    from_person_id: int
    to_person_id: int


class Failed(Payload, kind="page.failed"):
    page_id: int
    person_id: int
    code: str | None


class NextMethod(Payload, kind="page.next_method"):
    """The page goes out by another of its person's methods, the `place`-th (from 1), because the one before it waited long enough, failed,
    or its gateway is down."""

    page_id: int
    person_id: int
    method: Literal["sms", "voice", "email", "chat"]
    place: int
    because: Literal["waited", "failed", "gateway_down"]


class Held(Payload, kind="page.held"):
    """The person is not to be disturbed now: the page goes out at `until`, and the chain goes on at once."""

    page_id: int
    person_id: int
    until: datetime


class Empty(Payload, kind="escalation.target_empty"):
    """A step whose target is nobody who can be paged; the next step is due at once."""

    escalation_id: int
    step: int
    target: str


class Resumed(Payload, kind="escalation.resumed"):
    """An ended chain goes on with `step` (from 0): somebody declined, needs help, or acknowledged and then gave no sign."""

    escalation_id: int
    step: int
    because: Because


class Ended(Payload, kind="escalation.ended"):
    escalation_id: int
    state: EscalationState
    reason: Reason


class Silent(Payload, kind="page.quiet"):
    """Whoever acknowledged has given no sign for `minutes`: the next step is paged."""

    page_id: int
    person_id: int
    minutes: int


class Unsubscribed(Payload, kind="oncall.unsubscribed"):
    """Somebody who may be paged has sent STOP (`back`: START): the provider may hold back what goes to their number. `told` are the
    ids of those who were told."""

    person_id: int
    back: bool
    told: list[int]


class LayerSet(BaseModel):
    """A layer as it is from now on. `windows` as in oncall.models.DutyLayer; `members` are ids of people, in turn."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    zone: str
    starts_on: str
    handover: str
    period_days: int
    windows: list[dict[str, Any]]
    members: list[int]


class ScheduleSet(Payload, kind="oncall.schedule_set"):
    """A duty's layers as they are from now on, the topmost last."""

    schedule_id: int
    layers: list[LayerSet]


class ScheduleNamed(Payload, kind="oncall.schedule_named"):
    """A duty was made, or its names or its department changed."""

    schedule_id: int
    code: str
    department: str


class Covered(Payload, kind="oncall.covered"):
    """Somebody holds a duty for a time, whoever the layers name."""

    override_id: int
    schedule_id: int
    person_id: int
    start: datetime
    end: datetime


class CoverEnded(Payload, kind="oncall.cover_ended"):
    """An override ends at `end`; where it had not begun it never does."""

    override_id: int
    end: datetime | None


class LeaveTaken(Payload, kind="oncall.leave_taken"):
    leave_id: int
    person_id: int
    start: datetime
    end: datetime


class LeaveEnded(Payload, kind="oncall.leave_ended"):
    leave_id: int
    end: datetime | None


class FeedMade(Payload, kind="oncall.feed_made"):
    """A person has a new private calendar address: of their duties, of a whole schedule, or (`about`) of drills. It ends the one before."""

    feed_id: int
    person_id: int
    schedule_id: int | None
    about: str = "duties"
