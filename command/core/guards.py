"""Triggers that hold what code must not be trusted with alone: journal entries and `exercise` never change."""

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
