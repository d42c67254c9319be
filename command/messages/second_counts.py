"""How many of a notice took the second road and what became of them, counted as they move: a look costs a row for each state.

Only what has left its first road is counted, so that a message that goes well costs nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from command.messages.models import SecondTally, State

_WAITING = frozenset({State.READY, State.LEASED, State.CALLING, State.IN_DOUBT})
_TOLD = frozenset({State.SUBMITTED, State.SENT, State.DELIVERED, State.UNKNOWN})
"""Undelivered is not among them: whoever the first road did not reach and the second neither was told by none."""


@dataclass(frozen=True, slots=True)
class SecondRoad:
    """So many `took` the second road: `waiting` are not told yet, `told` were by it (or may have been), `lost` are told by neither."""

    waiting: int = 0
    told: int = 0
    lost: int = 0

    @property
    def took(self) -> int:
        return self.waiting + self.told + self.lost


NONE = SecondRoad()


def of(session: Session, notice_id: int) -> SecondRoad:
    """Of one notice."""
    query = select(SecondTally.state, SecondTally.count).where(SecondTally.notice_id == notice_id)
    return summed(session.execute(query).tuples())


def summed(counts: Iterable[tuple[str, int]]) -> SecondRoad:
    """Counts by state put together. Pure."""
    waiting = told = lost = 0
    for state, count in counts:
        waiting += count if state in _WAITING else 0
        told += count if state in _TOLD else 0
        lost += count if state not in _WAITING | _TOLD else 0
    return SecondRoad(waiting, told, lost)


def bump(session: Session, deltas: Mapping[tuple[int, str], int]) -> None:
    """Add to the counts by (notice, state), in that order, so that two transactions cannot wait for each other."""
    given = [{"notice": notice, "state": str(state), "by": by} for (notice, state), by in sorted(deltas.items()) if by]
    if given:
        session.execute(_BUMP, given)


_BUMP = text(
    "INSERT INTO second_tally (notice_id, state, count) VALUES (:notice, :state, :by) "
    "ON CONFLICT (notice_id, state) DO UPDATE SET count = second_tally.count + excluded.count"
)
