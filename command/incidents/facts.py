"""The five facts the command centre must have within ten minutes of the first known sign (R5): kind, time, scope, user feedback and
first measures; and what else people add to what is known of an incident."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import clock_rows, entries, grades
from command.incidents.clocks import Event, Fact
from command.incidents.guards import BEFORE_RESTORATION, FINAL, State
from command.incidents.models import Incident
from command.incidents.standing import authorise
from command.people.access import Principal

FUTURE = timedelta(minutes=1)
"""How far ahead of our clock a reported time may be: clocks differ a little."""
ANCIENT = timedelta(days=30)
"""Older times are a slip of the keyboard, not a report."""
FARTHEST_ETA = timedelta(days=60)
BY_ITSELF = (Event.HANDLING_BEGAN, Event.FIRST_PLAN_MADE, Event.RESTORED, Event.FIVE_FACTS_KNOWN)
"""Events that follow from what happens to the incident; clocks that stop with others are stopped by hand."""
FaultClass = Literal["hardware", "software", "network", "service"]


@dataclass(frozen=True, slots=True)
class Given:
    """Facts a person adds. What is left out stays as it is; counts only replace counts."""

    feedback: str = ""
    measures: str = ""
    summary: str = ""
    occurred_at: datetime | None = None
    scope_known: bool = False
    records_leaked: int | None = None
    complaints: int | None = None


def check_time(session: Session, at: datetime | None, field: str) -> None:
    """Refuse a time that lies ahead of now or more than thirty days back; raise Invalid naming the field."""
    if at is None:
        return
    now = clock.now(session)
    if at > now + FUTURE:
        raise Invalid(
            N_("This time lies in the future."),
            field=field,
            remedy=N_("Give the time at which it happened, with its zone."),
        )
    if at < now - ANCIENT:
        raise Invalid(
            N_("This time is more than 30 days ago."),
            field=field,
            remedy=N_("Check year and month; for an old event report it as of its discovery."),
        )


def known(incident: Incident) -> frozenset[Fact]:
    """Which of the five facts the command centre has. Kind and the time of the first sign come with every report."""
    return held(
        scope=incident.scope_known,
        feedback=incident.feedback_note_id is not None,
        measures=incident.measures_note_id is not None,
    )


def held(*, scope: bool, feedback: bool, measures: bool) -> frozenset[Fact]:
    """Which of the five facts there are, by what a report may leave out."""
    has = {
        Fact.KIND: True,
        Fact.TIME: True,
        Fact.SCOPE: scope,
        Fact.USER_FEEDBACK: feedback,
        Fact.FIRST_MEASURES: measures,
    }
    return frozenset(fact for fact, there in has.items() if there)


def settle(session: Session, incident: Incident, at: datetime) -> None:
    """Stop the ten-minute clock if the last of the five facts is known as of `at`."""
    extra = {Event.FIVE_FACTS_KNOWN: at} if len(known(incident)) == len(Fact) else None
    clock_rows.refresh(session, incident, extra)


def add(session: Session, incident: Incident, given: Given, by: Principal) -> None:
    """Add facts to a locked incident; raise Invalid for a time that cannot be, Conflict once it is over."""
    authorise(session, incident, by, "edit_task")
    if State(incident.state) in (*FINAL, State.CLOSED):
        raise Conflict(N_("The incident is %(state)s."), remedy=N_("Reopen it to add facts."), state=incident.state)
    check_time(session, given.occurred_at, "occurred_at")
    before = known(incident)
    notes = write(session, incident, given)
    now = known(incident)
    missing = tuple(sorted(fact.value for fact in set(Fact) - now))
    entries.record(
        session,
        incident,
        entries.FactsGiven(given=tuple(sorted(f.value for f in now - before)), missing=missing, notes=notes),
    )
    settle(session, incident, clock.now(session))
    grades.regrade(session, incident)


def write(session: Session, incident: Incident, given: Given) -> tuple[entries.NoteRef, ...]:
    """Put what is given into the incident's row; return the notes that were written."""
    cited = {
        "feedback_note_id": entries.note(session, given.feedback),
        "measures_note_id": entries.note(session, given.measures),
        "summary_note_id": entries.note(session, given.summary),
    }
    for column, reference in cited.items():
        if reference is not None:
            setattr(incident, column, reference.id)
    incident.occurred_at = given.occurred_at or incident.occurred_at
    incident.scope_known = incident.scope_known or given.scope_known
    if given.records_leaked is not None:
        incident.records_leaked = given.records_leaked
    if given.complaints is not None:
        incident.complaints = given.complaints
    return tuple(reference for reference in cited.values() if reference is not None)


def set_eta(session: Session, incident: Incident, eta: datetime | None, by: Principal, note: str = "") -> None:
    """Say when service is expected back (None: not known any more); the projected grade follows. Raise Invalid for a past time."""
    authorise(session, incident, by, "edit_task")
    _handled(incident)
    now = clock.now(session)
    if eta is not None and not now < eta <= now + FARTHEST_ETA:
        raise Invalid(
            N_("The ETA has to lie ahead, by 60 days at most."),
            field="eta",
            remedy=N_("Give the time at which service is expected back, with its zone."),
        )
    changed = entries.EtaSet(eta=eta, before=incident.eta, note=entries.note(session, note))
    incident.eta = eta
    entries.record(session, incident, changed)
    grades.regrade(session, incident)


def locate(
    session: Session, incident: Incident, by: Principal, *, fault_class: FaultClass | None = None, note: str = ""
) -> None:
    """The failed part is found (R22: report, confirm, locate, handle, recover, record). The first time stays."""
    authorise(session, incident, by, "edit_task")
    _handled(incident)
    incident.located_at = incident.located_at or clock.now(session)
    incident.fault_class = fault_class or incident.fault_class
    cited = entries.note(session, note)
    if cited is not None:
        incident.cause_note_id = incident.cause_note_id or cited.id
    entries.record(session, incident, entries.Located(fault_class=incident.fault_class, note=cited))


def stop_clock(
    session: Session, incident: Incident, code: str, by: Principal, at: datetime | None = None, note: str = ""
) -> None:
    """Say that what a clock asks for was done (the regulator was informed, a report was sent); raise Invalid for clocks that
    follow from what happens to the incident itself."""
    authorise(session, incident, by, "edit_task")
    check_time(session, at, "at")
    wanted = clock_rows.definition(code)
    row = next((each for each in clock_rows.rows(session, incident) if each.code == code), None)
    if wanted is None or row is None or wanted.stops in BY_ITSELF:
        raise Invalid(
            N_("This incident has no clock %(code)s that is stopped by hand."),
            field="code",
            remedy=N_("Stop the regulator's clocks; the others stop with what happens."),
            code=code,
        )
    if row.met_at is not None or row.state == clock_rows.VOID:
        raise Conflict(
            N_("The clock %(code)s has stopped already."), remedy=N_("Nothing is left to do for it."), code=code
        )
    when = at or clock.now(session)
    entries.record(session, incident, entries.ClockAnswered(clock=code, note=entries.note(session, note)))
    clock_rows.refresh(session, incident, {wanted.stops: max(when, row.started_at)})


def _handled(incident: Incident) -> None:
    if State(incident.state) not in BEFORE_RESTORATION:
        raise Conflict(
            N_("The incident is %(state)s."),
            remedy=N_("This is said while an incident is handled; reopen it first."),
            state=incident.state,
        )
