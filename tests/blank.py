"""A PostgreSQL database that is emptied for each test: making one anew takes longer than most tests, and warm connections plan faster."""

import itertools

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

TEMPLATE = "template_tocsin"

_SHAPE = """
SELECT md5(string_agg(line, ' ' ORDER BY line)) FROM (
  SELECT 'class ' || oid || relkind::text AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 'column ' || attrelid || attname || attisdropped || attnotnull FROM pg_attribute
    WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
  UNION ALL SELECT 'trigger ' || oid || tgenabled::text FROM pg_trigger
  UNION ALL SELECT 'constraint ' || oid FROM pg_constraint
  UNION ALL SELECT 'function ' || oid || md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS lines
"""
_SEED = """
DO $$
DECLARE t record; held bigint;
BEGIN
  CREATE SCHEMA seed;
  FOR t IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT count(*) FROM public.%I', t.name) INTO held;
    IF held > 0 THEN EXECUTE format('CREATE TABLE seed.%I AS TABLE public.%I', t.name, t.name); END IF;
  END LOOP;
  CREATE TABLE seed."sequence of" AS SELECT schemaname, sequencename, start_value, last_value FROM pg_sequences WHERE schemaname = 'public';
END $$
"""
_EMPTY = """
DO $$
DECLARE t record;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR t IN SELECT c.relname AS name FROM pg_class c
           WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND pg_relation_size(c.oid) > 0 LOOP
    EXECUTE format('DELETE FROM public.%I', t.name);
  END LOOP;
  FOR t IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'seed' AND tablename <> 'sequence of' LOOP
    EXECUTE format('INSERT INTO public.%I SELECT * FROM seed.%I', t.name, t.name);
  END LOOP;
  PERFORM setval(format('%I.%I', latest.schemaname, latest.sequencename)::regclass,
                 coalesce(first.last_value, first.start_value), first.last_value IS NOT NULL)
    FROM pg_sequences AS latest JOIN seed."sequence of" AS first USING (schemaname, sequencename)
    WHERE latest.last_value IS DISTINCT FROM first.last_value;
END $$
"""
_BYTES = """
SELECT coalesce(sum(pg_relation_size(oid)), 0) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
"""
LARGEST = 16 << 20
"""Bytes of tables from which making the database anew is cheaper than emptying it; what was deleted counts until it is vacuumed."""
_LEFT_OPEN = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IS DISTINCT FROM 'idle'
"""


class Blank:
    """A database of one test run, as the migrations leave it each time `url` is asked for. No two URLs are the same: what a process
    remembers of a database is kept by its URL.

    What a test does to rows and sequences is undone; where it changed the schema, the database is made anew."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._admin = create_engine(base, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._numbers = itertools.count(1)
        self._engine: Engine | None = None
        self._name = ""
        self._shape = ""

    def url(self) -> str:
        """The URL of the database, emptied."""
        if self._engine is None or not self._emptied(self._engine):
            self._make()
        return f"{self._address(self._name)}&application_name=test{next(self._numbers)}"

    def close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
            with self._admin.connect() as admin:
                admin.execute(text(f"DROP DATABASE {self._name} WITH (FORCE)"))

    def _make(self) -> None:
        self.close()
        self._name = f"test_{next(self._numbers)}"
        with self._admin.connect() as admin:
            admin.execute(text(f"CREATE DATABASE {self._name} TEMPLATE {TEMPLATE} STRATEGY file_copy"))
        self._engine = create_engine(self._address(self._name), pool_pre_ping=True)
        with self._engine.begin() as connection:
            self._shape = _shape(connection)
            connection.execute(text(_SEED))

    def _emptied(self, engine: Engine) -> bool:
        with engine.begin() as connection:
            connection.execute(text(_LEFT_OPEN))
            if _shape(connection) != self._shape or connection.execute(text(_BYTES)).scalar_one() > LARGEST:
                return False
            connection.execute(text(_EMPTY))
        return True

    def _address(self, name: str) -> str:
        return self._base.replace("/postgres?", f"/{name}?")


def _shape(connection: Connection) -> str:
    return str(connection.execute(text(_SHAPE)).scalar_one())
