"""Joint assessment over JSON: open a round, give a view, decide; what was said stays readable beside what was decided."""

from typing import Any

from apiflask import APIBlueprint
from sqlalchemy.orm import Session

from command.incidents import service as incidents
from command.incidents import standing
from command.incidents.actions_api import guarded
from command.incidents.joint import service, shown
from command.incidents.joint.asked import DecideIn, OpenIn, ViewIn, opinion
from command.incidents.joint.models import JointAssessment
from command.incidents.joint.service import Decision
from command.incidents.joint.shown import AssessmentOut, AssessmentsOut
from command.incidents.models import Incident
from command.people.access import access, here, principal
from command.people.language import language

api = APIBlueprint(
    "joint_assessment_api", __name__, url_prefix="/api/v1/incidents/<number>/assessments", tag="Joint assessment"
)


def locked(session: Session, number: str) -> Incident:
    """The incident, locked, as far as whoever asks may know of it; raise NotFound."""
    return incidents.seen_by(session, incidents.lock(session, number), principal())


@api.get("")
@api.output(AssessmentsOut)
@access("read")
def rounds(number: str) -> Any:
    """Every round of an incident, the oldest first."""
    with here().database.read() as session:
        incident = incidents.seen_by(session, standing.find(session, number), principal())
        return AssessmentsOut(items=shown.every(session, incident, language()))


@api.post("")
@api.input(OpenIn)
@api.output(AssessmentOut, status_code=201)
@access("assess")
def open_round(number: str, json_data: OpenIn) -> Any:
    """Ask the departments how they see it, within so many minutes."""
    return opened(number, json_data)


def opened(number: str, body: OpenIn) -> AssessmentOut:
    """Open a round as `body` says."""
    who, tongue = principal(), language()

    def work(session: Session) -> AssessmentOut:
        made = service.open_round(
            session,
            locked(session, number),
            who,
            departments=body.departments,
            minutes=body.minutes,
            question=body.reason,
            override=body.override,
        )
        return shown.one(session, made, tongue)

    done: AssessmentOut = guarded(work)
    return done


@api.post("/<int:round_number>/views")
@api.input(ViewIn)
@api.output(AssessmentOut, status_code=201)
@access("give_view")
def give_view(number: str, round_number: int, json_data: ViewIn) -> Any:
    """Say how a department sees it. Until the round is decided a department may say so again; its last word counts, all stay."""
    return viewed(number, round_number, json_data)


def viewed(number: str, round_number: int, body: ViewIn) -> AssessmentOut:
    """Keep the view in `body`."""
    who, tongue = principal(), language()

    def work(session: Session) -> AssessmentOut:
        incident, assessment = _both(session, number, round_number)
        service.give_view(session, incident, assessment, who, body.department, opinion(body), body.note)
        return shown.one(session, assessment, tongue)

    done: AssessmentOut = guarded(work)
    return done


@api.post("/<int:round_number>/decision")
@api.input(DecideIn)
@api.output(AssessmentOut)
@access("assess")
def decide(number: str, round_number: int, json_data: DecideIn) -> Any:
    """Decide nature, scope, harm and tier; the tier of the incident follows."""
    return decided(number, round_number, json_data)


def decided(number: str, round_number: int, body: DecideIn) -> AssessmentOut:
    """Decide as `body` says."""
    who, tongue = principal(), language()

    def work(session: Session) -> AssessmentOut:
        incident, assessment = _both(session, number, round_number)
        decision = Decision(opinion(body), body.reason)
        service.decide(session, incident, assessment, who, decision, override=body.override)
        return shown.one(session, assessment, tongue)

    done: AssessmentOut = guarded(work)
    return done


def _both(session: Session, number: str, round_number: int) -> tuple[Incident, JointAssessment]:
    incident = locked(session, number)
    return incident, service.found(session, incident, round_number)
