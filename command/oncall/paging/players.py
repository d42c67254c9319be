"""Who may be paged for an exercise incident: of one that belongs to a drill its players alone, by phone only where the drill says so."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.oncall.models import Escalation
from command.people.models import Person


@dataclass(frozen=True, slots=True)
class Players:
    """The people (ids) who play in a drill; without `phones` a page is on their screens alone, and they answer it there."""

    people: frozenset[int]
    phones: bool


of_drill: list[Callable[[Session, int], Players | None]] = []
"""Asked with the id of an exercise incident. Joined where the application is put together."""


def of(session: Session, chain: Escalation) -> Players | None:
    """Who plays in the drill that a chain's incident belongs to; None for a live chain and for an exercise of no drill."""
    if not chain.exercise:
        return None
    answers = (ask(session, chain.incident_id) for ask in of_drill)
    return next((found for found in answers if found is not None), None)


def others(session: Session, players: Players | None) -> frozenset[int]:
    """Everybody (ids) who does not play, and so is passed over."""
    if players is None:
        return frozenset()
    return frozenset(session.scalars(select(Person.id).where(Person.id.not_in(list(players.people)))))
