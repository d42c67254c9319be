"""Boards read back from the journal: through snapshots, across months, at a moment."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.boards import store
from command.boards.cards import Cards
from command.boards.models import Snapshot
from command.core import journal
from command.core.database import Database
from tests.conftest import Time


def put(database: Database, stream: str, **cards: dict[str, int] | None) -> None:
    database.write(lambda session: journal.record(session, stream, Cards(cards=cards)))


def at(database: Database, board: str, moment: datetime) -> dict[str, object]:
    with database.read() as session:
        return dict(store.load_at(session, board, moment).state.cards)


@pytest.mark.proves("I5")
def test_a_snapshot_changes_nothing_about_the_board(database: Database) -> None:
    for n in range(1, 8):
        put(database, "incident:A", **{f"card{n % 3}": {"figure": n}})
    with database.read() as session:
        before = store.load(session, "incident:A")
    assert database.write(lambda session: store.snapshot_due(session, every=5)) == 1
    put(database, "incident:A", card1={"figure": 99})
    with database.read() as session:
        assert session.scalar(select(Snapshot.seq)) == 7
        after = store.load(session, "incident:A")
    assert before.state.cards == {"card0": {"figure": 6}, "card1": {"figure": 7}, "card2": {"figure": 5}}
    assert after.state.cards == {**before.state.cards, "card1": {"figure": 99}}
    assert database.write(lambda session: store.snapshot_due(session, every=5)) == 0


def test_the_board_goes_on_over_the_turn_of_a_month(database: Database) -> None:
    put(database, "board:command:2026-10", a={"tier": 1}, b={"tier": 2})
    put(database, "board:command:2026-11", b=None, c={"tier": 3})
    with database.read() as session:
        board = store.load(session, "command")
    assert (board.stream, dict(board.state.cards)) == ("board:command:2026-11", {"a": {"tier": 1}, "c": {"tier": 3}})


def test_a_board_can_be_read_as_it_stood(database: Database, time: Time) -> None:
    put(database, "incident:A", a={"tier": 4})
    between = time.now() + timedelta(minutes=5)
    time.forward(minutes=10)
    put(database, "incident:A", a={"tier": 1})
    assert at(database, "incident:A", between) == {"a": {"tier": 4}}
    assert at(database, "incident:A", time.now()) == {"a": {"tier": 1}}
    assert at(database, "incident:A", between - timedelta(hours=1)) == {}


def test_an_unknown_board_is_empty(database: Database) -> None:
    with database.read() as session:
        assert store.load(session, "command").state.cards == {}


def test_cards_are_typed(database: Database) -> None:
    def work(session: Session) -> None:
        journal.record(session, "incident:A", Cards(cards="nonsense"))

    with pytest.raises(ValueError):
        database.write(work)
