"""Surveys as they are read: the figures of a period, the list of surveys, who is to be called back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from command.incidents import visibility
from command.incidents.guards import FINAL
from command.incidents.models import Incident
from command.people.access import Principal
from command.satisfaction.figures import Answer, Figures
from command.satisfaction.figures import figures as computed
from command.satisfaction.models import State, Survey, SurveyAnswer, SurveyFollowUp
from command.satisfaction.targets import targets

LEFT = (State.OPEN, State.CLOSED)


def figures(session: Session, begin: datetime, end: datetime, who: Principal) -> Figures:
    """The three figures over the surveys of incidents reported from `begin` to before `end` that `who` may know of, pooled by answers.
    Exercises are never asked; cancelled and merged incidents are left out."""
    return over(session, _reported(session, begin, end, who).with_only_columns(Incident.id))


def over(session: Session, incidents: Select[int]) -> Figures:
    """The three figures over the surveys of these incidents (ids), pooled by answers."""
    mine = select(Survey.id).where(Survey.incident_id.in_(incidents), Survey.state.in_(LEFT))
    query = select(SurveyAnswer.restored, SurveyAnswer.satisfaction, SurveyAnswer.first_response)
    answers = [Answer(*row) for row in session.execute(query.where(SurveyAnswer.survey_id.in_(mine))).tuples()]
    return computed(len(answers), answers, targets())


def of_surveys(session: Session, surveys: Sequence[Survey]) -> Mapping[int, Figures]:
    """The figures of each of these surveys, by id, in one query."""
    found: dict[int, list[Answer]] = {survey.id: [] for survey in surveys}
    query = select(
        SurveyAnswer.survey_id, SurveyAnswer.restored, SurveyAnswer.satisfaction, SurveyAnswer.first_response
    ).where(SurveyAnswer.survey_id.in_(list(found)))
    for survey_id, restored, satisfaction, first in session.execute(query).tuples():
        found[survey_id].append(Answer(restored, satisfaction, first))
    return {survey_id: computed(len(answers), answers, targets()) for survey_id, answers in found.items()}


def listed(
    session: Session, begin: datetime, end: datetime, who: Principal, limit: int, *, void: bool = False
) -> Sequence[tuple[Survey, Incident]]:
    """The surveys of incidents reported in a period, the newest first; those that asked nobody only with `void`."""
    query = (
        _reported(session, begin, end, who)
        .join(Survey, Survey.incident_id == Incident.id)
        .with_only_columns(Survey, Incident, maintain_column_froms=True)
        .order_by(Survey.due_at.desc(), Survey.id.desc())
        .limit(limit)
    )
    if not void:
        query = query.where(Survey.state != State.VOID)
    return session.execute(query).tuples().all()


def _reported(session: Session, begin: datetime, end: datetime, who: Principal) -> Select[Any]:
    query = select(Incident).where(
        Incident.reported_at >= begin,
        Incident.reported_at < end,
        Incident.exercise.is_(False),
        Incident.state.not_in(FINAL),
    )
    return visibility.only_visible(session, query, who)


FollowedUp = tuple[SurveyFollowUp, SurveyAnswer, Incident]


def follow_ups(
    session: Session, who: Principal, *, incident: Incident | None = None, open_only: bool = True, limit: int = 200
) -> Sequence[FollowedUp]:
    """Who is to be called back, as far as `who` may know of the incidents: open ones first, whoever has no service before who is not
    satisfied, the oldest first."""
    query = (
        visibility.only_visible(session, select(Incident), who)
        .join(Survey, Survey.incident_id == Incident.id)
        .join(SurveyFollowUp, SurveyFollowUp.survey_id == Survey.id)
        .join(SurveyAnswer, SurveyAnswer.id == SurveyFollowUp.answer_id)
        .with_only_columns(SurveyFollowUp, SurveyAnswer, Incident, maintain_column_froms=True)
        .order_by(SurveyFollowUp.state.desc(), SurveyFollowUp.why, SurveyFollowUp.id)
        .limit(limit)
    )
    if incident is not None:
        query = query.where(Incident.id == incident.id)
    if open_only:
        query = query.where(SurveyFollowUp.state == "open")
    return session.execute(query).tuples().all()


def open_count(session: Session, who: Principal) -> int:
    """How many wait to be called back."""
    query = (
        visibility.only_visible(session, select(Incident), who)
        .join(Survey, Survey.incident_id == Incident.id)
        .join(SurveyFollowUp, SurveyFollowUp.survey_id == Survey.id)
        .where(SurveyFollowUp.state == "open")
        .with_only_columns(func.count(SurveyFollowUp.id), maintain_column_froms=True)
    )
    return session.scalar(query) or 0


def one(session: Session, row: SurveyFollowUp) -> FollowedUp:
    """A call back with its answer and incident."""
    survey = session.get_one(Survey, row.survey_id)
    return row, session.get_one(SurveyAnswer, row.answer_id), session.get_one(Incident, survey.incident_id)
