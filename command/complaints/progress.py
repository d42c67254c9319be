"""How a customer's case goes on, as the customer may see it: steps and times, what comes next, nothing personal and nothing internal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints import saying
from command.complaints.models import OPEN, Case
from command.core import clock
from command.incidents import telling
from command.incidents.guards import State
from command.incidents.models import Incident

Name = Literal["received", "handled", "restored", "closed"]
MOST_MERGES = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a case. `at`: since when it is reached; `skipped`: this case has no such step (it was no outage)."""

    name: Name
    at: datetime | None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """All that a customer is shown. `reached` is the step the case stands at."""

    case: str
    steps: tuple[Step, ...]
    reached: Name
    due_at: datetime | None
    eta: datetime | None
    next_update: datetime | None
    advice: saying.Pair | None
    language: str
    as_of: datetime


def of(session: Session, case: Case) -> Progress:
    """The progress of a case. Of a restricted incident nothing shows but that the case is being handled."""
    incident = _goes_on_in(session, session.get_one(Incident, case.incident_id))
    steps = _steps(case, incident)
    going = case.state == OPEN and not incident.restricted and steps[2].at is None and not steps[2].skipped
    tier = None
    if going:
        try:
            _, tier = telling.plan_of(session, incident)
        except telling.NoPlan:
            tier = None
    reached = [step.name for step in steps if step.at is not None]
    return Progress(
        case=case.reference,
        steps=steps,
        reached=reached[-1],
        due_at=case.due_at if case.state == OPEN else None,
        eta=saying.eta_of(session, incident) if going else None,
        next_update=telling.promised(session, incident, tier) if tier else None,
        advice=saying.both(tier.advice) if tier else None,
        language=case.language,
        as_of=clock.now(session),
    )


def _goes_on_in(session: Session, incident: Incident) -> Incident:
    """The incident itself, or the one it was merged into; where that is restricted, what is shown is as little."""
    for _ in range(MOST_MERGES):
        if incident.merged_into_id is None:
            break
        incident = session.get_one(Incident, incident.merged_into_id)
    return incident


def _steps(case: Case, incident: Incident) -> tuple[Step, ...]:
    """Steps in order. Times before the case came in are shown as those of the case: it was handled from then on."""
    handled = case.opened_at if incident.restricted else incident.responding_at or incident.assessed_at
    restored = None if incident.restricted else incident.restored_at
    no_outage = incident.restricted or incident.state == State.CANCELLED
    if handled is None and (restored or case.closed_at):
        handled = restored or case.closed_at
    return (
        Step("received", case.opened_at),
        Step("handled", max(handled, case.opened_at) if handled else None),
        Step("restored", restored, skipped=no_outage or (restored is None and case.closed_at is not None)),
        Step("closed", case.closed_at),
    )


def find(session: Session, reference: str) -> Case | None:
    """A case by its number; exercises are for nobody outside."""
    return session.scalar(select(Case).where(Case.reference == reference, Case.exercise.is_(False)))
