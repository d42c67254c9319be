"""What a plan would do in each tier, in short: whom it pages, what each department does, what it says in how many messages. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from command.messages import segments
from playbooks import templates
from playbooks.notices import NoticeKind
from playbooks.schema import TIERS, Page, Playbook, TierPlan
from playbooks.tasks import Department, Task


@dataclass(frozen=True, slots=True)
class Spoken:
    """A notice in one language with ordinary figures in it; it leaves as so many `messages` of an SMS."""

    kind: str
    language: str
    example: str
    messages: int


@dataclass(frozen=True, slots=True)
class Tier:
    """What one tier would do."""

    number: int
    plan: TierPlan
    tasks: Sequence[tuple[Department, Sequence[Task]]]
    pages: Sequence[Page]
    notices: Sequence[Spoken]
    resources: int


def tiers(plan: Playbook) -> list[Tier]:
    """What each tier of a plan would do."""
    return [_tier(number, plan.tier(number)) for number in TIERS]


def _tier(number: int, tier: TierPlan) -> Tier:
    tasks = [(department, tier.tasks_of(department)) for department in Department]
    return Tier(number, tier, tasks, tier.pages, _notices(tier), sum(line.quantity for line in tier.resources))


def _notices(tier: TierPlan) -> list[Spoken]:
    found = []
    for kind in NoticeKind:
        text = tier.notices.of(kind).text
        for language in templates.LANGUAGES:
            shown = templates.example(text.zh if language == "zh" else text.en, language)
            found.append(Spoken(kind.value, language, shown, segments.count(shown).segments))
    return found
