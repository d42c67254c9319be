"""The network's revision: a counter that grows with every change of its records, so that what is derived from them can be cached."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.installation import Counter, count_up

NAME = "network"


def revision(session: Session) -> int:
    """How often the network's records have changed; 0 before the first import."""
    return session.scalar(select(Counter.value).where(Counter.name == NAME)) or 0


def changed(session: Session) -> int:
    """Say that areas, elements, links or subscribers changed: what was derived from them is made again. Returns the revision."""
    return count_up(session, NAME)


def database_of(session: Session) -> str:
    """A name for the database a session talks to, for caches of this process."""
    return str(session.get_bind().engine.url)
