"""The moments of a board worth a tick on the slider: changes of tier and state, notices, and every other entry. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from command.boards.frames import ms_of
from command.boards.projection import CARDS, SHOWN_ELSEWHERE, Card, Seen

Group = Literal["tier", "state", "notice", "entry"]
TIERS = ("incident.raised", "incident.lowered")
GRADED = "incident.graded"
STATES = (
    *("incident.reported", "incident.assessed", "incident.activated", "incident.restored", "incident.reopened"),
    *("incident.review_began", "incident.closed", "incident.cancelled", "incident.merged", "incident.absorbed"),
)
NOTICES = (
    *("notice.submitted", "notice.approved", "notice.rejected", "notice.withdrawn", "notice.held"),
    *("notice.corrected", "notice.finished"),
)


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of an incident, by its seq."""

    ms: int
    seq: int
    kind: str
    group: Group


@dataclass(frozen=True, slots=True)
class Row:
    """What happened to an incident's row on a shared board: it came, went, or its tier or state changed from `before` to `after`."""

    ms: int
    seq: int
    number: str
    group: Group
    kind: Literal["came", "went", "tier", "state"]
    before: Any = None
    after: Any = None


def of_incident(entries: Iterable[Seen]) -> Iterator[Moment]:
    """The entries that people read, in order. Those that only redraw cards, or that cards show anyway, are none."""
    for entry in entries:
        if entry.kind != CARDS and entry.kind not in SHOWN_ELSEWHERE:
            yield Moment(ms_of(entry.at), entry.seq, entry.kind, group_of(entry))


def group_of(entry: Seen) -> Group:
    """What an entry is to somebody who looks for the turns of an incident."""
    if entry.kind == GRADED:
        data = orjson.loads(entry.data)
        return "entry" if data["before"] == data["tier"] else "tier"
    if entry.kind in TIERS:
        return "tier"
    return "state" if entry.kind in STATES else "notice" if entry.kind in NOTICES else "entry"


def of_shared(cards: Mapping[str, Card], entries: Iterable[Seen]) -> Iterator[Row]:
    """What happens to the rows of a shared board that stands at `cards`."""
    known = dict(cards)
    for entry in entries:
        if entry.kind != CARDS:
            continue
        for number, card in orjson.loads(entry.data)["cards"].items():
            before = known.pop(number, None)
            if card is not None:
                known[number] = card
            yield from _row(ms_of(entry.at), entry.seq, number, before, card)


def _row(ms: int, seq: int, number: str, before: Card | None, after: Card | None) -> Iterator[Row]:
    if before is None and after is not None:
        yield Row(ms, seq, number, "state", "came", None, after["tier"])
    elif before is not None and after is None:
        yield Row(ms, seq, number, "state", "went", before["state"], None)
    elif before is not None and after is not None:
        if before["tier"] != after["tier"]:
            yield Row(ms, seq, number, "tier", "tier", before["tier"], after["tier"])
        if before["state"] != after["state"]:
            yield Row(ms, seq, number, "state", "state", before["state"], after["state"])
