"""Sites that fall next, as the command board shows them: the hours go by without any incident, so this is no card of the board; it is asked
for anew now and then. It names no incident."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.sites import falling, generators
from command.sites.models import Site as SiteRow

MOST = 5
"""Sites that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Site:
    """A site without mains; it falls `at` (None: not known), which is `soon` enough to bring a generator."""

    code: str
    name: str
    at: datetime | None
    users: int | None
    soon: bool


@dataclass(frozen=True, slots=True)
class NextToFall:
    """Sites without mains that still stand, the next to fall first; `more` are not named."""

    sites: tuple[Site, ...] = ()
    more: int = 0


def any_site(session: Session) -> bool:
    """Whether the operator has put sites on record at all."""
    return session.scalar(select(SiteRow.id).limit(1)) is not None


def now(session: Session, language: str, *, exercise: bool = False) -> NextToFall:
    """What falls next, of real sites or as drills have them."""
    at = clock.now(session)
    rows = falling.next_to_fall(session, at, exercise=exercise).sites
    found = tuple(
        Site(
            row.site.code,
            names.of(row.site, language),
            row.fall.at if row.fall else None,
            row.loss.users if row.loss else None,
            generators.is_time(row.fall, at),
        )
        for row in rows[:MOST]
    )
    return NextToFall(found, len(rows) - len(found))
