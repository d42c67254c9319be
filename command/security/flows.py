"""The flow of an information-security incident: chosen once known, its steps with owners and times, its containment tasks."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import entries, standing
from command.incidents.guards import FINAL, State
from command.incidents.models import Incident, Task
from command.people.access import Principal
from command.security.entries import FlowChosen, StepSettled
from command.security.models import SecurityFlow, SecurityStep
from command.security.rules import FlowName, FlowRule, rules

KIND = "information_security"


def handled(incident: Incident) -> None:
    """Raise Conflict for an incident that is not of information security, or that is over."""
    if incident.kind != KIND:
        raise Conflict(
            N_("This is no information-security incident."), remedy=N_("Report the leak or attack as one of its own.")
        )
    if State(incident.state) in (*FINAL, State.CLOSED):
        raise Conflict(N_("The incident is over (%(state)s)."), remedy=N_("Reopen it first."), state=incident.state)


def choose(session: Session, incident: Incident, flow: FlowName, who: Principal, *, override: bool = False) -> None:
    """Handle a locked incident as a leak, tampering, an attack or an intrusion. Steps that were settled stay so where the flow is changed;
    containment tasks of the new flow are added. Raise Denied, or Conflict where it is handled so already."""
    standing.authorise(session, incident, who, "assess", override=override, reason=flow)
    handled(incident)
    row = session.get(SecurityFlow, incident.id)
    if row is not None and row.flow == flow:
        raise Conflict(N_("The incident is handled so already."), remedy=N_("Look at its steps."))
    rule, now = rules().flows[flow], clock.now(session)
    if row is None:
        row = SecurityFlow(incident_id=incident.id, exercise=incident.exercise)
        session.add(row)
    row.flow, row.chosen_at, row.chosen_by = flow, now, who.person_id
    _steps(session, incident, rule)
    given = _tasks(session, incident, rule)
    chosen = FlowChosen(flow=flow, person_id=who.person_id, steps=len(rule.steps), given=given)
    entries.record(session, incident, chosen)


def _steps(session: Session, incident: Incident, rule: FlowRule) -> None:
    now = clock.now(session)
    known = {row.code: row for row in of(session, incident)}
    for each in rule.steps:
        row = known.get(each.step)
        if row is None:
            row = SecurityStep(incident_id=incident.id, code=each.step, exercise=incident.exercise)
            session.add(row)
        if row.state in (None, "open"):
            row.state, row.department, row.due_at = "open", each.department, now + timedelta(minutes=each.minutes)
    session.flush()


def _tasks(session: Session, incident: Incident, rule: FlowRule) -> int:
    """Add the containment tasks that are not there yet; how many."""
    now = clock.now(session)
    known = set(session.scalars(select(Task.code).where(Task.incident_id == incident.id)))
    fresh = [each for each in rule.tasks if each.id not in known]
    for each in fresh:
        due_at = now + timedelta(minutes=each.due_minutes)
        task = Task(
            incident_id=incident.id,
            code=each.id,
            department=each.department,
            title_zh=each.title.zh,
            title_en=each.title.en,
            after=[],
            risky=each.risky,
            state="open",
            due_at=due_at,
            exercise=incident.exercise,
        )
        session.add(task)
        given = entries.TaskGiven(task=each.id, department=each.department, due_at=due_at, waiting=False)
        entries.record(session, incident, given)
    session.flush()
    return len(fresh)


def of(session: Session, incident: Incident) -> Sequence[SecurityStep]:
    """The steps of an incident, in the order in which they are due."""
    mine = SecurityStep.incident_id == incident.id
    return session.scalars(select(SecurityStep).where(mine).order_by(SecurityStep.due_at, SecurityStep.id)).all()


def settle(session: Session, incident: Incident, code: str, state: str, words: str, who: Principal) -> None:
    """A step of a locked incident is done, skipped (with why) or open again (with why). Deciding whether to tell is done by the decision
    alone. Raise NotFound, Invalid, Conflict or Denied."""
    standing.authorise(session, incident, who, "edit_task")
    handled(incident)
    row = session.scalar(select(SecurityStep).where(SecurityStep.incident_id == incident.id, SecurityStep.code == code))
    if row is None:
        raise NotFound(N_("The flow has no such step."), remedy=N_("Choose the flow first, then one of its steps."))
    if code == "decide" and state == "done":
        raise Conflict(
            N_("This step is done by the decision itself."), remedy=N_("Decide whether those concerned are told.")
        )
    if state == row.state:
        raise Conflict(N_("The step is so already."), remedy=N_("Look at the steps again."))
    if state != "done" and not words.strip():
        raise Invalid(N_("Say why."), field="words", remedy=N_("Write the reason in a sentence; it stays on record."))
    write(session, incident, row, state, entries.note(session, words), who)


def write(
    session: Session, incident: Incident, row: SecurityStep, state: str, cited: entries.NoteRef | None, who: Principal
) -> None:
    """Put on record how a step stands now."""
    now = clock.now(session)
    row.state = state
    row.settled_at, row.settled_by = (None, None) if state == "open" else (now, who.person_id)
    row.note_id = cited.id if cited else None
    late = state == "done" and now > row.due_at
    entries.record(session, incident, StepSettled(step=row.code, state=state, late=late, note=cited))
