"""The departments and the emergency groups an operator has, from config/departments.yaml (R4, R6)."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Self

from pydantic import model_validator

from command.people.authority import TIERS, Post, Tier
from playbooks.schema import Echelon
from playbooks.source import Misfit, Unfit
from playbooks.tasks import Department
from playbooks.texts import Record, Slug, Text


class DepartmentCard(Record):
    """A department and what it does when a plan is activated."""

    code: Department
    name: Text
    duty: Text


class Duty(Record):
    """A duty in an emergency group; whoever holds it, or stands in, must hold one of `posts`."""

    code: Slug
    name: Text
    posts: tuple[Post, ...]


class GroupForm(Record):
    """The emergency group of an echelon: the tiers it handles and the duties that must be filled."""

    echelon: Echelon
    name: Text
    handles: tuple[Tier, ...]
    duties: tuple[Duty, ...]


class Structure(Record):
    """The whole of config/departments.yaml: every department and echelon once, every tier handled by one echelon."""

    departments: tuple[DepartmentCard, ...]
    groups: tuple[GroupForm, ...]

    def group_for(self, tier: Tier) -> GroupForm:
        """The group that handles incidents of a tier."""
        return next(group for group in self.groups if tier in group.handles)

    def group_of(self, echelon: Echelon) -> GroupForm:
        """The group of an echelon."""
        return next(group for group in self.groups if group.echelon is echelon)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        yield from _once("departments", Department, (card.code for card in self.departments))
        yield from _once("groups", Echelon, (group.echelon for group in self.groups))
        yield from _once("groups", map(str, TIERS), (str(tier) for group in self.groups for tier in group.handles))
        for index, group in enumerate(self.groups):
            if not any(Post.COMMANDER in duty.posts for duty in group.duties):
                message = f"the group of {group.echelon} has no duty for a commander"
                yield Misfit(message, "Add a duty with the post commander.", ("groups", index, "duties"))


def _once(field: str, wanted: Iterable[str], given: Iterable[str]) -> Iterator[Misfit]:
    counts = Counter(given)
    for each in wanted:
        if counts[each] != 1:
            yield Misfit(f"'{each}' is listed {counts[each]} times", "List it exactly once.", (field,))
