"""What the journal keeps of surveys, on the stream of the incident: ids and figures; words are notes. Single answers are rows, not
entries."""

from datetime import datetime

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class SurveyPlanned(Payload, kind="survey.planned"):
    """Those told are asked from then on."""

    survey_id: int
    ask_from: datetime


class SurveyVoid(Payload, kind="survey.void"):
    """Nobody is asked: `fault_returned`, `incident_over` (cancelled or merged), `nobody_told` (no all-clear), `rules_ask_nobody`."""

    survey_id: int
    why: str


class SurveySent(Payload, kind="survey.sent"):
    """So many of the audience are asked; answers are taken until `closes_at`."""

    survey_id: int
    audience: int
    asked: int
    seed: int
    closes_at: datetime


class SurveyCancelled(Payload, kind="survey.cancelled"):
    """Somebody cancelled a survey before it left."""

    survey_id: int
    person_id: int
    reason: NoteRef


class SurveyClosed(Payload, kind="survey.closed"):
    """Answers are taken no more: how many were asked and answered, how many of those graded were satisfied, the sum of the grades."""

    survey_id: int
    asked: int
    answered: int
    satisfied: int
    judged: int
    grades: int
    graded: int


class PhoneAnswer(Payload, kind="survey.by_phone"):
    """An agent put on record what somebody said by phone."""

    survey_id: int
    answer_id: int
    person_id: int


class FollowUpMade(Payload, kind="survey.follow_up"):
    """Somebody is to be called back: not_restored or unsatisfied; `case` is the case opened for them."""

    follow_up_id: int
    why: str
    case: str | None


class FollowedUp(Payload, kind="survey.followed_up"):
    """What a call back came to: reached, not_reached or solved."""

    follow_up_id: int
    person_id: int
    result: str
    words: NoteRef | None
