"""What a plan would do in each tier, in short: whom it pages, what each department does, what it says in how many messages. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from command.messages import costs
from command.messages.costs import Cost
from playbooks import templates
from playbooks.notices import NoticeKind
from playbooks.schema import TIERS, Page, Playbook, TierPlan
from playbooks.tasks import Department, Task


@dataclass(frozen=True, slots=True)
class Spoken:
    """A notice in one language with ordinary figures in it, and what that costs on the air."""

    kind: str
    language: str
    example: str
    cost: Cost


@dataclass(frozen=True, slots=True)
class Tier:
    """What one tier would do."""

    number: int
    plan: TierPlan
    tasks: Sequence[tuple[Department, Sequence[Task]]]
    pages: Sequence[Page]
    notices: Sequence[Spoken]
    resources: int


def tiers(plan: Playbook, most: int) -> list[Tier]:
    """What each tier of a plan would do; a text of more than `most` segments is dear."""
    return [_tier(number, plan.tier(number), most) for number in TIERS]


def _tier(number: int, tier: TierPlan, most: int) -> Tier:
    tasks = [(department, tier.tasks_of(department)) for department in Department]
    return Tier(number, tier, tasks, tier.pages, _notices(tier, most), sum(line.quantity for line in tier.resources))


def _notices(tier: TierPlan, most: int) -> list[Spoken]:
    found = []
    for kind in NoticeKind:
        text = tier.notices.of(kind).text
        for language in templates.LANGUAGES:
            words, advice = (text.zh, tier.advice.zh) if language == "zh" else (text.en, tier.advice.en)
            shown = templates.example(words, language, advice=advice)
            found.append(Spoken(kind.value, language, shown, costs.of(shown, language, most)))
    return found
