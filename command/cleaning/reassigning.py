"""A number that was given to somebody else takes messages until the contrary is said: the `Watch` of what is known."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.cleaning import entries
from command.messages import bad


class _Known:
    """The numbers of which something was said."""

    def watched(self, session: Session) -> Collection[bytes]:
        return session.scalars(select(bad.B.c.recipient)).all()

    def reassigned(self, session: Session, indexes: Collection[bytes]) -> None:
        if gone := bad.forget(session, indexes):
            entries.record(session, entries.Reassigned(count=gone))


watch = _Known()
