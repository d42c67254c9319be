"""Assessments as pages, interface and exports ask for them."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.capability.models import CapabilityAssessment, CapabilityFile, CapabilityRating, State
from command.capability.scoring import Mark
from command.capability.standard import Standard
from command.core.problems import N_, NotFound

MOST = 200


def find(session: Session, assessment_id: int, *, locked: bool = False) -> CapabilityAssessment:
    """An assessment by its id; raise NotFound."""
    query = select(CapabilityAssessment).where(CapabilityAssessment.id == assessment_id)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query) if assessment_id < 2**62 else None
    if found is None:
        raise NotFound(N_("There is no such assessment."), remedy=N_("Look at the list of assessments."))
    return found


def listed(session: Session) -> Sequence[CapabilityAssessment]:
    """Every assessment that was not given up, the newest period first."""
    row = CapabilityAssessment
    query = select(row).where(row.state != State.DROPPED).order_by(row.last_on.desc(), row.id.desc())
    return session.scalars(query.limit(MOST)).all()


def before(session: Session, assessment: CapabilityAssessment) -> CapabilityAssessment | None:
    """The finished assessment of the same sort whose period ended last before this one's."""
    row = CapabilityAssessment
    query = select(row).where(
        row.state == State.FINISHED,
        row.sort == assessment.sort,
        row.last_on < assessment.last_on,
        row.id != assessment.id,
    )
    return session.scalar(query.order_by(row.last_on.desc(), row.id.desc()).limit(1))


def ratings(session: Session, assessment: CapabilityAssessment) -> Mapping[str, CapabilityRating]:
    """The ratings by item."""
    query = select(CapabilityRating).where(CapabilityRating.assessment_id == assessment.id)
    return {row.item: row for row in session.scalars(query.execution_options(populate_existing=True))}


def marks(rows: Iterable[CapabilityRating]) -> dict[str, Mark]:
    """What the score is counted from."""
    return {row.item: Mark(row.level, row.applies) for row in rows}


def standard_of(assessment: CapabilityAssessment) -> Standard:
    """The standard as it was when the assessment began."""
    return Standard.model_validate(assessment.standard)


def file_of(session: Session, assessment: CapabilityAssessment) -> bytes:
    """The third party's file; raise NotFound where none was read."""
    if assessment.sha256 is None:
        raise NotFound(N_("No file was read into this assessment."), remedy=N_("Look at its page."))
    return session.get_one(CapabilityFile, assessment.sha256).body
