"""What differs between two editions of a plan, by meaning: parts that came, went or changed, and of those the fields. What is the same in
several tiers is told once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from command.library import parts
from command.library.parts import Part, Value
from playbooks.schema import Playbook
from playbooks.texts import Text

What = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field and what it said before and after; "" where it said nothing."""

    field: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Change:
    """A part that was added, removed or changed, in these tiers (none: in the header)."""

    what: What
    sort: str
    id: str
    title: Text | None
    tiers: tuple[int, ...]
    fields: tuple[FieldChange, ...]


def compare(before: Playbook, after: Playbook) -> list[Change]:
    """All changes from one edition to the other, in the order of the plan; those that went come last within their sort."""
    old, new = ({part.key: part for part in parts.of(plan)} for plan in (before, after))
    found = [change for key, part in new.items() if (change := _change(old.get(key), part))]
    found += [_gone(part) for key, part in old.items() if key not in new]
    return _joined(sorted(found, key=lambda change: _ORDER.index(change.sort)))


_ORDER = ("plan", "organisation", "tier", "task", "page", "resource", "notice", "bulletin")


def _change(old: Part | None, new: Part) -> Change | None:
    if old is None:
        fields = tuple(FieldChange(name, "", value) for name, value in new.fields.items() if value != "")
        return Change("added", new.sort, new.id, new.title, _tiers(new), fields)
    fields = tuple(
        FieldChange(name, old.fields[name], value) for name, value in new.fields.items() if old.fields[name] != value
    )
    return Change("changed", new.sort, new.id, new.title, _tiers(new), fields) if fields else None


def _gone(old: Part) -> Change:
    fields = tuple(FieldChange(name, value, "") for name, value in old.fields.items() if value != "")
    return Change("removed", old.sort, old.id, old.title, _tiers(old), fields)


def _tiers(part: Part) -> tuple[int, ...]:
    return () if part.tier is None else (part.tier,)


def _joined(changes: Sequence[Change]) -> list[Change]:
    """The same change of several tiers as one."""
    made: dict[object, Change] = {}
    for change in changes:
        same = (change.what, change.sort, change.id, change.fields)
        known = made.get(same)
        made[same] = replace(known, tiers=(*known.tiers, *change.tiers)) if known else change
    return list(made.values())
