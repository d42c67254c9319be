"""What the programme of drills answers over HTTP."""

from datetime import date, datetime

from pydantic import BaseModel


class EventOut(BaseModel):
    """A drill of the grid; `code` is empty for a time of a series no drill was made for yet."""

    day: date
    subject: str
    mode: str
    code: str


class CellOut(BaseModel):
    """A field: `subject` or `mode` null means any. `stands`: overdue, soon, planned, met or free. `due_by` is null where nothing is
    required."""

    department: str
    subject: str | None
    mode: str | None
    stands: str
    last_held: EventOut | None
    next_planned: EventOut | None
    due_by: date | None
    every_months: int | None
    held_this_year: int


class CoverageOut(BaseModel):
    """`as_of`: today, or the end of a year that is over."""

    year: int
    as_of: date
    items: list[CellOut]


class TimeOut(BaseModel):
    """A time of a series: `local` by its rule, on its wall clock; `at` null where it is not held. `because`: holiday, freeze, coincides
    or no_day."""

    local: datetime
    at: datetime | None
    because: str | None


class WarningOut(BaseModel):
    field: str
    detail: str
    remedy: str


class SeriesOut(BaseModel):
    """A series; `next_at` by its rule is the next no drill was made for, null once there is none. `parts` as they are written."""

    id: int
    version: int
    name: str
    scenario: str
    subject: str
    mode: str
    area: str
    departments: list[str]
    parts: dict[str, list[str]]
    supervisors: list[str]
    starts: str
    zone: str
    rule: str
    on_closed: str
    duration_minutes: int
    announced: bool
    window_days: int
    late: str
    grace_minutes: int
    next_at: datetime | None
    cancelled: bool
    drills: list[str]


class SeriesList(BaseModel):
    items: list[SeriesOut]


class PreviewOut(BaseModel):
    """What would be kept: the times of a year, and what should be known beforehand."""

    times: list[TimeOut]
    warnings: list[WarningOut]


class PlannedOut(BaseModel):
    code: str
    due_at: datetime
    state: str
    sequence: int
    warnings: list[WarningOut]


class FreezeOut(BaseModel):
    """`moved`, `cancelled`: drills of series inside it when it was set; `left`: others that are still inside it."""

    id: int
    from_at: datetime
    until_at: datetime
    areas: list[str]
    reason: str
    lifted: bool
    moved: int = 0
    cancelled: int = 0
    left: int = 0


class FreezeList(BaseModel):
    items: list[FreezeOut]
