"""Units of work: committed once or not at all, retried when another's came between, and nobody waits long for the engine."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from command.core import database as core
from command.core import journal
from command.core.database import Database, line
from command.core.installation import count_up
from command.core.journal import Note, Payload
from command.core.turns import turn


class Counted(Payload, kind="test.counted"):
    figure: int


def value(database: Database, name: str) -> int:
    with database.read() as session:
        return int(session.execute(text("SELECT value FROM counter WHERE name = :n"), {"n": name}).scalar() or 0)


def at_once(*works: Callable[[], object]) -> list[BaseException]:
    """Run all at the same time; return what they raised."""
    raised: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_two_units_that_deadlock_are_both_done(database: Database) -> None:
    database.write(lambda s: [count_up(s, name) for name in ("a", "b")])
    both_hold_one = threading.Barrier(2)
    tries: list[str] = []

    def crossing(first: str, second: str) -> Callable[[Session], None]:
        def work(session: Session) -> None:
            tries.append(first)
            count_up(session, first)
            if not database.sqlite and len(tries) <= 2:
                both_hold_one.wait(10)
            count_up(session, second)

        return work

    assert (
        at_once(
            lambda: database.write(crossing("a", "b")),
            lambda: database.write(crossing("b", "a")),
        )
        == []
    )
    assert (value(database, "a"), value(database, "b")) == (3, 3)
    assert len(tries) == 2 if database.sqlite else 3 <= len(tries) <= 4, (
        "whoever lost the deadlock tried again, once each"
    )


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_serialisation_failure_runs_the_work_again(database: Database) -> None:
    database.write(lambda s: count_up(s, "a"))
    tries: list[int] = []

    def work(session: Session) -> None:
        session.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
        seen = session.execute(text("SELECT value FROM counter WHERE name = 'a'")).scalar_one()
        tries.append(seen)
        if len(tries) == 1:
            database.write(lambda s: count_up(s, "a"))
        session.execute(text("UPDATE counter SET value = :v WHERE name = 'a'"), {"v": seen + 10})

    database.write(work)
    assert tries == [1, 2]
    assert value(database, "a") == 12


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_unit_that_fails_every_time_gives_up_with_the_error(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "TRIES", 3)
    tries: list[int] = []

    def work(session: Session) -> None:
        tries.append(1)
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"))

    with pytest.raises(DBAPIError):
        database.write(work)
    assert len(tries) == 3


def test_other_errors_are_not_tried_again(database: Database) -> None:
    tries: list[int] = []

    def work(session: Session) -> None:
        tries.append(1)
        session.execute(text("SELECT nonsense"))

    with pytest.raises(DBAPIError):
        database.write(work)
    assert len(tries) == 1


def test_a_person_writing_is_not_starved_by_the_engine(database: Database) -> None:
    """Three cycles write without end, 20 ms at a time; a person's writes meanwhile wait 250 ms at most (usually under 40)."""
    stopping = threading.Event()
    rounds: list[float] = []

    def busy(session: Session) -> None:
        count_up(session, "engine")
        held_until = time.perf_counter() + 0.02
        while time.perf_counter() < held_until:
            session.execute(text("SELECT 1"))

    def engine() -> None:
        while not stopping.is_set():
            database.background(busy)
            rounds.append(time.perf_counter())

    waits = []

    def people() -> None:
        deadline = time.perf_counter() + 30
        while len(rounds) < 30 and time.perf_counter() < deadline:
            begun = time.perf_counter()
            database.write(lambda s: count_up(s, "people"))
            waits.append(time.perf_counter() - begun)
        stopping.set()

    try:
        assert at_once(engine, engine, engine, people) == []
    finally:
        stopping.set()
    assert value(database, "people") == len(waits)
    assert value(database, "engine") == len(rounds) >= 30
    assert sorted(waits)[int(len(waits) * 0.9)] < 0.25


def test_background_writers_take_turns_across_processes(tmp_path: Path) -> None:
    held = threading.Event()
    order: list[str] = []

    def second() -> None:
        held.wait(10)
        with turn(str(tmp_path / "x.db")):
            order.append("second")

    waiting = threading.Thread(target=second)
    waiting.start()
    with turn(str(tmp_path / "x.db")):
        held.set()
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("statement", ["INSERT INTO counter (name, value) VALUES ('x', 1)", "DELETE FROM counter"])
def test_a_session_for_reading_cannot_write(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="readonly"), database.read() as session:
        session.execute(text(statement))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nothing_a_session_for_reading_does_stays(database: Database) -> None:
    with database.read() as session:
        count_up(session, "x")
    assert value(database, "x") == 0


def test_what_was_read_stays_usable_afterwards(database: Database) -> None:
    note_id, _ = database.write(lambda s: journal.add_note(s, "said", "person:1"))
    with database.read() as session:
        note = session.get_one(Note, note_id)
    assert note.body == "said"
    assert note.at.tzinfo is not None


@pytest.mark.proves("I4", "I5")
def test_a_unit_whose_hook_fails_writes_nothing(database: Database) -> None:
    def hook(session: Session, streams: frozenset[str]) -> None:
        raise RuntimeError("the board cannot be folded")

    def work(session: Session) -> None:
        count_up(session, "x")
        journal.record(session, "incident:A", Counted(figure=1))

    database.before_append.append(hook)
    with pytest.raises(RuntimeError, match="cannot be folded"):
        database.write(work)
    database.before_append.clear()
    assert value(database, "x") == 0
    with database.read() as session:
        assert journal.head(session, "incident:A") == 0


def test_counting_at_once_leaves_no_gap_and_no_double(database: Database) -> None:
    numbers: list[int] = []

    def count() -> None:
        for _ in range(10):
            numbers.append(database.write(lambda s: count_up(s, "incident")))

    assert at_once(*[count] * 4) == []
    assert sorted(numbers) == list(range(1, 41))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_server_gives_up_a_connection_whose_end_is_gone(database: Database) -> None:
    """Over a socket of the machine itself there is no line to keep alive: the server says what it was asked for."""
    with database.read() as session:
        query = text("SELECT name, reset_val, source FROM pg_settings WHERE name LIKE 'tcp%' AND source = 'client'")
        asked = {name: value for name, value, _ in session.execute(query)}
    assert asked == {
        "tcp_keepalives_idle": "5",
        "tcp_keepalives_interval": "2",
        "tcp_keepalives_count": "3",
        "tcp_user_timeout": "60000",
    }
    assert line(make_url("postgresql://u@h/d?options=-c%20x%3Dy")).get("options") is None, (
        "what a URL names is followed"
    )
