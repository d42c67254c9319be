"""The digit that comes back by SMS. It is taken only from a number that a survey asked and that still may answer, and only where it is the
whole message: codes and words of those on call are never one digit, and go on working."""

import re
import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.messages.handlers import Called, InboundMessage
from command.messages.models import TOLD, Delivery
from command.satisfaction import answering
from command.satisfaction.models import State, Survey, SurveyAnswer, Via
from command.satisfaction.rules import rules
from command.satisfaction.starting import fields
from playbooks.templates import Language, render

_DIGIT = re.compile(r"[\s\W]*([0-9])\s*(?:分|星)?[\s\W]*")
MOST = 5


def reply(session: Session, message: InboundMessage) -> str | None:
    """Take a digit and say thanks; None for whatever is no single digit or comes from somebody whom no survey asks. Nothing of exercises:
    no survey is one."""
    said = _DIGIT.fullmatch(unicodedata.normalize("NFKC", message.text))
    if said is None or message.exercise:
        return None
    row = _asked(session, message.sender_index)
    if row is None:
        return None
    language: Language = "zh" if row.language == "zh" else "en"
    digit = int(said[1])
    if digit > MOST:
        return _say(session, "digits", language)
    answering.take(session, row.id, answering.of_digit(digit, row), Via.SMS)
    low = digit <= rules().low
    return _say(session, "sorry" if low else "thanks", language)


def _asked(session: Session, index: bytes) -> SurveyAnswer | None:
    """The row of whoever has this number in the survey that takes their answer: there is one at most. Their message has left."""
    query = (
        select(SurveyAnswer, Survey)
        .join(Survey, Survey.id == SurveyAnswer.survey_id)
        .join(Delivery, Delivery.id == SurveyAnswer.delivery_id)
        .where(
            SurveyAnswer.recipient == index,
            Survey.state.in_((State.PLANNED, State.OPEN)),
            Delivery.state.in_(TOLD),
        )
        .order_by(SurveyAnswer.id.desc())
    )
    for row, survey in session.execute(query).tuples():
        if answering.taking(session, survey):
            return row
    return None


def _say(session: Session, name: str, language: Language) -> Called:
    text = getattr(getattr(rules().texts, name), language)
    return Called(render(text, fields(session, language)))
