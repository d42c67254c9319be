"""Surveys over JSON (R16): figures, progress, answers by phone, call backs."""

from datetime import date
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import standing, visibility
from command.incidents.days import period
from command.people.access import access, here, may, principal, unit
from command.people.language import language, zone
from command.satisfaction import follow_ups, planning, reading, views
from command.satisfaction.asked import CalledIn, ListIn, PhoneIn, ReasonIn, WaitingIn
from command.satisfaction.models import SurveyFollowUp
from command.satisfaction.views import FiguresOut, FollowUpOut, SurveyOut

api = APIBlueprint("satisfaction_api", __name__, url_prefix="/api/v1", tag="Surveys")


class SurveysOut(BaseModel):
    """The figures are of all surveys of incidents reported in the period, `surveys` the newest of them."""

    first: date
    last: date
    figures: FiguresOut
    surveys: list[SurveyOut]


class OneOut(BaseModel):
    """The survey of an incident (null: none is planned), and those who are or were called back."""

    survey: SurveyOut | None
    follow_ups: list[FollowUpOut]


class FollowUpsOut(BaseModel):
    follow_ups: list[FollowUpOut]


class AnsweredOut(BaseModel):
    """An answer is on record."""

    incident: str
    restored: bool | None
    satisfaction: int | None
    first_response: int | None


@api.get("/surveys")
@api.input(ListIn, location="query")
@api.output(SurveysOut)
@access("read")
def surveys(query_data: ListIn) -> Any:
    """The figures of a period and its surveys, the newest first."""
    with here().database.read() as session:
        given = query_data.model_dump(by_alias=True, exclude={"limit"})
        days = period(given, clock.now(session).astimezone(zone()).date())
        span, who = days.instants(zone()), principal()
        rows = reading.listed(session, *span, who, query_data.limit, void=query_data.void == "1")
        return SurveysOut(
            first=days.first,
            last=days.last,
            figures=views.figures_out(reading.figures(session, *span, who)),
            surveys=views.surveys_out(session, rows),
        )


@api.get("/surveys/follow-ups")
@api.input(WaitingIn, location="query")
@api.output(FollowUpsOut)
@access("take_case")
def waiting(query_data: WaitingIn) -> Any:
    """Who is to be called back: whoever has no service first."""
    with here().database.read() as session:
        only = query_data.all_ != "1"
        rows = reading.follow_ups(session, principal(), open_only=only, limit=query_data.limit)
        return {"follow_ups": views.follow_ups_out(session, here().keyring, rows, language())}


@api.post("/surveys/follow-ups/<int:follow_up_id>/actions/record")
@api.input(CalledIn)
@api.output(FollowUpOut)
@access("take_case")
def record(follow_up_id: int, json_data: CalledIn) -> Any:
    """What a call back came to."""
    return called(follow_up_id, json_data)


@api.get("/incidents/<number>/survey")
@api.output(OneOut)
@access("read")
def of_incident(number: str) -> Any:
    """The survey of one incident, with its figures and call backs."""
    return one(number)


@api.post("/incidents/<number>/survey/actions/cancel")
@api.input(ReasonIn)
@api.output(OneOut)
@access("settle")
def cancel(number: str, json_data: ReasonIn) -> Any:
    """Let nobody be asked, before any message has left."""
    who = principal()
    unit(lambda session: planning.cancel(session, number, json_data.reason, who).id)
    return one(number)


@api.post("/incidents/<number>/survey/answers")
@api.input(PhoneIn)
@api.output(AnsweredOut, status_code=201)
@access("take_case")
def answer(number: str, json_data: PhoneIn) -> Any:
    """Put on record what a customer said by phone."""
    return by_phone(number, json_data)


def one(number: str) -> OneOut:
    """The survey of an incident as it stands; who is called back is for those who answer callers."""
    who = principal()
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), who)
        survey = planning.of(session, incident.id)
        mine = may(who, "take_case")
        rows = reading.follow_ups(session, who, incident=incident, open_only=False) if mine else ()
        return OneOut(
            survey=views.surveys_out(session, [(survey, incident)])[0] if survey else None,
            follow_ups=views.follow_ups_out(session, here().keyring, rows, language()),
        )


def by_phone(number: str, given: PhoneIn) -> AnsweredOut:
    """Keep an answer that came by phone."""
    who = principal()

    def work(session: Session) -> AnsweredOut:
        row = follow_ups.by_phone(session, here(), number, given.number, given.said(), who)
        return AnsweredOut(
            incident=number,
            restored=row.restored,
            satisfaction=row.satisfaction,
            first_response=row.first_response,
        )

    unit(lambda session: follow_ups.count(session, who))
    return unit(work)


def called(follow_up_id: int, given: CalledIn) -> FollowUpOut:
    """Keep what a call back came to, and answer with it once that is on record."""
    who = principal()
    unit(lambda session: follow_ups.record(session, follow_up_id, given.result, given.words, who).id)
    with here().database.read() as session:
        row = session.get_one(SurveyFollowUp, follow_up_id)
        found = reading.one(session, row)
        return views.follow_ups_out(session, here().keyring, [found], language())[0]
