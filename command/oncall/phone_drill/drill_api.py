"""Phone drills over HTTP: plans, runs, and one's own answer."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.oncall.duties.asked import NothingIn, PersonOut, person_out
from command.oncall.phone_drill import drill_answers, groups, plans, runs, shown
from command.oncall.phone_drill.drill_entries import Via
from command.oncall.phone_drill.drill_form import DrillIn
from command.oncall.phone_drill.drill_models import By, Every, PhoneDrill, PhoneDrillCall, PhoneDrillRun, RunState
from command.people.access import Principal, access, here, principal, unit

api = APIBlueprint("phone_drills", __name__, url_prefix="/api/v1", tag="Phone drills")


class DrillOut(BaseModel):
    """A plan; `next_at` is null once nothing is planned any more. Runs: the newest first."""

    id: int
    name: str
    targets: list[str]
    starts: str
    zone: str
    every: Every
    by: By
    announced: bool
    wait_minutes: int
    said: str
    next_at: datetime | None
    made_by: int
    cancelled: bool
    runs: list["RunOut"]


class RunOut(BaseModel):
    """A run; `until` is when answers are no longer awaited."""

    id: int
    drill_id: int
    at: datetime
    began_at: datetime
    until: datetime
    state: RunState
    ended_at: datetime | None
    reason: str | None


class DrillList(BaseModel):
    items: list[DrillOut]
    next: int | None


class DrillsIn(BaseModel):
    """`after`: the `next` of the list before. The newest plan comes first."""

    model_config = ConfigDict(extra="forbid")
    after: int = Field(default=2**63 - 1, ge=1, lt=2**63)
    limit: int = Field(default=50, ge=1, le=200)


class SentOut(BaseModel):
    kind: str
    at: datetime
    state: str
    code: str | None


class LineOut(BaseModel):
    """`stands`: answered, late, failed, no_method, silent, called, waiting or withdrawn. `seconds` from the call to the answer."""

    person: PersonOut
    stands: str
    called_at: datetime | None
    answered_at: datetime | None
    answered_via: str | None
    seconds: float | None
    sent: list[SentOut]


class SummaryOut(BaseModel):
    """Counts of people; `median` and `slowest` are seconds of those who answered in time."""

    people: int
    reached: int
    answered: int
    late: int
    failed: int
    median: float | None
    slowest: float | None


class ResultsOut(BaseModel):
    run: RunOut
    summary: SummaryOut
    items: list[LineOut]


class AnsweredOut(BaseModel):
    """What became of it: answered, again, late or over."""

    outcome: str


@api.get("/phone-drills")
@api.input(DrillsIn, location="query", arg_name="asked")
@api.output(DrillList)
@access("read")
def listed(asked: DrillsIn) -> dict[str, Any]:
    """Plans that whoever asks may know of."""
    who = principal()
    with here().database.read() as session:
        query = select(PhoneDrill).where(PhoneDrill.id < asked.after).order_by(PhoneDrill.id.desc())
        rows = session.scalars(query.limit(asked.limit + 1)).all()
        page = rows[: asked.limit]
        items = [_drill(session, row) for row in page if plans.shown_to(session, row, who)]
        return {"items": items, "next": page[-1].id if len(rows) > asked.limit else None}


@api.post("/phone-drills")
@api.input(DrillIn)
@api.output(DrillOut, status_code=201)
@access("plan_drill")
def plan(json_data: DrillIn) -> DrillOut:
    """Plan a drill."""
    who = principal()
    return unit(lambda session: _drill(session, plans.plan(session, json_data.draft(), who)))


@api.get("/phone-drills/<int:drill_id>")
@api.output(DrillOut)
@access("read")
def one(drill_id: int) -> DrillOut:
    """A plan and its runs, the newest first."""
    with here().database.read() as session:
        return _drill(session, plans.find(session, drill_id, principal()))


@api.post("/phone-drills/<int:drill_id>/actions/cancel")
@api.input(NothingIn)
@api.output(DrillOut)
@access("plan_drill")
def cancel(drill_id: int, json_data: NothingIn) -> DrillOut:
    """Call a plan off. A run that goes on is stopped by itself."""
    who = principal()
    return unit(lambda session: _drill(session, plans.cancel(session, drill_id, who)))


@api.get("/phone-drill-runs/<int:run_id>")
@api.output(ResultsOut)
@access("read")
def results(run_id: int) -> ResultsOut:
    """How a run stands, person by person; who may not plan drills sees the figures and themselves."""
    who = principal()
    with here().database.read() as session:
        return _results(shown.run(session, runs.find(session, run_id)), who)


@api.post("/phone-drill-runs/<int:run_id>/actions/stop")
@api.input(NothingIn)
@api.output(RunOut)
@access("plan_drill")
def stop(run_id: int, json_data: NothingIn) -> RunOut:
    """Stop a run: what has not left yet does not any more."""
    who = principal()
    return unit(lambda session: _run(runs.stop(session, run_id, who)))


@api.post("/phone-drill-runs/<int:run_id>/actions/resume")
@api.input(NothingIn)
@api.output(RunOut)
@access("plan_drill")
def resume(run_id: int, json_data: NothingIn) -> RunOut:
    """Let a paused run go on."""
    who = principal()
    return unit(lambda session: _run(runs.resume(session, run_id, who)))


@api.post("/phone-drill-runs/<int:run_id>/actions/answer")
@api.input(NothingIn)
@api.output(AnsweredOut)
@access("read")
def answer(run_id: int, json_data: NothingIn) -> AnsweredOut:
    """Answer one's own call."""
    who = principal()
    return unit(lambda session: AnsweredOut(outcome=answer_own(session, run_id, who, "api")))


def answer_own(session: Session, run_id: int, who: Principal, via: Via) -> str:
    """Take the answer of whoever asks; raise NotFound where they were not called."""
    mine = (PhoneDrillCall.run_id == run_id) & (PhoneDrillCall.person_id == who.person_id)
    call_id = session.scalar(select(PhoneDrillCall.id).where(mine))
    if call_id is None:
        raise NotFound(N_("This drill does not call you."), remedy=N_("Nothing is left for you to do."))
    return drill_answers.take(session, call_id, who.person_id, via)


def _drill(session: Session, row: PhoneDrill) -> DrillOut:
    return DrillOut(
        id=row.id,
        name=row.name,
        targets=[groups.written(session, each) for each in row.targets],
        starts=row.starts,
        zone=row.zone,
        every=Every(row.every),
        by=By(row.by_ways),
        announced=row.announced,
        wait_minutes=row.wait_minutes,
        said=row.said,
        next_at=row.next_at,
        made_by=row.made_by,
        cancelled=row.cancelled_at is not None,
        runs=[_run(each) for each in shown.runs_of(session, row.id)],
    )


def _run(row: PhoneDrillRun) -> RunOut:
    return RunOut.model_validate(row, from_attributes=True)


def _results(found: shown.Shown, who: Principal) -> ResultsOut:
    everybody = plans.sees_people(who)
    return ResultsOut(
        run=_run(found.run),
        summary=SummaryOut.model_validate(found.summary, from_attributes=True),
        items=[_line(line) for line in found.lines if everybody or line.person.id == who.person_id],
    )


def _line(line: shown.Line) -> LineOut:
    return LineOut(
        person=person_out(line.person),
        stands=line.stands,
        called_at=line.call.called_at,
        answered_at=line.call.answered_at,
        answered_via=line.call.answered_via,
        seconds=line.result.seconds,
        sent=[SentOut(kind=each.kind, at=each.at, state=each.state, code=each.code) for each in line.sent],
    )
