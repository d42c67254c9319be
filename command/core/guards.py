"""Triggers that hold what code must not be trusted with alone: journal entries and `exercise` never change, and a row of an exercise
belongs to rows of exercises alone."""

from collections.abc import Iterable

from sqlalchemy import MetaData, Table


def exercise_tables(metadata: MetaData) -> list[Table]:
    """Every table of the flow: those with an `exercise` column, but the journal, which never changes at all."""
    return [table for table in metadata.sorted_tables if "exercise" in table.c and table.name != "entry"]


def statements(dialect: str, tables: Iterable[str], journal: tuple[str, ...] = ("entry",)) -> list[str]:
    """DDL that creates the guards for `tables` (by name) on a dialect."""
    made = [] if dialect == "sqlite" else [_FUNCTION_EXERCISE, _FUNCTION_ENTRY]
    for name in tables:
        made.append((_SQLITE_EXERCISE if dialect == "sqlite" else _PG_EXERCISE).format(table=name))
    for name in journal:
        made.append((_SQLITE_ENTRY if dialect == "sqlite" else _PG_ENTRY).format(table=name))
    return made


def removals(dialect: str, tables: Iterable[str], journal: tuple[str, ...] = ("entry",)) -> list[str]:
    """DDL that drops the guards again."""
    names = {f"keep_exercise_{name}": name for name in tables} | {f"keep_{name}": name for name in journal}
    dropped = [
        f"DROP TRIGGER IF EXISTS {trigger}" + ("" if dialect == "sqlite" else f" ON {table}")
        for trigger, table in names.items()
    ]
    if dialect != "sqlite":
        dropped += ["DROP FUNCTION IF EXISTS tocsin_keep_exercise()", "DROP FUNCTION IF EXISTS tocsin_keep_entry()"]
    return dropped


Tie = tuple[str, str, str]
"""A table, its column that holds an id, and the table it is an id of; both have `exercise`."""


def ties(dialect: str, bound: Iterable[Tie]) -> list[str]:
    """DDL that refuses a row whose `exercise` is not that of the row it belongs to, when it is made and when it is tied to another. An id
    that points at nothing ties to nothing."""
    made = [] if dialect == "sqlite" else [_FUNCTION_TIE, _FUNCTION_RETIE]
    for table, column, parent in bound:
        for form in (_SQLITE_TIE, _SQLITE_RETIE) if dialect == "sqlite" else (_PG_TIE, _PG_RETIE):
            made.append(form.format(table=table, column=column, parent=parent))
    return made


def loosed(dialect: str, bound: Iterable[Tie], *, last: bool = True) -> list[str]:
    """DDL that drops those guards again; their functions too where these were the `last` ties."""
    on = "" if dialect == "sqlite" else " ON {table}"
    dropped = [
        f"DROP TRIGGER IF EXISTS {verb}_{table}_{column}{on.format(table=table)}"
        for table, column, _ in bound
        for verb in ("tie", "retie")
    ]
    if last and dialect != "sqlite":
        dropped += ["DROP FUNCTION IF EXISTS tocsin_tie()", "DROP FUNCTION IF EXISTS tocsin_retie()"]
    return dropped


_SQLITE_EXERCISE = """CREATE TRIGGER keep_exercise_{table} BEFORE UPDATE OF exercise ON {table}
WHEN NEW.exercise IS NOT OLD.exercise BEGIN SELECT RAISE(ABORT, 'exercise never changes'); END"""

_SQLITE_ENTRY = """CREATE TRIGGER keep_{table} BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, 'journal entries never change'); END"""

_FUNCTION_EXERCISE = """CREATE OR REPLACE FUNCTION tocsin_keep_exercise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'exercise never changes' USING ERRCODE = 'check_violation'; END $$"""

_FUNCTION_ENTRY = """CREATE OR REPLACE FUNCTION tocsin_keep_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'journal entries never change' USING ERRCODE = 'check_violation'; END $$"""

_PG_EXERCISE = """CREATE TRIGGER keep_exercise_{table} BEFORE UPDATE OF exercise ON {table} FOR EACH ROW
WHEN (NEW.exercise IS DISTINCT FROM OLD.exercise) EXECUTE FUNCTION tocsin_keep_exercise()"""

_PG_ENTRY = """CREATE TRIGGER keep_{table} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION tocsin_keep_entry()"""

_SQLITE_TIE = """CREATE TRIGGER tie_{table}_{column} BEFORE INSERT ON {table}
WHEN EXISTS (SELECT 1 FROM {parent} AS its WHERE its.id = NEW.{column} AND its.exercise <> NEW.exercise)
BEGIN SELECT RAISE(ABORT, 'exercise and real event are never one: {table}.{column}'); END"""

_SQLITE_RETIE = """CREATE TRIGGER retie_{table}_{column} BEFORE UPDATE OF {column} ON {table}
WHEN EXISTS (SELECT 1 FROM {parent} AS its WHERE its.id = NEW.{column} AND its.exercise <> NEW.exercise)
BEGIN SELECT RAISE(ABORT, 'exercise and real event are never one: {table}.{column}'); END"""

# Looked at once a statement: a chunk of a mass notice inserts thousands of rows that belong to one notice.
_FUNCTION_TIE = """CREATE OR REPLACE FUNCTION tocsin_tie() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE crossed boolean;
BEGIN
EXECUTE format('SELECT EXISTS (SELECT 1 FROM fresh JOIN %I AS its ON its.id = fresh.%I WHERE its.exercise <> fresh.exercise)',
TG_ARGV[1], TG_ARGV[0]) INTO crossed;
IF crossed THEN RAISE EXCEPTION 'exercise and real event are never one: %.%', TG_TABLE_NAME, TG_ARGV[0]
USING ERRCODE = 'check_violation'; END IF;
RETURN NULL; END $$"""

_PG_TIE = """CREATE TRIGGER tie_{table}_{column} AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION tocsin_tie('{column}', '{parent}')"""

_FUNCTION_RETIE = """CREATE OR REPLACE FUNCTION tocsin_retie() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE crossed boolean;
BEGIN
EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I AS its WHERE its.id = ($1).%I AND its.exercise <> ($1).exercise)',
TG_ARGV[1], TG_ARGV[0]) INTO crossed USING NEW;
IF crossed THEN RAISE EXCEPTION 'exercise and real event are never one: %.%', TG_TABLE_NAME, TG_ARGV[0]
USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$"""

_PG_RETIE = """CREATE TRIGGER retie_{table}_{column} BEFORE UPDATE OF {column} ON {table} FOR EACH ROW
WHEN (NEW.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column})
EXECUTE FUNCTION tocsin_retie('{column}', '{parent}')"""
