"""Recipients' rows: a delivery for each subscriber a query gives who has none of the notice yet, counted in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, cast

from sqlalchemy import ColumnElement, Insert, Select, Table, bindparam, case, literal, not_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.messages import bad, bad_rules, optouts
from command.messages import service as messages
from command.messages.models import SMS, Lane, OptOut, Purpose, State
from command.network.models import Area
from command.notices import drafting, pacing, quiet, sparing
from command.notices.drafting import LANES
from command.notices.first_ways import SMS_ALONE, FirstWays
from command.notices.models import Basis, Kind, Notice, Wave
from command.notices.quiet import Releases
from command.notices.sparing import Span
from command.notices.story import D, E, S, Story

Z = cast(Table, Area.__table__)


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
    which the notice leaves at a time of their own; `covered`: whoever opted out is not sent it; `spares`: nor is a marked number."""

    notice_id: int
    lane: int
    exercise: bool
    bodies: tuple[tuple[str, int], ...]
    dialect: str
    ways: FirstWays = SMS_ALONE
    zones: tuple[str, ...] = ()
    covered: bool = False
    spares: bool = False

    @classmethod
    def of(cls, at: Pass, *, missed: bool = False) -> "Row":
        bodies = drafting.bodies_of(at.session, at.notice.id, missed=missed)
        dialect = at.session.get_bind().dialect.name
        of_areas = at.notice.basis == Basis.AREAS
        lane = int(Lane.UPDATE if of_areas else LANES[Kind(at.notice.kind)])
        zones = tuple(zone for zone, _ in at.releases.zones) if at.notice.keeps_quiet else ()
        covered = optouts.covers(at.session, lane, at.notice.tier)
        texts = tuple(sorted(bodies.items()))
        spares = at.notice.leaves_bad and bad.any_marked(at.session)
        return cls(at.notice.id, lane, at.notice.exercise, texts, dialect, at.ways, zones, covered, spares)


Inserts = tuple[tuple[State, str | None, Insert], ...]
"""Statements with the state of what they insert, and the reason where that is suppressed."""


def queue(at: Pass, people: Select[Any], span: Span, *, missed: bool = False) -> int:
    """Insert a delivery for each of `people` who has none of this notice; those who want no such messages, and marked numbers where the
    notice leaves them out, get a suppressed one. `span`: the ids among which `people` are."""
    return insert_rows(at, inserts(Row.of(at, missed=missed), people, span))


def inserts(row: Row, people: Select[Any], span: Span) -> Inserts:
    """The statements of `queue`, by the state of what they insert. Making them takes longer than running them on a small chunk.

    Those left out come first and all others after, without asking again: whoever opts out or is marked between two statements has a row
    all the same, and just one."""
    found: list[tuple[State, str | None, Insert]] = []
    if row.covered:
        left = select(literal(1)).where(OptOut.recipient == S.c.number_index).exists()
        found.append(_suppressed(row, people.where(left), optouts.OPTED_OUT))
    if row.spares:
        found.append(_suppressed(row, people.where(sparing.marked(row.ways, span)), bad_rules.WHY))
    return *found, (State.READY, None, _insert(row, people, State.READY))


def _suppressed(row: Row, people: Select[Any], reason: str) -> tuple[State, str, Insert]:
    return State.SUPPRESSED, reason, _insert(row, people, State.SUPPRESSED, reason)


def insert_rows(at: Pass, statements: Inserts, given: Mapping[str, Any] | None = None) -> int:
    """Run statements of `inserts`, with values for what else their query asks for; how many rows that made."""
    times = {"now_is": at.now, **_times(at), **(given or {})}
    total = 0
    for state, reason, statement in statements:
        result: Any = at.session.execute(statement, times)
        inserted = max(0, int(result.rowcount))
        if inserted:
            messages.bump_tally(at.session, at.notice.id, {state: inserted}, reason)
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


def _insert(row: Row, people: Select[Any], state: State, reason: str | None = None) -> Insert:
    columns = _columns(row, state, reason)
    return _once(row.dialect, D, list(columns), people.with_only_columns(*columns.values()), ["notice_id", "addressee"])


def _columns(row: Row, state: State, reason: str | None) -> dict[str, ColumnElement[Any]]:
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
    if reason is not None:
        values["reason"], times["settled_at"] = reason, "now_is"
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
    spoken, pushed = ways.spoken, ways.pushed
    cases = [(when, literal(way)) for when, way in ((spoken, "voice"), (pushed, "push")) if when is not None]
    if not cases:
        return {"number": S.c.number}
    channel = case(*cases, else_=literal(SMS)).label("channel")
    if pushed is None:
        return {"number": S.c.number, "channel": channel}
    theirs = pushed & not_(spoken) if spoken is not None else pushed
    return {"number": case((theirs, S.c.app), else_=S.c.number).label("number"), "channel": channel}


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
