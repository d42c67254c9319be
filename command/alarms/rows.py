"""Alarm rows in bulk: found by their keys, with their history where it is needed, written in a few statements."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, Text, bindparam, func, insert, literal, literal_column, select, update
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import Table

from command.alarms.dedupe import Change, Standing, State, Transition
from command.alarms.models import Alarm, AlarmEvent
from command.alarms.reports import Key, Severity
from command.network.models import Element

ALARM = cast(Table, Alarm.__table__)
EVENT = cast(Table, AlarmEvent.__table__)


class Known:
    """An alarm as stored: its id, incident, and standing."""

    __slots__ = ("id", "incident_id", "standing", "was_failing")

    def __init__(self, row: Any) -> None:
        self.id: int = row.id
        self.incident_id: int | None = row.incident_id
        self.standing = Standing(
            State(row.state), row.raised_at, row.last_at, row.cleared_at, row.count, Severity(row.severity), row.text
        )
        self.was_failing: tuple[bool, int | None] = (row.state == State.RAISED and row.affecting, row.element_id)


def known(session: Session, keys: Collection[Key], exercise: bool) -> dict[Key, Known]:
    """The stored alarms of these keys."""
    document = orjson.dumps([tuple(key) for key in sorted(keys)]).decode()
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(document).table_valued("value")
    else:
        each = func.jsonb_array_elements(as_type(literal(document, Text), JSONB)).table_valued("value")
    parts: Sequence[ColumnElement[str]] = [each.c.value.op("->>")(literal_column(str(at))) for at in range(4)]
    columns = (ALARM.c.source, ALARM.c.element, ALARM.c.object, ALARM.c.problem)
    query = select(ALARM).select_from(each).where(*(a == b for a, b in zip(columns, parts, strict=True)))
    rows = session.execute(query.where(ALARM.c.exercise == exercise))
    return {Key(row.source, row.element, row.object, row.problem): Known(row) for row in rows}


def elements(session: Session, names: Collection[str]) -> dict[str, int]:
    """Ids of the elements the operator's records have, by name."""
    return dict(session.execute(select(Element.name, Element.id).where(Element.name.in_(names))).tuples().all())


def histories(session: Session, alarm_ids: Collection[int]) -> Mapping[int, set[Change]]:
    """Every change of these alarms so far."""
    found: dict[int, set[Change]] = {alarm_id: set() for alarm_id in alarm_ids}
    if found:
        query = select(EVENT.c.alarm_id, EVENT.c.at, EVENT.c.transition).where(EVENT.c.alarm_id.in_(alarm_ids))
        for alarm_id, at, transition in session.execute(query):
            found[alarm_id].add(Change(at, transition != Transition.RAISED))
    return found


def insert_alarms(session: Session, values: Sequence[dict[str, Any]]) -> list[int]:
    """Store new alarms; their ids, in the same order."""
    if not values:
        return []
    statement = insert(ALARM).returning(ALARM.c.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, values))


def update_alarms(session: Session, values: Sequence[dict[str, Any]]) -> None:
    """Store changed alarms; each of `values` has the id as `of`."""
    if values:
        changed: dict[str, Any] = {name: bindparam(name) for name in values[0] if name != "of"}
        session.connection().execute(update(ALARM).where(ALARM.c.id == bindparam("of")).values(changed), values)


def insert_events(
    session: Session, changes: Sequence[tuple[int, Change]], received_at: datetime, exercise: bool
) -> None:
    """Store changes of alarms that were not known."""
    rows = [
        {
            "alarm_id": alarm_id,
            "at": change.at,
            "received_at": received_at,
            "transition": Transition.CLEARED if change.clears else Transition.RAISED,
            "exercise": exercise,
        }
        for alarm_id, change in changes
    ]
    if rows:
        session.connection().execute(insert(EVENT), rows)
