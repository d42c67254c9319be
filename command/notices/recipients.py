"""Recipients' rows: a delivery for each subscriber a query gives who has none of the notice yet, counted in the same transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.messages import optouts
from command.messages import service as messages
from command.messages.models import OptOut, Purpose, State
from command.notices import drafting
from command.notices.audience import D, S, Story
from command.notices.drafting import LANES
from command.notices.models import Kind, Notice, Wave


@dataclass
class Pass:
    """A wave being advanced by up to `size` recipients."""

    session: Session
    wave: Wave
    notice: Notice
    story: Story
    size: int
    now: datetime

    def stand(self, *cursor: int) -> None:
        self.wave.cursor = list(cursor)


def queue(at: Pass, people: Select[Any], *, missed: bool = False) -> int:
    """Insert a delivery for each of `people` who has none of this notice; those who want no such messages get a suppressed one."""
    if LANES[Kind(at.notice.kind)] not in optouts.LANES:
        return _insert(at, people, missed, State.READY)
    left = select(literal(1)).where(OptOut.recipient == S.c.number_index).exists()
    return _insert(at, people.where(~left), missed, State.READY) + _insert(
        at, people.where(left), missed, State.SUPPRESSED
    )


def _insert(at: Pass, people: Select[Any], missed: bool, state: State) -> int:
    columns = _row(at, missed, state)
    rows = people.with_only_columns(*columns.values())
    inserted = insert_once(at.session, D, list(columns), rows, ["notice_id", "addressee"])
    if inserted:
        messages.bump_tally(at.session, at.notice.id, {state: inserted})
    return inserted


def _row(at: Pass, missed: bool, state: State) -> dict[str, ColumnElement[Any]]:
    due = max(at.notice.release_at or at.now, at.now)
    suppressed = state == State.SUPPRESSED
    values: dict[str, Any] = {
        "purpose": Purpose.NOTICE.value,
        "notice_id": at.notice.id,
        "lane": int(LANES[Kind(at.notice.kind)]),
        "state": state.value,
        "exercise": at.notice.exercise,
        "fence": 0,
        "tries": 0,
        "resent": False,
        "created_at": at.now,
        "due_at": due,
        "valid_until": due + timedelta(minutes=at.notice.validity_minutes),
    }
    if suppressed:
        values |= {"reason": optouts.OPTED_OUT, "settled_at": at.now}
    fixed: dict[str, ColumnElement[Any]] = {
        name: literal(value, D.c[name].type).label(name) for name, value in values.items()
    }
    return fixed | {
        "addressee": S.c.id,
        "recipient": S.c.number_index,
        "number": S.c.number,
        "body_id": _body(at, missed),
    }


def _body(at: Pass, missed: bool) -> ColumnElement[Any]:
    """The body in the subscriber's language, else in the fallback."""
    bodies = drafting.bodies_of(at.session, at.notice.id, missed=missed)
    fallback = bodies.get(drafting.FALLBACK, next(iter(bodies.values())))
    others = {language: body for language, body in bodies.items() if body != fallback}
    if not others:
        return literal(fallback, D.c.body_id.type).label("body_id")
    return case(others, value=S.c.language, else_=fallback).label("body_id")


def inserter(session: Session, table: Any) -> Any:
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)


def insert_once(session: Session, table: Any, names: list[str], rows: Select[Any], key: list[str]) -> int:
    made = inserter(session, table).from_select(names, rows, include_defaults=False)
    once = made.on_conflict_do_nothing(index_elements=key).execution_options(preserve_rowcount=True)
    result: Any = session.execute(once)
    return max(0, int(result.rowcount))
