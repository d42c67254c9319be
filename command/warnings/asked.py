"""What the addresses of warnings take."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from command.resources.asked import Maybe, Name, Strict, Words
from command.warnings.facts import MOST_AREAS, Facts
from command.warnings.models import Warning
from command.warnings.service import said_by
from playbooks.schema import Kind

Head = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Areas = Annotated[list[Code], Field(max_length=MOST_AREAS)]
FIRST, LAST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2500, 1, 1, tzinfo=UTC)
"""Instants that can be meant."""
Users = Annotated[int, Field(ge=0, le=2_000_000_000)]
Message = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class ListIn(Strict):
    """`state`: live (the default), ended or all; `exercise` 1: exercises, which stand apart. `area`: those that hold in it."""

    state: Literal["live", "ended", "all"] = "live"
    exercise: Literal["0", "1"] = "0"
    area: Maybe = ""


class FlagsIn(Strict):
    """`areas`: codes with commas between (none: everywhere); `at`: now where it is left out."""

    areas: Annotated[str, Field(max_length=4000)] = ""
    at: Annotated[AwareDatetime, Field(ge=FIRST, le=LAST)] | None = None
    exercise: Literal["0", "1"] = "0"


class IssueIn(Strict):
    """A new warning. Without `from_at` it holds from now on. `confirm`: it holds besides another one of the same issuer and event in the
    same place. The same `key` twice is one warning."""

    issuer: Name
    reference: Maybe = ""
    event: Code
    colour: Code
    areas: Areas
    from_at: AwareDatetime | None = None
    until_at: AwareDatetime
    headline_zh: Head = ""
    headline_en: Head = ""
    text_zh: Words = ""
    text_en: Words = ""
    risk: Maybe = ""
    exercise: bool = False
    confirm: bool = False
    key: Maybe = ""


class ChangeIn(Strict):
    """What is said anew, with the reason; what is left out stays. `version` as it was read: what somebody changed since is not lost."""

    issuer: Name | None = None
    reference: Maybe | None = None
    event: Code | None = None
    areas: Areas | None = None
    from_at: AwareDatetime | None = None
    until_at: AwareDatetime | None = None
    headline_zh: Head | None = None
    headline_en: Head | None = None
    text_zh: Words | None = None
    text_en: Words | None = None
    reason: Reason
    version: Annotated[int, Field(ge=1)] | None = None
    confirm: bool = False


class ColourIn(Strict):
    colour: Code
    reason: Reason


class ReasonIn(Strict):
    reason: Reason


class SettleIn(Strict):
    """What became of a task: a task that is left out takes a reason."""

    state: Literal["done", "skipped"] = "done"
    words: Words = ""


class AskIn(Strict):
    person: Name


class HappenedIn(Strict):
    """It has happened: an incident for each area. What is left out comes from the warning. The same `key` twice reports once."""

    areas: Annotated[list[Code], Field(min_length=1, max_length=20)]
    kind: Kind | None = None
    elements: Annotated[list[Name], Field(max_length=5000)] = []
    users: Users | None = None
    summary: Words = ""
    key: Maybe = ""


class TextsIn(Strict):
    zh: Message
    en: Message


class AdviseIn(Strict):
    """The advisory's words; left out: those of config/warnings.yaml, filled in."""

    texts: TextsIn | None = None


class ApproveIn(Strict):
    """The audience as shown, typed by a second person. `override`: the reason for which its author lets it leave alone."""

    count: Users
    override: Words = ""


def facts(asked: IssueIn) -> Facts:
    """What was said."""
    return Facts(**{name: getattr(asked, name) for name in Facts.__dataclass_fields__})


def anew(row: Warning, asked: ChangeIn) -> Facts:
    """What a warning says after a change."""
    others: dict[str, Any] = {
        name: value
        for name in ChangeIn.model_fields
        if name in Facts.__dataclass_fields__ and (value := getattr(asked, name)) is not None
    }
    return said_by(row, **others)
