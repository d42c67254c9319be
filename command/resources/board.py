"""The status board as T-cards: what is in the pools by stock, and what is out one by one, in columns by state."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from command.resources import reading, views
from command.resources.reading import Wanted
from command.resources.states import Bucket, Card
from command.resources.views import AllocationOut, StockOut

MOST = 24
"""Cards that a column shows."""
IN_POOL = {
    Card.IN_RESERVE: Bucket.IN_RESERVE,
    Card.AVAILABLE: Bucket.AVAILABLE,
    Card.OUT_OF_SERVICE: Bucket.OUT_OF_SERVICE,
}


@dataclass(frozen=True, slots=True)
class Pile:
    """Pieces of a stock that stand in a column."""

    stock: StockOut
    pieces: int


@dataclass(slots=True)
class Column:
    """A column: how many pieces stand in it, the cards it shows, and how many more there are."""

    card: Card
    pieces: int = 0
    piles: list[Pile] = field(default_factory=list)
    out: list[AllocationOut] = field(default_factory=list)

    @property
    def more(self) -> int:
        return max(0, len(self.piles) + len(self.out) - MOST)


def board(session: Session, wanted: Wanted, only: str | None, language: str) -> list[Column]:
    """The columns, or the one asked for."""
    lines = reading.stocks(session, wanted)
    stocks = views.stocks_out(session, lines, language)
    out = [views.allocation_out(each, language) for each in reading.out(session, lines)]
    columns = {card: Column(card) for card in Card if only in (None, "", card)}
    for card, bucket in IN_POOL.items():
        if card in columns:
            _pile(columns[card], stocks, bucket)
    for each in out:
        if each.card in columns:
            columns[each.card].out.append(each)
            columns[each.card].pieces += each.still_out
    return list(columns.values())


def _pile(column: Column, stocks: Sequence[StockOut], bucket: Bucket) -> None:
    """Stocks with pieces in a bucket; those under their minimum stand first."""
    found = [Pile(stock, getattr(stock, bucket)) for stock in stocks if getattr(stock, bucket)]
    column.piles = sorted(found, key=lambda pile: (not pile.stock.below_minimum, pile.stock.resource.name))
    column.pieces = sum(pile.pieces for pile in found)
