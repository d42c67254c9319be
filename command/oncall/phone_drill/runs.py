"""Holding a drill: begun when it is due, its people called a few at a time, paused for real incidents, stopped, ended.

All is rows. Whoever changes a run locks its row first, so two engines never call a person twice by one way, and what an engine leaves
behind the next finds due."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, NotFound
from command.messages.models import Delivery, State
from command.oncall.paging.methods import UNREACHED
from command.oncall.phone_drill import calling, drill_entries, groups, recurrence
from command.oncall.phone_drill.calling import Road
from command.oncall.phone_drill.drill_models import (
    PhoneDrill,
    PhoneDrillCall,
    PhoneDrillRun,
    PhoneDrillWay,
    RunState,
)
from command.oncall.phone_drill.plans import ACT, rhythm_of
from command.people.access import Principal, must

GRACE = timedelta(hours=1)
"""How late a drill may begin; one that no engine began by then is missed, for people would take a late one for real."""
LONGEST_PAUSE = timedelta(hours=12)
CALLED_AT_ONCE = 10
"""People called in one unit of work."""
Grave = Callable[[Session, datetime | None], bool]
"""Whether a live incident of tier I or II goes on; with a time, one that became so after it."""
GOING_ON = (RunState.RUNNING, RunState.PAUSED)


def due(session: Session, grave: Grave) -> tuple[list[int], list[int]]:
    """Ids of plans that are due, and of runs in which something is to be done: a look without the write lock."""
    now = clock.now(session)
    plans = select(PhoneDrill.id).where(PhoneDrill.next_at <= now).order_by(PhoneDrill.next_at, PhoneDrill.id)
    run = PhoneDrillRun
    over = or_(run.until <= now, exists().where(PhoneDrillCall.run_id == run.id, _to_call(session)))
    too_long = run.paused_at <= now - LONGEST_PAUSE
    going_on = text("phone_drill_run.state IN ('running', 'paused')")  # written out, so that the partial index serves
    work = going_on & or_((run.state == RunState.RUNNING) & over, (run.state == RunState.PAUSED) & too_long)
    found = set(session.scalars(select(run.id).where(work)))
    running = select(run.id, run.watch_from).where(going_on, run.state == RunState.RUNNING)
    found |= {id for id, since in session.execute(running).tuples() if id not in found and grave(session, since)}
    return list(session.scalars(plans)), sorted(found)


def begin(session: Session, drill_id: int, grave: Grave) -> PhoneDrillRun | None:
    """Begin a plan that is due and set its next time; None where another engine has. With a live incident of tier I or II going on it is
    paused from the beginning."""
    now = clock.now(session)
    mine = select(PhoneDrill).where(PhoneDrill.id == drill_id, PhoneDrill.next_at <= now)
    drill = session.scalar(mine.with_for_update().execution_options(populate_existing=True))
    if drill is None or drill.next_at is None:
        return None
    at, drill.next_at = drill.next_at, recurrence.after(rhythm_of(drill), drill.next_at)
    missed = now - at > GRACE
    run = _new(session, drill, at, RunState.MISSED if missed else RunState.RUNNING)
    if run is None:
        return None
    if missed:
        run.ended_at = now
        late = int((now - at).total_seconds() // 60)
        drill_entries.record(session, drill.id, drill_entries.Missed(run_id=run.id, minutes_late=late))
        calling.tell_planner(session, drill, "missed", now)
        return run
    people = groups.people(session, drill.targets)[: groups.MOST_PEOPLE]
    session.add_all(PhoneDrillCall(run_id=run.id, person_id=person.id, due_at=now, exercise=True) for person in people)
    drill_entries.record(session, drill.id, drill_entries.Began(run_id=run.id, people=len(people)))
    if grave(session, None):
        _pause(session, run)
    return run


def _new(session: Session, drill: PhoneDrill, at: datetime, state: RunState) -> PhoneDrillRun | None:
    """A run of a plan; None where there is one for this time already."""
    now = clock.now(session)
    values = {
        "drill_id": drill.id,
        "at": at,
        "began_at": now,
        "until": now + timedelta(minutes=drill.wait_minutes),
        "state": str(state),
        "watch_from": now,
        "exercise": True,
    }
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    made = insert(PhoneDrillRun).values(values).on_conflict_do_nothing().returning(PhoneDrillRun.id)
    run_id = session.scalar(made)
    return session.get(PhoneDrillRun, run_id) if run_id is not None else None


def _to_call(session: Session) -> ColumnElement[bool]:
    """Calls that should go out by their next way now: its time has come, or the message before it reached nobody."""
    lost = exists().where(
        PhoneDrillWay.call_id == PhoneDrillCall.id,
        PhoneDrillWay.position == PhoneDrillCall.ways - 1,
        Delivery.id == PhoneDrillWay.delivery_id,
        Delivery.state.in_(UNREACHED),
    )
    waits = PhoneDrillCall.due_at.is_not(None) & PhoneDrillCall.answered_at.is_(None)
    return and_(waits, or_(PhoneDrillCall.due_at <= clock.now(session), lost))


def work(session: Session, run_id: int, road: Road, grave: Grave) -> bool:
    """Do what is due of a run: pause it, end it, or call some people; whether there may be more to do."""
    run = _locked(session, run_id)
    now = clock.now(session)
    if run.state == RunState.PAUSED and run.paused_at is not None and run.paused_at <= now - LONGEST_PAUSE:
        _stop(session, run, "paused_too_long")
        return False
    if run.state != RunState.RUNNING:
        return False
    if grave(session, run.watch_from):
        _pause(session, run)
        return False
    if run.until <= now:
        _end(session, run)
        return False
    drill = session.get_one(PhoneDrill, run.drill_id)
    mine = select(PhoneDrillCall).where(PhoneDrillCall.run_id == run.id, _to_call(session))
    calls = session.scalars(mine.order_by(PhoneDrillCall.id).limit(CALLED_AT_ONCE).with_for_update()).all()
    for call in calls:
        calling.go_on(session, drill, run, call, road)
    return len(calls) == CALLED_AT_ONCE


def stop(session: Session, run_id: int, who: Principal) -> PhoneDrillRun:
    """Stop a run: what has not left yet does not any more. Raise Conflict where it is over."""
    must(who, ACT)
    run = _going_on(session, run_id)
    _stop(session, run, "person")
    return run


def resume(session: Session, run_id: int, who: Principal) -> PhoneDrillRun:
    """Let a paused run go on; answers are awaited as much longer as it stood. An incident that went on before does not pause it again."""
    must(who, ACT)
    run = _going_on(session, run_id)
    if run.state != RunState.PAUSED or run.paused_at is None:
        raise Conflict(N_("This drill is not paused."), remedy=N_("Look at it again."))
    now = clock.now(session)
    run.until += now - run.paused_at
    run.state, run.paused_at, run.watch_from = RunState.RUNNING, None, now
    calling.keep_allowed(session, session.get_one(PhoneDrill, run.drill_id), run)
    drill_entries.record(session, run.drill_id, drill_entries.Resumed(run_id=run.id))
    return run


def find(session: Session, run_id: int) -> PhoneDrillRun:
    """A run; raise NotFound."""
    run = session.get(PhoneDrillRun, run_id)
    if run is None:
        raise NotFound(N_("There is no such run of a drill."), remedy=N_("Open the drill to see its runs."))
    return run


def _going_on(session: Session, run_id: int) -> PhoneDrillRun:
    find(session, run_id)
    run = _locked(session, run_id)
    if run.state not in GOING_ON:
        raise Conflict(N_("This drill is over."), remedy=N_("Look at its results."))
    return run


def _locked(session: Session, run_id: int) -> PhoneDrillRun:
    return session.get_one(PhoneDrillRun, run_id, with_for_update=True, populate_existing=True)


def _calls(session: Session, run: PhoneDrillRun) -> Sequence[PhoneDrillCall]:
    query = select(PhoneDrillCall).where(PhoneDrillCall.run_id == run.id).order_by(PhoneDrillCall.id)
    return session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _pause(session: Session, run: PhoneDrillRun) -> None:
    session.flush()
    withdrawn = sum(calling.take_back(session, call, "paused", again=True) for call in _calls(session, run))
    run.state, run.paused_at = RunState.PAUSED, clock.now(session)
    drill_entries.record(session, run.drill_id, drill_entries.Paused(run_id=run.id, withdrawn=withdrawn))
    calling.tell_planner(session, session.get_one(PhoneDrill, run.drill_id), "paused", run.until)


def _stop(session: Session, run: PhoneDrillRun, because: str) -> None:
    withdrawn = 0
    for call in _calls(session, run):
        withdrawn += calling.take_back(session, call, "stopped", again=False)
        call.due_at = None
    run.state, run.reason, run.ended_at = RunState.STOPPED, because, clock.now(session)
    said = drill_entries.Stopped.model_validate({"run_id": run.id, "because": because, "withdrawn": withdrawn})
    drill_entries.record(session, run.drill_id, said)


def _end(session: Session, run: PhoneDrillRun) -> None:
    calls = _calls(session, run)
    for call in calls:
        call.due_at = None
    run.state, run.ended_at = RunState.ENDED, clock.now(session)
    delivered = set(
        session.scalars(
            select(PhoneDrillWay.call_id)
            .join(Delivery, Delivery.id == PhoneDrillWay.delivery_id)
            .where(Delivery.state == State.DELIVERED, PhoneDrillWay.call_id.in_([call.id for call in calls]))
        )
    )
    answered = {call.id for call in calls if call.answered_at is not None}
    figures = {"people": len(calls), "reached": len(delivered | answered), "answered": len(answered)}
    drill_entries.record(session, run.drill_id, drill_entries.Ended(run_id=run.id, **figures))
