"""The schema goes up, down and up again on both databases, keeps its data, and guards what code alone must not be trusted with."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Table, create_engine, text
from sqlalchemy.exc import DBAPIError

from command.core import guards, schema
from command.core.columns import Base
from command.models import metadata

FLOW = [table.name for table in guards.exercise_tables(metadata)]
SAMPLES: dict[str, Any] = {
    "BIGINT": 1,
    "INTEGER": 1,
    "SMALLINT": 1,
    "TEXT": "1",
    "VARCHAR": "1",
    "BOOLEAN": False,
    "DATETIME": datetime(2026, 11, 21, 8, tzinfo=UTC),
    "BLOB": b"1",
    "FLOAT": 1.0,
    "DOUBLE": 1.0,
    "DATE": datetime(2026, 11, 21).date(),
    "TIME": datetime(2026, 11, 21, 8).time(),
}
LATER = datetime(2026, 11, 22, 8, tzinfo=UTC)
ALLOWED: dict[str, dict[str, Any]] = {
    "drill_programme": {"subject": "complaint", "mode": "live", "late": "run"},
    "drill": {"subject": "complaint", "mode": "live", "late": "run", "state": "planned"},
    "drill_participant": {"part": "player"},
    "drill_inject": {"state": "pending"},
    "notice_reply": {"state": "open"},
    "evaluation_report": {"state": "draft"},
    "drill_rating": {"rating": "P"},
    "drill_settlement": {"rating": "P"},
    "drill_remark": {"remarked": "seen"},
    "notice": {"kind": "first"},
    "joint_assessment": {"state": "open"},
    "joint_view": {"harm": "low", "confidence": "low"},
    "impact": {"kind": "outage"},
    "named": {"why": "added"},
    "security_step": {"state": "open"},
    "evidence_item": {"form": "file", "state": "kept"},
    "custody_link": {"act": "taken"},
    "telling_decision": {"tell": True},
    "objective": {"state": "open"},
    "settlement_item": {"sort": "regulator", "state": "open", "amount_cents": 0, "people": 0},
    "duty_turn": {"end_at": LATER},
    "duty_swap": {"state": "proposed", "given_end": LATER, "taken_end": LATER},
    "phone_drill": {"every": "once", "by_ways": "record"},
    "phone_drill_run": {"state": "running"},
    "resource_request": {"state": "asked"},
    "resource_allocation": {"state": "held", "back": 0, "used": 0, "lost": 0},
    "resource_order": {"source": "vendor", "state": "ordered"},
    "resource_reminder": {"subject": "service"},
    "succession": {"state": "offered", "why": "no_answer"},
    "task_safety": {"waived": True},
    "override_review": {"verdict": None},
    "bulletin": {"kind": "first", "state": "draft"},
    "bulletin_copy": {"sees": "full", "state": "ready"},
    "upward_report": {"why": "eta"},
    "filing": {"profile": "cn", "state": "draft", "edition": 1, "version": 1},
    "site_status": {"mains": "off", "generator": "none", "access": "unknown"},
    "cable_damage": {"fibres_total": 12, "fibres_done": 3},
    "message_hold": {"until_at": LATER},
    "road_order": {"act": "pause", "until_at": LATER, "rate": None},
    "measurement_proposal": {"state": "open"},
    "observation": {"outcome": "held"},
    "warning": {"colour": "blue", "state": "live", "source": "hand", "until_at": LATER},
    "warning_task": {"state": "open"},
    "case_step": {"step": "accept"},
    "surge": {"state": "accepted", "dimension": "plan"},
    "opinion": {"sentiment": "good"},
    "survey": {"state": "planned"},
    "survey_answer": {"via": "sms", "satisfaction": 5, "first_response": 5},
    "survey_follow_up": {"why": "unsatisfied", "state": "open", "result": "reached"},
    "sla_breach": {"liability": "ours", "dispute": "none"},
    "sla_decision": {"liability": "ours", "dispute": "none"},
    "customer_case": {"state": "open", "channel": "phone", "service_class": "regular"},
}
"""What the CHECK of a table wants to see."""


def snapshot(url: str) -> dict[str, Any]:
    engine = create_engine(url)
    with engine.connect() as connection:
        found = schema.snapshot(connection)
    engine.dispose()
    return found


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url)
    with engine.connect() as opened:
        if opened.dialect.name == "sqlite":
            opened.exec_driver_sql("PRAGMA foreign_keys=ON")
        yield opened
        opened.rollback()
    engine.dispose()


def test_up_down_and_up_again_give_the_same_schema(database_url: str) -> None:
    first = snapshot(database_url)
    schema.downgrade(database_url, "base")
    assert {name for name in snapshot(database_url) if name.startswith(("trigger", "column"))} <= {
        "column alembic_version.version_num"
    }
    schema.upgrade(database_url)
    assert snapshot(database_url) == first


def test_the_schema_is_the_one_the_tables_of_the_code_describe(connection: Connection) -> None:
    assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_upgrading_again_keeps_every_row(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        _fill(connection, metadata.tables["note"], body="1")
    schema.upgrade(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT body FROM note")).scalar_one() == "1"
    engine.dispose()


def test_a_database_that_is_behind_says_what_to_do(database_url: str) -> None:
    schema.require_current(database_url)
    schema.downgrade(database_url, "base")
    with pytest.raises(schema.SchemaError, match="run `tocsin db upgrade`"):
        schema.require_current(database_url)


def test_a_row_that_points_at_nothing_is_found_after_a_migration(sqlite_template: Path, tmp_path: Path) -> None:
    path = tmp_path / "broken.db"
    shutil.copy(sqlite_template, path)
    with create_engine(f"sqlite:///{path}").begin() as connection:
        connection.execute(text("INSERT INTO duty_member (layer_id, position, person_id) VALUES (7, 0, 7)"))
    with pytest.raises(schema.SchemaError, match="2 rows point at nothing, first in table duty_member"):
        schema.upgrade(f"sqlite:///{path}")


def test_a_foreign_key_holds_on_both_databases(connection: Connection) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"):
        connection.execute(text("INSERT INTO duty_member (layer_id, position, person_id) VALUES (7, 0, 7)"))


@pytest.mark.proves("B3", "I3")
def test_exercise_can_be_changed_in_no_table_of_the_flow(connection: Connection) -> None:
    assert len(FLOW) >= 10
    for name in FLOW:
        _unbind(connection, metadata.tables[name])
        _fill(connection, metadata.tables[name], **ALLOWED.get(name, {}))
        connection.execute(text(f"UPDATE {name} SET exercise = exercise"))
        for change in ("true", "NOT exercise"):
            with pytest.raises(DBAPIError, match="exercise never changes"), connection.begin_nested():
                connection.execute(text(f"UPDATE {name} SET exercise = {change}"))


@pytest.mark.proves("B3", "I3")
@pytest.mark.parametrize(("exercise", "gateway"), [(True, "sms"), (False, "exercise")])
def test_the_database_refuses_a_delivery_that_crosses_between_drill_and_life(
    connection: Connection, exercise: bool, gateway: str
) -> None:
    delivery = metadata.tables["delivery"]
    _unbind(connection, delivery)
    with pytest.raises(DBAPIError, match="exercise_gateway"):
        _fill(connection, delivery, exercise=exercise, gateway=gateway)


@pytest.mark.proves("B3", "I3")
def test_the_database_ties_a_row_of_an_exercise_to_rows_of_exercises_alone(connection: Connection) -> None:
    revisions = ScriptDirectory.from_config(schema.config(connection)).walk_revisions()
    ties = [tie for revision in revisions for tie in getattr(revision.module, "TIES", ())]
    assert len(ties) > 30
    for name in sorted({name for table, _, parent in ties for name in (table, parent)}):
        _unbind(connection, metadata.tables[name])
    for table, column, parent in ties:
        another: dict[str, Any] = {"id": 7, "exercise": True}
        if "number" in metadata.tables[parent].c:
            another["number"] = metadata.tables[parent].c.number.type.python_type(7)
        with connection.begin_nested() as tried:
            _fill(connection, metadata.tables[parent], **another | ALLOWED.get(parent, {}))
            crossed: dict[str, Any] = {**ALLOWED.get(table, {}), column: 7, "exercise": False}
            if (table, column) == ("notice", "warning_id"):
                crossed["incident_id"] = 0  # a notice is about one of the two
            with pytest.raises(DBAPIError, match=f"never one: {table}.{column}"), connection.begin_nested():
                _fill(connection, metadata.tables[table], **crossed)
            _fill(connection, metadata.tables[table], **crossed | {column: 8})
            with pytest.raises(DBAPIError, match=f"never one: {table}.{column}"), connection.begin_nested():
                connection.execute(text(f"UPDATE {table} SET {column} = 7 WHERE {column} = 8"))
            tried.rollback()


@pytest.mark.proves("I4", "B8")
def test_no_column_of_a_journal_entry_can_be_changed(connection: Connection) -> None:
    entry = metadata.tables["entry"]
    _unbind(connection, entry)
    _fill(connection, entry)
    for column in entry.c:
        with pytest.raises(DBAPIError, match="journal entries never change"), connection.begin_nested():
            connection.execute(text(f"UPDATE entry SET {column.name} = {column.name}"))


def _fill(connection: Connection, table: Table, **given: Any) -> None:
    """One row of a table, whatever its columns."""
    row = {c.name: SAMPLES[_kind(c.type)] for c in table.c if not c.nullable} | given
    connection.execute(table.insert().values(**row))


def _kind(column_type: Any) -> str:
    name = type(getattr(column_type, "impl_instance", column_type)).__name__.upper()
    return {"BIGINTEGER": "BIGINT", "LARGEBINARY": "BLOB", "SMALLINTEGER": "SMALLINT", "STRING": "TEXT"}.get(name, name)


def _unbind(connection: Connection, table: Table) -> None:
    """Let a row stand alone, without those it refers to: only its own table is tried."""
    if connection.dialect.name == "sqlite":
        connection.rollback()
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        return
    for constraint in table.foreign_key_constraints:
        connection.execute(text(f"ALTER TABLE {table.name} DROP CONSTRAINT {constraint.name}"))


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all/tocsin.db", "postgresql://nobody@127.0.0.1:9/none"])
def test_a_database_that_cannot_be_opened_is_said_in_one_line(url: str) -> None:
    with pytest.raises(schema.SchemaError, match="cannot be opened"):
        schema.require_current(url)
