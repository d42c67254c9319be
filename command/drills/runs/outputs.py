"""What the API says of drills."""

from datetime import datetime

from pydantic import BaseModel

from command.incidents.api import TextOut
from playbooks.scenario import Choice, Sign


class SomeoneOut(BaseModel):
    person_id: int
    username: str
    name_zh: str
    name_en: str
    part: str
    role: str
    role_name: TextOut | None
    acknowledged_at: datetime | None


class InjectOut(BaseModel):
    """`due_s`, `delivered_s`, `answered_s`: seconds of exercise time; without `due_s` it waits for the sign `after`. What is expected and
    what proves it are null for players."""

    number: int
    extra: bool
    state: str
    due_s: float | None
    overdue: bool
    after: Sign | None
    sender: TextOut
    to: str
    role_name: TextOut
    method: str
    content: TextOut
    expected: TextOut | None
    objective: str
    proof: Sign | None
    choices: list[Choice]
    delivered_s: float | None
    answered_s: float | None
    answered_by: str | None
    choice: str | None
    words: str | None
    reason: str | None
    mine: bool


class InDrillOut(BaseModel):
    allocation_id: int
    incident: str
    resource_zh: str
    resource_en: str
    serial: str | None
    quantity: int
    state: str
    recall_minutes: int


class DrillIncidentOut(BaseModel):
    number: str
    kind: str
    state: str
    tier: int


class DrillSummaryOut(BaseModel):
    """A drill; `second` of exercise time passed. `parts` and `roles` are those of whoever asks."""

    code: str
    name: str
    scenario: str
    scenario_name: TextOut
    goal: TextOut
    subject: str
    mode: str
    area: str
    area_zh: str
    area_en: str
    departments: list[str]
    state: str
    reason: str | None
    announced: bool
    due_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    duration_s: int
    second: float
    ticking: bool
    speed: float
    trainer: str
    missing: int
    may_run: bool
    parts: list[str]
    roles: list[str]


class DrillOut(DrillSummaryOut):
    """All of a drill that whoever asks may see."""

    stop_word: str
    sees_all: bool
    people: list[SomeoneOut]
    injects: list[InjectOut]
    incidents: list[DrillIncidentOut]
    units: list[InDrillOut]


class DrillsOut(BaseModel):
    items: list[DrillSummaryOut]
    next: int | None
