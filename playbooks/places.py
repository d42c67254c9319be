"""Places of a plan, written such as tiers.2.tasks.isolate: what stands there, and which there are."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from playbooks.notices import NoticeKind
from playbooks.schema import TIERS, Playbook

KEYS = ("id", "function", "target")
"""By which of its fields a part of a list is called: a task's id, a role's function, a page's target."""
HEADER = (
    "title",
    "scope",
    "objects",
    "goal",
    "organisation",
    "issued",
    "expires",
    "owner",
    "pre_approved",
    "public_advice",
)
IN_TIER = ("response_mechanism", "echelon", "cadence_minutes", "technical_support", "advice")


def part(plan: Playbook, place: str) -> Any:
    """What stands at a place of a plan; None where there is no such place, or nothing stands there."""
    found: Any = plan
    for step in place.split("."):
        found = _step(found, step)
        if found is None:
            return None
    return found


def _step(found: Any, step: str) -> Any:
    if isinstance(found, BaseModel):
        called = {field.alias or name: name for name, field in type(found).model_fields.items()}
        return getattr(found, called[step]) if step in called else None
    if isinstance(found, tuple):
        return next((each for each in found if step in (getattr(each, key, None) for key in KEYS)), None)
    return None


def places(plan: Playbook) -> Iterator[str]:
    """The places that people speak of, in the order of the plan; each can be read with `part`."""
    yield from HEADER
    for number in TIERS:
        tier, begins = plan.tier(number), f"tiers.{number}"
        yield from (f"{begins}.{name}" for name in IN_TIER)
        yield from (f"{begins}.tasks.{task.id}" for task in tier.tasks)
        yield from (f"{begins}.resources.{line.id}" for line in tier.resources)
        yield from (f"{begins}.pages.{page.target}" for page in tier.pages)
        yield from (f"{begins}.notices.{kind}" for kind in NoticeKind)
        yield from (f"{begins}.bulletins.{name}" for name, _ in tier.bulletins)
