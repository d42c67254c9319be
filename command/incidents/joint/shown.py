"""Joint assessments as JSON and pages show them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import views
from command.incidents.joint import opinions, service
from command.incidents.joint.models import JointAssessment, JointView
from command.incidents.models import Incident
from command.incidents.views import PersonOut


class OpinionOut(BaseModel):
    """Nature, scope, harm and tier (1 highest) as somebody sees them."""

    kind: str
    fault_class: str | None
    cause_class: str | None
    areas: list[str]
    services: list[str]
    users: int | None
    harm: str
    tier: int


class ViewOut(OpinionOut):
    """A department's view. `late`: after the time it was asked for; `counts`: no later one of the department replaced it."""

    department: str
    by: PersonOut | None
    at: datetime
    late: bool
    counts: bool
    confidence: str
    note: str | None


class DecisionOut(OpinionOut):
    """What was decided, by whom and why. `accepted`: the tier is the one that the views suggest."""

    by: PersonOut | None
    at: datetime
    accepted: bool
    reason: str | None


class AssessmentOut(BaseModel):
    """A round. `suggested` is the tier in the middle of the views that count, `disagreed` the fields in which they differ; `silent`
    departments have said nothing, and are `overdue` once the time is over."""

    round: int
    state: str
    departments: list[str]
    question: str | None
    opened_at: datetime
    due_at: datetime
    overdue: bool
    silent: list[str]
    views: list[ViewOut]
    suggested: int | None
    disagreed: list[str]
    decision: DecisionOut | None


class AssessmentsOut(BaseModel):
    items: list[AssessmentOut]
    next: None = None


def one(session: Session, assessment: JointAssessment, language: str) -> AssessmentOut:
    """A round with its views and its decision."""
    given = service.views(session, assessment)
    latest = service.counting(given)
    held = [service.opinion(view) for view in latest.values()]
    silent = service.silent(assessment, given)
    undecided = assessment.state == service.OPEN
    return AssessmentOut(
        round=assessment.round,
        state=assessment.state,
        departments=assessment.departments,
        question=views.note_text(session, assessment.question_note_id),
        opened_at=assessment.opened_at,
        due_at=assessment.due_at,
        overdue=undecided and bool(silent) and clock.now(session) > assessment.due_at,
        silent=silent,
        views=[_view(session, assessment, view, latest, language) for view in given],
        suggested=opinions.suggested(held) if undecided else assessment.suggested,
        disagreed=sorted(opinions.disagreement(held)),
        decision=_decision(session, assessment, language),
    )


def every(session: Session, incident: Incident, language: str) -> list[AssessmentOut]:
    """The rounds of an incident, the oldest first."""
    return [one(session, each, language) for each in service.rounds(session, incident)]


def _view(
    session: Session, assessment: JointAssessment, view: JointView, latest: dict[str, JointView], language: str
) -> ViewOut:
    plain = {name: getattr(view, name) for name in opinions.FIELDS}
    return ViewOut(
        **plain,
        department=view.department,
        by=views.person(session, view.person_id, language),
        at=view.at,
        late=view.at > assessment.due_at,
        counts=latest[view.department].id == view.id,
        note=views.note_text(session, view.note_id),
    )


def _decision(session: Session, assessment: JointAssessment, language: str) -> DecisionOut | None:
    if assessment.state != service.DECIDED or assessment.decided_at is None:
        return None
    names: Sequence[str] = [name for name in opinions.FIELDS if name != "confidence"]
    plain = {name: getattr(assessment, name) for name in names}
    return DecisionOut(
        **plain,
        by=views.person(session, assessment.decided_by_id, language),
        at=assessment.decided_at,
        accepted=assessment.tier == assessment.suggested,
        reason=views.note_text(session, assessment.reason_note_id),
    )
