"""Calling back those whose service is not back or who are not satisfied (R16), and putting on record what somebody said by phone."""

import unicodedata
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import Installation
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import entries as journal
from command.incidents import standing, visibility
from command.incidents.models import Incident
from command.messages.models import Delivery
from command.network import numbers
from command.network.models import Subscriber
from command.notices.models import Kind, Notice
from command.people import limits
from command.people.access import Principal
from command.satisfaction import answering, entries, planning, starting
from command.satisfaction.answering import Said
from command.satisfaction.models import Result, State, Survey, SurveyAnswer, SurveyFollowUp, Via

ACT = "take_case"
LOOK_UPS, WINDOW = 200, timedelta(minutes=15)
"""Numbers that a person may look up in a window, as at the desk, and counted with those."""
_BETWEEN = str.maketrans("", "", " \t\u00a0-‐–—.()")


def record(session: Session, follow_up_id: int, result: Result, words: str, by: Principal) -> SurveyFollowUp:
    """What a call back came to; `not_reached` leaves it open for another try. Raise NotFound, Invalid without words where somebody was
    reached, Conflict where it is done."""
    found = session.get(SurveyFollowUp, follow_up_id)
    survey = session.get_one(Survey, found.survey_id) if found else None
    if found is None or survey is None:
        raise unknown()
    incident = standing.lock(session, survey.incident_id)
    if not visibility.visible(session, incident, by):
        raise unknown()
    row = session.get_one(SurveyFollowUp, follow_up_id, with_for_update=True, populate_existing=True)
    if row.state != "open":
        raise Conflict(N_("This call back is done already."), remedy=N_("Load the page again: somebody was faster."))
    if result is not Result.NOT_REACHED and not words.strip():
        raise Invalid(
            N_("Words are missing: an auditor reads them a year from now."),
            field="words",
            remedy=N_("Say in a sentence what the customer said, and what comes next."),
        )
    cited = journal.note(session, words)
    row.calls += 1
    row.result, row.note_id = result, cited.id if cited else row.note_id
    if result is not Result.NOT_REACHED:
        row.state, row.done_at, row.done_by = "done", clock.now(session), by.person_id
    payload = entries.FollowedUp(follow_up_id=row.id, person_id=by.person_id, result=result, words=cited)
    journal.record(session, incident, payload)
    return row


def unknown() -> NotFound:
    return NotFound(N_("There is no such call back."), remedy=N_("Look at the list of surveys."))


def count(session: Session, by: Principal) -> None:
    """Count a number that `by` types, in a unit of work of its own, so that refusals count too; raise TooMany."""
    limits.hit(session, f"look-up:{by.person_id}", LOOK_UPS, WINDOW)


def by_phone(
    session: Session, installation: Installation, number: str, typed: str, said: Said, by: Principal
) -> SurveyAnswer:
    """Put on record what a customer said by phone about an incident: somebody who was asked, or at least told the all-clear. Raise
    NotFound, Invalid naming the field, Conflict where no survey is open."""
    answering.check(said)
    incident = visibility.seen_by(session, standing.lock(session, number), by)
    survey = planning.of(session, incident.id, lock=True)
    if survey is None:
        raise planning.unknown(incident)
    if survey.state != State.OPEN or not answering.taking(session, survey):
        raise Conflict(
            N_("This survey takes no answers now."),
            remedy=N_("Answers are taken from when it was sent until it closes."),
        )
    person = _told(session, installation, incident, typed)
    query = select(SurveyAnswer).where(SurveyAnswer.survey_id == survey.id, SurveyAnswer.subscriber_id == person.id)
    row = session.scalar(query) or _added(session, survey, person)
    answering.take(session, row.id, said, Via.PHONE, by=by.person_id)
    payload = entries.PhoneAnswer(survey_id=survey.id, answer_id=row.id, person_id=by.person_id)
    journal.record(session, incident, payload)
    return row


def _added(session: Session, survey: Survey, person: Subscriber) -> SurveyAnswer:
    row = SurveyAnswer(
        survey_id=survey.id,
        subscriber_id=person.id,
        recipient=person.number_index,
        language=person.language,
        asked_at=clock.now(session),
        exercise=False,
    )
    session.add(row)
    session.flush()
    return row


def _told(session: Session, installation: Installation, incident: Incident, typed: str) -> Subscriber:
    """The subscriber of a number as typed, who was told the incident's all-clear; one answer for all others."""
    plain = unicodedata.normalize("NFKC", typed[:80]).translate(_BETWEEN)
    try:
        index = installation.keyring.index(numbers.read(plain).e164)
    except numbers.NotANumber:
        raise Invalid(
            N_("This is no phone number."),
            field="number",
            remedy=N_("Type the customer's number, such as 138 0013 8000."),
        ) from None
    cleared = select(Notice.id).where(
        Notice.incident_id == incident.id, Notice.kind == Kind.ALL_CLEAR, Notice.exercise.is_(False)
    )
    given = starting.was_told(list(session.scalars(cleared)))
    told = select(Delivery.id).where(Delivery.addressee == Subscriber.id, given)
    found = session.scalar(select(Subscriber).where(Subscriber.number_index == index, told.exists()))
    if found is None:
        raise Invalid(
            N_("Nobody with this number was told the all-clear of this incident."),
            field="number",
            remedy=N_("Check the number; take a case at the desk for anybody else."),
        )
    return found
