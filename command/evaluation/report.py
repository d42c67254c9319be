"""The row of a report: found, begun, opened again, and its signatures made void. An incident is evaluated once it was restored."""

import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.evaluation import entries
from command.evaluation.models import EvaluationReport, EvaluationSignature, State
from command.incidents import entries as journal
from command.incidents import guards, standing, visibility
from command.incidents.lifecycle import Action
from command.incidents.models import Incident
from command.people.access import Principal
from command.people.models import Person

WRITE, SIGN = "review", "sign_evaluation"
"""The acts of config/authority.yaml: writing the report is part of the review."""
EVALUATED = (guards.State.RESTORED, guards.State.REVIEWING, guards.State.CLOSED)

BECAUSE: Mapping[Action, str] = {Action.REOPEN: "incident_reopened", Action.REGRADE: "tier_changed"}
"""What done to an incident makes its report a draft again, and as what the journal has that."""


def evaluable(incident: Incident) -> bool:
    """Whether an incident has a report, or may have one: a real one that was restored."""
    return not incident.exercise and incident.state in EVALUATED


def readable(session: Session, incident: Incident) -> bool:
    """Whether there is a report to read: the incident has one, or may have one now."""
    return evaluable(incident) or of(session, incident) is not None


def nothing() -> Conflict:
    """There is nothing to evaluate yet."""
    return Conflict(
        N_("There is nothing to evaluate yet."), remedy=N_("The report opens once the restoration is confirmed.")
    )


def find(session: Session, number: str, who: Principal) -> Incident:
    """An incident as far as `who` may know of it; raise NotFound."""
    return visibility.seen_by(session, standing.find(session, number), who)


def of(session: Session, incident: Incident) -> EvaluationReport | None:
    """The report of an incident, if anybody began it."""
    return session.scalar(select(EvaluationReport).where(EvaluationReport.incident_id == incident.id))


def locked(session: Session, number: str, who: Principal, act: str) -> Incident:
    """The incident of a report under lock, for somebody who may do `act` to it. Raise NotFound, Denied, or Conflict where there is nothing
    to evaluate."""
    incident = visibility.seen_by(session, standing.lock(session, number), who)
    standing.authorise(session, incident, who, act)
    if incident.exercise:
        raise Conflict(
            N_("An exercise has no evaluation report of its own."), remedy=N_("Look at the report of its drill.")
        )
    if not evaluable(incident):
        raise nothing()
    return incident


def to_change(session: Session, number: str, who: Principal) -> tuple[Incident, EvaluationReport]:
    """A report that may be changed, begun where nobody has; raise Conflict once it is signed."""
    incident = locked(session, number, who, WRITE)
    row = of(session, incident)
    if row is None:
        row = _begun(session, incident, who)
    _require_unsigned(row)
    return incident, row


def _require_unsigned(row: EvaluationReport) -> None:
    if row.state == State.SIGNED:
        raise Conflict(
            N_("This report is signed."),
            remedy=N_("Reopen it first, with a reason: its signatures are void then."),
            code="signed",
        )


def _begun(session: Session, incident: Incident, who: Principal) -> EvaluationReport:
    now = clock.now(session)
    row = EvaluationReport(
        incident_id=incident.id,
        public_id=secrets.token_hex(8),
        contributing=[],
        begun_by=who.person_id,
        begun_at=now,
        changed_at=now,
        exercise=incident.exercise,
    )
    session.add(row)
    session.flush()
    journal.record(session, incident, entries.Begun(person_id=who.person_id))
    return row


def changed(session: Session, incident: Incident, row: EvaluationReport, who: Principal) -> None:
    """Something of an unsigned report changes: what was signed of it so far is void, and it is a draft again."""
    row.changed_at = clock.now(session)
    if row.state == State.FOR_SIGNATURE:
        again(session, incident, row, "part_changed", who.person_id)


def causes_change(session: Session, incident: Incident, who: Principal) -> None:
    """The incident's causes change, wherever somebody says so: the report follows, and a signed one refuses."""
    row = of(session, incident)
    if row is not None:
        _require_unsigned(row)
        changed(session, incident, row, who)


def reopen(session: Session, number: str, reason: str, who: Principal) -> EvaluationReport:
    """A report that waits for signatures, or is signed, is a draft again. Raise Denied, Conflict, or Invalid without a reason."""
    incident = locked(session, number, who, SIGN)
    row = of(session, incident)
    if row is None or row.state == State.DRAFT:
        raise Conflict(N_("This report is a draft."), remedy=N_("Change its parts as they are."))
    cited = journal.note(session, reason)
    if cited is None:
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    again(session, incident, row, "by_person", who.person_id, cited)
    return row


def again(
    session: Session,
    incident: Incident,
    row: EvaluationReport,
    because: str,
    person_id: int | None,
    reason: journal.NoteRef | None = None,
) -> None:
    """Make a report a draft again, on record: its signatures are void, and users read it no more."""
    void = len(signatures(session, row))
    hide(session, incident, row, "report_reopened", person_id)
    row.state, row.round, row.changed_at = State.DRAFT, row.round + 1, clock.now(session)
    row.submitted_by = row.submitted_at = row.signed_at = None
    told = entries.Reopened(because=because, signatures=void, person_id=person_id, reason=reason)
    journal.record(session, incident, told)


def hide(
    session: Session,
    incident: Incident,
    row: EvaluationReport,
    because: str,
    person_id: int | None,
    reason: journal.NoteRef | None = None,
) -> None:
    """Users read the version for them no more, on record; nothing where they did not."""
    if row.published_at is None:
        return
    row.published_at = row.published_by = None
    told = entries.Unpublished(because=because, person_id=person_id, reason=reason)
    journal.record(session, incident, told)


def signatures(session: Session, row: EvaluationReport) -> Sequence[EvaluationSignature]:
    """The signatures that hold, in their order."""
    query = select(EvaluationSignature).where(
        EvaluationSignature.report_id == row.id, EvaluationSignature.round == row.round
    )
    return session.scalars(query.order_by(EvaluationSignature.id)).all()


def void(session: Session, row: EvaluationReport) -> int:
    """How many signatures became void in earlier rounds."""
    query = select(func.count()).where(EvaluationSignature.report_id == row.id, EvaluationSignature.round < row.round)
    return session.scalar(query) or 0


def turned(session: Session, incident: Incident, action: Action) -> None:
    """The fault is back, or the tier is another: what was signed is not the whole story, or not by those who have to."""
    row = of(session, incident) if action in BECAUSE else None
    if row is not None and row.state != State.DRAFT:
        again(session, incident, row, BECAUSE[action], None)


def restricted(session: Session, incident: Incident) -> None:
    """An incident was restricted: users read nothing of it any more."""
    row = of(session, incident) if incident.restricted else None
    if row is not None:
        hide(session, incident, row, "made_restricted", None)


def username(session: Session, person_id: int | None) -> str:
    """What somebody is called when they sign in; empty for nobody."""
    person = session.get(Person, person_id) if person_id is not None else None
    return person.username if person else ""
