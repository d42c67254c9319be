"""What happened along the curve of an incident: changes of tier, the first notice, the all-clear, the restoration, the ETA. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from command.boards.projection import Seen

Kind = Literal["tier", "first", "all_clear", "restored", "reopened"]
TIERS = ("incident.graded", "incident.raised", "incident.lowered")
STATES: dict[str, Kind] = {"incident.restored": "restored", "incident.reopened": "reopened"}
APPROVED = "notice.approved"
ETA = "incident.eta"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a moment; `tier` is the one it became."""

    at: datetime
    kind: Kind
    tier: int | None = None


def marks(entries: Iterable[Seen]) -> tuple[Mark, ...]:
    """The marks of an incident's entries, in order. A grade that leaves the tier as it was is none."""
    return tuple(_marks(entries))


def _marks(entries: Iterable[Seen]) -> Iterator[Mark]:
    for entry in entries:
        if entry.kind in TIERS:
            data = _data(entry)
            if data["tier"] != data["before"]:
                yield Mark(entry.at, "tier", data["tier"])
        elif entry.kind in STATES:
            yield Mark(entry.at, STATES[entry.kind])
        elif entry.kind == APPROVED:
            kind = _data(entry)["notice_kind"]
            if kind in ("first", "all_clear"):
                yield Mark(entry.at, kind)


def eta(entries: Iterable[Seen]) -> datetime | None:
    """When service was expected back, as last said; None where nobody said, or took it back."""
    said = None
    for entry in entries:
        if entry.kind == ETA:
            said = _data(entry)["eta"]
    return datetime.fromisoformat(said) if said else None


def _data(entry: Seen) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(entry.data)
    return found
