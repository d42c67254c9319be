"""Clauses of playbooks: a place such as tiers.2.tasks.isolate, read and named."""

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.incidents import house
from playbooks.loader import UnknownPlaybook
from playbooks.places import part
from playbooks.texts import Text

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
