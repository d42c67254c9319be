"""Rows for tables of any age: made from what the database itself says of a table at that revision, so that a new table needs nothing here
unless one of its CHECKs asks for more than a word of a list, a range or an order of times."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import ReflectedColumn

from command.capability.standard import current
from command.core.columns import Base, Json, Time
from playbooks import scenario
from playbooks.loader import load_library
from playbooks.scenario_files import SCENARIOS, load_scenario
from playbooks.schema import canonical, digest

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
LATER = re.compile(r"(until|end|ended|ends|due|last|taken_end|given_end|expires|over)(_|$)")
"""Names of times that come after those of the same row without such a word."""
_LIST = re.compile(r"\"?(\w+)\"?(?:::text)?\)? (?:IN \(|= ANY \(\(?ARRAY\[)('[^']*'|\d+)")
_LEAST = re.compile(r"\(?\"?(\w+)\"? (?:BETWEEN|>=) '?(-?\d+)")

_HASH = re.compile(r"hash|index|salt|digest|recipient$|key|secret")
_WORDS = {"language": "zh", "flow": "leak", "zone": "Asia/Shanghai"}

GIVEN: Mapping[str, Mapping[str, Any]] = {
    "bad_number": {"state": "marked", "cleared_at": None, "cleared_by": None, "note_id": None},
    "capability_assessment": {"sort": "self"},
    "capability_rating": {"applies": True},
    "delivery": {"gateway": None, "state": "failed", "code": "30003", "notice_id": 1},
    "handover": {"from_id": 1, "to_id": 2},
    "incident": {"number": "2026-1121-001", "kind": "network_fault", "state": "restored", "source": "person"},
    "link": {"a_id": 1, "b_id": 2},
    "notice": {"incident_id": 1, "warning_id": None, "incident_number": "2026-1121-001", "state": "sent"},
    "measurement_series": {"none_at": 100.0, "all_at": 0.0},
    "page": {"state": "unanswered"},
    "periodic_report": {"summary": {"over": 1, "incidents": 1, "users": 1, "response": [1, 1], "restoration": [1, 1]}},
    "plan_work": {"kind": "network_fault"},
    "person": {"username": "li.hong", "theme": "dark", "active": True},
    "resource_contact": {"person_id": 1, "number": None, "number_index": None},
    "resource_pool": {"department": "technical", "partner": ""},
    "resource_stock": {
        "received": 0,
        "in_reserve": 0,
        "available": 0,
        "out_of_service": 0,
        "out": 0,
        "used": 0,
        "lost": 0,
    },
    "resource_allocation": {"back": 0, "used": 0, "lost": 0},
    "service": {"bit": 40},
    "road_order": {"act": "slow", "rate": 5, "lane": None, "notice_id": None},
    "surge": {"dimension": "plan"},
    "tally": {"state": "failed"},
    "task_safety": {"waived": True},
    "telling_decision": {"tell": True},
}
"""What a CHECK says of several columns at once, and what the data that migrations move should be like."""
TWICE = ("person", "element")
"""Tables of which a row of another names two."""


def fill(connection: Connection, name: str, cipher: bytes) -> list[dict[str, Any]]:
    """Put a row into a table (two of some), with every column that may have a value; what was put in. One that
    a migration has filled is left as it is. `cipher` is a number as it is kept."""
    if connection.execute(sa.text(f'SELECT count(*) FROM "{name}"')).scalar():
        return []
    made = []
    for number in range(1, 3 if name in TWICE else 2):
        table, values = _row(connection, name, number, cipher)
        with connection.begin_nested():
            connection.execute(sa.insert(table).values(values))
        made.append(values)
    return made


def _row(connection: Connection, name: str, number: int, cipher: bytes) -> tuple[sa.Table, dict[str, Any]]:
    inspector = sa.inspect(connection)
    columns = inspector.get_columns(name)
    known = Base.metadata.tables.get(name)
    table = sa.table(name, *(sa.column(each["name"], _type(each, known)) for each in columns))
    lists = _lists(name)
    values = {
        column.name: _value(column.name, column.type, number, column.name in lists, cipher) for column in table.columns
    }
    for check in inspector.get_check_constraints(name):
        for pattern in (_LEAST, _LIST):
            for column, least in pattern.findall(check["sqltext"]):
                if column in values:
                    values[column] = least[1:-1] if least.startswith("'") else int(least)
    for key in inspector.get_foreign_keys(name):
        for column, theirs in zip(key["constrained_columns"], key["referred_columns"], strict=True):
            values[column] = _named(connection, key["referred_table"], theirs, values[column], name)
    given = GIVEN.get(name, {}) | _document(name)
    values |= {column: value for column, value in given.items() if column in values and number == 1}
    return table, values  # type: ignore[return-value]


def _lists(name: str) -> set[str]:
    """The columns of a table whose JSON the newest code takes for a list."""
    for mapper in Base.registry.mappers:
        if mapper.local_table is not None and getattr(mapper.local_table, "name", "") == name:
            return {
                each
                for each, kind in mapper.class_.__annotations__.items()
                if "list[" in str(kind).partition("dict")[0]
            }
    return set()


def _type(column: ReflectedColumn, known: sa.Table | None) -> Any:
    """As the newest code has it, which knows what is JSON; else as the database says."""
    ours = known.c.get(column["name"]) if known is not None else None
    if ours is not None:
        return ours.type
    return Time() if isinstance(column["type"], sa.DateTime) else column["type"]


def _value(name: str, kind: Any, number: int, of_list: bool, cipher: bytes) -> Any:
    if isinstance(kind, Json):
        return [] if of_list else {}
    later = timedelta(days=1) if LATER.search(name) else timedelta()
    match kind:
        case Time():
            return AT + later
        case sa.Boolean():
            return False
        case sa.Date():
            return date(2026, 11, 21) + later
        case sa.Time():
            return time(9, 30)
        case sa.LargeBinary():
            return bytes(31) + bytes([number]) if _HASH.search(name) else cipher
        case sa.Float() | sa.Numeric():
            return 1.0
        case sa.Integer():
            return number
    return _WORDS.get(name, f"{name}-{number}")


def _document(name: str) -> dict[str, Any]:
    """What is kept whole as a document must be one."""
    if name in ("playbook_version", "published_plan"):
        plan = load_library().sheets[0].playbook
        return {"code": plan.code, "version": plan.version, "digest": digest(plan), "content": canonical(plan).decode()}
    if name == "capability_assessment":
        return {"standard": current().model_dump(mode="json")}
    if name == "scenario_version":
        file = sorted(SCENARIOS.glob("*.yaml"))[0]
        played = load_scenario(file.read_text("utf-8"), file.name).scenario
        content = scenario.canonical(played)
        return {"code": played.code, "version": 1, "digest": scenario.digest(played), "content": content}
    return {}


def _named(connection: Connection, table: str, column: str, value: Any, own: str) -> Any:
    """The value of a row that is there; a row that would name itself names none."""
    if table == own:
        return None
    found = connection.execute(sa.text(f'SELECT "{column}" FROM "{table}" ORDER BY "{column}" LIMIT 1')).scalar()
    return value if found is None else found


def kept(connection: Connection, name: str, columns: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table, as far as it still has these columns."""
    known = Base.metadata.tables.get(name)
    there = [each for each in sa.inspect(connection).get_columns(name) if each["name"] in columns]
    table = sa.table(name, *(sa.column(each["name"], _type(each, known)) for each in there))
    return [dict(row) for row in connection.execute(sa.select(table)).mappings()]
