"""Whether an incident is reportable and by which rules, and which reports are owed by when. Pure: facts, clocks and times alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from command.filings.regulators import FieldOf, Regulator, Report, Reportable
from command.incidents.clocks import ClockTable, Event, Profile
from command.incidents.grading import Facts
from playbooks.schema import Kind


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that matches: by what has happened (`now`), or only when what is expected comes true."""

    rule: Reportable
    now: bool


@dataclass(frozen=True, slots=True)
class Ticking:
    """What is known of an event of the regulator: by when it is wanted (None: its clock has not begun), and when it came about. `runs`:
    a clock of the incident asks for it, whatever the rules say."""

    due_at: datetime | None = None
    met_at: datetime | None = None
    runs: bool = False


class Standing(StrEnum):
    """How a report stands. foreseen: only what is expected makes it owed. waits: owed, and its clock has not begun. done: it was submitted,
    or its clock was stopped otherwise."""

    NOT_ASKED = "not_asked"
    FORESEEN = "foreseen"
    WAITS = "waits"
    OWED = "owed"
    LATE = "late"
    DONE = "done"


OPEN = (Standing.OWED, Standing.LATE)


@dataclass(frozen=True, slots=True)
class Owed:
    """A report of an incident: how it stands, due when, flagged from when, and when it was done."""

    report: Report
    standing: Standing
    due_at: datetime | None
    met_at: datetime | None

    @property
    def flagged_from(self) -> datetime | None:
        """From when the command board shows it."""
        return self.due_at - timedelta(minutes=self.report.ahead_minutes) if self.due_at else None

    @property
    def was_late(self) -> bool:
        """It was done, and after its time."""
        return self.met_at is not None and self.due_at is not None and self.met_at > self.due_at

    def flagged(self, now: datetime) -> bool:
        """Whether the board shows it now: from the moment it is flagged from until it is done."""
        start = self.flagged_from
        return self.standing in OPEN and start is not None and start <= now


def matches(regulator: Regulator, facts: Facts, projected: Facts, tier: int) -> list[Match]:
    """The rules by which an incident is reportable, in the order of the table. Thresholds are inclusive: exactly 30 minutes count."""
    found = []
    for rule in regulator.reportable:
        if rule.tiers is not None and tier not in rule.tiers:
            continue
        if rule.when is None or rule.when.matches(facts):
            found.append(Match(rule, now=True))
        elif rule.when.matches(projected):
            found.append(Match(rule, now=False))
    return found


def owed(
    regulator: Regulator,
    matched: Sequence[Match],
    ticking: Mapping[Event, Ticking],
    submitted: Mapping[str, datetime],
    now: datetime,
) -> list[Owed]:
    """How every report of a profile stands. `submitted` are times by report. A report is owed while a rule matches by what has happened, or
    a clock runs for it. Exactly on time is in time."""
    reportable = any(match.now for match in matched)
    return [_one(report, reportable, bool(matched), ticking, submitted, now) for report in regulator.reports]


def _one(
    report: Report,
    reportable: bool,
    foreseen: bool,
    ticking: Mapping[Event, Ticking],
    submitted: Mapping[str, datetime],
    now: datetime,
) -> Owed:
    known = ticking.get(Event(report.event), Ticking())
    done = [at for at in (known.met_at, submitted.get(report.id)) if at is not None]
    if done:
        standing = Standing.DONE
    elif not (reportable or known.runs):
        standing = Standing.FORESEEN if foreseen else Standing.NOT_ASKED
    elif known.due_at is None:
        standing = Standing.WAITS
    else:
        standing = Standing.LATE if now > known.due_at else Standing.OWED
    return Owed(report, standing, known.due_at, min(done, default=None))


def due_without_clock(
    table: ClockTable, profile: Profile, event: Event, kind: Kind, happened: Mapping[Event, datetime]
) -> datetime | None:
    """By when a report is due of an incident whose tier starts no clock for it: the earliest of the profile's clocks that this event stops
    and that are for its kind. None while none of them has begun."""
    dues = [
        happened[clock.starts] + timedelta(minutes=clock.offset_minutes)
        for clock in table.clocks
        if clock.stops is event and clock.offset_minutes is not None and clock.starts in happened
        if profile in (clock.applies.profiles or ()) and (clock.applies.kinds is None or kind in clock.applies.kinds)
    ]
    return min(dues, default=None)


def missing(fields: Sequence[FieldOf], values: Mapping[str, object]) -> list[FieldOf]:
    """The required fields that hold nothing."""
    return [field for field in fields if field.required and values.get(field.key) in (None, "")]
