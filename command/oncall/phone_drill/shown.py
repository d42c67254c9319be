"""A drill and its runs as pages, the interface and exports show them. Addresses are never among what is shown: kinds, states, codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.messages.models import Delivery, State
from command.oncall.paging.methods import UNREACHED
from command.oncall.phone_drill import figures
from command.oncall.phone_drill.drill_answers import is_late
from command.oncall.phone_drill.drill_models import (
    PhoneDrill,
    PhoneDrillCall,
    PhoneDrillRun,
    PhoneDrillWay,
    RunState,
)
from command.oncall.phone_drill.figures import Result
from command.people.models import Person

COMPARED = 6
"""Runs that are compared person by person, the newest."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message: what it went by, when, its state (a delivery's) and the provider's or our own code where it failed."""

    kind: str
    at: datetime
    state: State
    code: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """How one person did. `stands` is answered, late, failed, no_method, silent (answers are no longer awaited), called (they are),
    waiting (not called yet) or withdrawn."""

    call: PhoneDrillCall
    person: Person
    sent: Sequence[Sent]
    result: Result
    stands: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A run: its people, those who need looking after first, and its figures."""

    drill: PhoneDrill
    run: PhoneDrillRun
    lines: Sequence[Line]
    summary: figures.Summary
    bands: Sequence[figures.Band]


_ORDER = ("no_method", "failed", "silent", "called", "waiting", "withdrawn", "late", "answered")


def run(session: Session, row: PhoneDrillRun) -> Shown:
    """A run as it stands now."""
    lines = _lines(session, row)
    results = [line.result for line in lines]
    drill = session.get_one(PhoneDrill, row.drill_id)
    return Shown(drill, row, lines, figures.summary(results), figures.bands(results))


def _lines(session: Session, row: PhoneDrillRun) -> list[Line]:
    query = (
        select(PhoneDrillCall, Person)
        .join(Person, Person.id == PhoneDrillCall.person_id)
        .where(PhoneDrillCall.run_id == row.id)
    )
    found = session.execute(query).tuples().all()
    sent = _sent(session, row.id)
    lines = [_line(row, call, person, sent.get(call.id, ())) for call, person in found]
    return sorted(lines, key=lambda line: (_ORDER.index(line.stands), -(line.result.seconds or 0), line.person.id))


def _sent(session: Session, run_id: int) -> Mapping[int, list[Sent]]:
    query = (
        select(PhoneDrillWay, Delivery.state, Delivery.code, Delivery.reason)
        .join(PhoneDrillCall, PhoneDrillCall.id == PhoneDrillWay.call_id)
        .join(Delivery, Delivery.id == PhoneDrillWay.delivery_id)
        .where(PhoneDrillCall.run_id == run_id)
        .order_by(PhoneDrillWay.call_id, PhoneDrillWay.position)
    )
    found: dict[int, list[Sent]] = {}
    for way, state, code, reason in session.execute(query):
        why = code or (reason if state == State.EXPIRED else None)
        found.setdefault(way.call_id, []).append(Sent(way.kind, way.sent_at, State(state), why))
    return found


def _line(row: PhoneDrillRun, call: PhoneDrillCall, person: Person, sent: Sequence[Sent]) -> Line:
    seconds = None
    if call.answered_at is not None and call.called_at is not None:
        seconds = (call.answered_at - call.called_at).total_seconds()
    failed = bool(sent) and all(each.state in UNREACHED and each.state != State.WITHDRAWN for each in sent)
    delivered = any(each.state == State.DELIVERED for each in sent)
    result = Result(seconds, is_late(call, row), delivered, failed or call.reason is not None)
    return Line(call, person, sent, result, _stands(row, call, sent, result))


def _stands(row: PhoneDrillRun, call: PhoneDrillCall, sent: Sequence[Sent], result: Result) -> str:
    if result.seconds is not None:
        return "late" if result.late else "answered"
    if call.reason is not None:
        return call.reason
    if result.failed and call.due_at is None:
        return "failed"
    if not sent:
        return "waiting" if row.state in (RunState.RUNNING, RunState.PAUSED) else "withdrawn"
    if all(each.state == State.WITHDRAWN for each in sent):
        return "withdrawn"
    return "called" if row.state in (RunState.RUNNING, RunState.PAUSED) else "silent"


def runs_of(session: Session, drill_id: int, most: int = 50) -> list[PhoneDrillRun]:
    """Runs of a plan, the newest first."""
    query = select(PhoneDrillRun).where(PhoneDrillRun.drill_id == drill_id).order_by(PhoneDrillRun.at.desc())
    return list(session.scalars(query.limit(most)))


@dataclass(frozen=True, slots=True)
class Compared:
    """One person over several runs, the newest last; None where they were not called. `never`: they answered none of two or more that
    ended; `wrong`: the last time they were called no message could arrive."""

    person: Person
    lines: Sequence[Line | None]
    never: bool
    wrong: bool


def comparable(shown: Sequence[Shown]) -> list[Shown]:
    """Of runs, the newest first, those that tell something about people: the last COMPARED, the newest last."""
    told = [each for each in shown if each.run.state in (RunState.ENDED, RunState.RUNNING)]
    return list(reversed(told[:COMPARED]))


def compared(shown: Sequence[Shown]) -> list[Compared]:
    """Person by person over runs (the newest first); those who never answer and wrong numbers come first."""
    held = comparable(shown)
    people = {line.person.id: line.person for each in held for line in each.lines}
    by_run = [{line.person.id: line for line in each.lines} for each in held]
    rows = []
    for person in people.values():
        lines = [found.get(person.id) for found in by_run]
        called = [line for line in lines if line is not None]
        over = [line for line in called if line.stands != "called"]
        never = len(over) > 1 and not any(line.result.seconds is not None for line in called)
        rows.append(Compared(person, lines, never, called[-1].stands in ("failed", "no_method")))
    return sorted(rows, key=lambda row: (not row.never, not row.wrong, row.person.id))
