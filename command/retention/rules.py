"""The rule of retention: config/retention.yaml. Pure."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from command.core.paths import CONFIG
from playbooks.source import Misfit, Unfit, load
from playbooks.texts import Record

FILE = "config/retention.yaml"
LEAST = 180
"""Days for which network logs are kept at the least (China's Cybersecurity Law, article 21)."""
LONGEST = 36_500
Days = Annotated[int, Field(ge=1, le=LONGEST)]
Hour = Annotated[int, Field(ge=0, le=23)]


class Rule(Record):
    """Days for which messages are kept after the end of what they were about, and the hours of the day in which they are removed."""

    tiers: tuple[Days, Days, Days, Days]
    warnings: Days
    exercises: Days
    hours: tuple[Hour, Hour]

    def days(self, tier: int | None, *, exercise: bool) -> int:
        """Days for an incident of this highest tier; `tier` None: for an advisory of a warning."""
        if exercise:
            return self.exercises
        return self.warnings if tier is None else self.tiers[tier - 1]

    def at_work(self, now: datetime, zone: str) -> bool:
        """Whether rows may be removed at this hour of the operator's day. Hours that go over midnight do so."""
        begin, end = self.hours
        hour = now.astimezone(ZoneInfo(zone)).hour
        return begin <= hour < end if begin < end else hour >= begin or hour < end

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        if self.hours[0] == self.hours[1]:
            yield Misfit("no hours to work in", "Name two different hours, such as [1, 5].", ("hours",))
        for field, days in (("tiers", min(self.tiers)), ("warnings", self.warnings)):
            if days < LEAST:
                yield Misfit(
                    f"{days} days are less than the law's six months", f"Keep them for {LEAST} days or more.", (field,)
                )


@cache
def rule() -> Rule:
    """The rule in force, read once a process."""
    return load(CONFIG / "retention.yaml", Rule)
