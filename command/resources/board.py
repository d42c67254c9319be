"""The status board as T-cards: what is in the pools by stock, and what is out one by one, in columns by state."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from command.resources import reading, views
from command.resources.reading import Wanted
from command.resources.states import Bucket, Card
from command.resources.views import AllocationOut, StockOut

MOST, MOST_OF_ONE = 8, 500
"""Cards that a column shows beside the others, and alone."""
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
    """A column: its cards, and how many of them are shown."""

    card: Card
    most: int
    piles: list[Pile] = field(default_factory=list)
    out: list[AllocationOut] = field(default_factory=list)

    @property
    def cards(self) -> int:
        return len(self.piles) + len(self.out)

    @property
    def more(self) -> int:
        return max(0, self.cards - self.most)


def board(session: Session, wanted: Wanted, only: str | None, language: str) -> list[Column]:
    """The columns, or the one asked for."""
    lines = reading.stocks(session, wanted)
    stocks = views.stocks_out(session, lines, language)
    out = [views.allocation_out(each, language) for each in reading.out(session, lines)]
    columns = {card: Column(card, MOST_OF_ONE if only else MOST) for card in Card if only in (None, card)}
    for card, bucket in IN_POOL.items():
        if card in columns:
            _pile(columns[card], stocks, bucket)
    for each in out:
        if each.card in columns:
            columns[each.card].out.append(each)
    return list(columns.values())


def _pile(column: Column, stocks: Sequence[StockOut], bucket: Bucket) -> None:
    """Stocks with pieces in a bucket; those under their minimum stand first."""
    found = [Pile(stock, getattr(stock, bucket)) for stock in stocks if getattr(stock, bucket)]
    column.piles = sorted(found, key=lambda pile: (not pile.stock.below_minimum, pile.stock.resource.name))
