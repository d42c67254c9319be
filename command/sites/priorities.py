"""In which order sites are restored. Pure: first what keeps people alive, then what keeps the state going, then users.

The order of the marks is the handbook's: emergency numbers, hospitals, government, shelters."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

MARKS = ("emergency_numbers", "hospital", "government", "shelter", "utility", "critical_customer")
"""Marks of priority, the first comes first. The last is never imported: it follows from the customers a site serves."""
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Weight:
    """What a site weighs: its marks, the users that hang on it, critical customers among them, and whether its first mark was `given`
    rather than derived from its customers."""

    marks: tuple[str, ...]
    users: int
    critical: int
    given: bool = False


def marked(given: Collection[str], customers: Mapping[str, int], meaning: Mapping[str, str]) -> tuple[str, ...]:
    """Marks of a site: those given, and those that follow from its critical customers (kind → how many), in their order."""
    derived = {meaning.get(kind, "critical_customer") for kind, count in customers.items() if count}
    return tuple(mark for mark in MARKS if mark in derived or mark in given)


def rank(weight: Weight) -> tuple[int, bool, int, int]:
    """Sorts before what has less priority; of one mark the sites to which it was given come first."""
    best = MARKS.index(weight.marks[0]) if weight.marks else len(MARKS)
    return best, not weight.given, -weight.users, -weight.critical


def ordered(by_rule: Sequence[Key], placed: Mapping[Key, int]) -> list[Key]:
    """The order by rule, with those that a commander gave a place (from 1) at their places; places beyond the end are at the end. Of two
    at one place the one with the smaller key stands first."""
    wanted = sorted((each for each in by_rule if each in placed), key=lambda each: (placed[each], str(each)))
    found = [each for each in by_rule if each not in placed]
    for each in wanted:
        found.insert(min(placed[each] - 1, len(found)), each)
    return found
