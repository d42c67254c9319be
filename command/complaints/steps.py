"""The four steps of a complaint (R30): accept, first enquiry, handle and answer, follow up. Each has its clock, and is on record with who,
when and what came of it. A customer who is not satisfied gets another answer: the loop closes with the follow-up alone."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints import rules as table
from command.complaints.entries import AnswerAgreed, CaseClosed, StepDone, record
from command.complaints.models import CLOSED, OPEN, SATISFIED, Case, CaseStep
from command.complaints.rules import STEPS, Step
from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid
from command.incidents import entries
from command.incidents.entries import NoteRef
from command.people.access import Principal

FARTHEST = timedelta(days=90)
"""How far ahead an answer may be promised."""
OVERSEERS = frozenset({"commander", "deputy", "duty_officer"})
"""Posts that may do the steps of others' complaints: an owner may be ill."""


def begin(session: Session, case: Case, *, accepted_by: int | None = None) -> None:
    """Start the clocks of a new complaint; `accepted_by` whoever took it from the customer has accepted it by that."""
    clocks = table.current().clocks(case.service_class)
    for step in STEPS:
        within = clocks.within(step)
        due = case.opened_at + within if within is not None and step != "follow_up" else None
        row = CaseStep(case_id=case.id, step=step, due_at=due, exercise=case.exercise)
        if step == "accept" and accepted_by is not None:
            row.done_at, row.done_by = clock.now(session), accepted_by
        session.add(row)
    session.flush()


def of(session: Session, case: Case) -> dict[str, CaseStep]:
    """A complaint's steps by name, in their order; none of a call that is no complaint."""
    query = select(CaseStep).where(CaseStep.case_id == case.id).order_by(CaseStep.id)
    return {row.step: row for row in session.scalars(query)}


def accept(session: Session, case: Case, by: Principal) -> None:
    """Accept a locked complaint: `by` is its first-contact owner from now on (R14). Raise Conflict where somebody has."""
    rows = _open(session, case)
    if rows["accept"].done_at is not None:
        raise Conflict(
            N_("This complaint is accepted already."), remedy=N_("Ask its first-contact owner to hand it over.")
        )
    case.owner_id = by.person_id
    _done(session, case, rows["accept"], by)


def accepted(session: Session, case: Case, by: Principal) -> int:
    """Who owns a case: `by`, from now on, where nobody did."""
    if case.owner_id is None:
        accept(session, case, by)
    assert case.owner_id is not None
    return case.owner_id


def enquire(session: Session, case: Case, by: Principal, result: str, *, answer_by: datetime | None = None) -> None:
    """The first enquiry: what it is about and what will be done; `answer_by` is when the customer was promised an answer. A complaint that
    nobody has accepted is accepted by it. Raise Conflict, Denied, Invalid."""
    rows = _mine(session, case, by)
    cited = _said(session, result)
    now = clock.now(session)
    if answer_by is not None and not now < answer_by <= now + FARTHEST:
        raise Invalid(
            N_("An answer is promised for a time ahead, within 90 days."),
            field="answer_by",
            remedy=N_("Give the time you agreed with the customer, or leave it out."),
        )
    _not_yet(rows["enquire"])
    _done(session, case, rows["enquire"], by, cited)
    if answer_by is not None:
        case.due_at = rows["answer"].due_at = answer_by
        record(session, case, AnswerAgreed(case=case.reference, due_at=answer_by))


def answer(session: Session, case: Case, by: Principal, result: str) -> None:
    """The customer has their answer; the clock of the follow-up starts. What was answered without an enquiry of its own was enquired into
    by that. Raise Conflict, Denied, Invalid."""
    rows = _mine(session, case, by)
    cited = _said(session, result)
    _not_yet(rows["answer"])
    if rows["enquire"].done_at is None:
        _done(session, case, rows["enquire"], by)
    _done(session, case, rows["answer"], by, cited)
    within = table.current().clocks(case.service_class).within("follow_up")
    rows["follow_up"].due_at = clock.now(session) + (within or timedelta())


def follow_up(session: Session, case: Case, by: Principal, satisfied: str, result: str = "") -> None:
    """The customer was asked (R20): yes or no_answer closes the complaint, no asks for another answer within the class's time. Raise
    Conflict, Denied, Invalid."""
    rows = _mine(session, case, by)
    if satisfied not in SATISFIED:
        raise Invalid(
            N_("Say whether the customer is satisfied."), field="satisfied", remedy=N_("Use yes, no or no_answer.")
        )
    if rows["answer"].done_at is None:
        raise Conflict(N_("The customer has no answer yet."), remedy=N_("Put the answer on record first."))
    cited = _said(session, result) if satisfied == "no" else entries.note(session, result)
    case.satisfied = satisfied
    if satisfied == "no":
        _again(session, case, rows, by, cited)
        return
    _done(session, case, rows["follow_up"], by, cited, satisfied)
    end(session, case, by.person_id, cited)


def _again(session: Session, case: Case, rows: dict[str, CaseStep], by: Principal, cited: NoteRef | None) -> None:
    """Not satisfied: the answer is owed once more, the case passes as one that first contact did not settle."""
    now = clock.now(session)
    in_time = rows["follow_up"].due_at is None or now <= rows["follow_up"].due_at
    done = StepDone(
        case=case.reference, step="follow_up", person_id=by.person_id, in_time=in_time, satisfied="no", result=cited
    )
    record(session, case, done)
    within = table.current().clocks(case.service_class).within("answer")
    owed = rows["answer"]
    owed.done_at = owed.done_by = owed.told_at = owed.told_id = owed.raised_at = None
    owed.due_at = case.due_at = now + within if within else None
    rows["follow_up"].due_at, case.passed_on = None, True


def end(session: Session, case: Case, person_id: int, cited: NoteRef | None) -> None:
    """Close a case."""
    case.state, case.closed_at, case.closed_by = CLOSED, clock.now(session), person_id
    record(session, case, CaseClosed(case=case.reference, person_id=person_id, result=cited))


def require_done(session: Session, case: Case) -> None:
    """Raise Conflict unless a complaint has its answer and its follow-up."""
    rows = of(session, case)
    for name, words in (
        ("answer", N_("The customer has no answer yet.")),
        ("follow_up", N_("Nobody followed up yet.")),
    ):
        if name in rows and rows[name].done_at is None:
            raise Conflict(
                words, field=name, remedy=N_("A complaint closes with its follow-up: do the steps in order.")
            )


def _open(session: Session, case: Case) -> dict[str, CaseStep]:
    rows = of(session, case)
    if case.state != OPEN:
        raise Conflict(N_("This case is closed."), remedy=N_("Take a new case if the caller has called again."))
    if not rows:
        raise Conflict(N_("This case is no complaint."), remedy=N_("Close it with its result at the desk."))
    return rows


def _mine(session: Session, case: Case, by: Principal) -> dict[str, CaseStep]:
    rows = _open(session, case)
    if case.owner_id is None:
        accept(session, case, by)
    elif case.owner_id != by.person_id and not by.posts & OVERSEERS:
        raise Denied(
            N_("This case belongs to somebody else."),
            remedy=N_("Ask its first-contact owner or the duty officer to hand it over."),
        )
    return rows


def _not_yet(row: CaseStep) -> None:
    if row.done_at is not None:
        raise Conflict(N_("This step is done already."), remedy=N_("Reload the page and do the next one."))


def _said(session: Session, text: str) -> NoteRef:
    cited = entries.note(session, text)
    if cited is None:
        raise Invalid(
            N_("This field is missing."), field="result", remedy=N_("Say in a few words what was found or said.")
        )
    return cited


def _done(
    session: Session,
    case: Case,
    row: CaseStep,
    by: Principal,
    cited: NoteRef | None = None,
    satisfied: str | None = None,
) -> None:
    now = clock.now(session)
    row.done_at, row.done_by, row.note_id = now, by.person_id, cited.id if cited else None
    done = StepDone(
        case=case.reference,
        step=row.step,
        person_id=by.person_id,
        in_time=row.due_at is None or now <= row.due_at,
        satisfied=satisfied,
        result=cited,
    )
    record(session, case, done)
    session.flush()


def next_of(rows: dict[str, CaseStep]) -> Step | None:
    """The step that comes next; None when all are done."""
    return next((step for step in STEPS if step in rows and rows[step].done_at is None), None)
