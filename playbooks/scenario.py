"""The scenario of a drill: what it trains, who plays, what is put to the players when, and how it shows that they answered.

Frozen values, every rule of form checked here. Terms follow the Homeland Security Exercise and Evaluation Program: an inject is one
line of the master scenario events list (number, time, from, to, method, content, expected action, objective)."""

import hashlib
import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from playbooks.faults import Misfit, Unfit
from playbooks.notices import NoticeKind
from playbooks.schema import Kind
from playbooks.tasks import Department
from playbooks.texts import Record, Slug, Text

Minutes = Annotated[float, Field(ge=0, le=1440)]


class Subject(StrEnum):
    """What drills are about (R9)."""

    network_fault = "network_fault"
    complaint = "complaint"
    information_security = "information_security"
    weather_disaster = "weather_disaster"
    multi_department = "multi_department"


class Mode(StrEnum):
    """How a drill is held (R9): talked through, with real phones and units, or played on the boards without phones."""

    tabletop = "tabletop"
    live = "live"
    simulation = "simulation"


class Method(StrEnum):
    """How an inject reaches its player. On the player's page it shows in any case, once it was delivered."""

    screen = "screen"  # on the player's page alone
    sms = "sms"  # a text to the player's phone too; live drills only, elsewhere on the page
    phone = "phone"  # a controller calls and reads it out, and says so on the console
    alarms = "alarms"  # alarms through the real intake
    discussion = "discussion"  # a question to the table; answered with a choice or in words


class Event(StrEnum):
    """What players do, as the journal of the drill and of its incidents shows it."""

    reported = "reported"
    graded = "graded"
    assessed = "assessed"
    activated = "activated"
    page_acknowledged = "page_acknowledged"
    task_done = "task_done"
    notice_submitted = "notice_submitted"
    notice_approved = "notice_approved"
    resource_requested = "resource_requested"
    resource_dispatched = "resource_dispatched"
    eta_set = "eta_set"
    objective_set = "objective_set"
    command_transferred = "command_transferred"
    restored = "restored"
    review_began = "review_began"
    answered = "answered"  # an inject was, by a choice or in words


class Fact(StrEnum):
    """What a run measures by itself, in minutes of exercise time but for the two shares (0..1)."""

    time_to_report = "time_to_report"  # first inject delivered → incident reported
    time_to_grade = "time_to_grade"  # reported → graded
    time_to_activate = "time_to_activate"  # reported → response activated
    time_to_acknowledge = "time_to_acknowledge"  # first page queued → first acknowledged
    time_to_first_notice = "time_to_first_notice"  # reported → first notice submitted or later
    tasks_done = "tasks_done"  # share of the tasks given
    clocks_met = "clocks_met"  # share of the clocks that are due


class Sign(Record):
    """Something players did. Of `task_done` the task's code, of notices their kind, of `answered` the inject and, where it has choices,
    the choice; of `graded` the tier that is reached (1 the highest) may be named. What is left out is any."""

    event: Event
    task: Slug | None = None
    notice: NoticeKind | None = None
    inject: Annotated[int, Field(ge=1)] | None = None
    choice: Slug | None = None
    tier: Annotated[int, Field(ge=1, le=4)] | None = None


class Measure(Record):
    """What an objective demands of a fact: minutes at most, or a share of at least."""

    fact: Fact
    within_minutes: Annotated[float, Field(gt=0, le=1440)] | None = None
    at_least: Annotated[float, Field(gt=0, le=1)] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        share = self.fact in (Fact.tasks_done, Fact.clocks_met)
        if share != (self.at_least is not None) or share == (self.within_minutes is not None):
            wanted, other = ("at_least", "within_minutes") if share else ("within_minutes", "at_least")
            raise Unfit(Misfit(f"{self.fact} is measured by '{wanted}'", f"Give '{wanted}' and leave out '{other}'."))
        return self


class Role(Record):
    """A part that a player takes. Whoever takes it should hold one of `posts`; it belongs to `department`, where it has one."""

    id: Slug
    name: Text
    posts: Annotated[tuple[Slug, ...], Field(min_length=1)]
    department: Department | None = None


class Objective(Record):
    """What the drill is to show; rated P, S, M or U by evaluators. `guide` says what they watch for. Where it has a measure the run
    proposes a rating."""

    id: Slug
    text: Text
    guide: Text
    measure: Measure | None = None


class Choice(Record):
    """One answer to a discussion."""

    id: Slug
    text: Text


class Alarm(Record):
    """One alarm of an inject, as its source would send it."""

    element: Annotated[str, Field(min_length=1, max_length=200)]
    problem: Annotated[str, Field(min_length=1, max_length=200)]
    severity: Annotated[str, Field(pattern=r"^(critical|major|minor|warning|indeterminate|cleared)$")]


class Trace(Record):
    """A piece of a packaged recording, from `start` to `end` of its seconds, played `speed` times as fast as it was recorded."""

    name: Annotated[str, Field(pattern=r"^microwave$")]
    start: Annotated[float, Field(ge=0)]
    end: Annotated[float, Field(gt=0)]
    speed: Annotated[float, Field(gt=0, le=1000)] = 1.0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.end <= self.start:
            raise Unfit(Misfit("the piece ends before it starts", "Give an end after the start.", ("end",)))
        return self


class Inject(Record):
    """One line of the inject list.

    Delivered `at_minutes` of exercise time; with `after`, `wait_minutes` after that sign and not before `at_minutes`; not at all when
    `unless` was seen before. Answered when `proof` is seen after it was delivered; without a proof its player or a controller says so.
    """

    number: Annotated[int, Field(ge=1, le=999)]
    at_minutes: Minutes | None = None
    after: Sign | None = None
    wait_minutes: Minutes = 0.0
    unless: Sign | None = None
    sender: Text
    to: Slug
    method: Method
    content: Text
    expected: Text
    objective: Slug
    proof: Sign | None = None
    choices: tuple[Choice, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    trace: Trace | None = None

    @field_validator("at_minutes", mode="before")
    @classmethod
    def _not_before_the_start(cls, given: Any) -> Any:
        if isinstance(given, int | float) and given < 0:
            raise Unfit(
                Misfit("the inject comes before the start of the drill", "Give minutes since the start, 0 or more.")
            )
        return given

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        if self.at_minutes is None and self.after is None:
            yield Misfit("nothing says when it is delivered", "Give 'at_minutes' (0 or later) or 'after'.")
        feeds = bool(self.alarms) or self.trace is not None
        if feeds != (self.method == Method.alarms):
            yield Misfit(
                "'alarms' or 'trace' go with method 'alarms' alone", "Change the method or the list.", ("method",)
            )
        if self.choices and self.method != Method.discussion:
            yield Misfit("choices go with method 'discussion' alone", "Change the method or remove them.", ("choices",))


class Opening(Record):
    """What the incident of the drill is when players report it; with `latest_minutes` a controller's report stands in for theirs then.
    Without it the incident comes of alarms."""

    summary: Text
    users: Annotated[int, Field(ge=0, le=100_000_000)] = 0
    services: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    complaints: Annotated[int, Field(ge=0)] = 0
    records_leaked: Annotated[int, Field(ge=0)] = 0
    latest_minutes: Minutes


class Scenario(Record):
    """One version of a scenario. `kind` is the event kind of its incident; `modes` those it can be held in, `departments` those it
    trains. `duration_minutes` of exercise time."""

    code: Slug
    version: Annotated[int, Field(ge=1)]
    subject: Subject
    kind: Kind
    modes: Annotated[tuple[Mode, ...], Field(min_length=1)]
    name: Text
    goal: Text
    duration_minutes: Annotated[int, Field(ge=5, le=1440)]
    departments: Annotated[tuple[Department, ...], Field(min_length=1)]
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    objectives: Annotated[tuple[Objective, ...], Field(min_length=1)]
    opening: Opening | None = None
    injects: Annotated[tuple[Inject, ...], Field(min_length=1)]


def canonical(scenario: Scenario) -> str:
    """The content as one JSON text, the same for the same scenario."""
    return json.dumps(scenario.model_dump(mode="json"), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(scenario: Scenario) -> str:
    """SHA-256 of the canonical content, hex."""
    return hashlib.sha256(canonical(scenario).encode()).hexdigest()


def from_canonical(text: str) -> Scenario:
    """The scenario that `canonical` wrote."""
    return Scenario.model_validate_json(text, strict=True)
