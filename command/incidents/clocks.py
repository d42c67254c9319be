"""The clocks of an incident: what must have happened how long after what, and whether it did.

A clock starts at an event and is met by another. Exactly on time is met; the smallest moment later is breached.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from command.incidents.grading import RuleId, Tier
from playbooks.schema import TIERS, Kind
from playbooks.source import Misfit, Unfit
from playbooks.texts import Line, Record, Text

Profile = Literal["cn", "us", "eu"]
"""Whose regulator has to be told."""
Verdict = Literal["running", "met", "breached"]


class Event(StrEnum):
    """What starts or stops a clock."""

    FIRST_SIGN = "first_sign"  # the earliest alarm, complaint or observation that belongs to the incident
    FIVE_FACTS_KNOWN = "five_facts_known"  # the command centre has the last of the five facts
    REPORT_RECEIVED = "report_received"
    HANDLING_BEGAN = "handling_began"
    FIRST_PLAN_MADE = "first_plan_made"
    RESTORED = "restored"
    DISCOVERED = "discovered"  # the operator knows of it: the start of every regulator's clock
    REGULATOR_INFORMED = "regulator_informed"  # orally or by message
    REGULATOR_BRIEF_SENT = "regulator_brief_sent"
    REGULATOR_REPORT_SENT = "regulator_report_sent"
    REGULATOR_FINAL_REPORT_SENT = "regulator_final_report_sent"
    EMERGENCY_COMPLAINT_RECEIVED = "emergency_complaint_received"
    REGULAR_COMPLAINT_RECEIVED = "regular_complaint_received"
    COMPLAINT_ANSWERED = "complaint_answered"


class Fact(StrEnum):
    """The five facts that the command centre must have (R5)."""

    KIND = "kind"
    TIME = "time"
    SCOPE = "scope"
    USER_FEEDBACK = "user_feedback"
    FIRST_MEASURES = "first_measures"


class SlaClass(Record):
    """A class of the service level agreement and the tiers it covers; both times in minutes from the report."""

    id: Literal["urgent", "important", "general"]
    name: Text
    tiers: tuple[Tier, ...]
    respond: Annotated[int, Field(ge=1)]
    resolve: Annotated[int, Field(ge=1)]


class Applies(Record):
    """Where a clock runs; what is left out does not restrict it."""

    kinds: tuple[Kind, ...] | None = None
    tiers: tuple[Tier, ...] | None = None
    profiles: tuple[Profile, ...] | None = None

    def covers(self, kind: Kind | None, tier: Tier | None, profile: Profile | None) -> bool:
        """True if the clock runs for this event; a complaint has neither kind nor tier."""
        return (
            (self.kinds is None or kind in self.kinds)
            and (self.tiers is None or tier in self.tiers)
            and (self.profiles is None or profile in self.profiles)
        )


class Definition(Record):
    """One clock. Its time is `offset_minutes`, or that of the tier's SLA class (`sla`). Only a `pausable` one may be paused."""

    id: RuleId
    name: Text
    starts: Event
    stops: Event
    offset_minutes: Annotated[int, Field(ge=1)] | None = None
    sla: Literal["respond", "resolve"] | None = None
    applies: Applies = Applies()
    pausable: bool = False
    source: Line

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.offset_minutes is None) == (self.sla is None):
            raise Unfit(Misfit("needs one time, and one only", "Write offset_minutes, or sla: respond or resolve."))
        return self


class ClockTable(Record):
    """The whole of config/clocks.yaml. Every tier belongs to exactly one SLA class."""

    sla_classes: tuple[SlaClass, ...]
    clocks: tuple[Definition, ...]

    def class_of(self, tier: Tier) -> SlaClass:
        """The SLA class of a tier."""
        return next(each for each in self.sla_classes if tier in each.tiers)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := (*self._tier_misfits(), *self._id_misfits()):
            raise Unfit(*found)
        return self

    def _tier_misfits(self) -> Iterator[Misfit]:
        for tier in TIERS:
            classes = [each.id for each in self.sla_classes if tier in each.tiers]
            if len(classes) != 1:
                message = f"tier {tier} is in {len(classes)} classes"
                yield Misfit(message, "List every tier in exactly one class.", ("sla_classes",))

    def _id_misfits(self) -> Iterator[Misfit]:
        seen = set[str]()
        for index, clock in enumerate(self.clocks):
            if clock.id in seen:
                yield Misfit(
                    f"'{clock.id}' is used twice", "Give each clock an id of its own.", ("clocks", index, "id")
                )
            seen.add(clock.id)


@dataclass(frozen=True, slots=True)
class Pause:
    """An approved pause, from `start` to `end`; of one that still lasts, `end` is now. Unapproved ones never come here."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ClockDue:
    """A clock that has started: due at `due_at`; `met_at` is when its stopping event happened, if it did."""

    id: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None


def due(
    table: ClockTable,
    kind: Kind | None,
    tier: Tier | None,
    profile: Profile | None,
    events: Mapping[Event, datetime],
    pauses: Sequence[Pause] = (),
) -> list[ClockDue]:
    """Every clock that has started, in the order of the table.

    A clock of an SLA class starts once there is a tier. A new tier gives new due times: call again. `pauses` move the due
    time of pausable clocks.
    """
    return [
        _started(clock, minutes, events, pauses if clock.pausable else ())
        for clock in table.clocks
        if clock.starts in events and clock.applies.covers(kind, tier, profile)
        if (minutes := _minutes(table, clock, tier)) is not None
    ]


def judge(due_at: datetime, met_at: datetime | None, now: datetime) -> Verdict:
    """What a clock says: met up to and including `due_at`, breached after it, met late included."""
    if met_at is None:
        return "breached" if now > due_at else "running"
    return "met" if met_at <= due_at else "breached"


def five_facts_known_at(known: Mapping[Fact, datetime]) -> datetime | None:
    """When the last of the five facts was known; None while one is missing."""
    return max(known.values()) if len(known) == len(Fact) else None


def _minutes(table: ClockTable, clock: Definition, tier: Tier | None) -> int | None:
    if clock.sla is None:
        return clock.offset_minutes
    if tier is None:
        return None
    of_tier = table.class_of(tier)
    return of_tier.respond if clock.sla == "respond" else of_tier.resolve


def _started(clock: Definition, minutes: int, events: Mapping[Event, datetime], pauses: Sequence[Pause]) -> ClockDue:
    start = events[clock.starts]
    return ClockDue(clock.id, start, _extended(start, timedelta(minutes=minutes), pauses), events.get(clock.stops))


def _extended(start: datetime, allowed: timedelta, pauses: Sequence[Pause]) -> datetime:
    """The due time when pauses do not count. A pause that begins after the due time, or before the start, gives nothing
    for that part; one minute in two pauses counts once."""
    due_at, counted_to = start + allowed, start
    for pause in sorted(pauses, key=lambda each: each.start):
        begins = max(pause.start, counted_to)
        if begins >= due_at:
            break
        if pause.end > begins:
            due_at += pause.end - begins
            counted_to = pause.end
    return due_at
