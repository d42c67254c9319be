"""What the audit stream keeps of flaws in the duties ahead."""

from datetime import datetime

from command.core.journal import Payload


class Flagged(Payload, kind="oncall.flagged"):
    """`count` flaws of one sort (gap or double) in a schedule, the first from `start` to `end`; `told` are the people sent an SMS."""

    schedule_id: int
    flaw: str
    start: datetime
    end: datetime
    count: int
    told: list[int]
