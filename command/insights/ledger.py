"""Incidents that count, as columns: the same facts as rows of `Counted`, so that tens of thousands are added up at a stroke. Pure.

Instants are whole microseconds since 1970; NEVER stands for one that is not known. User-minutes are whole tenths, so that sums do not
depend on their order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from command.insights import counting
from command.insights.counting import Counted

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

NEVER = int(np.iinfo(np.int64).min)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Numbers(Sequence[str]):
    """Numbers of incidents, read as text where they are looked at: of thousands a page shows the newest few. Equal to any sequence of the
    same texts."""

    def __init__(self, written: NDArray[np.bytes_]) -> None:
        self._written = written

    def __len__(self) -> int:
        return len(self._written)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...

    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(each.decode() for each in self._written[at].tolist())
        found: str = self._written[at].decode()
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self[:] == tuple(other)

    def __hash__(self) -> int:
        return hash(self[:])

    def __repr__(self) -> str:
        return repr(self[:])


class Aim(NamedTuple):
    """When service of an incident had to be back, and how many users were without it at the most."""

    number: str
    target: datetime
    users: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """One place in every column for each incident, the oldest report first. `tenths` are user-minutes in tenths."""

    id: Ints
    number: NDArray[np.bytes_]
    tier: Ints
    occurred: Ints
    detected: Ints
    reported: Ints
    acknowledged: Ints
    responding: Ints
    restored: Ints
    target: Ints
    users: Ints
    tenths: Ints

    def __len__(self) -> int:
        return len(self.id)

    def aims(self, places: Ints) -> list[Aim]:
        """What was aimed at for the incidents at some places, which have a target."""
        return [
            Aim(self.number[at].decode(), instant(int(self.target[at])), int(self.users[at])) for at in places.tolist()
        ]

    def numbers(self, places: Ints | Mask) -> "Numbers":
        """The numbers of the incidents at some places, the oldest first."""
        return Numbers(self.number[places])


MOMENTS = ("occurred", "detected", "reported", "acknowledged", "responding", "restored", "target")
COLUMNS = tuple(field.name for field in fields(Ledger))


def of(cases: Iterable[Counted], now: datetime) -> Ledger:
    """The ledger of some incidents; user-minutes of those that go on are counted up to `now`."""
    rows = sorted(cases, key=lambda one: (one.reported_at, one.id))
    return Ledger(
        id=ints(one.id for one in rows),
        number=texts([one.number for one in rows]),
        tier=ints(one.tier for one in rows),
        occurred=moments(one.occurred_at for one in rows),
        detected=moments(one.detected_at for one in rows),
        reported=moments(one.reported_at for one in rows),
        acknowledged=moments(one.acknowledged_at for one in rows),
        responding=moments(one.responding_at for one in rows),
        restored=moments(one.restored_at for one in rows),
        target=moments(one.target for one in rows),
        users=ints(one.users_peak for one in rows),
        tenths=ints(counting.tenths(one, now) for one in rows),
    )


def together(ledgers: Sequence[Ledger]) -> Ledger:
    """Several ledgers without an incident in common as one."""
    if not ledgers:
        return of((), EPOCH)
    joined = {name: np.concatenate([getattr(each, name) for each in ledgers]) for name in COLUMNS}
    order = np.argsort(joined["reported"], kind="stable")  # nearly in order already, which this kind is quick with
    if np.any(np.diff(joined["reported"][order]) == 0):
        order = np.lexsort((joined["id"], joined["reported"]))
    return Ledger(**{name: column[order] for name, column in joined.items()})


def ints(values: Iterable[int]) -> Ints:
    """A column of whole numbers."""
    return np.fromiter(values, dtype=np.int64)


def texts(values: Sequence[str]) -> NDArray[np.bytes_]:
    """A column of short texts in UTF-8."""
    return np.array([each.encode() for each in values], dtype=np.bytes_)


def moments(values: Iterable[datetime | None]) -> Ints:
    """A column of instants."""
    return ints(NEVER if each is None else moment(each) for each in values)


def moment(at: datetime) -> int:
    """An instant in microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def instant(microseconds: int) -> datetime:
    """The instant that so many microseconds stand for."""
    return EPOCH + microseconds * MICROSECOND
