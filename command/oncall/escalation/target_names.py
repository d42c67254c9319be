"""Targets as people write and read them: `person:<username>` where rows keep ids, and a name for each."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.problems import N_
from command.oncall.escalation.hole_words import unknown
from command.oncall.models import Schedule
from command.people.authority import Post
from command.people.models import EmergencyGroup, Person
from command.people.posts import POSTS

ECHELONS = {
    "county": N_("nearest county group"),
    "prefecture": N_("nearest prefecture group"),
    "province": N_("nearest province group"),
}
"""Groups that are meant by their echelon: that of the incident's area."""


def kept(session: Session, step: int, place: int, written_target: str) -> str:
    """A target as rows keep it; raise Invalid at its field where there is no such person."""
    scheme, _, name = written_target.partition(":")
    if scheme != "person":
        return written_target
    found = session.scalar(select(Person.id).where(Person.username == name))
    if found is None:
        raise unknown(step, place, written_target)
    return f"person:{found}"


def written(session: Session, target: str) -> str:
    """A kept target as people write it."""
    scheme, _, name = target.partition(":")
    if scheme == "person" and name.isdigit() and (found := session.get(Person, int(name))) is not None:
        return f"person:{found.username}"
    return target


def named(session: Session, target: str, language: str, translate: Callable[[str], str]) -> str:
    """A kept target in words; as it is written where nothing of that name exists any more."""
    scheme, _, name = target.partition(":")
    row: names.Named | None = None
    if scheme == "post" and name in set(Post):
        return translate(POSTS[Post(name)])
    if scheme == "oncall":
        row = session.scalar(select(Schedule).where(Schedule.code == name))
    elif scheme == "group":
        row = session.scalar(select(EmergencyGroup).where(EmergencyGroup.code == name))
    elif scheme == "person" and name.isdigit():
        row = session.get(Person, int(name))
    if scheme == "group" and row is None and name in ECHELONS:
        return translate(ECHELONS[name])
    return names.of(row, language) if row is not None else target
