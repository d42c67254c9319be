"""Words in both languages."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from playbooks.content import has_han, has_wide, public_misfits
from playbooks.faults import Misfit, Unfit

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class Record(BaseModel):
    """A frozen value of a plan; unknown fields are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Record):
    """One text in Chinese and in English; neither may be missing, and neither may stand in for the other."""

    zh: Line
    en: Line

    def misfits(self) -> Iterator[Misfit]:
        """Broken rules of this kind of text."""
        if not has_han(self.zh):
            yield Misfit("the Chinese text has no Chinese character", "Translate it.", ("zh",))
        if has_wide(self.en):
            yield Misfit("the English text has Chinese characters or punctuation", "Translate it.", ("en",))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self.misfits()):
            raise Unfit(*found)
        return self


class PublicText(Text):
    """A text that the public reads; see `content.public_misfits`."""

    def misfits(self) -> Iterator[Misfit]:
        yield from super().misfits()
        yield from within("zh", public_misfits(self.zh))
        yield from within("en", public_misfits(self.en))


def within(step: str | int, misfits: Iterator[Misfit]) -> Iterator[Misfit]:
    """The same misfits, seen from one level further up."""
    for misfit in misfits:
        yield Misfit(misfit.message, misfit.remedy, (step, *misfit.at))
