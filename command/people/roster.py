"""People, who holds which duty in which emergency group, and duty rotations: what `demo load` and imports read (R4)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from command.people.authority import Post
from command.people.departments import Structure
from playbooks.schema import Echelon
from playbooks.source import Misfit, Unfit
from playbooks.tasks import Department
from playbooks.texts import Record, Slug, Text

Username = Annotated[str, Field(pattern=r"^[a-z][a-z0-9._-]{1,31}$")]
AreaCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,32}$")]
Place = tuple[str | int, ...]


class PersonCard(Record):
    """A person. `number` is E.164; posts decide what they may do, the area where."""

    username: Username
    name: Text
    posts: tuple[Post, ...]
    department: Department | None = None
    area: AreaCode
    number: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{7,14}$")]
    language: Literal["zh", "en"] = "zh"


class Member(Record):
    """Who holds a duty, and who stands in, in this order."""

    duty: Slug
    holder: Username
    deputies: tuple[Username, ...]

    def everyone(self) -> tuple[str, ...]:
        """Holder and deputies, in the order in which they are called."""
        return (self.holder, *self.deputies)


class GroupCard(Record):
    """The emergency group of one area."""

    code: Slug
    echelon: Echelon
    area: AreaCode
    name: Text
    members: tuple[Member, ...]


class WindowCard(Record):
    """A part of each local week: on `days` (0 = Monday) from `start` to `end`; an end that is not later is on the next day."""

    days: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(min_length=1)] = (0, 1, 2, 3, 4, 5, 6)
    start: time
    end: time


class LayerCard(Record):
    """A rotation: members take turns of `period_days` from `starts_on`, handing over at `handover` in `zone`, inside the windows if
    there are any."""

    name: Text | None = None
    zone: str
    starts_on: date
    handover: time
    period_days: Annotated[int, Field(ge=1)] = 7
    members: tuple[Username, ...]
    windows: tuple[WindowCard, ...] = ()


class ScheduleCard(Record):
    """A duty with its layers, the topmost last."""

    code: Slug
    name: Text
    department: Department
    layers: Annotated[tuple[LayerCard, ...], Field(min_length=1)]


class Roster(Record):
    """A whole roster; every name in it is a person of it."""

    people: tuple[PersonCard, ...]
    groups: tuple[GroupCard, ...]
    schedules: tuple[ScheduleCard, ...]

    def person(self, username: str) -> PersonCard:
        """The person of a username that the roster holds."""
        return next(person for person in self.people if person.username == username)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        yield from _twice("people", "username", [person.username for person in self.people])
        yield from _twice("people", "number", [person.number for person in self.people])
        yield from _twice("groups", "code", [group.code for group in self.groups])
        yield from _twice("schedules", "code", [schedule.code for schedule in self.schedules])
        known = {person.username for person in self.people}
        for index, group in enumerate(self.groups):
            for at, member in enumerate(group.members):
                yield from _strangers(member.everyone(), known, ("groups", index, "members", at))
        for index, schedule in enumerate(self.schedules):
            for at, layer in enumerate(schedule.layers):
                yield from _strangers(layer.members, known, ("schedules", index, "layers", at, "members"))


@dataclass(frozen=True, slots=True)
class Gap:
    """A duty that the roster leaves open: nobody named, no deputy, the same person twice, or somebody without the post."""

    group: str
    duty: str
    why: Literal["nobody", "no deputy", "same person", "lacks the post", "unknown duty"]


def gaps(structure: Structure, roster: Roster) -> tuple[Gap, ...]:
    """What is missing so that every group of the roster has named members for each duty, and deputies (R4)."""
    return tuple(gap for group in roster.groups for gap in _group_gaps(structure, roster, group))


def _group_gaps(structure: Structure, roster: Roster, group: GroupCard) -> Iterator[Gap]:
    duties = {duty.code: duty.posts for duty in structure.group_of(group.echelon).duties}
    filled = {member.duty for member in group.members}
    for duty in duties.keys() - filled:
        yield Gap(group.code, duty, "nobody")
    for member in group.members:
        if member.duty not in duties:
            yield Gap(group.code, member.duty, "unknown duty")
        else:
            yield from _member_gaps(group, member, duties[member.duty], roster)


def _member_gaps(group: GroupCard, member: Member, posts: tuple[Post, ...], roster: Roster) -> Iterator[Gap]:
    if not member.deputies:
        yield Gap(group.code, member.duty, "no deputy")
    if len(set(member.everyone())) < len(member.everyone()):
        yield Gap(group.code, member.duty, "same person")
    if any(set(roster.person(name).posts).isdisjoint(posts) for name in member.everyone()):
        yield Gap(group.code, member.duty, "lacks the post")


def _twice(field: str, key: str, values: list[str]) -> Iterator[Misfit]:
    counts = Counter(values)
    for index, value in enumerate(values):
        if counts[value] > 1:
            yield Misfit(f"'{value}' is used {counts[value]} times", "Let each have its own.", (field, index, key))


def _strangers(names: Iterable[str], known: Set[str], place: Place) -> Iterator[Misfit]:
    for name in names:
        if name not in known:
            yield Misfit(f"'{name}' is not among the people", "Add the person, or correct the name.", place)
