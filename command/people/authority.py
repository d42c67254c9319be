"""Who may do what: act × tier × area level → posts, from config/authority.yaml.

Nobody meets a dead end: every act of every tier and level has somebody who can do it without waiting for another person —
alone, as deputy after a set time, or by an override that is logged and reviewed.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from playbooks.source import Misfit, Unfit
from playbooks.texts import Record, Text

Tier = Literal[1, 2, 3, 4]
"""Severity tier: 1 the highest, 4 the lowest."""
Level = Literal["county", "prefecture", "province", "country"]
TIERS: tuple[Tier, ...] = (1, 2, 3, 4)
LEVELS: tuple[Level, ...] = ("county", "prefecture", "province", "country")
"""Area levels from the narrowest to the widest."""


class Post(StrEnum):
    """What a person is; one person may hold several."""

    COMMANDER = "commander"
    DEPUTY = "deputy"
    DUTY_OFFICER = "duty_officer"
    ENGINEER = "engineer"
    CUSTOMER_SERVICE_AGENT = "customer_service_agent"
    RESOURCE_MANAGER = "resource_manager"
    TRAINER = "trainer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    ASSESSOR = "assessor"


class Act(StrEnum):
    """What may be allowed or not."""

    READ = "read"
    REPORT_INCIDENT = "report_incident"
    ASSESS = "assess"
    RAISE = "raise"
    LOWER = "lower"
    ACTIVATE = "activate"
    RESTORE = "restore"
    REOPEN = "reopen"
    REVIEW = "review"
    SIGN_EVALUATION = "sign_evaluation"
    CLOSE = "close"
    CANCEL = "cancel"
    MERGE = "merge"
    TRANSFER_COMMAND = "transfer_command"
    EDIT_TASK = "edit_task"
    PAGE = "page"
    SUBMIT_NOTICE = "submit_notice"
    APPROVE_NOTICE = "approve_notice"
    WITHDRAW_NOTICE = "withdraw_notice"
    CORRECT_NOTICE = "correct_notice"
    CLEAR_BAD_NUMBER = "clear_bad_number"
    HOLD_MESSAGES = "hold_messages"
    HOLD_RECORDS = "hold_records"
    PLAN_DRILL = "plan_drill"
    RUN_DRILL = "run_drill"
    MANAGE_TRAINING = "manage_training"
    MANAGE_RISKS = "manage_risks"
    IMPROVE = "improve"
    ISSUE_WARNING = "issue_warning"
    LINK_INCIDENTS = "link_incidents"
    GIVE_VIEW = "give_view"
    KEEP_EVIDENCE = "keep_evidence"
    DECIDE_TELLING = "decide_telling"
    DECLARE_SAFE = "declare_safe"
    WRITE_BULLETIN = "write_bulletin"
    APPROVE_BULLETIN = "approve_bulletin"
    SETTLE = "settle"
    WRITE_PLAN = "write_plan"
    APPROVE_PLAN = "approve_plan"
    READ_CAPABILITY = "read_capability"
    ASSESS_CAPABILITY = "assess_capability"
    TAKE_CASE = "take_case"
    REQUEST_RESOURCE = "request_resource"
    APPROVE_RESOURCE = "approve_resource"
    PREEMPT_RESOURCE = "preempt_resource"
    MANAGE_RESOURCES = "manage_resources"
    MANAGE_REPORTS = "manage_reports"
    EXPORT = "export"
    UNMASK = "unmask"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_TOKENS = "manage_tokens"
    MANAGE_AUTHORITY = "manage_authority"
    REVIEW_OVERRIDE = "review_override"


ONLY: dict[Post, frozenset[Act]] = {
    Post.AUDITOR: frozenset({Act.READ, Act.EXPORT, Act.READ_CAPABILITY, Act.REVIEW_OVERRIDE}),
    Post.ADMINISTRATOR: frozenset({Act.READ, Act.MANAGE_PEOPLE, Act.MANAGE_TOKENS, Act.MANAGE_AUTHORITY}),
    Post.ASSESSOR: frozenset({Act.READ_CAPABILITY}),
}
"""Duties kept apart: who audits changes nothing, who runs the system does not command, who assesses from outside sees one thing."""


class UnknownCase(LookupError):
    """An act, a tier or a level that does not exist."""


class Succession(Record):
    """Posts that may act in the place of one who does not answer, after so many minutes."""

    posts: tuple[Post, ...]
    after_minutes: Annotated[int, Field(ge=1)]


class Row(Record):
    """One rule. `tiers` and `levels` left out mean all of them.

    `alone` may do it at once. `propose` may ask for it, and one of `approve` lets it happen. `override` may do it when they
    say so and why. With `second_person` nobody may do it to their own work but by override.
    """

    act: Act
    tiers: tuple[Tier, ...] = TIERS
    levels: tuple[Level, ...] = LEVELS
    alone: tuple[Post, ...] = ()
    propose: tuple[Post, ...] = ()
    approve: tuple[Post, ...] = ()
    deputy: Succession | None = None
    override: tuple[Post, ...] = ()
    second_person: bool = False

    def covers(self, act: str, tier: int, level: str) -> bool:
        """True if this row rules the case."""
        return act == self.act and tier in self.tiers and level in self.levels

    def who_may(self) -> tuple[Post, ...]:
        """Everybody who has some way to make it happen, the shortest way first."""
        waiting = self.deputy.posts if self.deputy else ()
        return tuple(dict.fromkeys((*self.alone, *self.approve, *waiting, *self.override)))

    @property
    def is_dead_end(self) -> bool:
        """True if no one person could make it happen: of their own work too where a second person is asked for."""
        if self.second_person:
            return not self.override
        return not (self.alone or self.override or (self.deputy and self.deputy.posts))

    def posts(self) -> set[Post]:
        """Every post the row mentions."""
        return {*self.propose, *self.who_may()}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if bool(self.propose) != bool(self.approve):
            raise Unfit(Misfit("propose and approve belong together", "Name both, or neither."))
        misplaced = sorted(post for post in self.posts() if self.act not in ONLY.get(post, {self.act}))
        if misplaced:
            remedy = "Take the post out; auditors and assessors read, administrators run the system."
            raise Unfit(Misfit(f"{', '.join(misplaced)} may not have the act {self.act}", remedy))
        return self


@dataclass(frozen=True, slots=True)
class Hole:
    """A case that no row rules, that two rows rule, or in which no one person could act."""

    act: Act
    tier: Tier
    level: Level
    why: Literal["no row", "several rows", "dead end"]

    def __str__(self) -> str:
        return f"{self.act}, tier {self.tier}, {self.level}: {self.why}"


class Authority(Record):
    """The whole of config/authority.yaml. A table with a hole cannot be loaded."""

    rows: tuple[Row, ...]

    def row(self, act: str, tier: int, level: str) -> Row:
        """The one row that rules a case. Raises UnknownCase for an act, tier or level that does not exist."""
        for row in self.rows:
            if row.covers(act, tier, level):
                return row
        raise UnknownCase(
            f"no act '{act}' at tier {tier} and level '{level}'; see Act, TIERS and LEVELS for those that exist"
        )

    def may_ever(self, act: str, posts: Set[str]) -> bool:
        """True if for some tier and level a holder of `posts` may do the act, ask for it, agree to it or override."""
        return any(row.act == act and not row.posts().isdisjoint(posts) for row in self.rows)

    @model_validator(mode="after")
    def _has_no_holes(self) -> Self:
        if found := tuple(holes(self.rows)):
            raise Unfit(*(Misfit(str(hole), _REMEDIES[hole.why], ("rows",)) for hole in found))
        return self


_REMEDIES = {
    "no row": "Add a row for it, or widen one.",
    "several rows": "Let exactly one row cover it.",
    "dead end": "Name posts in alone, deputy or override: one person at night must be able to act.",
}


def holes(rows: tuple[Row, ...]) -> Iterator[Hole]:
    """Every hole of a table, by act, tier and level."""
    for act, tier, level in product(Act, TIERS, LEVELS):
        ruling = [row for row in rows if row.covers(act, tier, level)]
        if len(ruling) != 1:
            yield Hole(act, tier, level, "several rows" if ruling else "no row")
        elif ruling[0].is_dead_end:
            yield Hole(act, tier, level, "dead end")


@dataclass(frozen=True, slots=True)
class Alone:
    """May do it at once, by this post."""

    post: Post


@dataclass(frozen=True, slots=True)
class ByDeputy:
    """May do it by this post because whoever should did not answer for `after_minutes`."""

    post: Post
    after_minutes: int


@dataclass(frozen=True, slots=True)
class Override:
    """May do it by this post on their own word: the act is logged as an override and reviewed afterwards, always."""

    post: Post
    logged: Literal[True] = True
    reviewed: Literal[True] = True


@dataclass(frozen=True, slots=True)
class NeedsApproval:
    """May ask; one of `by` has to agree. `override_possible` tells whether asking for an override would do."""

    by: tuple[Post, ...]
    override_possible: bool


@dataclass(frozen=True, slots=True)
class Denied:
    """May not. `who_may` names those who could; a deputy learns in how many minutes it is their turn."""

    why: Text
    who_may: tuple[Post, ...]
    override_possible: bool
    turn_in_minutes: float | None = None


Decision = Alone | ByDeputy | Override | NeedsApproval | Denied

_NOT_YOUR_ACT = Text(zh="您的岗位无此权限", en="none of your posts may do this")
_NOT_YOUR_TURN = Text(zh="尚未到副职代行的时间", en="it is not the deputy's turn yet")


def decide(
    table: Authority,
    act: str,
    tier: int | None,
    level: str | None,
    posts: Set[str],
    waited_minutes: float = 0,
    *,
    override: bool = False,
    own: bool = False,
) -> Decision:
    """Whether somebody with `posts` may do `act`.

    An unknown tier counts as tier 1 and an unknown level as the whole country: the strictest reading. `waited_minutes` is how
    long those in charge have not answered. `override` is true when the person says that they override; `own` when it is
    their own work that they would approve. Raises UnknownCase.
    """
    row = table.row(act, tier or 1, level or "country")
    blocked = own and row.second_person
    if not blocked and (now := _at_once(row, posts, waited_minutes)):
        return now
    overriding = _held(row.override, posts)
    if override and overriding:
        return Override(overriding)
    return _not_alone(row, posts, waited_minutes, blocked=blocked, override_possible=overriding is not None)


def permitted(decision: Decision) -> bool:
    """True if the act may happen now, without another person."""
    return isinstance(decision, Alone | ByDeputy | Override)


def may_approve(table: Authority, act: str, tier: int | None, level: str | None, posts: Set[str]) -> bool:
    """True if somebody with `posts` may agree to what another proposes."""
    return _held(table.row(act, tier or 1, level or "country").approve, posts) is not None


def _at_once(row: Row, posts: Set[str], waited: float) -> Alone | ByDeputy | None:
    if post := _held(row.alone, posts):
        return Alone(post)
    turn = row.deputy if row.deputy and waited >= row.deputy.after_minutes else None
    post = _held(turn.posts, posts) if turn else None
    return ByDeputy(post, turn.after_minutes) if turn and post else None


def _not_alone(row: Row, posts: Set[str], waited: float, *, blocked: bool, override_possible: bool) -> Decision:
    if blocked and _held(row.alone, posts):
        return NeedsApproval(row.alone, override_possible)
    if _held(row.propose, posts):
        return NeedsApproval(row.approve, override_possible)
    if not blocked and row.deputy and _held(row.deputy.posts, posts):
        return Denied(_NOT_YOUR_TURN, row.who_may(), override_possible, row.deputy.after_minutes - waited)
    return Denied(_NOT_YOUR_ACT, row.who_may(), override_possible)


def _held(wanted: tuple[Post, ...], posts: Set[str]) -> Post | None:
    """The first wanted post that is held."""
    return next((post for post in wanted if post in posts), None)
