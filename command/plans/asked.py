"""What the addresses of plans take."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from command.plans.models import State
from command.plans.service import Changes
from command.resources.asked import Maybe, Name, Strict, Words
from playbooks.nodes import MAX_BYTES
from playbooks.schema import Function, Kind
from playbooks.tasks import Department

Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Edition = Annotated[int, Field(ge=1, le=2**31 - 1)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^([a-z][a-z0-9_]{0,63})?$")]


class BeginIn(Strict):
    """The next version of the plan for a kind, from version `version` or (null) from nothing. `code` is taken only where the kind has no
    plan yet."""

    kind: Kind
    version: Annotated[int, Field(ge=1, le=100_000)] | None = None
    code: Code = ""


class TextIn(Strict):
    """Both languages. Either may be empty in a draft."""

    zh: Said = ""
    en: Said = ""


class RoleIn(Strict):
    """Which post fills a function, and what it does there."""

    function: Function
    post: Name
    duty: TextIn


class HeadIn(Strict):
    """The top of a plan."""

    title: TextIn = TextIn()
    scope: TextIn = TextIn()
    objects: TextIn = TextIn()
    goal: TextIn = TextIn()
    public_advice: TextIn = TextIn()
    issued: date | Literal[""] = ""
    expires: date | Literal[""] = ""
    owner: Department = Department.technical
    approved_by: Name = "commander"
    organisation: Annotated[list[RoleIn], Field(max_length=40)] = []


class MemberIn(Strict):
    """Somebody of the editing group by username, and as what."""

    person: Name
    duty: Maybe = ""


class GatheredIn(Strict):
    """Something that was gathered: what it says, and where it stands (an address or a page of this system)."""

    words: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    link: Address = ""


class ChangeIn(Strict):
    """Steps of a draft; one that is left out stays as it is. `edition` is that of the draft as it was read; `body` is the YAML of the
    measures; `risks` codes of the register; `targets` who has to read it: post:, department:, group:, schedule:, area:<code> and
    person:<username>."""

    edition: Edition
    head: HeadIn | None = None
    body: Annotated[str, Field(max_length=MAX_BYTES)] | None = None
    team: Annotated[list[MemberIn], Field(max_length=50)] | None = None
    gathered: Annotated[list[GatheredIn], Field(max_length=100)] | None = None
    risks: Annotated[list[Name], Field(max_length=200)] | None = None
    assessment: Words | None = None
    targets: Annotated[list[Name], Field(max_length=100)] | None = None

    def changes(self) -> Changes:
        """The same for the verb."""
        return Changes(
            head=self.head.model_dump(mode="json") if self.head is not None else None,
            body=self.body.replace("\r\n", "\n") if self.body is not None else None,
            team=[(each.person, each.duty) for each in self.team] if self.team is not None else None,
            gathered=[(each.words, each.link) for each in self.gathered] if self.gathered is not None else None,
            risks=self.risks,
            assessment=self.assessment,
            targets=self.targets,
        )


class ReasonIn(Strict):
    reason: Words


class ApproveIn(Strict):
    """With `override` one's own work, for a reason that is reviewed."""

    override: bool = False
    reason: Words = ""


class CommentIn(Strict):
    """On a clause, such as tiers.2.tasks.isolate; empty: on the whole plan."""

    place: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    words: Words


class AnswerIn(Strict):
    words: Words


class ListIn(Strict):
    """`state` or `kind`; read on with `after`, the id of the last one."""

    state: State | None = None
    kind: Kind | None = None
    after: Annotated[int, Field(ge=0, le=2**62)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 100
