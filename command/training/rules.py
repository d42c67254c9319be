"""Who is trained in what, from config/training.yaml (R10). A mistake there names its line and the remedy."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from command.core.paths import CONFIG
from command.drills.models import Part
from command.people.authority import Post
from playbooks import source
from playbooks.scenario import Subject
from playbooks.source import Misfit, Unfit
from playbooks.texts import Record

Months = Annotated[int, Field(ge=1, le=120)]
Minutes = Annotated[int, Field(ge=1, le=1440)]
Score = Annotated[int, Field(ge=1, le=100)]
Days = Annotated[int, Field(ge=1, le=365)]


class Topic(StrEnum):
    """The five topics of training (R10)."""

    PLAN_AND_PROCESS = "plan_and_process"
    FAULT_FINDING = "fault_finding"
    USER_COMMUNICATION = "user_communication"
    INFORMATION_SECURITY = "information_security"
    COORDINATION = "coordination"


class TopicRule(Record):
    """What a session must at least have of a topic: `minutes`, a `score` of 100 if any. It holds `months` for those of whom no post
    demands it."""

    topic: Topic
    minutes: Minutes
    score: Score | None = None
    months: Months


class Requirement(Record):
    """Holders of `posts` need `topic` again every so many months; `minutes` and `score` over those of the topic."""

    topic: Topic
    posts: Annotated[tuple[Post, ...], Field(min_length=1)]
    every_months: Months
    minutes: Minutes | None = None
    score: Score | None = None


class DrillCredit(Record):
    """Who took one of `parts` in a drill about `subject` is trained in `topics` for `months`."""

    subject: Subject
    parts: Annotated[tuple[Part, ...], Field(min_length=1)]
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)]
    months: Months


@dataclass(frozen=True, slots=True)
class Need:
    """What is asked of somebody: the topic again every `months`, in a session with `minutes` and `score` (None: none) of it."""

    topic: Topic
    months: int
    minutes: int
    score: int | None


class Rules(Record):
    """The whole of config/training.yaml. Days: `new_people_days` for the first training of somebody new, `soon_days` before the end of a
    training in which it is about to end."""

    new_people_days: Days
    soon_days: Days
    least_share: Annotated[float, Field(gt=0, le=1)]
    topics: tuple[TopicRule, ...]
    requirements: tuple[Requirement, ...]
    drills: tuple[DrillCredit, ...] = ()

    def needs(self, posts: Collection[str]) -> dict[Topic, Need]:
        """What holders of all these posts need: of each topic the strictest of their posts."""
        found: dict[Topic, Need] = {}
        for each in self.requirements:
            if not set(each.posts).isdisjoint(posts):
                asked = self._asked(each)
                found[each.topic] = _strictest(found[each.topic], asked) if each.topic in found else asked
        return found

    def usual(self, topic: Topic) -> Need:
        """What is asked of somebody whose posts do not need the topic."""
        rule = next(each for each in self.topics if each.topic == topic)
        return Need(topic, rule.months, rule.minutes, rule.score)

    def _asked(self, each: Requirement) -> Need:
        usual = self.usual(each.topic)
        return Need(each.topic, each.every_months, each.minutes or usual.minutes, each.score or usual.score)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        counts = Counter(each.topic for each in self.topics)
        for topic in Topic:
            if counts[topic] != 1:
                yield Misfit(f"'{topic}' is listed {counts[topic]} times", "List it exactly once.", ("topics",))
        asked = {each.topic for each in self.requirements}
        for topic in Topic:
            if topic not in asked:
                yield Misfit(f"no post needs '{topic}'", "Name the posts that need it.", ("requirements",))
        yield from _twice(
            "requirements",
            ((at, f"{each.topic} of {post}") for at, each in enumerate(self.requirements) for post in each.posts),
        )
        yield from _twice(
            "drills",
            (
                (at, f"{topic} by {part} in {each.subject}")
                for at, each in enumerate(self.drills)
                for part in each.parts
                for topic in each.topics
            ),
        )


def _twice(field: str, said: Iterator[tuple[int, str]]) -> Iterator[Misfit]:
    seen: set[str] = set()
    for at, what in said:
        if what in seen:
            yield Misfit(f"{what} is said twice", "Say it once.", (field, at))
        seen.add(what)


def _strictest(one: Need, other: Need) -> Need:
    score = max(one.score or 0, other.score or 0) or None
    return Need(one.topic, min(one.months, other.months), max(one.minutes, other.minutes), score)


@cache
def current() -> Rules:
    """The rules of this installation, read once a process. Raise SourceError."""
    return source.load(CONFIG / "training.yaml", Rules)
