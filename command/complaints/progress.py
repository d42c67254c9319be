"""How a customer's case goes on, as the customer may see it: steps and times, what comes next, nothing personal and nothing internal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints import saying
from command.complaints.models import OPEN, Case, CaseStep
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
    incident = _goes_on_in(session, session.get_one(Incident, case.incident_id)) if case.incident_id else None
    steps = _steps(case, incident) if incident else _without_incident(session, case)
    going = case.state == OPEN and steps[2].at is None and not steps[2].skipped
    tier = None
    if incident is not None and going:
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
        eta=saying.eta_of(session, incident) if incident and going else None,
        next_update=telling.promised(session, incident, tier) if incident and tier else None,
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


def _without_incident(session: Session, case: Case) -> tuple[Step, ...]:
    """Steps of a complaint about no incident: handled since somebody accepted it; there is nothing to restore."""
    accepted = select(CaseStep.done_at).where(CaseStep.case_id == case.id, CaseStep.step == "accept")
    handled = session.scalar(accepted) or case.closed_at
    return (
        Step("received", case.opened_at),
        Step("handled", max(handled, case.opened_at) if handled else None),
        Step("restored", None, skipped=True),
        Step("closed", case.closed_at),
    )


def find(session: Session, reference: str) -> Case | None:
    """A case by its number; exercises are for nobody outside."""
    return session.scalar(select(Case).where(Case.reference == reference, Case.exercise.is_(False)))
