"""Whether a notice may leave, as values: pre-approved and small enough, or by a second person who types the count (B10, I9). Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Why(StrEnum):
    """Why a notice needs a person."""

    NOT_PRE_APPROVED = "not_pre_approved"
    OVER_CAP = "over_cap"


@dataclass(frozen=True, slots=True)
class Automatic:
    """The playbook version pre-approves it and the audience is within its cap (≤)."""


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    why: Why


def needed(automatic: bool, audience: int, cap: int) -> Automatic | NeedsPerson:
    """What a notice to `audience` subscribers needs."""
    if not automatic:
        return NeedsPerson(Why.NOT_PRE_APPROVED)
    return Automatic() if audience <= cap else NeedsPerson(Why.OVER_CAP)


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Somebody else than who drafted and submitted it."""


@dataclass(frozen=True, slots=True)
class Overridden:
    """The same person, with a reason that is logged and reviewed."""


@dataclass(frozen=True, slots=True)
class WrongCount:
    """The typed count is not the audience shown."""


@dataclass(frozen=True, slots=True)
class SamePerson:
    """Who drafted or submitted it cannot be its second person."""


@dataclass(frozen=True, slots=True)
class NoPerson:
    """A machine cannot approve."""


Verdict = SecondPerson | Overridden | WrongCount | SamePerson | NoPerson


def judge(by: str, authors: frozenset[str | None], typed: int, audience: int, override_reason: str | None) -> Verdict:
    """Whether the actor `by`, typing a count, may approve what `authors` drafted and submitted."""
    if not by.startswith("person:"):
        return NoPerson()
    if typed != audience:
        return WrongCount()
    if by not in authors:
        return SecondPerson()
    return Overridden() if override_reason and override_reason.strip() else SamePerson()
