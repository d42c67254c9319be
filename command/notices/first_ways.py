"""By which ways besides SMS a notice is told first, and to whom of a query's subscribers."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from command.messages.policy import NOBODY, Called
from command.notices.story import S


@dataclass(frozen=True, slots=True)
class FirstWays:
    """By which ways besides SMS a notice is told first: `called` are critical customers, `push` goes to those who have the app."""

    called: Called = NOBODY
    push: bool = False

    @property
    def spoken(self) -> ColumnElement[bool] | None:
        """The condition that a subscriber (S) is called; None: nobody is."""
        return _among(self.called) if self.called else None

    @property
    def pushed(self) -> ColumnElement[bool] | None:
        """The condition that a subscriber (S) has the app, where it is told there; a call goes before."""
        return S.c.app.is_not(None) if self.push else None


SMS_ALONE = FirstWays()


def _among(whom: Called) -> ColumnElement[bool]:
    if whom.only is not None:
        return S.c.critical.in_(sorted(whom.only))
    return (S.c.critical != "") & S.c.critical.not_in(sorted(whom.but)) if whom.but else S.c.critical != ""
