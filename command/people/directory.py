"""The list of people as others look somebody up in it: by department or by emergency group, found by name, post or area."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.keys import Keyring
from command.core.paths import CONFIG
from command.core.problems import N_
from command.people.api import PersonOut, person_out
from command.people.departments import Structure
from command.people.language import language
from command.people.models import EmergencyGroup, GroupMember, Person
from command.people.posts import DEPARTMENTS, POSTS
from playbooks import source

MOST = 1000
"""People on the page; the API has them all."""

NO_DEPARTMENT = N_("Command and administration")
NO_GROUP = N_("In no emergency group")
DEPUTY = N_("%(duty)s (deputy)")


@dataclass(frozen=True, slots=True)
class Group:
    """Some people under one heading, each with the duty they hold there ("" where the heading gives none)."""

    words: str
    people: list[tuple[PersonOut, str]]


def found(session: Session, keyring: Keyring, asked: str) -> list[PersonOut]:
    """Everybody in whose names, username, posts or area each word of `asked` is; never looked for by number."""
    query = select(Person).order_by(Person.area_code, Person.id).limit(MOST)
    everybody = [person_out(person, keyring) for person in session.scalars(query)]
    words = asked.casefold().split()
    return [person for person in everybody if all(word in _text(person) for word in words)]


def _text(person: PersonOut) -> str:
    posts = [gettext(POSTS[post]) for post in person.posts]  # type: ignore[index]
    return " ".join((person.name_zh, person.name_en, person.username, person.area or "", *posts)).casefold()


def by_department(people: Iterable[PersonOut]) -> list[Group]:
    """People under their departments; those without one first, for they command."""
    groups: dict[str | None, list[tuple[PersonOut, str]]] = {code: [] for code in (None, *DEPARTMENTS)}
    for person in people:
        groups.setdefault(person.department, []).append((person, ""))
    return [Group(_department(code), held) for code, held in groups.items() if held]


def _department(code: str | None) -> str:
    if code is None:
        return str(gettext(NO_DEPARTMENT))
    return str(gettext(DEPARTMENTS[code])) if code in DEPARTMENTS else code


def by_group(session: Session, people: Sequence[PersonOut]) -> list[Group]:
    """People under the emergency groups they are members of, with their duty; the rest at the end."""
    known = {person.id: person for person in people}
    query = select(EmergencyGroup, GroupMember).join(GroupMember, GroupMember.group_id == EmergencyGroup.id)
    rows = session.execute(query.order_by(EmergencyGroup.area_code, EmergencyGroup.id, GroupMember.id)).tuples().all()
    groups: dict[int, Group] = {}
    for group, member in rows:
        heading = groups.setdefault(group.id, Group(names.of(group, language()), []))
        if member.person_id in known:
            heading.people.append((known[member.person_id], _duty(group.echelon, member)))
    members = {member.person_id for _, member in rows}
    rest = Group(gettext(NO_GROUP), [(person, "") for person in people if person.id not in members])
    return [group for group in (*groups.values(), rest) if group.people]


def _duty(echelon: str, member: GroupMember) -> str:
    words = _duties(echelon).get(member.duty, {}).get(language(), member.duty)
    return words if member.rank == 0 else str(gettext(DEPUTY, duty=words))


@lru_cache(maxsize=16)
def _duties(echelon: str) -> dict[str, dict[str, str]]:
    structure = source.load(CONFIG / "departments.yaml", Structure)
    group = next((group for group in structure.groups if group.echelon == echelon), None)
    return {duty.code: {"zh": duty.name.zh, "en": duty.name.en} for duty in group.duties} if group else {}
