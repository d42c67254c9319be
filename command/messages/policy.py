"""What an operator's notices keep to: config/notices.yaml, read once a process. A mistake there names its line and the remedy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy.orm import Session

from command.core.paths import CONFIG
from command.core.settings import Settings, read
from command.messages.bad_rules import BadNumbers
from playbooks.schema import TIERS, Kind
from playbooks.source import Misfit, Unfit, load
from playbooks.templates import misfits
from playbooks.texts import Record, Text

FILE = CONFIG / "notices.yaml"
GRAVE = (1, 2)
"""Tiers whose first notice nobody can opt out of (field practice: whoever loses service in a grave outage is told)."""
CONFIRMATION_FIELDS = {"operator": "name of the operator", "hotline": "customer-service number"}

Tier = Annotated[int, Field(ge=1, le=4)]
Minutes = Annotated[int, Field(ge=1, le=10_080)]
Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Quiet(Record):
    """When nobody is woken, on the local wall clock, and what passes all the same."""

    from_: Annotated[Clock, Field(alias="from")]
    until: Clock
    tiers: tuple[Tier, ...]
    kinds: tuple[Kind, ...] = ()
    emergency_numbers: bool
    source: Source

    @property
    def begins(self) -> time:
        return time.fromisoformat(self.from_)

    @property
    def ends(self) -> time:
        return time.fromisoformat(self.until)

    def passes(self, tier: int, kind: str, *, asked: bool, emergency: bool) -> bool:
        """Whether a notice leaves at night: `asked` by the plan in a tier that may, of a kind that may, or `emergency` numbers are cut
        off."""
        return (asked and tier in self.tiers) or kind in self.kinds or (emergency and self.emergency_numbers)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.from_ == self.until:
            raise Unfit(Misfit("quiet hours begin and end at the same time", "Write two times of a day.", ("until",)))
        return self


class Pace(Record):
    """Minutes until the next update at most (None: there is none), and between two at least."""

    every: Minutes | None
    gap: Minutes

    @property
    def shortest(self) -> timedelta:
        return timedelta(minutes=self.gap)


class Cadence(Record):
    """`kinds` are the events that `every` is asked of; the gap holds for all. `draft_minutes` before an update is due it is drafted from
    the plan's text, for a person to approve (None: never)."""

    kinds: tuple[Kind, ...]
    tiers: dict[Tier, Pace]
    draft_minutes: Annotated[int, Field(ge=0, le=240)] | None = 10
    source: Source

    @property
    def ahead(self) -> timedelta | None:
        """How long before an update is due it is drafted."""
        return None if self.draft_minutes is None else timedelta(minutes=self.draft_minutes)

    def of(self, tier: int) -> Pace:
        """The pace of a tier."""
        return self.tiers[tier]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        for tier in TIERS:
            pace = self.tiers.get(tier)
            if pace is None:
                yield Misfit(f"tier {tier} is missing", f"Write '{tier}: {{every: 60, gap: 60}}'.", ("tiers",))
            elif pace.every is not None and pace.gap > pace.every:
                yield Misfit("gap is longer than every", "Use a gap of at most every.", ("tiers", str(tier), "gap"))


class Change(Record):
    """What counts as news since the last notice."""

    eta_minutes: Annotated[int, Field(ge=1, le=1440)]
    users_percent: Annotated[int, Field(ge=1, le=1000)]
    tier: bool
    services: bool
    source: Source


class EtaRange(Record):
    width_minutes: Annotated[int, Field(ge=0, le=1440)]
    round_to: Annotated[int, Field(ge=1, le=60)]
    source: Source


class Confirmations(Record):
    """What confirms an opt-out, and a return."""

    left: Text
    back: Text

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = [
            Misfit(fault.message, fault.remedy, (name, tongue))
            for name, text in (("left", self.left), ("back", self.back))
            for tongue, words in (("zh", text.zh), ("en", text.en))
            for fault in misfits(words, CONFIRMATION_FIELDS)
        ]
        if found:
            raise Unfit(*found)
        return self


class OptOuts(Record):
    leave: Annotated[tuple[Word, ...], Field(min_length=1)]
    return_: Annotated[tuple[Word, ...], Field(alias="return", min_length=1)]
    first_notices_of_tiers: tuple[Tier, ...] = ()
    confirm: bool
    texts: Confirmations
    source: Source

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        both = {word.upper() for word in self.leave} & {word.upper() for word in self.return_}
        for word in sorted(both):
            yield Misfit(f"'{word}' opts out and back in", "Keep it in one of the two lists.", ("return",))
        if grave := sorted(set(self.first_notices_of_tiers) & set(GRAVE)):
            yield Misfit(
                f"an opt-out cannot cover first notices of tier {grave[0]}",
                "List tiers 3 and 4 only: whoever loses service in a grave outage is told.",
                ("first_notices_of_tiers",),
            )


class Overlap(Record):
    merge: bool
    within_minutes: Minutes
    source: Source


class Costs(Record):
    warn_segments: Annotated[int, Field(ge=1, le=20)]
    source: Source


class Replies(Record):
    follow_up: bool
    within_hours: Annotated[int, Field(ge=1, le=720)]
    source: Source

    @property
    def within(self) -> timedelta:
        return timedelta(hours=self.within_hours)


Spoken = Literal["first", "all_clear", "correction"]
"""What is worth a call: an update of what somebody knows already is not."""


@dataclass(frozen=True, slots=True)
class Called:
    """Which classes of critical customer are called: `only` these, or (None) all `but` those."""

    only: frozenset[str] | None = frozenset()
    but: frozenset[str] = frozenset()

    def __contains__(self, critical: str) -> bool:
        return critical != "" and (critical not in self.but if self.only is None else critical in self.only)

    def __bool__(self) -> bool:
        return self.only is None or bool(self.only)


NOBODY = Called()


class Calls(Record):
    """Of which kinds of notice critical customers are called, by class (what the register says makes them one), where there is a voice
    gateway; `otherwise` holds for a class that is not named."""

    classes: dict[Word, tuple[Spoken, ...]] = {}
    otherwise: tuple[Spoken, ...] = ("first", "all_clear", "correction")
    source: Source

    def of(self, kind: str) -> Called:
        """Who is called of a kind of notice."""
        if kind in self.otherwise:
            return Called(None, frozenset(name for name, kinds in self.classes.items() if kind not in kinds))
        return Called(frozenset(name for name, kinds in self.classes.items() if kind in kinds))


class Policy(Record):
    """The whole of config/notices.yaml. A file written before there was a rule of bad numbers has the shipped one."""

    quiet: Quiet
    cadence: Cadence
    change: Change
    eta: EtaRange
    opt_out: OptOuts
    overlap: Overlap
    texts: Costs
    replies: Replies
    bad_numbers: BadNumbers = BadNumbers()
    calls: Calls = Calls(source="ours, every critical customer")


def settings(session: Session) -> Settings:
    """The settings of the installation the session belongs to; those of the environment where nobody gave any."""
    found = session.info.get("settings")
    return found if isinstance(found, Settings) else _environment()


@cache
def _environment() -> Settings:
    return read()


def current(session: Session) -> Policy:
    """The policy of the installation the session belongs to."""
    return read_file(settings(session).notices or FILE)


@cache
def read_file(path: Path) -> Policy:
    """The policy in a file; raises `playbooks.source.Faults` naming lines."""
    return load(path, Policy)
