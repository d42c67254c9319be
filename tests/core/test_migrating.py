"""Migrations run while others work: they wait for a table only a moment, one at a time, and what they leave serves the code of before
where it says so. What a migration may do to code that still runs is checked of every new one."""

import ast
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from command.core import schema
from command.core.paths import MIGRATIONS

SCRIPTS = {each.revision: each for each in ScriptDirectory.from_config(schema.config()).walk_revisions()}
NEW = sorted(revision for revision in SCRIPTS if revision >= schema.KNOWN_TO_EXPAND)
LARGE = {
    "delivery",
    "subscriber",
    "entry",
    "alarm",
    "alarm_event",
    "receipt_in",
    "note",
    "archive_note",
    "archive_gram",
    "body",
    "cut_off",
}
"""Tables that may have millions of rows: an index on one is made beside those who write to it."""
TAKING = {
    "drop_table",
    "drop_column",
    "rename_table",
    "create_unique_constraint",
    "create_check_constraint",
    "create_foreign_key",
}
"""What takes something from code that still runs, or refuses what it writes."""
_SQL = re.compile(r"\b(DROP\s+(TABLE|COLUMN)|RENAME|SET\s+NOT\s+NULL)\b", re.IGNORECASE)


def faults(source: str) -> Iterator[str]:
    """What a migration does in `upgrade`, or in a function of its own, that code of the release before cannot bear."""
    tree = ast.parse(source)
    made = {_first(call) for call in _calls(tree) if _name(call) == "create_table"}
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name != "downgrade":
            for call in _calls(function):
                if fault := _fault(call, made):
                    yield f"line {call.lineno}: {fault}"


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _first(call: ast.Call, place: int = 0) -> str:
    found = call.args[place] if len(call.args) > place else None
    return str(found.value) if isinstance(found, ast.Constant) else ""


def _keywords(call: ast.Call) -> dict[str, ast.expr]:
    return {each.arg: each.value for each in call.keywords if each.arg}


def _is(value: ast.expr | None, wanted: object) -> bool:
    return isinstance(value, ast.Constant) and value.value is wanted


def _fault(call: ast.Call, made: set[str]) -> str | None:
    name, given = _name(call), _keywords(call)
    if name in TAKING and _first(call) not in made:
        return name
    if name == "alter_column" and (given.keys() & {"new_column_name", "type_"} or _is(given.get("nullable"), False)):
        return "alter_column: a new name, another type or NOT NULL"
    if name == "add_column" and any(_demands(each) for each in _calls(call) if _name(each) == "Column"):
        return "add_column: NOT NULL without a default of the database"
    if (
        name == "create_index"
        and _first(call, 1) in LARGE - made
        and not _is(given.get("postgresql_concurrently"), True)
    ):
        return f"create_index on {_first(call, 1)} without postgresql_concurrently"
    if name == "execute" and _SQL.search(_first(call)):
        return "execute: DROP, RENAME or NOT NULL"
    return None


def _demands(column: ast.Call) -> bool:
    given = _keywords(column)
    return _is(given.get("nullable"), False) and "server_default" not in given


@pytest.mark.parametrize("revision", NEW)
def test_a_new_migration_only_adds_or_says_that_it_takes_away(revision: str) -> None:
    """See docs/operate/upgrade.md: expand, and contract a release later."""
    script = SCRIPTS[revision]
    assert getattr(script.module, "contracts", None) or not list(faults(Path(script.path).read_text("utf-8")))


@pytest.mark.parametrize(
    "line",
    [
        "op.drop_column('incident', 'cause')",
        "op.drop_table('page')",
        "batch.alter_column('x', nullable=False)",
        "batch.alter_column('x', new_column_name='y')",
        "op.add_column('page', sa.Column('x', sa.Text(), nullable=False))",
        "op.create_index('ix_delivery_x', 'delivery', ['x'])",
        "op.create_unique_constraint('uq_page_x', 'page', ['x'])",
        "op.execute('ALTER TABLE page RENAME TO paging')",
    ],
)
def test_what_code_of_before_cannot_bear_is_found(line: str) -> None:
    assert list(faults(f"def upgrade():\n    {line}\n")) != []
    assert list(faults(f"def _part():\n    {line}\n")) != []
    assert list(faults(f"def downgrade():\n    {line}\n")) == []


@pytest.mark.parametrize(
    "line",
    [
        "op.add_column('page', sa.Column('x', sa.Text(), nullable=True))",
        "op.add_column('page', sa.Column('x', sa.Text(), nullable=False, server_default=''))",
        "op.create_index('ix_delivery_x', 'delivery', ['x'], postgresql_concurrently=True)",
        "op.create_table('new', sa.Column('x', sa.Text(), nullable=False)); op.create_index('ix_new_x', 'new', ['x'])",
        "op.drop_index('ix_delivery_x')",
        "op.execute('INSERT INTO new SELECT 1')",
    ],
)
def test_what_only_adds_passes(line: str) -> None:
    assert list(faults(f"def upgrade():\n    {line}\n")) == []


# --- which code a schema serves


def test_a_newer_schema_serves_the_code_before_it_as_far_as_nothing_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    newest = schema.head() or ""
    assert schema.served(newest)[0] == newest
    assert "0052" in schema.served(newest), "since then migrations have only added"
    assert schema.served("0052") == ["0052"]
    monkeypatch.setattr(
        SCRIPTS[newest].module, "contracts", "a column that the release before had stopped reading", raising=False
    )
    monkeypatch.setattr(
        ScriptDirectory, "iterate_revisions", lambda self, upper, lower: iter([SCRIPTS[newest], SCRIPTS["0052"]])
    )
    assert schema.served(newest) == [newest]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = create_engine(database_url)
    yield made
    made.dispose()


def test_code_of_before_goes_on_where_the_database_says_so(engine: Engine, database_url: str) -> None:
    newest = schema.head()
    with engine.begin() as connection:
        assert schema.serves(connection, newest) is None
        assert schema.serves(connection, "0052") is None
        assert schema.serves(connection, "0051") == newest
        assert schema.serves(connection, "9999") == newest, "code that is newer than the schema waits for its migration"
        connection.execute(text("UPDATE alembic_version SET version_num = '0052'"))
        assert schema.serves(connection, newest) == "0052", "somebody has gone back without saying what is served"
    with pytest.raises(schema.SchemaError, match="the database is at 0052"):
        schema.require_current(database_url)


def test_a_schema_that_went_back_serves_only_its_own_code(engine: Engine, database_url: str) -> None:
    schema.downgrade(database_url, "0052")
    with engine.connect() as connection:
        assert schema.serves(connection, "0052") is None
        assert schema.serves(connection, schema.head()) == "0052"


# --- while others work


@pytest.fixture
def behind(engine: Engine, database_url: str) -> str:
    """A PostgreSQL database that has the newest migrations before it."""
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer; a migration waits its turn")
    schema.downgrade(database_url, "0052")
    return database_url


def test_a_migration_lets_others_pass_while_its_table_is_in_use(
    engine: Engine, behind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A long transaction reads the journal: the migration waits behind it only a moment at a time, and gets through once it is over."""
    monkeypatch.setattr(schema, "LOCK_WAIT", 0.2)
    monkeypatch.setattr(schema, "PAUSE", 0.2)
    tried = threading.Event()
    monkeypatch.setattr(schema.time, "sleep", lambda seconds: tried.set() or threading.Event().wait(seconds))
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM entry"))
        running = threading.Thread(target=schema.upgrade, args=(behind,))
        running.start()
        assert tried.wait(20), "it let go and waits"
        with engine.begin() as writer:
            writer.execute(text("SET LOCAL statement_timeout = 5000"))
            writer.execute(text("SELECT count(*) FROM entry"))
            assert schema.serves(writer, schema.head()) is not None, "not yet migrated"
    running.join(30)
    with engine.connect() as connection:
        assert schema.serves(connection, schema.head()) is None


def test_a_table_that_never_comes_free_is_said(engine: Engine, behind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("LOCK_WAIT", 0.1), ("PAUSE", 0.05), ("PATIENCE", 0.5)):
        monkeypatch.setattr(schema, name, value)
    with engine.connect() as reader:
        reader.execute(text("SELECT count(*) FROM entry"))
        with pytest.raises(schema.SchemaError, match="in use all the time"):
            schema.upgrade(behind)
    schema.upgrade(behind)


def test_two_that_migrate_at_once_take_turns(engine: Engine, behind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "PAUSE", 0.05)
    both = [threading.Thread(target=schema.upgrade, args=(behind,)) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(60)
    with engine.connect() as connection:
        assert schema.serves(connection, schema.head()) is None


def test_whoever_finds_another_migrating_for_too_long_says_so(
    engine: Engine, behind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("PAUSE", 0.05), ("PATIENCE", 0.3)):
        monkeypatch.setattr(schema, name, value)
    with engine.connect() as other:
        other.execute(text("SELECT pg_advisory_lock(:key)"), {"key": schema.ONE_AT_A_TIME})
        with pytest.raises(schema.SchemaError, match="somebody else"):
            schema.upgrade(behind)


def test_migrations_are_where_they_are_looked_for() -> None:
    assert {Path(each.path).parent for each in SCRIPTS.values()} == {MIGRATIONS / "versions"}
