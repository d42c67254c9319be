"""The life of a survey but for its sending: planned when an incident is restored, void when there is nothing to ask, cancelled by a person,
closed when its time is over."""

import secrets

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import entries as journal
from command.incidents import standing, visibility
from command.incidents.lifecycle import Action
from command.incidents.models import Incident
from command.messages import service as messages
from command.messages.models import Delivery
from command.messages.models import State as Sent
from command.people.access import Principal
from command.satisfaction import entries
from command.satisfaction.figures import Answer, Figures, figures
from command.satisfaction.models import State, Survey, SurveyAnswer
from command.satisfaction.rules import rules
from command.satisfaction.targets import targets

ACT = "settle"
RETURNED, OVER, NOBODY, RULES = "fault_returned", "incident_over", "nobody_told", "rules_ask_nobody"
_NEVER_LEFT = (Sent.WITHDRAWN, Sent.SUPPRESSED, Sent.EXPIRED)
_SEEDS = 2**31


def of(session: Session, incident_id: int, *, lock: bool = False) -> Survey | None:
    """The survey of an incident, if there is one."""
    query = select(Survey).where(Survey.incident_id == incident_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalar(query)


def turned(session: Session, incident: Incident, action: Action) -> None:
    """Plan a survey when a real incident is restored. One that has not left is void once the fault is back, or the incident was cancelled
    or merged. An incident asks once: restored again after its survey left, it asks nobody anew."""
    if incident.exercise:
        return
    if action is Action.RESTORE:
        _plan(session, incident)
    elif action in (Action.REOPEN, Action.CANCEL, Action.MERGE):
        survey = of(session, incident.id, lock=True)
        if survey is not None and survey.state == State.PLANNED:
            withdraw(session, survey)
            void(session, incident, survey, RETURNED if action is Action.REOPEN else OVER)


def _plan(session: Session, incident: Incident) -> None:
    rule = rules().of(incident.kind, incident.tier)
    survey = of(session, incident.id, lock=True)
    if rule is None or (survey is not None and survey.state != State.VOID):
        return
    due = (incident.restored_at or clock.now(session)) + rule.after
    if survey is None:
        survey = Survey(incident_id=incident.id, seed=secrets.randbelow(_SEEDS), due_at=due, exercise=False)
        session.add(survey)
    survey.state, survey.why, survey.due_at, survey.ended_at = State.PLANNED, None, due, None
    session.flush()
    journal.record(session, incident, entries.SurveyPlanned(survey_id=survey.id, ask_from=due))


def void(session: Session, incident: Incident, survey: Survey, why: str) -> None:
    """Nobody is asked by a locked survey, as far as things stand."""
    survey.state, survey.why, survey.ended_at = State.VOID, why, clock.now(session)
    journal.record(session, incident, entries.SurveyVoid(survey_id=survey.id, why=why))


def withdraw(session: Session, survey: Survey) -> int:
    """Take back what of a locked survey waits to be sent; return how many of its messages have left, or may have."""
    for delivery_id in session.scalars(_deliveries(survey).where(Delivery.state.in_((Sent.READY, Sent.LEASED)))).all():
        messages.withdraw_delivery(session, delivery_id, "survey_cancelled")
    return len(session.scalars(_deliveries(survey).where(Delivery.state.not_in(_NEVER_LEFT))).all())


def _deliveries(survey: Survey) -> Select[int]:
    mine = SurveyAnswer.delivery_id == Delivery.id
    return select(Delivery.id).join(SurveyAnswer, mine).where(SurveyAnswer.survey_id == survey.id)


def cancel(session: Session, number: str, reason: str, by: Principal) -> Survey:
    """Let nobody be asked. Raise NotFound, Denied, Invalid without a reason, Conflict once a message has left: what was said is not taken
    back."""
    incident = visibility.seen_by(session, standing.lock(session, number), by)
    standing.authorise(session, incident, by, ACT)
    survey = of(session, incident.id, lock=True)
    if survey is None:
        raise unknown(incident)
    if not reason.strip():
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    if survey.state not in (State.PLANNED, State.OPEN) or withdraw(session, survey):
        raise Conflict(
            N_("This survey has left, or is over already."),
            remedy=N_("Only what nobody has received yet is cancelled; answers on record stay."),
        )
    cited = journal.note(session, reason)
    assert cited is not None
    survey.state, survey.ended_at, survey.ended_by = State.CANCELLED, clock.now(session), by.person_id
    payload = entries.SurveyCancelled(survey_id=survey.id, person_id=by.person_id, reason=cited)
    journal.record(session, incident, payload)
    return survey


def unknown(incident: Incident) -> NotFound:
    """There is no survey of the incident."""
    return NotFound(
        N_("Incident %(number)s has no survey."),
        remedy=N_("One is planned when an incident is restored, by kind and tier."),
        number=incident.number,
    )


def over(session: Session) -> list[int]:
    """The ids of surveys whose time is over: a look without the write lock."""
    query = select(Survey.id).where(Survey.state == State.OPEN, Survey.closes_at <= clock.now(session))
    return list(session.scalars(query.order_by(Survey.id)))


def close(session: Session, survey_id: int) -> bool:
    """Take no more answers, with the figures on record; False where somebody was faster."""
    found = session.get_one(Survey, survey_id)
    incident = standing.lock(session, found.incident_id)
    survey = of(session, incident.id, lock=True)
    now = clock.now(session)
    if survey is None or survey.state != State.OPEN or survey.closes_at is None or survey.closes_at > now:
        return False
    survey.state, survey.ended_at = State.CLOSED, now
    said = measured(session, survey)
    payload = entries.SurveyClosed(
        survey_id=survey.id,
        asked=said.asked,
        answered=said.answered,
        satisfied=said.satisfied.good,
        judged=said.satisfied.of,
        grades=said.score.total,
        graded=said.score.of,
    )
    journal.record(session, incident, payload)
    return True


def measured(session: Session, survey: Survey) -> Figures:
    """The figures of one survey as they stand."""
    rows = session.execute(
        select(SurveyAnswer.restored, SurveyAnswer.satisfaction, SurveyAnswer.first_response).where(
            SurveyAnswer.survey_id == survey.id
        )
    ).tuples()
    answers = [Answer(*row) for row in rows]
    return figures(len(answers), answers, targets())
