"""What the audit stream keeps of reminders of what ends in the pools."""

from command.core.journal import Payload


class Reminded(Payload, kind="readiness.reminded"):
    """Somebody was told of so many things; `raised`: as the superior of an owner who had read nothing of them. `reached`: a message was
    queued; otherwise the reminders wait on their page."""

    person_id: int
    reminder_ids: list[int]
    raised: bool
    reached: bool


class Read(Payload, kind="readiness.read"):
    """Somebody marked reminders as read."""

    person_id: int
    reminder_ids: list[int]


class Exported(Payload, kind="readiness.exported"):
    """Somebody took readiness away as a file of so many lines."""

    person_id: int
    lines: int
