"""Clauses of playbooks: a place such as tiers.2.tasks.isolate, read and named."""

import re
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.incidents import house
from playbooks.loader import UnknownPlaybook
from playbooks.schema import Playbook
from playbooks.texts import Text

KEYS = ("id", "function", "target")
"""By which of its fields a part of a list is called: a task's id, a role's function, a page's target."""
TITLES = ("title", "name", "text")
"""The field in which a part says what it is."""
_IN_TIER = re.compile(r"^tiers\.([1-4])(\.|$)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a playbook; `place` empty means all of the plan."""

    code: str
    version: int
    place: str = ""


def known(session: Session, clause: Clause) -> Clause:
    """The same clause; raise Invalid where the library has no such plan, or the plan no such place."""
    try:
        plan = house.library(session).get(clause.code, clause.version)
    except UnknownPlaybook:
        raise Invalid(
            N_("The library has no playbook %(code)s of version %(version)s."),
            field="playbook",
            remedy=N_("Choose one of the list of playbooks, with its version."),
            code=clause.code[:64],
            version=clause.version,
        ) from None
    if clause.place and part(plan, clause.place) is None:
        raise Invalid(
            N_("The playbook has no place %(place)s."),
            field="playbook_place",
            remedy=N_(
                "Write it as tiers.2.tasks.isolate: the tier, what kind of part, and its id. Leave it empty for the whole plan."
            ),
            place=clause.place[:200],
        )
    return clause


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


def title(session: Session, clause: Clause, language: str) -> str:
    """What a clause is called: the plan's title, and the part's own where it has one, or its place."""
    try:
        plan = house.library(session).get(clause.code, clause.version)
    except UnknownPlaybook:
        return " · ".join(filter(None, (f"{clause.code} v{clause.version}", clause.place)))
    named = f"{getattr(plan.title, language)} v{plan.version}"
    if not clause.place:
        return named
    found = part(plan, clause.place)
    words = next((said for key in TITLES if isinstance(said := getattr(found, key, None), Text)), None)
    return f"{named} · {getattr(words, language) if words else clause.place}"


def address(clause: Clause) -> str:
    """The page of a clause: its plan, at the tier it stands in."""
    tier = _IN_TIER.match(clause.place)
    return f"/playbooks/{clause.code}" + (f"?tier={tier[1]}" if tier else "")
