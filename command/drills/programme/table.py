"""How often drills are required, and the word that stops one: config/drills.yaml."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from command.core.paths import CONFIG
from playbooks.faults import Misfit, Unfit
from playbooks.scenario import Mode, Subject
from playbooks.source import load
from playbooks.tasks import Department
from playbooks.texts import Line, Record, Text

RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,63}$")]
LONGEST_WORD = 20


class Requirement(Record):
    """What each of `departments` (left out: all) must hold at least every so many months: each subject in whatever mode, each mode on
    whatever subject, or each pair where both are given."""

    id: RuleId
    subjects: tuple[Subject, ...] = ()
    modes: tuple[Mode, ...] = ()
    departments: tuple[Department, ...] = tuple(Department)
    every_months: Annotated[int, Field(ge=1, le=60)]
    source: Line

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        if not self.subjects and not self.modes:
            yield Misfit("nothing says what is required", "Name subjects, modes or both.")
        if not self.departments:
            yield Misfit("it holds for no department", "Name departments, or leave the line out.", ("departments",))
        for field, given in (("subjects", self.subjects), ("modes", self.modes), ("departments", self.departments)):
            if len(set(given)) < len(given):
                yield Misfit("one is listed twice", "List each once.", (field,))


class DrillTable(Record):
    """The whole of config/drills.yaml. `warn_days` before it is due a requirement without a planned drill is shown as due soon."""

    stop_word: Text
    begins: date | None = None
    required: tuple[Requirement, ...]
    warn_days: Annotated[int, Field(ge=0, le=366)] = 30

    @property
    def word(self) -> str:
        """The words that stop a drill, both languages."""
        return f"{self.stop_word.en}/{self.stop_word.zh}"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        for language, word in (("zh", self.stop_word.zh), ("en", self.stop_word.en)):
            if len(word) > LONGEST_WORD or "/" in word or any(each.isspace() for each in word):
                message = f"{word!r} cannot be typed in a hurry"
                yield Misfit(message, "Use one word of up to 20 characters without '/'.", ("stop_word", language))
        if not self.required:
            yield Misfit("nothing is required", "List at least one requirement.", ("required",))
        seen = set[str]()
        for index, each in enumerate(self.required):
            if each.id in seen:
                remedy = "Give each requirement an id of its own."
                yield Misfit(f"'{each.id}' is used twice", remedy, ("required", index, "id"))
            seen.add(each.id)


@cache
def table() -> DrillTable:
    """The table of this installation, read once a process. Raise SourceError with line and remedy."""
    return load(CONFIG / "drills.yaml", DrillTable)
