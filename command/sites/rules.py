"""What is done ahead of a fall, and how long crews work: config/sites.yaml and config/crews.yaml, read once a process."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from command.core.paths import CONFIG
from playbooks import source
from playbooks.source import Misfit, Unfit
from playbooks.texts import Record

Minutes = Annotated[int, Field(ge=1, le=10_080)]
Hours = Annotated[float, Field(gt=0, le=72)]


class SiteRules(Record):
    """`generator_minutes` before a site falls it is time to bring a generator: `generator` (code of a resource) of `generator_type` or more
    capable. `customers`: what a critical customer of a kind makes of the site that serves them. `vehicles` and `generators` are the
    resources that bulletins count as such; `people` how many people a piece of a human resource is (left out: 1)."""

    generator_minutes: Minutes
    generator: str
    generator_type: Annotated[int, Field(ge=1, le=4)]
    customers: Mapping[str, str]
    vehicles: tuple[str, ...]
    generators: tuple[str, ...]
    people: Mapping[str, Annotated[int, Field(ge=1, le=100)]]


class CrewRules(Record):
    """Hours a crew may be on duty at one stretch, from which hour that is shown as near, and the rest that ends a stretch."""

    limit_hours: Hours
    near_hours: Hours
    rest_hours: Hours

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.near_hours > self.limit_hours:
            raise Unfit(Misfit("near_hours is more than limit_hours", "Let the warning come before the limit."))
        return self


@cache
def sites() -> SiteRules:
    """The rules for sites."""
    return source.load(CONFIG / "sites.yaml", SiteRules)


@cache
def crews() -> CrewRules:
    """The rules for crews."""
    return source.load(CONFIG / "crews.yaml", CrewRules)
