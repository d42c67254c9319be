"""What those asked say: one answer each, changeable until the survey closes; whoever has no service or is not satisfied is called back."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import entries as journal
from command.incidents import standing
from command.incidents.models import Incident
from command.network.models import Subscriber
from command.satisfaction import entries
from command.satisfaction.models import State, Survey, SurveyAnswer, SurveyFollowUp, Via, Why
from command.satisfaction.rules import rules

GRADES = range(1, 6)
LONGEST = 2000
"""Characters of what somebody writes."""
OpenCase = Callable[[Session, Incident, Subscriber, str], str]
open_case: list[OpenCase] = []
"""Opens a case for a subscriber whose service is not back and returns its number; the key makes a repeated call one case. Joined where the
application is put together."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: whether service is back, grades 1 to 5 (5 is best) for all of it and for the first response, words. None or empty: not
    said."""

    restored: bool | None = None
    satisfaction: int | None = None
    first_response: int | None = None
    words: str = ""


def of_digit(digit: int, before: SurveyAnswer) -> Said:
    """What one digit says: 0 that service is not back, a grade that it is. What was said of the first response before still stands."""
    if digit == 0:
        return Said(restored=False, first_response=before.first_response)
    return Said(restored=True, satisfaction=digit, first_response=before.first_response)


def taking(session: Session, survey: Survey) -> bool:
    """Whether answers are taken: from the first message on until it closes."""
    if survey.state == State.PLANNED:
        return True
    return survey.state == State.OPEN and survey.closes_at is not None and clock.now(session) < survey.closes_at


def take(session: Session, answer_id: int, said: Said, via: Via, *, by: int | None = None) -> SurveyAnswer:
    """Keep what somebody says; what they said before is forgotten, but for words that are not said anew. Raise Invalid naming the field,
    Conflict once the survey is closed."""
    check(said)
    found = session.get_one(SurveyAnswer, answer_id)
    survey = session.get_one(Survey, found.survey_id)
    incident = session.get_one(Incident, survey.incident_id)
    why = _why(said)
    if why is not None:
        incident = standing.lock(session, incident.id)
    row = session.get_one(SurveyAnswer, answer_id, with_for_update=True, populate_existing=True)
    session.refresh(survey)
    if not taking(session, survey):
        raise Conflict(
            N_("This survey is closed: answers are not taken any more."),
            remedy=N_("Call the hotline if you need help."),
        )
    changed = (row.restored, row.satisfaction) != (said.restored, said.satisfaction)
    row.restored, row.satisfaction, row.first_response = said.restored, said.satisfaction, said.first_response
    row.answered_at, row.via, row.taken_by = clock.now(session), via, by
    if said.words.strip():
        cited = journal.note(session, said.words)
        row.note_id = cited.id if cited else None
    session.flush()
    if why is not None and changed:
        _call_back(session, incident, row, why)
    return row


def check(said: Said) -> None:
    """Raise Invalid for grades that are none, too many words, or nothing at all."""
    for field, grade in (("satisfaction", said.satisfaction), ("first_response", said.first_response)):
        if grade is not None and grade not in GRADES:
            raise Invalid(N_("A grade is 1 to 5."), field=field, remedy=N_("5 is very satisfied, 1 very dissatisfied."))
    if len(said.words) > LONGEST:
        raise Invalid(N_("Up to %(most)d characters, please."), field="words", remedy=N_("Shorten it."), most=LONGEST)
    if said.restored is None and said.satisfaction is None and said.first_response is None:
        raise Invalid(
            N_("Nothing was answered."), field="satisfaction", remedy=N_("Answer at least one of the questions.")
        )


def _why(said: Said) -> Why | None:
    if said.restored is False:
        return Why.NOT_RESTORED
    low = said.satisfaction is not None and said.satisfaction <= rules().low
    return Why.UNSATISFIED if low else None


def _call_back(session: Session, incident: Incident, row: SurveyAnswer, why: Why) -> None:
    """Somebody is called back, once an answer: said anew, what is open stays open, and what was done is done again."""
    known = session.scalar(select(SurveyFollowUp).where(SurveyFollowUp.answer_id == row.id).with_for_update())
    case = known.case_reference if known else None
    if why is Why.NOT_RESTORED and case is None:
        case = _case(session, incident, row)
    if known is None:
        known = SurveyFollowUp(
            survey_id=row.survey_id, answer_id=row.id, made_at=clock.now(session), why=why, exercise=row.exercise
        )
        session.add(known)
    elif known.state == "open" and known.why == Why.NOT_RESTORED:
        why = Why.NOT_RESTORED
    known.why, known.state, known.case_reference = why, "open", case
    known.done_at = known.done_by = known.result = None
    session.flush()
    payload = entries.FollowUpMade(follow_up_id=known.id, why=why, case=case)
    journal.record(session, incident, payload)


def _case(session: Session, incident: Incident, row: SurveyAnswer) -> str | None:
    person = session.get(Subscriber, row.subscriber_id)
    if person is None:
        return None
    return next((opens(session, incident, person, f"survey/{row.id}") for opens in open_case), None)
