"""An installation moves to another database with every row, and nothing half done is taken for it."""

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from command.core import clock, heads, journal
from command.core.beats import EngineBeat
from command.core.database import Database
from command.core.journal import Entry
from command.operating import entries, rows
from tests.operating.conftest import Kept
from tests.operating.test_backup import everything

Elsewhere = Callable[..., str]
OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.mark.proves("I8")
def test_every_row_is_the_same_on_the_other_kind_of_database_and_the_way_back(
    night: Kept, elsewhere: Elsewhere
) -> None:
    before = everything(night.settings.url)
    url, back = elsewhere(OTHER[night.database.dialect], bare=True), elsewhere(night.database.dialect)
    done = night.run("db", "move", url)
    assert done.exit_code == 0, done.output
    assert "tables are the same there" in done.output
    assert "set TOCSIN_DATABASE_URL=" in done.output
    after = everything(url)
    assert {name for name in before if before[name] != after[name]} <= {"entry", "stream"}
    assert sum(count for count, _ in after.values()) == sum(count for count, _ in before.values()) + 1
    moved = Database(url, pool=5)
    with moved.read() as session:
        assert heads.verify(session, night.keyring).faults == ()
        [entry] = session.scalars(select(Entry).where(Entry.kind == "operating.moved"))
        assert night.database.dialect in entry.data
    with pytest.raises(Exception, match="never change"):
        moved.write(lambda session: session.execute(text("UPDATE entry SET actor = 'nobody'")))
    moved.close()
    assert night.run("db", "move", back, url=url).exit_code == 0
    again = everything(back)
    assert {name for name in before if before[name] != again[name]} <= {"entry", "stream"}


def test_nothing_is_moved_while_tocsin_runs_unless_it_is_a_rehearsal(kept: Kept, elsewhere: Elsewhere) -> None:
    url = elsewhere(kept.database.dialect)
    with kept.database.read() as session:  # a web process has it open
        session.execute(select(Entry).limit(1)).all()
        refused = kept.run("db", "move", url)
        assert refused.exit_code == 1
        assert "stop every" in refused.output and "--rehearsal" in refused.output
        rehearsed = kept.run("db", "move", "--rehearsal", url)
        assert rehearsed.exit_code == 0, rehearsed.output
        assert "This was a rehearsal" in rehearsed.output and "TOCSIN_DATABASE_URL" not in rehearsed.output
    kept.database.close()
    occupied = kept.run("db", "move", url)
    assert occupied.exit_code == 1 and "is not empty" in occupied.output


def test_an_engine_that_beat_just_now_counts_as_running(kept: Kept, elsewhere: Elsewhere) -> None:
    def beat(session: Session, age: float) -> None:
        at = clock.now(session) - timedelta(seconds=age)
        session.merge(EngineBeat(engine="host:1", started_at=at, seen_at=at))

    url = elsewhere("sqlite")
    kept.database.write(lambda session: beat(session, 1))
    kept.database.close()
    refused = kept.run("db", "move", url)
    assert refused.exit_code == 1 and "engine host:1" in refused.output
    kept.database.write(lambda session: beat(session, 60))
    kept.database.close()
    assert kept.run("db", "move", url).exit_code == 0


def test_a_move_that_was_cut_says_so_and_is_begun_again(
    kept: Kept, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, real = elsewhere(OTHER[kept.database.dialect]), rows.fill

    def cut(connection: Connection, table: rows.Table, given: Iterable[bytes]) -> None:
        if table.name == "delivery":
            raise KeyboardInterrupt
        real(connection, table, given)

    with monkeypatch.context() as patch:
        patch.setattr(rows, "fill", cut)
        assert kept.run("db", "move", url).exit_code == 1
    for command in (["engine"], ["db", "upgrade"], ["db", "move", elsewhere("sqlite")]):
        refused = kept.run(*command, url=url)
        assert refused.exit_code == 1 and "was cut" in refused.output, refused.output
    done = kept.run("db", "move", url)
    assert done.exit_code == 0, done.output


def test_what_is_written_to_the_old_database_meanwhile_is_noticed(
    kept: Kept, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody starts a process in the middle. A SQLite file cannot be opened then; on PostgreSQL the copy is not finished."""
    url, real, told = elsewhere("sqlite"), rows.fill, []

    def fill(connection: Connection, table: rows.Table, given: Iterable[bytes]) -> None:
        if table.name == "note":
            try:
                kept.database.write(_enter)
            except Exception as error:
                told.append(str(error))
        real(connection, table, given)

    monkeypatch.setattr("command.core.database.WRITER_PATIENCE", 0.1)
    monkeypatch.setattr(rows, "fill", fill)
    done = kept.run("db", "move", url)
    kept.database.close()
    if kept.database.sqlite:
        assert "locked" in told[0] and done.exit_code == 0
    else:
        assert done.exit_code == 1 and "something wrote to the database while it was copied" in done.output
        assert "was cut" in kept.run("engine", url=url).output


def _enter(session: Session) -> None:
    entries.record(session, entries.Moved(source="x", moment=clock.now(session), rows=0))


def test_a_text_that_postgresql_cannot_hold_is_named_by_its_table(kept: Kept, elsewhere: Elsewhere) -> None:
    if not kept.database.sqlite:
        pytest.skip("no such text can be there")
    kept.database.write(lambda session: journal.add_note(session, "a\0b", "system"))
    kept.database.close()
    done = kept.run("db", "move", elsewhere("postgresql"))
    assert done.exit_code == 1 and "note cannot be written" in done.output


def test_what_cannot_be_done_is_said(kept: Kept, elsewhere: Elsewhere) -> None:
    same = kept.run("db", "move", kept.settings.url)
    assert same.exit_code == 1 and "is in use" in same.output
    away = kept.run("db", "move", "postgresql://u:geheim@127.0.0.1:9/none")
    assert away.exit_code == 1 and "cannot be opened" in away.output and "geheim" not in away.output
    none = kept.run("db", "move", elsewhere("sqlite"), url=f"sqlite:///{kept.folder}/none.db")
    assert none.exit_code == 1 and "there is no database" in none.output
    assert not (kept.folder / "none.db").exists()
    odd = kept.run("db", "move", "mysql://somewhere/x")
    assert odd.exit_code == 1 and "sqlite:///" in odd.output and "postgresql://" in odd.output
