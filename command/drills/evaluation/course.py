"""How exercise time went in a drill, from what its journal says of beginning, pausing, speed and end. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

BEGAN, PAUSED, RESUMED = "drill.began", "drill.paused", "drill.resumed"
OVER = ("drill.ended", "drill.stopped")


@dataclass(frozen=True, slots=True)
class Happening:
    """An entry of a journal: its stream, when it was written, its kind and its fields."""

    stream: str
    at: datetime
    kind: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """From `at` on, where `second` seconds of exercise time had passed, it goes `speed` times as fast as the clock; 0: it stands still."""

    at: datetime
    second: float
    speed: float


@dataclass(frozen=True, slots=True)
class Course:
    """The pieces of a drill's exercise time in order; `over_at` is when it ended or was stopped, null while it goes on."""

    pieces: tuple[Piece, ...]
    over_at: datetime | None

    @property
    def began_at(self) -> datetime | None:
        """When the drill began, or None."""
        return self.pieces[0].at if self.pieces else None

    def second(self, at: datetime) -> float:
        """Seconds of exercise time at an instant: paused time is not counted, and each stretch counts at its own speed. Before the
        beginning it is 0, after the end what it was then. It never goes back."""
        found = 0.0
        for number, piece in enumerate(self.pieces):
            if piece.at > at:
                break
            found = piece.second + (at - piece.at).total_seconds() * piece.speed
            if number + 1 < len(self.pieces):  # where the next stretch begins is what the journal says
                found = min(found, max(piece.second, self.pieces[number + 1].second))
        return found

    def paused_s(self, until: datetime) -> float:
        """Seconds of the clock for which it stood still between the beginning and the end, or `until` while it goes on."""
        ends = [*(piece.at for piece in self.pieces[1:]), self.over_at or until]
        return sum(
            max(0.0, (end - piece.at).total_seconds())
            for piece, end in zip(self.pieces, ends, strict=False)
            if piece.speed == 0
        )


def of(happenings: Iterable[Happening], speed: float = 1.0) -> Course:
    """The course that entries of a drill's stream tell, in their order; `speed` is that of its beginning. A resumption while it runs
    changes the speed alone."""
    pieces: list[Piece] = []
    over: datetime | None = None
    for each in happenings:
        if each.kind == BEGAN:
            pieces.append(Piece(each.at, 0.0, speed))
        elif each.kind == PAUSED:
            pieces.append(Piece(each.at, float(each.data["second"]), 0.0))
        elif each.kind == RESUMED:
            pieces.append(Piece(each.at, float(each.data["second"]), float(each.data["speed"])))
        elif each.kind in OVER:
            pieces.append(Piece(each.at, float(each.data["second"]), 0.0))
            over = each.at
    return Course(tuple(pieces), over)
