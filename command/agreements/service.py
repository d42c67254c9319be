"""What people decide on a breach of a service level: who answers for it, where its dispute stands, what penalty it costs (R21). Every
decision stays on record; a decided breach may be decided anew."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.agreements.entries import BreachDecided
from command.agreements.models import Dispute, Liability, SlaBreach, SlaDecision
from command.agreements.rules import NOT_OURS, rules
from command.core import clock
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import entries as journal
from command.incidents import standing, visibility
from command.incidents.guards import FINAL
from command.incidents.models import Incident
from command.people.access import Principal

ACT = "settle"
MOST_CENTS = 10**15
NEXT: dict[Dispute, frozenset[Dispute]] = {
    Dispute.NONE: frozenset({Dispute.NONE, Dispute.RAISED}),
    Dispute.RAISED: frozenset(Dispute),
    Dispute.ACCEPTED: frozenset({Dispute.ACCEPTED, Dispute.REJECTED, Dispute.SETTLED, Dispute.RAISED}),
    Dispute.REJECTED: frozenset({Dispute.REJECTED, Dispute.ACCEPTED, Dispute.SETTLED, Dispute.RAISED}),
    Dispute.SETTLED: frozenset({Dispute.SETTLED, Dispute.RAISED}),
}
"""Where a dispute may go from where it stands: what nobody raised is neither accepted nor settled, what is settled is raised again first.
A dispute that was raised by mistake is taken back."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A decision: always with words; the penalty in hundredths of the currency of config/agreements.yaml, None where none is known."""

    liability: Liability
    dispute: Dispute
    words: str
    penalty_cents: int | None = None


def of(session: Session, incident: Incident) -> Sequence[SlaBreach]:
    """The breaches of an incident, the one due first first."""
    query = select(SlaBreach).where(SlaBreach.incident_id == incident.id)
    return session.scalars(query.order_by(SlaBreach.due_at, SlaBreach.id)).all()


def decisions(session: Session, breach_ids: Sequence[int]) -> dict[int, list[SlaDecision]]:
    """Every decision on these breaches, the newest first."""
    query = select(SlaDecision).where(SlaDecision.breach_id.in_(breach_ids)).order_by(SlaDecision.id.desc())
    found: dict[int, list[SlaDecision]] = {each: [] for each in breach_ids}
    for row in session.scalars(query):
        found[row.breach_id].append(row)
    return found


def decide(session: Session, number: str, code: str, ruling: Ruling, by: Principal) -> SlaBreach:
    """Decide on the breach of one clock of an incident. Raise NotFound, Denied, Conflict or Invalid naming the field."""
    incident = visibility.seen_by(session, standing.lock(session, number), by)
    standing.authorise(session, incident, by, ACT)
    breach = next((each for each in of(session, incident) if each.code == code), None)
    if breach is None:
        raise NotFound(
            N_("Incident %(number)s has no breach of this clock on record."),
            field="clock",
            remedy=N_("Look at its page Service levels for what was breached."),
            number=incident.number,
        )
    if incident.state in FINAL:
        raise Conflict(
            N_("The incident was cancelled or merged: its breaches count no more."),
            remedy=N_("Look at the incident it was merged into."),
        )
    _check(breach, ruling)
    cited = journal.note(session, ruling.words)
    assert cited is not None
    payload = BreachDecided(
        breach_id=breach.id,
        clock=breach.code,
        person_id=by.person_id,
        liability=ruling.liability,
        dispute=ruling.dispute,
        penalty_cents=ruling.penalty_cents,
        currency=rules().currency,
        before_liability=breach.liability,
        before_dispute=breach.dispute,
        words=cited,
    )
    _keep(session, breach, ruling, cited.id, by)
    journal.record(session, incident, payload)
    return breach


def _check(breach: SlaBreach, ruling: Ruling) -> None:
    if not ruling.words.strip():
        raise Invalid(
            N_("Words are missing: an auditor reads them a year from now."),
            field="words",
            remedy=N_("Say in a sentence what was decided, and why."),
        )
    if ruling.dispute not in NEXT[Dispute(breach.dispute)]:
        raise Invalid(
            N_("A dispute is raised before it is decided, and a settled one is raised again first."),
            field="dispute",
            remedy=N_("Put on record that it was raised, then what came of it."),
        )
    if ruling.dispute == Dispute.ACCEPTED and ruling.liability not in NOT_OURS:
        raise Invalid(
            N_("A dispute that is accepted says that somebody else answers for the breach, or nobody."),
            field="liability",
            remedy=N_("Choose who answers for it, or reject the dispute."),
        )
    if ruling.dispute == Dispute.SETTLED and ruling.liability == Liability.UNDECIDED:
        raise Invalid(
            N_("What is settled says who answers for the breach."),
            field="liability",
            remedy=N_("Choose who answers for it."),
        )
    if not 0 <= (ruling.penalty_cents or 0) <= MOST_CENTS:
        raise Invalid(N_("This amount cannot be."), field="penalty", remedy=N_("Write it such as 1280.50."))


def _keep(session: Session, breach: SlaBreach, ruling: Ruling, note_id: int, by: Principal) -> None:
    now = clock.now(session)
    breach.liability, breach.dispute = ruling.liability, ruling.dispute
    breach.penalty_cents, breach.currency = ruling.penalty_cents, rules().currency
    breach.decided_at, breach.decided_by = now, by.person_id
    session.add(
        SlaDecision(
            breach_id=breach.id,
            liability=ruling.liability,
            dispute=ruling.dispute,
            penalty_cents=ruling.penalty_cents,
            currency=breach.currency,
            note_id=note_id,
            at=now,
            person_id=by.person_id,
            exercise=breach.exercise,
        )
    )
    session.flush()
