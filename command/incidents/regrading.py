"""Who changes a tier: automation only raises it, a person with a reason may lower it (I7)."""

from collections.abc import Set
from dataclasses import dataclass

from command.incidents.grading import Assessment, Tier, TierTable
from playbooks.texts import Text


@dataclass(frozen=True, slots=True)
class Raise:
    """The tier rises to `to`, by these rules."""

    to: Tier
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Keep:
    """The tier stays; `because` is `same` or `only_a_person_lowers`."""

    because: str


@dataclass(frozen=True, slots=True)
class Lowered:
    """A person lowers the tier to `to`. `overruled` are the matching rules that ask for a higher one."""

    to: Tier
    reason: str
    overruled: frozenset[str]


class LoweringRefused(Exception):
    """A tier is not lowered; `why` says why, in both languages."""

    why: Text

    def __init__(self) -> None:
        super().__init__(self.why.en)


class NeedsPerson(LoweringRefused):
    """Automation never lowers a tier."""

    why = Text(zh="降级须由人员决定", en="only a person lowers a tier")


class NeedsReason(LoweringRefused):
    """A lowering without a reason could not be reviewed."""

    why = Text(zh="降级须填写原因", en="give the reason for lowering the tier")


class NotLower(LoweringRefused):
    """The tier asked for is the same or a higher one: that is a raise."""

    why = Text(zh="目标等级不低于当前等级", en="the tier asked for is not lower than the one held")


def decide(held: Tier | None, assessment: Assessment) -> Raise | Keep:
    """What automation does with an assessment: it raises a tier or keeps it. `held` None means not graded yet."""
    worst = assessment.worst
    if held is None or worst.tier < held:
        return Raise(worst.tier, worst.matched)
    return Keep("same" if worst.tier == held else "only_a_person_lowers")


def lower(held: Tier, to: Tier, *, by_person: bool, reason: str, table: TierTable, assessment: Assessment) -> Lowered:
    """Lower a tier. Raises NeedsPerson, NeedsReason or NotLower.

    The rules that still ask for a higher tier are overruled by name: grade with `without` them from then on, or the next
    assessment would raise the tier again at once.
    """
    if not by_person:
        raise NeedsPerson
    if not reason.strip():
        raise NeedsReason
    if to <= held:
        raise NotLower
    matched = {*assessment.current.matched, *assessment.projected.matched}
    overruled = frozenset(rule.id for rule in table.rules if rule.id in matched and rule.tier < to)
    return Lowered(to, reason.strip(), overruled)


def without(table: TierTable, overruled: Set[str]) -> TierTable:
    """The table less the rules that a person overruled for one incident: a rule that matches anew still raises it."""
    return table.model_copy(update={"rules": tuple(rule for rule in table.rules if rule.id not in overruled)})
