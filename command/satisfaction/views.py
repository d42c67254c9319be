"""Surveys as people and programs read them. Numbers are masked; words of customers are shown to those who may know of the incident."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core.keys import Keyring
from command.core.log import mask, masked_words
from command.incidents.models import Incident
from command.incidents.views import PersonOut, note_text, person
from command.messages.models import TOLD, Delivery
from command.network.models import Subscriber
from command.satisfaction import reading
from command.satisfaction.figures import Figures, Score, Share, Verdict
from command.satisfaction.models import Result, State, Survey, SurveyAnswer, SurveyFollowUp, Why
from command.satisfaction.reading import FollowedUp


class FigureOut(BaseModel):
    """A share in percent, or the score in points of a hundred, rounded down to tenths; null where nobody answered. `good` of `of` (of the
    score the sum of the grades). `few`: too few answers to say much."""

    value: float | None
    good: int
    of: int
    target: int | None
    verdict: Verdict
    few: bool


class FiguresOut(BaseModel):
    asked: int
    answered: int
    satisfied: FigureOut
    score: FigureOut
    first_response: FigureOut
    confirmed: FigureOut
    response: FigureOut


class SurveyOut(BaseModel):
    """A survey. `sent` of those `asked` have their message; `follow_ups` are open."""

    incident: str
    incident_kind: str
    tier: int
    state: State
    why: str | None
    due_at: datetime
    started_at: datetime | None
    closes_at: datetime | None
    ended_at: datetime | None
    audience: int
    asked: int
    sent: int
    follow_ups: int
    figures: FiguresOut


class FollowUpOut(BaseModel):
    """Somebody who is called back. `words` are theirs, `result_words` those of whoever called last."""

    id: int
    incident: str
    number: str
    language: str
    why: Why
    state: str
    restored: bool | None
    satisfaction: int | None
    first_response: int | None
    words: str | None
    case: str | None
    calls: int
    result: Result | None
    result_words: str | None
    made_at: datetime
    done_at: datetime | None
    done_by: PersonOut | None


def figures_out(found: Figures) -> FiguresOut:
    """The figures for programs and pages."""
    names = ("satisfied", "score", "first_response", "confirmed", "response")
    return FiguresOut(
        asked=found.asked, answered=found.answered, **{name: _figure(getattr(found, name)) for name in names}
    )


def _figure(one: Share | Score) -> FigureOut:
    return FigureOut(
        value=None if one.tenths is None else one.tenths / 10,
        good=one.total if isinstance(one, Score) else one.good,
        of=one.of,
        target=one.target,
        verdict=one.verdict,
        few=one.few,
    )


def surveys_out(session: Session, rows: Sequence[tuple[Survey, Incident]]) -> list[SurveyOut]:
    """Surveys with their progress and figures; a handful of queries for any number of them."""
    surveys = [survey for survey, _ in rows]
    ids = [survey.id for survey in surveys]
    found = reading.of_surveys(session, surveys)
    sent = (
        select(SurveyAnswer.survey_id, func.count())
        .join(Delivery, Delivery.id == SurveyAnswer.delivery_id)
        .where(SurveyAnswer.survey_id.in_(ids), Delivery.state.in_(TOLD))
        .group_by(SurveyAnswer.survey_id)
    )
    waiting = (
        select(SurveyFollowUp.survey_id, func.count())
        .where(SurveyFollowUp.survey_id.in_(ids), SurveyFollowUp.state == "open")
        .group_by(SurveyFollowUp.survey_id)
    )
    left = dict(session.execute(sent).tuples().all())
    open_ones = dict(session.execute(waiting).tuples().all())
    same = ("why", "due_at", "started_at", "closes_at", "ended_at", "audience", "asked")
    return [
        SurveyOut(
            incident=incident.number,
            incident_kind=incident.kind,
            tier=incident.tier,
            state=State(survey.state),
            sent=left.get(survey.id, 0),
            follow_ups=open_ones.get(survey.id, 0),
            figures=figures_out(found[survey.id]),
            **{name: getattr(survey, name) for name in same},
        )
        for survey, incident in rows
    ]


def follow_ups_out(session: Session, keyring: Keyring, rows: Sequence[FollowedUp], language: str) -> list[FollowUpOut]:
    """Those to be called back, with what they said."""
    ids = {answer.subscriber_id for _, answer, _ in rows}
    query = select(Subscriber.id, Subscriber.number).where(Subscriber.id.in_(ids))
    held = dict(session.execute(query).tuples().all()) if ids else {}
    made = []
    for row, answer, incident in rows:
        number = held.get(answer.subscriber_id)
        made.append(
            FollowUpOut(
                id=row.id,
                incident=incident.number,
                number=mask(keyring.decrypt(number)) if number else "",
                language=answer.language,
                why=Why(row.why),
                state=row.state,
                restored=answer.restored,
                satisfaction=answer.satisfaction,
                first_response=answer.first_response,
                words=_masked(note_text(session, answer.note_id)),
                case=row.case_reference,
                calls=row.calls,
                result=Result(row.result) if row.result else None,
                result_words=_masked(note_text(session, row.note_id)),
                made_at=row.made_at,
                done_at=row.done_at,
                done_by=person(session, row.done_by, language),
            )
        )
    return made


def _masked(text: str | None) -> str | None:
    return masked_words(text) if text else text
