"""Recipients' rows: a delivery for each subscriber a query gives who has none of the notice yet, counted in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast

from sqlalchemy import ColumnElement, Insert, Select, Table, bindparam, case, literal, not_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.messages import optouts
from command.messages import service as messages
from command.messages.models import SMS, Lane, OptOut, Purpose, State
from command.messages.policy import NOBODY, Called
from command.network.models import Area
from command.notices import drafting, pacing, quiet
from command.notices.drafting import LANES
from command.notices.models import Basis, Kind, Notice, Wave
from command.notices.quiet import Releases
from command.notices.story import D, E, S, Story

Z = cast(Table, Area.__table__)


@dataclass(frozen=True, slots=True)
class FirstWays:
    """By which ways besides SMS a notice is told first: `called` are critical customers, `push` goes to those who have the app."""

    called: Called = NOBODY
    push: bool = False


SMS_ALONE = FirstWays()


@dataclass
class Pass:
    """A wave being advanced by up to `size` recipients. `ways` are those besides SMS by which it is told first to those they are for."""

    session: Session
    wave: Wave
    notice: Notice
    story: Story
    size: int
    now: datetime
    ways: FirstWays = SMS_ALONE

    @cached_property
    def releases(self) -> Releases:
        """When whom the notice may be sent to, where it keeps quiet hours."""
        return quiet.releases(self.session)

    def stand(self, *cursor: int) -> None:
        self.wave.cursor = list(cursor)

    def end(self) -> None:
        """There is nothing more."""
        self.stand(-1)


@dataclass(frozen=True, slots=True)
class Row:
    """What all rows of a notice have alike. Equal values make equal statements, so that a statement can be kept for many chunks.

    A warning's advisory takes the lane of updates: it is behind the news of what has happened, and opt-outs cover it. `zones` are those in
    which the notice leaves at a time of their own; `covered`: whoever opted out is not sent it."""

    notice_id: int
    lane: int
    exercise: bool
    bodies: tuple[tuple[str, int], ...]
    dialect: str
    ways: FirstWays = SMS_ALONE
    zones: tuple[str, ...] = ()
    covered: bool = False

    @classmethod
    def of(cls, at: Pass, *, missed: bool = False) -> "Row":
        bodies = drafting.bodies_of(at.session, at.notice.id, missed=missed)
        dialect = at.session.get_bind().dialect.name
        of_areas = at.notice.basis == Basis.AREAS
        lane = int(Lane.UPDATE if of_areas else LANES[Kind(at.notice.kind)])
        zones = tuple(zone for zone, _ in at.releases.zones) if at.notice.keeps_quiet else ()
        covered = optouts.covers(at.session, lane, at.notice.tier)
        texts = tuple(sorted(bodies.items()))
        return cls(at.notice.id, lane, at.notice.exercise, texts, dialect, at.ways, zones, covered)


Inserts = tuple[tuple[State, Insert], ...]


def queue(at: Pass, people: Select[Any], *, missed: bool = False) -> int:
    """Insert a delivery for each of `people` who has none of this notice; those who want no such messages get a suppressed one."""
    return insert_rows(at, inserts(Row.of(at, missed=missed), people))


def inserts(row: Row, people: Select[Any]) -> Inserts:
    """The statements of `queue`, by the state of what they insert. Making them takes longer than running them on a small chunk."""
    if not row.covered:
        return ((State.READY, _insert(row, people, State.READY)),)
    left = select(literal(1)).where(OptOut.recipient == S.c.number_index).exists()
    return (
        (State.READY, _insert(row, people.where(~left), State.READY)),
        (State.SUPPRESSED, _insert(row, people.where(left), State.SUPPRESSED)),
    )


def insert_rows(at: Pass, statements: Inserts, given: Mapping[str, Any] | None = None) -> int:
    """Run statements of `inserts`, with values for what else their query asks for; how many rows that made."""
    times = {"now_is": at.now, **_times(at), **(given or {})}
    total = 0
    for state, statement in statements:
        result: Any = at.session.execute(statement, times)
        inserted = max(0, int(result.rowcount))
        if inserted:
            messages.bump_tally(at.session, at.notice.id, {state: inserted}, optouts.OPTED_OUT)
        total += inserted
    return total


def _times(at: Pass) -> dict[str, datetime]:
    """When the messages of a chunk are due and how long they are valid: where the notice keeps quiet hours, by the zones of recipients."""
    valid = timedelta(minutes=at.notice.validity_minutes)
    if not at.notice.keeps_quiet:
        due = max(at.notice.release_at or at.now, at.now)
        return {"due_is": due, "until_is": due + valid}
    found, times, ahead = at.releases, dict[str, datetime](), pacing.waits_until(at.notice)
    for name, morning in (("", found.here), *((f"_{i}", due) for i, (_, due) in enumerate(found.zones))):
        due = max(morning, ahead) if ahead else morning
        times |= {f"due{name}_is": due, f"until{name}_is": due + valid}
    if found.last is not None and found.last != at.notice.release_at:
        at.notice.release_at = found.last
    return times


def _insert(row: Row, people: Select[Any], state: State) -> Insert:
    columns = _columns(row, state)
    return _once(row.dialect, D, list(columns), people.with_only_columns(*columns.values()), ["notice_id", "addressee"])


def _columns(row: Row, state: State) -> dict[str, ColumnElement[Any]]:
    values: dict[str, Any] = {
        "purpose": Purpose.NOTICE.value,
        "notice_id": row.notice_id,
        "lane": row.lane,
        "state": state.value,
        "exercise": row.exercise,
        "fence": 0,
        "tries": 0,
        "resent": False,
    }
    times = {"created_at": "now_is", "due_at": "due_is", "valid_until": "until_is"}
    if state == State.SUPPRESSED:
        values["reason"], times["settled_at"] = optouts.OPTED_OUT, "now_is"
    return {
        **{name: literal(value, D.c[name].type).label(name) for name, value in values.items()},
        **{name: _time(row, name, value) for name, value in times.items()},
        "addressee": S.c.id,
        "recipient": S.c.number_index,
        "body_id": _body(dict(row.bodies)),
        **_address(row.ways),
    }


def _address(ways: FirstWays) -> dict[str, ColumnElement[Any]]:
    """By which channel each is told first and at which address: a critical customer by a call, who has the app there, others by SMS."""
    spoken = _called(ways.called) if ways.called else None
    called = (spoken, literal("voice")) if spoken is not None else None
    pushed = (S.c.app.is_not(None), literal("push")) if ways.push else None
    cases = [each for each in (called, pushed) if each is not None]
    if not cases:
        return {"number": S.c.number}
    channel = case(*cases, else_=literal(SMS)).label("channel")
    if pushed is None:
        return {"number": S.c.number, "channel": channel}
    theirs = pushed[0] & not_(spoken) if spoken is not None else pushed[0]
    return {"number": case((theirs, S.c.app), else_=S.c.number).label("number"), "channel": channel}


def _called(whom: Called) -> ColumnElement[bool]:
    if whom.only is not None:
        return S.c.critical.in_(sorted(whom.only))
    return (S.c.critical != "") & S.c.critical.not_in(sorted(whom.but)) if whom.but else S.c.critical != ""


def _time(row: Row, name: str, value: str) -> ColumnElement[Any]:
    """A time of a delivery; when it is due and until when it is valid go by the zone of the recipient's area."""
    kind = D.c[name].type
    if value == "now_is" or not row.zones:
        return bindparam(value, type_=kind).label(name)
    zone = select(Z.c.zone).join(E, E.c.area_id == Z.c.id).where(E.c.id == S.c.element_id).correlate(S)
    stem = value.removesuffix("_is")
    own = {each: bindparam(f"{stem}_{i}_is", type_=kind) for i, each in enumerate(row.zones)}
    return case(own, value=zone.scalar_subquery(), else_=bindparam(value, type_=kind)).label(name)


def _body(bodies: dict[str, int]) -> ColumnElement[Any]:
    """The body in the subscriber's language, else in the fallback."""
    fallback = bodies.get(drafting.FALLBACK, next(iter(bodies.values())))
    others = {language: body for language, body in bodies.items() if body != fallback}
    if not others:
        return literal(fallback, D.c.body_id.type).label("body_id")
    return case(others, value=S.c.language, else_=fallback).label("body_id")


def inserter(session: Session, table: Any) -> Any:
    return _inserter(session.get_bind().dialect.name, table)


def _inserter(dialect: str, table: Any) -> Any:
    return (sqlite if dialect == "sqlite" else postgresql).insert(table)


def insert_once(session: Session, table: Any, names: list[str], rows: Select[Any], key: list[str]) -> None:
    """Insert the rows whose key is not there yet."""
    session.execute(_once(session.get_bind().dialect.name, table, names, rows, key))


def _once(dialect: str, table: Any, names: list[str], rows: Select[Any], key: list[str]) -> Insert:
    made: Insert = _inserter(dialect, table).from_select(names, rows, include_defaults=False)
    once: Insert = made.on_conflict_do_nothing(index_elements=key).execution_options(preserve_rowcount=True)  # type: ignore[attr-defined]
    return once
