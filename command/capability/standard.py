"""The standard by which capability is assessed: config/capability.yaml."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from command.capability import figure_names
from command.core.paths import CONFIG
from playbooks.source import Misfit, Unfit, load
from playbooks.texts import Record, Slug, Text

Weight = Annotated[int, Field(ge=1, le=10)]
HIGHEST = 4


class Item(Record):
    """One thing that is rated. `levels` describe 1 to 4, each holding what those below it hold; `figures` are shown beside it."""

    code: Slug
    title: Text
    weight: Weight
    evidence: Text
    figures: tuple[Slug, ...] = ()
    levels: Annotated[tuple[Text, ...], Field(min_length=HIGHEST, max_length=HIGHEST)]


class Domain(Record):
    """Items that belong together; `weight` is how much they count in the whole."""

    code: Slug
    title: Text
    weight: Weight
    items: Annotated[tuple[Item, ...], Field(min_length=1)]


class Standard(Record):
    """The whole of config/capability.yaml; `absent` describes level 0 of every item."""

    version: Annotated[int, Field(ge=1)]
    absent: Text
    domains: Annotated[tuple[Domain, ...], Field(min_length=1)]

    def items(self) -> Iterator[Item]:
        """Every item, in order."""
        return (item for domain in self.domains for item in domain.items)

    def item(self, code: str) -> Item | None:
        """The item of a code."""
        return next((item for item in self.items() if item.code == code), None)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = [*self._twice(), *self._uncounted()]
        if found:
            raise Unfit(*found)
        return self

    def _twice(self) -> Iterator[Misfit]:
        for codes in ([each.code for each in self.items()], [each.code for each in self.domains]):
            for code, count in Counter(codes).items():
                if count > 1:
                    yield Misfit(f"'{code}' is listed twice", "Keep one of the two.", ("domains",))

    def _uncounted(self) -> Iterator[Misfit]:
        for item in self.items():
            for code in item.figures:
                if code not in figure_names.NAMES:
                    known = ", ".join(figure_names.NAMES)
                    yield Misfit(f"no figure is called '{code}'", f"Use some of: {known}.", ("domains",))


@cache
def current() -> Standard:
    """The standard of today, read once a process. Raise SourceError."""
    return load(CONFIG / "capability.yaml", Standard)
