"""What an agent says to a caller: a script for those affected and for those restored, and answers to what callers ask."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from playbooks import templates
from playbooks.faults import Misfit, Unfit
from playbooks.notices import LATE_FIELDS
from playbooks.texts import PublicText, Record, Slug, Text, within

LONGEST = 400
"""Characters of a text: about a minute and a half of speech, longer than anybody on the telephone listens."""


class SpokenText(PublicText):
    """A template read out to a caller; fields as `templates.NOTICE_FIELDS`. Like a notice it gives no cause."""

    def misfits(self) -> Iterator[Misfit]:
        yield from super().misfits()
        for language, template in (("zh", self.zh), ("en", self.en)):
            yield from within(language, _template_misfits(template))


def _template_misfits(template: str) -> Iterator[Misfit]:
    yield from templates.misfits(template, templates.NOTICE_FIELDS)
    if len(template) > LONGEST:
        yield Misfit(f"longer than {LONGEST} characters", "Shorten it: the caller has to follow it by ear.")
    for name in sorted(LATE_FIELDS & templates.required(template)):
        yield Misfit(f"{{{name}}} may be unknown when somebody calls", f"Put its words in [ ]: [ … {{{name}}} … ].")


class Answer(Record):
    """A question callers ask, and what is said to it."""

    id: Slug
    question: Text
    answer: SpokenText


class Script(Record):
    """`affected` is said while the caller's service is out, `restored` once it is back."""

    affected: SpokenText
    restored: SpokenText
    answers: Annotated[tuple[Answer, ...], Field(max_length=12)] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        seen = set[str]()
        found = list[Misfit]()
        for index, each in enumerate(self.answers):
            if each.id in seen:
                found.append(Misfit(f"'{each.id}' is listed twice", "Keep one of the two.", ("answers", index, "id")))
            seen.add(each.id)
        if found:
            raise Unfit(*found)
        return self
