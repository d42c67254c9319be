"""A clock that is moved within one unit of work, and back before it ends: nobody else ever sees it moved."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from command.core import clock, journal


class Shift:
    """Moves the clock of a unit of work to and fro, and appends what was recorded at each moment."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._moved = timedelta()

    def to(self, at: datetime, actor: str = "system:demo") -> None:
        """What was recorded so far is appended as of the moment before; from now on it is `at`, and `actor` acts."""
        journal.append(self._session)
        self._move(at - clock.instant(self._session))
        self._session.info["actor"] = actor

    def back(self) -> None:
        """The clock is again where it was."""
        journal.append(self._session)
        self._move(-self._moved)

    def _move(self, by: timedelta) -> None:
        self._moved += by
        clock.move(self._session, by, allowed=True)
