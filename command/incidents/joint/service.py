"""Asking the departments, taking their views, deciding (R29). Verbs over a locked incident; every one is on record."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid, NotFound
from command.incidents import activation, entries, grades, house, intake, places, plans
from command.incidents.guards import FINAL, State
from command.incidents.joint import opinions
from command.incidents.joint.entries import AssessmentDecided, AssessmentOpened, AssessmentWithdrawn, ViewGiven
from command.incidents.joint.models import JointAssessment, JointView
from command.incidents.joint.opinions import Opinion
from command.incidents.lifecycle import Action
from command.incidents.models import Incident
from command.incidents.standing import authorise
from command.people.access import Principal
from command.people.authority import Post
from command.people.models import Person

OPEN, DECIDED, WITHDRAWN = "open", "decided", "withdrawn"
FOR_OTHERS = frozenset({Post.COMMANDER, Post.DEPUTY, Post.DUTY_OFFICER})
"""Who may put on record what a department said by phone."""
MOST_ROUNDS = 10_000
"""Rounds beyond this are not looked for."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What whoever commands makes of the views. `reason` is asked for where the tier is not the one suggested, or a lower one."""

    opinion: Opinion
    reason: str = ""


def usual_departments(session: Session, incident: Incident) -> list[str]:
    """The departments that have tasks in the incident's plan; all of them where it has none."""
    known = [str(card.code) for card in house.structure().departments]
    plan = plans.tier_plan(session, incident)
    involved = {str(task.department) for task in plan.tasks} if plan else set()
    return [code for code in known if code in involved] or known


def rounds(session: Session, incident: Incident) -> Sequence[JointAssessment]:
    """Every round of an incident, the oldest first."""
    mine = select(JointAssessment).where(JointAssessment.incident_id == incident.id)
    return session.scalars(mine.order_by(JointAssessment.round)).all()


def views(session: Session, assessment: JointAssessment) -> Sequence[JointView]:
    """Every view of a round in the order in which they were given."""
    mine = select(JointView).where(JointView.assessment_id == assessment.id)
    return session.scalars(mine.order_by(JointView.id)).all()


def counting(given: Sequence[JointView]) -> dict[str, JointView]:
    """The last view of each department."""
    return {view.department: view for view in given}


def opinion(view: JointView) -> Opinion:
    """A stored view as it is compared."""
    plain = {name: getattr(view, name) for name in opinions.FIELDS}
    return Opinion(**plain | {"areas": tuple(view.areas), "services": tuple(view.services)})


def silent(assessment: JointAssessment, given: Sequence[JointView]) -> list[str]:
    """The departments asked that have said nothing."""
    answered = counting(given)
    return [code for code in assessment.departments if code not in answered]


def open_round(
    session: Session,
    incident: Incident,
    by: Principal,
    *,
    departments: Sequence[str] = (),
    minutes: int | None = None,
    question: str = "",
    override: bool = False,
) -> JointAssessment:
    """Ask departments (default: those of the plan) for their view within so many minutes (default: the operator's). Raise Denied, Conflict
    while a round is open, or Invalid naming the field."""
    authorise(session, incident, by, "assess", override=override, reason=question)
    _lasts(incident)
    if any(each.state == OPEN for each in rounds(session, incident)):
        raise Conflict(
            N_("A joint assessment is open already."), remedy=N_("Decide it first; then another round can be opened.")
        )
    asked = _known(departments) or usual_departments(session, incident)
    given = house.settings(session).assessment_minutes if minutes is None else minutes
    now = clock.now(session)
    last = session.scalar(select(func.max(JointAssessment.round)).where(JointAssessment.incident_id == incident.id))
    cited = entries.note(session, question)
    made = JointAssessment(
        incident_id=incident.id,
        round=(last or 0) + 1,
        state=OPEN,
        departments=asked,
        question_note_id=cited.id if cited else None,
        opened_at=now,
        opened_by=by.actor,
        due_at=now + timedelta(minutes=given),
        exercise=incident.exercise,
    )
    session.add(made)
    session.flush()
    payload = AssessmentOpened(round=made.round, departments=tuple(asked), due_at=made.due_at, question=cited)
    entries.record(session, incident, payload)
    return made


def _known(departments: Sequence[str]) -> list[str]:
    known = [str(card.code) for card in house.structure().departments]
    strange = [code for code in departments if code not in known]
    if strange:
        raise Invalid(
            N_("Unknown departments: %(names)s."),
            field="departments",
            remedy=N_("Use some of: %(known)s."),
            names=", ".join(strange[:10]),
            known=", ".join(known),
        )
    return [code for code in known if code in departments]


def _lasts(incident: Incident) -> None:
    if State(incident.state) in (*FINAL, State.CLOSED):
        raise Conflict(
            N_("The incident is %(state)s."),
            remedy=N_("Incidents are assessed while they are handled; reopen it first."),
            state=incident.state,
        )


def found(session: Session, incident: Incident, number: int) -> JointAssessment:
    """A round of an incident; raise NotFound."""
    mine = (JointAssessment.incident_id == incident.id, JointAssessment.round == number)
    row = session.scalar(select(JointAssessment).where(*mine)) if number <= MOST_ROUNDS else None
    if row is None:
        raise NotFound(
            N_("This incident has no joint assessment %(round)s."), remedy=N_("Open one first."), round=str(number)
        )
    return row


def give_view(
    session: Session,
    incident: Incident,
    assessment: JointAssessment,
    by: Principal,
    department: str,
    given: Opinion,
    note: str = "",
) -> JointView:
    """Say how a department sees the incident: somebody of the department, or whoever commands for what it said by phone. Raise Denied,
    Conflict once it is decided, or Invalid naming the field."""
    authorise(session, incident, by, "give_view")
    _still_open(assessment)
    if department not in assessment.departments:
        raise Invalid(
            N_("This department was not asked."),
            field="department",
            remedy=N_("Use some of: %(known)s."),
            known=", ".join(assessment.departments),
        )
    own = session.scalar(select(Person.department).where(Person.id == by.person_id))
    if own != department and not by.posts & FOR_OTHERS:
        raise Denied(
            N_("You are not of this department."),
            field="department",
            remedy=N_("Speak for your own; what another said by phone is put on record by whoever commands."),
        )
    named = _named(session, given)
    now = clock.now(session)
    cited = entries.note(session, note)
    view = JointView(
        assessment_id=assessment.id,
        department=department,
        person_id=by.person_id,
        at=now,
        note_id=cited.id if cited else None,
        exercise=incident.exercise,
        **_columns(named),
    )
    session.add(view)
    session.flush()
    said = _said(named)
    late = now > assessment.due_at
    who = {"round": assessment.round, "department": department, "person_id": by.person_id}
    entries.record(session, incident, ViewGiven(**who, **said, confidence=named.confidence, late=late, note=cited))
    return view


def _still_open(assessment: JointAssessment) -> None:
    if assessment.state != OPEN:
        raise Conflict(
            N_("This joint assessment is over."), remedy=N_("Open another round: both stay on record."), code="over"
        )


def _named(session: Session, given: Opinion) -> Opinion:
    """The same with areas and services that exist; raise Invalid naming the one that does not."""
    for code in given.areas:
        places.named(session, code, "areas")
    intake.services_named(session, given.services)
    return given


def _columns(given: Opinion) -> dict[str, object]:
    return asdict(given) | {"areas": list(given.areas), "services": list(given.services)}


def _said(given: Opinion) -> dict[str, object]:
    said = asdict(given)
    del said["confidence"]
    return said | {"event_kind": said.pop("kind")}


def decide(
    session: Session,
    incident: Incident,
    assessment: JointAssessment,
    by: Principal,
    decision: Decision,
    *,
    override: bool = False,
) -> None:
    """Settle nature, scope, harm and tier: whoever commands decides, the views stay beside it. A report becomes an assessed incident; a
    graver tier is taken up at once, a lower one as by `grades.change`, which asks for a reason and for who may. Raise Denied, Conflict,
    Invalid naming the field, or lifecycle.Forbidden."""
    authorise(session, incident, by, "assess", override=override, reason=decision.reason)
    _lasts(incident)
    _still_open(assessment)
    given = views(session, assessment)
    latest = [opinion(view) for view in counting(given).values()]
    suggested, held = opinions.suggested(latest), _named(session, decision.opinion)
    if held.tier != (suggested or incident.tier) and not decision.reason.strip():
        raise Invalid(
            N_("The tier is not the one that the views suggest."),
            field="reason",
            remedy=N_("Say why; the views and your decision stay side by side on record."),
        )
    cited = entries.note(session, decision.reason)
    _write(assessment, held, suggested, cited, by)
    assessment.decided_at = clock.now(session)
    payload = AssessmentDecided(
        round=assessment.round,
        **_said(held),
        suggested_tier=suggested,
        disagreed=tuple(sorted(opinions.disagreement(latest))),
        silent=tuple(silent(assessment, given)),
        reason=cited,
    )
    entries.record(session, incident, payload)
    session.flush()
    _follow(session, incident, by, held, decision.reason, override=override)


def _write(
    assessment: JointAssessment, held: Opinion, suggested: int | None, cited: entries.NoteRef | None, by: Principal
) -> None:
    for name, value in _columns(held).items():
        if name != "confidence":
            setattr(assessment, name, value)
    assessment.state, assessment.suggested, assessment.decided_by_id = DECIDED, suggested, by.person_id
    assessment.reason_note_id = cited.id if cited else None


def _follow(session: Session, incident: Incident, by: Principal, held: Opinion, reason: str, *, override: bool) -> None:
    """What the decision brings: the class of fault, the tier, and that the report is assessed."""
    if held.fault_class and held.fault_class != incident.fault_class:
        incident.fault_class = held.fault_class
    if incident.rules and held.tier != incident.tier:
        grades.change(session, incident, held.tier, reason, by, override=override)
    if incident.state == State.REPORTED:
        activation.assess(session, incident, by, reason, override=override)


def on_turn(session: Session, incident: Incident, action: Action) -> None:
    """A round that is open when its incident ends is withdrawn."""
    if action not in (Action.CANCEL, Action.MERGE, Action.CLOSE):
        return
    for assessment in rounds(session, incident):
        if assessment.state == OPEN:
            assessment.state = WITHDRAWN
            entries.record(session, incident, AssessmentWithdrawn(round=assessment.round))
