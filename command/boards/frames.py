"""A board moment by moment: the fold carried forward, one frame for each instant at which entries were written. Pure."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

import orjson

from command.boards import projection
from command.boards.projection import Seen, State

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FINISHED = "notice.finished"


@dataclass(frozen=True, slots=True)
class Frame:
    """The board from `ms` on (milliseconds since 1970, UTC), and the ids of cards that changed then."""

    ms: int
    state: State
    touched: frozenset[str]
    counts: dict[str, dict[str, int]]
    """Deliveries by state of notices that were finished then: progress in between is in no journal."""


def ms_of(at: datetime) -> int:
    """The first whole millisecond at which an entry of `at` is part of the board. Browsers know no finer time."""
    return math.ceil((at - EPOCH) / timedelta(milliseconds=1))


def instant(ms: int) -> datetime:
    """The instant of a number of milliseconds."""
    return EPOCH + timedelta(milliseconds=ms)


def frames(state: State, entries: Iterable[Seen]) -> Iterator[Frame]:
    """Carry `state` forward through the entries after it, in order; entries of one millisecond are one frame.

    Entries are taken by their order alone: those of a new month count their seq from the start."""
    for ms, group in groupby(entries, key=lambda entry: ms_of(entry.at)):
        together = list(group)
        for entry in together:
            state = projection.fold(replace(state, seq=entry.seq - 1), (entry,))
        yield Frame(ms, state, projection.changed(together), counted(together))


def counted(entries: Iterable[Seen]) -> dict[str, dict[str, int]]:
    """What notices had come to when they were finished, by id."""
    found = (orjson.loads(entry.data) for entry in entries if entry.kind == FINISHED)
    return {str(each["notice_id"]): each["counts"] for each in found}
