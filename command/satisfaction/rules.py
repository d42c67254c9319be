"""Who is asked after a restoration, when and in which words: config/satisfaction.yaml (R16)."""

from datetime import timedelta
from functools import cache
from typing import Annotated

from pydantic import Field

from command.core.paths import CONFIG
from command.people.authority import TIERS, Tier
from playbooks.schema import Kind
from playbooks.source import load
from playbooks.texts import Record, Text

Percent = Annotated[float, Field(gt=0, le=100)]


class Rule(Record):
    """What is asked after incidents of some kinds and tiers. Times in hours and days; `share` in percent."""

    kinds: tuple[Kind, ...] = tuple(Kind)
    tiers: tuple[Tier, ...] = TIERS
    ask: bool
    after_hours: Annotated[float, Field(ge=0, le=720)] = 0.5
    share: Percent = 5
    most: Annotated[int, Field(ge=1, le=100_000)] = 1000
    critical: bool = True
    open_days: Annotated[int, Field(ge=1, le=60)] = 7

    @property
    def after(self) -> timedelta:
        return timedelta(hours=self.after_hours)


class Targets(Record):
    """What the figures are held against: percent, and points of a hundred."""

    satisfied: Annotated[int, Field(ge=1, le=100)]
    score: Annotated[int, Field(ge=1, le=100)]
    first_response: Annotated[int, Field(ge=1, le=100)]


class Texts(Record):
    """What is sent, in both languages; see playbooks.templates for fields and clauses."""

    ask: Text
    thanks: Text
    sorry: Text
    digits: Text


class Rules(Record):
    """The whole of config/satisfaction.yaml."""

    targets: Targets
    few: Annotated[int, Field(ge=1, le=10_000)]
    low: Annotated[int, Field(ge=1, le=4)]
    patience_days: Annotated[int, Field(ge=1, le=60)]
    rules: tuple[Rule, ...]
    texts: Texts

    def of(self, kind: str, tier: int) -> Rule | None:
        """The rule of an incident; None where nobody is asked."""
        found = next((rule for rule in self.rules if kind in rule.kinds and tier in rule.tiers), None)
        return found if found is not None and found.ask else None


@cache
def rules() -> Rules:
    """The rules, read once a process."""
    return load(CONFIG / "satisfaction.yaml", Rules)
