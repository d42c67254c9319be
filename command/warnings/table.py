"""What each kind of event asks for, by colour: config/warnings.yaml."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from command.core.paths import CONFIG
from command.warnings.colours import ORDER, Colour, reaches
from playbooks.faults import Misfit, Unfit
from playbooks.schema import Kind
from playbooks.source import load
from playbooks.tasks import Department
from playbooks.texts import Line, Record, Slug, Text

Pieces = Annotated[int, Field(ge=1, le=10_000)]
Minutes = Annotated[int, Field(ge=1, le=10_080)]
PLACES = frozenset({"operator", "event", "colour", "areas", "from", "until", "advice", "hotline"})


class Task(Record):
    """What a department does before anything fails, due so many minutes after it was given."""

    id: Slug
    department: Department
    least: Colour = Field(alias="from")
    due_minutes: Minutes
    title: Text


class Stage(Record):
    """What is put in place beforehand: so many of a resource of the register."""

    least: Colour = Field(alias="from")
    resource: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    quantity: Pieces


class Event(Record):
    """A kind of event. A colour left out of `change_freeze` or `drills_suspended`: never."""

    name: Text
    words: tuple[Line, ...]
    kind: Kind
    advice: Text
    change_freeze: Colour | None = None
    drills_suspended: Colour | None = None
    duty: Mapping[Colour, Mapping[Department, Annotated[int, Field(ge=1, le=50)]]] = {}
    staging: tuple[Stage, ...] = ()
    tasks: tuple[Task, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        codes = [task.id for task in self.tasks]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise Unfit(Misfit(f"two tasks are called {twice[0]}", "Give each an id of its own.", ("tasks",)))
        return self

    def tasks_at(self, colour: str) -> list[Task]:
        """What is to be done at a colour: its own tasks and those of lighter ones."""
        return [task for task in self.tasks if reaches(colour, task.least)]

    def duty_at(self, colour: str) -> dict[str, int]:
        """How many more stand by, by department: of each the figure of the gravest colour up to this one."""
        found: dict[str, int] = {}
        for each in ORDER:
            if reaches(colour, each):
                found |= {department.value: count for department, count in self.duty.get(each, {}).items()}
        return found

    def staging_at(self, colour: str) -> dict[str, int]:
        """Pieces to put in place, by resource: the greatest figure of those that hold."""
        found: dict[str, int] = {}
        for each in self.staging:
            if reaches(colour, each.least):
                found[each.resource] = max(found.get(each.resource, 0), each.quantity)
        return found


class Wording(Record):
    """A text with places in braces, in both languages."""

    zh: Line
    en: Line

    @model_validator(mode="after")
    def _known_places(self) -> Self:
        for language, text in (("zh", self.zh), ("en", self.en)):
            if unknown := sorted({part.split("}")[0] for part in text.split("{")[1:]} - PLACES):
                raise Unfit(
                    Misfit(f"unknown place {{{unknown[0]}}}", f"Use some of: {', '.join(sorted(PLACES))}.", (language,))
                )
        return self


class Advisory(Record):
    """The texts for subscribers, how long they are worth sending, and from which colour on they do not wait for the morning."""

    valid_minutes: Minutes
    passes_quiet_hours: Colour
    text: Wording
    correction: Wording


Severity = Literal["Minor", "Moderate", "Severe", "Extreme", "Unknown"]


class Cap(Record):
    """How a colour is read from a CAP message: the first of `parameters` that it has decides by `values`, else its severity. A message
    that does not say when it ends ends after `longest_days`."""

    parameters: tuple[Line, ...]
    values: Mapping[Colour, tuple[Line, ...]]
    severity: Mapping[Severity, Colour]
    longest_days: Annotated[int, Field(ge=1, le=60)]


class Table(Record):
    """All of it."""

    events: Mapping[Slug, Event]
    advisory: Advisory
    cap: Cap

    def known(self) -> Iterator[tuple[str, Event]]:
        """Codes and events."""
        yield from self.events.items()


@cache
def table() -> Table:
    """The table, read once a process; a fault in it stops the start."""
    return load(CONFIG / "warnings.yaml", Table)
