"""What an emergency leaves to be settled, by kind and tier: config/settlement.yaml (R32)."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from command.core.paths import CONFIG
from command.people.authority import TIERS, Tier
from command.settlement.models import Sort
from playbooks.schema import Kind
from playbooks.source import Misfit, Unfit, load
from playbooks.tasks import Department
from playbooks.texts import Record, Slug, Text


class Rule(Record):
    """One thing to settle. `kinds` and `tiers` left out mean all; with `required` an incident is not closed before it is settled."""

    code: Slug
    sort: Sort
    title: Text
    department: Department
    due_days: Annotated[int, Field(ge=1, le=3650)]
    kinds: tuple[Kind, ...] = tuple(Kind)
    tiers: tuple[Tier, ...] = TIERS
    required: bool

    def covers(self, kind: str, tier: int) -> bool:
        """True if an incident of this kind and tier leaves it to be settled."""
        return kind in self.kinds and tier in self.tiers


class Rules(Record):
    """The whole of config/settlement.yaml: no code twice."""

    items: tuple[Rule, ...]

    def of(self, kind: str, tier: int) -> Iterator[Rule]:
        """What an incident of a kind and tier leaves to be settled."""
        return (rule for rule in self.items if rule.covers(kind, tier))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        counts = Counter(rule.code for rule in self.items)
        twice = [code for code, count in counts.items() if count > 1]
        if twice:
            raise Unfit(*(Misfit(f"'{code}' is listed twice", "Keep one of the two.", ("items",)) for code in twice))
        return self


@cache
def rules() -> Rules:
    """The rules, read once a process."""
    return load(CONFIG / "settlement.yaml", Rules)
