"""The journal has no gap, its chain verifies, and whatever is tampered with shows."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from command.core import heads, journal
from command.core.database import Database
from command.core.journal import Entry, Payload
from command.core.keys import Keyring, new_key, parse
from tests.conftest import Time


class Happened(Payload, kind="test.happened"):
    figure: int


class Measured(Payload, kind="test.measured"):
    minutes: float


class Said(Payload, kind="test.said"):
    what: str


def happen(stream: str, figure: int = 1) -> Callable[[Session], None]:
    return lambda session: journal.record(session, stream, Happened(figure=figure))


def seqs(database: Database, stream: str) -> list[int]:
    with database.read() as session:
        return [e.seq for e in journal.entries(session, stream)]


@pytest.mark.proves("I4", "B8")
def test_writers_at_once_leave_no_gap_and_a_chain_that_verifies(database: Database, keyring: Keyring) -> None:
    def write(worker: int) -> None:
        for n in range(10):
            streams = ["incident:A", "incident:B", "board:command:2026-11"][: 1 + (worker + n) % 3]
            database.write(lambda s, names=streams: [happen(name)(s) for name in reversed(names)])

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seqs(database, "incident:A") == list(range(1, 41))
    with database.read() as session:
        verification = heads.verify(session, keyring)
    assert verification.faults == ()
    assert verification.entries == sum(
        len(seqs(database, s)) for s in ("incident:A", "incident:B", "board:command:2026-11")
    )


@pytest.mark.proves("I4", "B8")
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", "'{\"figure\" : 2}'"),
        ("actor", "'someone'"),
        ("kind", "'test.said'"),
        ("exercise", "true"),
        ("hash", "prev_hash"),
    ],
)
def test_a_changed_entry_is_named(database: Database, keyring: Keyring, column: str, value: str) -> None:
    for n in range(3):
        database.write(happen("incident:A", n))
    _without_trigger(database, f"UPDATE entry SET {column} = {value} WHERE seq = 2")
    with database.read() as session:
        (fault,) = heads.verify(session, keyring).faults
    assert (fault.stream, fault.seq) == ("incident:A", 2)


@pytest.mark.proves("I4")
def test_a_removed_entry_is_named(database: Database, keyring: Keyring) -> None:
    for n in range(3):
        database.write(happen("incident:A", n))
    database.write(lambda s: s.execute(text("DELETE FROM entry WHERE seq = 2")))
    with database.read() as session:
        (fault,) = heads.verify(session, keyring).faults
    assert (fault.seq, fault.why) == (2, "entry 2 is missing")


@pytest.mark.proves("I4")
def test_what_is_written_while_the_journal_is_verified_is_no_fault(database: Database, keyring: Keyring) -> None:
    for name in ("incident:A", "incident:B"):
        database.write(happen(name))
    with database.read() as session:
        found = heads.verify(session, keyring, lambda _: database.write(happen("incident:B")))
    assert found.faults == ()
    with database.read() as session:
        assert heads.verify_stream(session, "incident:B") is None


@pytest.mark.proves("I4")
def test_a_tail_cut_together_with_its_head_shows_against_the_signed_heads(database: Database, keyring: Keyring) -> None:
    for n in range(3):
        database.write(happen("incident:A", n))
    database.write(lambda s: heads.sign(s, keyring))
    _cut_tail(database)
    with database.read() as session:
        faults = heads.verify(session, keyring).faults
    assert [(f.stream, f.seq) for f in faults] == [("incident:A", 3)]


def test_heads_signed_with_an_unknown_key_are_named(database: Database, keyring: Keyring) -> None:
    database.write(happen("incident:A"))
    database.write(lambda s: heads.sign(s, parse(new_key())))
    with database.read() as session:
        faults = heads.verify(session, keyring).faults
    assert "is missing: add it to the end of TOCSIN_KEYS" in faults[0].why


@pytest.mark.proves("I4")
def test_two_engines_sign_one_after_the_other(database: Database, keyring: Keyring) -> None:
    database.write(happen("incident:A"))
    signed, other = threading.Event(), []

    def first(session: Session) -> bool:
        made = heads.sign_if_due(session, keyring)
        signed.set()
        threading.Event().wait(0.3)  # the other engine looks before this one has committed
        return made

    def second() -> None:
        signed.wait(10)
        other.append(database.write(lambda session: heads.sign_if_due(session, keyring)))

    engine = threading.Thread(target=second)
    engine.start()
    assert database.write(first)
    engine.join(30)
    assert other == [False]
    with database.read() as session:
        verified = heads.verify(session, keyring)
    assert (verified.signatures, verified.faults) == (1, ())


def test_heads_are_signed_once_an_hour(database: Database, keyring: Keyring, time: Time) -> None:
    database.write(happen("incident:A"))
    assert database.write(lambda s: heads.sign_if_due(s, keyring))
    database.write(happen("incident:A"))
    assert not database.write(lambda s: heads.sign_if_due(s, keyring))
    time.forward(hours=1)
    assert database.write(lambda s: heads.sign_if_due(s, keyring))
    with database.read() as session:
        assert heads.verify(session, keyring).faults == ()


@pytest.mark.proves("I4")
def test_the_database_itself_refuses_to_change_an_entry(database: Database) -> None:
    database.write(happen("incident:A"))
    with pytest.raises(DBAPIError, match="journal entries never change"):
        database.write(lambda s: s.execute(text("UPDATE entry SET data = '{}'")))


@pytest.mark.proves("I10")
@pytest.mark.parametrize("number", ["+8612012345678", "13812345678", "机主13812345678已停机"])
def test_a_phone_number_cannot_enter_the_journal(database: Database, number: str) -> None:
    with pytest.raises(journal.PhoneNumberInJournal):
        database.write(lambda s: journal.record(s, "incident:A", Said(what=number)))
    assert seqs(database, "incident:A") == []


def test_a_large_figure_is_no_phone_number(database: Database) -> None:
    database.write(happen("incident:A", 13812345678))
    database.write(lambda s: journal.record(s, "incident:A", Measured(minutes=75000.16666666667)))
    assert seqs(database, "incident:A") == [1, 2]


def test_what_a_failed_unit_of_work_recorded_is_not_written(database: Database) -> None:
    def fails(session: Session) -> None:
        happen("incident:A")(session)
        raise RuntimeError("afterwards")

    with pytest.raises(RuntimeError):
        database.write(fails)
    assert seqs(database, "incident:A") == []


def test_a_monthly_stream_begins_by_citing_the_one_before(database: Database, keyring: Keyring) -> None:
    database.write(happen("audit:2026-10"))
    database.write(happen("audit:2026-11"))
    with database.read() as session:
        first = next(journal.entries(session, "audit:2026-11"))
        before = session.get_one(journal.Stream, "audit:2026-10")
        assert first.kind == "stream.rolled"
        assert before.head_hash.hex() in first.data
        assert heads.verify(session, keyring).faults == ()


def test_entries_recorded_by_a_hook_belong_to_the_same_unit_of_work(database: Database) -> None:
    seen: list[frozenset[str]] = []

    def hook(session: Session, streams: frozenset[str]) -> None:
        seen.append(streams)
        happen("board:command:2026-11")(session)

    database.before_append.append(hook)
    database.write(happen("incident:A"))
    assert seen == [frozenset({"incident:A"})]
    assert seqs(database, "board:command:2026-11") == [1]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(st.sampled_from(["incident:A", "incident:B", "drill:1"]), max_size=5), max_size=6))
@pytest.mark.proves("I4")
def test_any_sequence_of_units_of_work_verifies(database: Database, keyring: Keyring, batches: list[list[str]]) -> None:
    for batch in batches:
        database.write(lambda s, names=batch: [happen(name)(s) for name in names])
    with database.read() as session:
        assert heads.verify(session, keyring).faults == ()
        for stream in set(session.scalars(select(Entry.stream_id))):
            assert seqs(database, stream) == list(range(1, journal.head(session, stream) + 1))


def _without_trigger(database: Database, statement: str) -> None:
    on = "" if database.sqlite else " ON entry"

    def work(session: Session) -> None:
        session.execute(text(f"DROP TRIGGER keep_entry{on}"))
        session.execute(text(statement))

    database.write(work)


def _cut_tail(database: Database) -> None:
    def work(session: Session) -> None:
        session.execute(text("DELETE FROM entry WHERE seq = 3"))
        head = session.execute(text("SELECT hash FROM entry WHERE seq = 2")).scalar_one()
        session.execute(text("UPDATE stream SET head_seq = 2, head_hash = :hash"), {"hash": head})

    database.write(work)
