"""Whom a page target means right now: `oncall:<schedule>`, `post:<post>`, `group:<echelon or code>`, `person:<id>`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import NotFound
from command.oncall.duties.rotation import RotationError
from command.oncall.duties.schedules import on_duty
from command.people.models import EmergencyGroup, GroupMember, Person, PersonPost

MOST = 2
"""People one step wakes at most: the second is there when the first does not hear."""
COMMAND = "commander"
"""The duty that answers for an emergency group."""


def resolve(
    session: Session, target: str, area_codes: Sequence[str], at: datetime, without: Collection[int] = ()
) -> list[Person]:
    """The active people with a number behind a target, MOST at most; empty where nobody is. Whoever is in `without` (ids) is passed over
    for those who come after them.

    `area_codes` are the incident's area and those that contain it, the nearest first."""
    scheme, _, name = target.partition(":")
    match scheme:
        case "oncall":
            return [person for person in _on_call(session, name, at) if person.id not in without]
        case "post":
            return _holders(session, name, area_codes, without)
        case "group":
            return [each for each in _leaders(session, name, area_codes) if each.id not in without][:MOST]
        case "person" if name.isascii() and name.isdigit() and int(name) not in without:
            found = session.get(Person, int(name))
            return [found] if found and found.active and found.number is not None else []
    return []


@dataclass(frozen=True, slots=True)
class Behind:
    """Whom one target of a step means; `empty` where it means nobody at all. Somebody behind two of them stands with the first."""

    target: str
    people: list[Person]
    empty: bool


def behind(
    session: Session, wanted: Sequence[str], area_codes: Sequence[str], at: datetime, without: Collection[int] = ()
) -> list[Behind]:
    """Everybody one step calls at an instant, target by target (see `resolve`)."""
    found: list[Behind] = []
    named = set(without)
    for target in wanted:
        people = resolve(session, target, area_codes, at, without)
        found.append(Behind(target, [each for each in people if each.id not in named], not people))
        named |= {each.id for each in people}
    return found


def _on_call(session: Session, code: str, at: datetime) -> list[Person]:
    """An unknown or empty rotation is nobody: the chain goes on at once, and says so, instead of failing."""
    try:
        person = on_duty(session, code, at)
    except (NotFound, RotationError):
        return []
    return [person] if person else []


def _holders(session: Session, post: str, area_codes: Sequence[str], without: Collection[int]) -> list[Person]:
    """Holders of a post in the nearest area that has one; those of the lowest ids where no area of the incident has."""
    holders = (
        select(Person)
        .join(PersonPost)
        .where(PersonPost.post == post, Person.active, Person.number.is_not(None), Person.id.not_in(list(without)))
        .order_by(Person.id)
    )
    for code in area_codes:
        if near := session.scalars(holders.where(Person.area_code == code).limit(MOST)).all():
            return list(near)
    return list(session.scalars(holders.limit(MOST)))


def _leaders(session: Session, name: str, area_codes: Sequence[str]) -> list[Person]:
    """Who commands the group meant: the holder, then the deputies in their order."""
    group = _group(session, name, area_codes)
    if group is None:
        return []
    rows = session.execute(
        select(Person, GroupMember.duty)
        .join(GroupMember, GroupMember.person_id == Person.id)
        .where(GroupMember.group_id == group.id, Person.active, Person.number.is_not(None))
        .order_by(GroupMember.rank, GroupMember.id)
    ).all()
    commanding = [row.Person for row in rows if row.duty == COMMAND] or [row.Person for row in rows]
    return list(dict.fromkeys(commanding))


def _group(session: Session, name: str, area_codes: Sequence[str]) -> EmergencyGroup | None:
    """The group of a code, or the one of an echelon in the nearest area; where the echelon has none there, the nearest of any echelon.

    Never the group of another place: it would wake people who can do nothing."""
    groups = list(session.scalars(select(EmergencyGroup).order_by(EmergencyGroup.id)))
    by_code = [group for group in groups if group.code == name]
    if by_code:
        return by_code[0]
    near = sorted((g for g in groups if g.area_code in area_codes), key=lambda g: area_codes.index(g.area_code))
    return next((g for g in near if g.echelon == name), next(iter(near), None))
