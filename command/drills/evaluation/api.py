"""The evaluation of a drill over HTTP: figures, notes, ratings, hotwash, signature, copies of the report."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.drills.evaluation import measuring, observing, report, report_pages, settling
from command.drills.evaluation.facts import Figures
from command.drills.evaluation.hotwash_pages import spoken
from command.drills.evaluation.observing import Noted
from command.drills.models import Drill
from command.oncall.duties.asked import Strict
from command.people.access import access, here, principal, unit
from command.people.language import language
from playbooks.scenario import Fact

api = APIBlueprint("drill_evaluations", __name__, url_prefix="/api/v1", tag="Drills")


class ShareOut(BaseModel):
    """`value` 0..1, null where there is nothing to count."""

    met: int
    of: int
    value: float | None


class FiguresOut(BaseModel):
    """Facts by name: minutes of exercise time, or a share; null where it has not happened or is not measurable."""

    facts: dict[str, float | None]
    tasks: ShareOut
    clocks: ShareOut
    injects_answered: ShareOut
    pages_acknowledged: ShareOut
    injects_skipped: int
    answer_median: float | None
    answer_slowest: float | None
    exercise_minutes: float
    paused_minutes: float


class OpinionOut(BaseModel):
    person: str
    rating: str
    words: str


class ObjectiveOut(BaseModel):
    """`proposal` is the run's, `rating` the one that stands; null while it is open."""

    id: str
    text: str
    proposal: str | None
    opinions: list[OpinionOut]
    rating: str | None
    reason: str


class EvaluationOut(BaseModel):
    code: str
    state: str
    figures: FiguresOut
    objectives: list[ObjectiveOut]
    signed_at: datetime | None


class NoteIn(Strict):
    """`key` is made by whoever writes the note: sent again it changes nothing. `ago_s`: seconds since it was written."""

    objective: str = Field(max_length=64)
    text: str = Field(max_length=observing.LONGEST)
    key: str = Field(min_length=8, max_length=64)
    inject: int | None = Field(default=None, ge=1, le=9999)
    ago_s: float = Field(default=0.0, ge=0, le=86400)


class RatingIn(Strict):
    objective: str = Field(max_length=64)
    rating: str = Field(max_length=1)
    words: str = Field(default="", max_length=observing.LONGEST)


class SettleIn(Strict):
    objective: str = Field(max_length=64)
    rating: str = Field(max_length=1)
    reason: str = Field(max_length=observing.LONGEST)


class SignIn(Strict):
    words: str = Field(default="", max_length=observing.LONGEST)


class SayIn(Strict):
    """`part` is well, badly or decision. Unless `named` nobody can find out who said it."""

    part: str = Field(max_length=20)
    text: str = Field(max_length=observing.LONGEST)
    key: str = Field(min_length=8, max_length=64)
    named: bool = False


class CopyIn(Strict):
    """`form` is pdf or docx, `language` zh or en."""

    form: str = Field(max_length=8)
    language: str = Field(max_length=8)


class KeptOut(BaseModel):
    """`id` of what was kept; the same for the same key."""

    id: int


@api.get("/drills/<code>/evaluation")
@api.output(EvaluationOut)
@access("read")
def evaluation(code: str) -> EvaluationOut:
    """Figures and ratings as they stand."""
    who = principal()
    with here().database.read() as session:
        return _out(session, report.find(session, code, who))


@api.post("/drills/<code>/notes")
@api.input(NoteIn)
@api.output(KeptOut, status_code=201)
@access("read")
def note(code: str, json_data: NoteIn) -> KeptOut:
    """Keep what an evaluator of the drill saw."""
    who, noted = principal(), Noted(**json_data.model_dump())
    return KeptOut(id=unit(lambda session: observing.note(session, code, who, noted).id))


@api.post("/drills/<code>/ratings")
@api.input(RatingIn)
@api.output(KeptOut, status_code=201)
@access("read")
def rate(code: str, json_data: RatingIn) -> KeptOut:
    """Rate an objective as an evaluator of the drill."""
    who, asked = principal(), json_data
    return KeptOut(
        id=unit(lambda session: observing.rate(session, code, who, asked.objective, asked.rating, asked.words).id)
    )


@api.post("/drills/<code>/hotwash")
@api.input(SayIn)
@api.output(KeptOut, status_code=201)
@access("read")
def say(code: str, json_data: SayIn) -> KeptOut:
    """Say something in the hotwash."""
    given = {"part": json_data.part, "text": json_data.text, "key": json_data.key}
    return KeptOut(id=spoken(code, principal(), given, named=json_data.named))


@api.post("/drills/<code>/actions/settle")
@api.input(SettleIn)
@api.output(EvaluationOut)
@access("read")
def settle(code: str, json_data: SettleIn) -> EvaluationOut:
    """Settle the rating of an objective."""
    who, asked = principal(), json_data

    def work(session: Session) -> EvaluationOut:
        settling.settle(session, code, who, asked.objective, asked.rating, asked.reason)
        return _out(session, report.find(session, code, who))

    return unit(work)


@api.post("/drills/<code>/actions/sign")
@api.input(SignIn)
@api.output(EvaluationOut)
@access("read")
def sign(code: str, json_data: SignIn) -> EvaluationOut:
    """Sign the evaluation: every objective has a rating, and nothing is added any more."""
    who = principal()

    def work(session: Session) -> EvaluationOut:
        settling.sign(session, code, who, json_data.words)
        return _out(session, report.find(session, code, who))

    return unit(work)


@api.post("/drills/<code>/report")
@api.input(CopyIn)
@access("export")
def copy(code: str, json_data: CopyIn) -> Response:
    """The report as a file; on record before it leaves."""
    return report_pages.answer(report_pages.taken(code, principal(), json_data.form, json_data.language))


def _out(session: Session, drill: Drill) -> EvaluationOut:
    figures = measuring.figures(session, drill)
    signed = settling.signature(session, drill)
    return EvaluationOut(
        code=drill.code,
        state=drill.state,
        figures=_figures(figures),
        objectives=[_objective(each) for each in report.judged(session, drill, figures, language())],
        signed_at=signed.at if signed else None,
    )


def _objective(each: report.Judged) -> ObjectiveOut:
    return ObjectiveOut(
        id=each.objective.id,
        text=each.text,
        proposal=each.proposal,
        opinions=[OpinionOut(person=one.person, rating=one.rating, words=one.words) for one in each.opinions],
        rating=each.final,
        reason=each.reason,
    )


def _figures(found: Figures) -> FiguresOut:
    def share(of: Any) -> ShareOut:
        return ShareOut(met=of.met, of=of.of, value=of.value)

    return FiguresOut(
        facts={fact.value: found.value(fact) for fact in Fact},
        tasks=share(found.tasks_done),
        clocks=share(found.clocks_met),
        injects_answered=share(found.injects_answered),
        pages_acknowledged=share(found.pages_acknowledged),
        injects_skipped=found.injects_skipped,
        answer_median=found.answer_median,
        answer_slowest=found.answer_slowest,
        exercise_minutes=found.exercise_minutes,
        paused_minutes=found.paused_minutes,
    )
