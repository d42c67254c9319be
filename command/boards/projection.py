"""A board's state is a fold over journal entries: a pure function. Replay to a moment is the same fold, stopped earlier."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from command.core.columns import dump

FOLD_VERSION = 1
TAIL = 12
CARDS = "board.cards"
SHOWN_ELSEWHERE = frozenset(
    {"task.given", "clock.started", "clock.moved", "role.taken", "notice.drafted", "notice.wave_opened"}
)
"""Entries that the latest entries leave out: an activation writes dozens of them, and other cards of the board say the same."""

Card = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry as the fold sees it."""

    seq: int
    at: datetime
    actor: str
    kind: str
    data: str


@dataclass(frozen=True, slots=True)
class State:
    """A folded board: the last seq it holds, its cards by id, and its latest entries, oldest first."""

    seq: int = 0
    cards: Mapping[str, Card] = field(default_factory=dict)
    latest: tuple[Seen, ...] = ()


def fold(state: State, entries: Iterable[Seen]) -> State:
    """Merge the entries, in order, into the state. Entries it has already are passed over, so folding twice changes nothing."""
    cards = dict(state.cards)
    latest = list(state.latest)
    seq = state.seq
    for entry in entries:
        if entry.seq <= seq:
            continue
        seq = entry.seq
        if entry.kind == CARDS:
            _merge(cards, orjson.loads(entry.data)["cards"])
        elif entry.kind not in SHOWN_ELSEWHERE:
            latest.append(entry)
    return State(seq, cards, tuple(latest[-TAIL:]))


def _merge(cards: dict[str, Card], changes: Mapping[str, Card | None]) -> None:
    for name, card in changes.items():
        if card is None:
            cards.pop(name, None)
        else:
            cards[name] = card


def changed(entries: Iterable[Seen]) -> frozenset[str]:
    """The ids of cards that entries change or remove."""
    return frozenset(name for e in entries if e.kind == CARDS for name in orjson.loads(e.data)["cards"])


def carried(state: State) -> State:
    """The state with which the next monthly stream begins: the same cards, seq from the start."""
    return replace(state, seq=0, latest=())


def freeze(state: State) -> str:
    """The state as canonical text, for a snapshot."""
    return dump({"seq": state.seq, "cards": state.cards, "latest": [asdict(entry) for entry in state.latest]})


def thaw(text: str) -> State:
    """The state of a snapshot."""
    data = orjson.loads(text)
    latest = (Seen(**{**entry, "at": datetime.fromisoformat(entry["at"])}) for entry in data["latest"])
    return State(data["seq"], data["cards"], tuple(latest))
