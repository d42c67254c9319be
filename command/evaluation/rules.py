"""What a report needs, by tier: config/evaluation.yaml."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from command.core.paths import CONFIG
from command.people.authority import Post
from playbooks.source import Misfit, Unfit, load
from playbooks.texts import Record

Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]
MOST_WHYS = 7


class Demand(Record):
    """What the report of an incident of one tier needs: signatures of `posts`, within `days` of the closing, and so many `whys`."""

    posts: Annotated[tuple[Post, ...], Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=365)]
    whys: Annotated[int, Field(ge=0, le=MOST_WHYS)]


class Terms(Record):
    """Words that users do not read, by language."""

    zh: tuple[Term, ...] = ()
    en: tuple[Term, ...] = ()


class Table(Record):
    """The whole of config/evaluation.yaml: every tier, no post twice."""

    tiers: Mapping[Literal["1", "2", "3", "4"], Demand]
    internal_terms: Terms = Terms()

    def of(self, tier: int) -> Demand:
        """What a report of this tier needs."""
        return next(demand for known, demand in self.tiers.items() if known == str(tier))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        for tier in sorted({"1", "2", "3", "4"} - set(self.tiers)):
            yield Misfit(f"tier {tier} is missing", "Say who signs its reports.", ("tiers",))
        for tier, demand in self.tiers.items():
            if len(set(demand.posts)) < len(demand.posts):
                yield Misfit(f"tier {tier} names a post twice", "Keep one of the two.", ("tiers", tier))


@cache
def table() -> Table:
    """The table, read once a process."""
    return load(CONFIG / "evaluation.yaml", Table)
