"""What the journal keeps of duties handed over."""

from datetime import datetime

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class Offered(Payload, kind="oncall.handover_offered"):
    """Somebody offers their duty to the next one, who holds it from `change_at`; `items` pass with it. `chosen`: nobody follows by plan."""

    handover_id: int
    schedule_id: int
    from_person_id: int
    to_person_id: int
    change_at: datetime
    chosen: bool
    items: int
    note: NoteRef | None


class Told(Payload, kind="oncall.handover_told"):
    """The next one was told; not `reached`: they have no number."""

    handover_id: int
    person_id: int
    reached: bool


class Accepted(Payload, kind="oncall.handover_accepted"):
    """The next one accepted, so many seconds after the offer; `passed` items are theirs now, of `over` nothing was left."""

    handover_id: int
    schedule_id: int
    from_person_id: int
    to_person_id: int
    seconds: int
    passed: int
    over: int


class Declined(Payload, kind="oncall.handover_declined"):
    """The next one does not accept, for a reason; `told` are the ids of those who were told."""

    handover_id: int
    schedule_id: int
    from_person_id: int
    to_person_id: int
    reason: NoteRef | None
    told: list[int]


class Withdrawn(Payload, kind="oncall.handover_withdrawn"):
    handover_id: int
    schedule_id: int
    from_person_id: int
    to_person_id: int


class Unaccepted(Payload, kind="oncall.handover_unaccepted"):
    """Nobody had accepted `minutes` after the change; `told` are the ids of the duty officers told."""

    handover_id: int
    schedule_id: int
    from_person_id: int
    to_person_id: int
    minutes: int
    told: list[int]


class Missing(Payload, kind="oncall.handover_missing"):
    """A turn ended with `items` promises open that were not offered to the next one: `told` are the ids of the duty officers told,
    so many `minutes` after the change."""

    schedule_id: int
    from_person_id: int
    change_at: datetime
    items: int
    minutes: int
    told: list[int]


class Passed(Payload, kind="handover.passed"):
    """On an incident's stream: what somebody left in it is the next one's. `pages` are the ids of those handed over, `tasks` codes; notes
    are what was written to the incident and its pages."""

    handover_id: int
    from_person_id: int
    to_person_id: int
    pages: list[int]
    tasks: list[str]
    owner: bool
    notes: list[NoteRef]
