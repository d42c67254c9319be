"""What a complaint is and what follows from it, from config/complaints.yaml (R13, R30). A mistake there names its line and the remedy."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from command.core.paths import CONFIG
from playbooks import source
from playbooks.source import Misfit, Unfit
from playbooks.tasks import Department
from playbooks.texts import Record, Slug, Text

Minutes = Annotated[int, Field(ge=1, le=100_000)]
Hours = Annotated[int, Field(ge=1, le=1000)]
Severity = Annotated[int, Field(ge=1, le=4)]
Reach = Literal["one", "several", "group", "public"]
Class = Literal["regular", "emergency", "special"]
Dimension = Literal["county", "prefecture", "service", "plan"]
Step = Literal["accept", "enquire", "answer", "follow_up"]
STEPS: tuple[Step, ...] = ("accept", "enquire", "answer", "follow_up")
REACHES: tuple[Reach, ...] = ("one", "several", "group", "public")


class Kind(Record):
    """A kind of complaint, the department that handles it, and by what a surge of it is looked for."""

    code: Slug
    name: Text
    department: Department
    dimensions: Annotated[tuple[Dimension, ...], Field(min_length=1)]


class Clocks(Record):
    """By when the steps of a class are to be done, in minutes; `answer` None: as agreed with the customer."""

    code: Class
    accept: Minutes
    enquire: Minutes
    answer: Minutes | None = None
    follow_up: Minutes

    def within(self, step: Step) -> timedelta | None:
        """How long a step may take."""
        minutes: int | None = getattr(self, step)
        return timedelta(minutes=minutes) if minutes is not None else None


class Rule(Record):
    """A class for what fits everything that the rule names."""

    gives: Annotated[Class, Field(alias="class")]
    kind: tuple[Slug, ...] = ()
    severity: tuple[Severity, ...] = ()
    reach: tuple[Reach, ...] = ()

    def fits(self, kind: str, severity: int, reach: str) -> bool:
        """Whether a complaint is what the rule names."""
        return (
            (not self.kind or kind in self.kind)
            and (not self.severity or severity in self.severity)
            and (not self.reach or reach in self.reach)
        )


class SurgeRule(Record):
    """When a rate is a surge (see `surge`), and how long it has to be calm before its incident may be closed."""

    window: Minutes
    weeks: Annotated[int, Field(ge=1, le=12)]
    least_weeks: Annotated[int, Field(ge=1, le=12)]
    minimum: Annotated[int, Field(ge=1)]
    ratio: Annotated[float, Field(gt=1)]
    absolute: Annotated[int, Field(ge=1)]
    calm_hours: Hours
    quiet_hours: Hours
    accept_by_itself: bool = False


class Late(Record):
    """When superiors are told of what is late, and how often anybody is told."""

    raise_after: Minutes
    again: Minutes


class Rules(Record):
    """The whole of config/complaints.yaml."""

    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    classes: tuple[Clocks, ...]
    rules: tuple[Rule, ...] = ()
    otherwise: Class
    surge: SurgeRule
    late: Late

    def kind(self, code: str) -> Kind | None:
        """The kind of a code; None for one that the table has no more."""
        return next((kind for kind in self.kinds if kind.code == code), None)

    def clocks(self, its: str) -> Clocks:
        """The clocks of a class."""
        return next(clocks for clocks in self.classes if clocks.code == its)

    def class_of(self, kind: str, severity: int, reach: str) -> Class:
        """The class of a complaint: of the first rule that fits."""
        return next((rule.gives for rule in self.rules if rule.fits(kind, severity, reach)), self.otherwise)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        for code, count in Counter(kind.code for kind in self.kinds).items():
            if count > 1:
                yield Misfit(f"'{code}' is listed {count} times", "List it once.", ("kinds",))
        for its in ("regular", "emergency", "special"):
            if sum(clocks.code == its for clocks in self.classes) != 1:
                yield Misfit(f"'{its}' is not listed exactly once", "List it once.", ("classes",))
        known = {kind.code for kind in self.kinds}
        for index, rule in enumerate(self.rules):
            for code in rule.kind:
                if code not in known:
                    yield Misfit(f"there is no kind '{code}'", "Use one of kinds.", ("rules", index, "kind"))
        if self.surge.least_weeks > self.surge.weeks:
            yield Misfit("least_weeks is more than weeks", "Use a smaller number.", ("surge", "least_weeks"))


@cache
def current() -> Rules:
    """The table, read once a process."""
    return source.load(CONFIG / "complaints.yaml", Rules)
