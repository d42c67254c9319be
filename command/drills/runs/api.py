"""Drills over JSON: what one is and how it goes, and all that can be done to it while it goes on."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import Field
from sqlalchemy.orm import Session

from command.alarms import intake as alarms
from command.drills.models import Drill, State
from command.drills.runs import clockwork, ending, injects, recall, reporting, starting, taking_part, views
from command.drills.runs.outputs import DrillOut, DrillsOut, DrillSummaryOut
from command.incidents import views as incident_views
from command.incidents.api import ReportIn, Strict, Words, idempotency_key, report_from
from command.incidents.views import IncidentOut
from command.people.access import access, here, principal, unit
from command.people.language import language
from playbooks.scenario import Method

api = APIBlueprint("drills_api", __name__, url_prefix="/api/v1/drills", tag="Drills")

Number = Annotated[int, Field(ge=1, le=10_000)]
Long = Annotated[str, Field(min_length=1, max_length=2000)]
Minute = Annotated[float, Field(ge=0, le=1440)]


class ListIn(Strict):
    """`state`: only drills in it."""

    state: State | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 200


class NothingIn(Strict):
    pass


class BeginIn(Strict):
    """`override`: why it begins although a shift changes."""

    override: Words = ""


class SpeedIn(Strict):
    speed: float


class NumberIn(Strict):
    number: Number


class AnswerIn(Strict):
    """An answer with a choice, or in words."""

    number: Number
    choice: Annotated[str, Field(max_length=64)] | None = None
    words: Words = ""


class ExtraIn(Strict):
    """An inject that a controller adds; without `at_minutes` it is put to the players at once."""

    to: Annotated[str, Field(max_length=64)]
    sender: Long
    content: Long
    expected: Words = ""
    method: Literal["screen", "sms", "phone", "discussion"] = "screen"
    at_minutes: Minute | None = None
    objective: Annotated[str, Field(max_length=64)] = ""


class RecallIn(Strict):
    """Something that is out for the drill, and why it has to come back."""

    allocation: Annotated[int, Field(ge=1, lt=2**62)]
    reason: Words = ""


@api.get("")
@api.input(ListIn, location="query", arg_name="asked")
@api.output(DrillsOut)
@access("read")
def listed(asked: ListIn) -> Any:
    """The drills that whoever asks may know of: those that go on first. A no-notice drill is listed once it began."""
    with here().database.read() as session:
        states = (asked.state,) if asked.state else ()
        found = views.listed(session, principal(), states=states, limit=asked.limit)
        return DrillsOut(
            items=[DrillSummaryOut.model_validate(each, from_attributes=True) for each in found], next=None
        )


@api.get("/<code>")
@api.output(DrillOut)
@access("read")
def one(code: str) -> Any:
    """A drill with its people, injects, incidents and units. Players see what was put to them."""
    with here().database.read() as session:
        return _out(session, code)


def _out(session: Session, code: str) -> DrillOut:
    return DrillOut.model_validate(views.one(session, code, principal()), from_attributes=True)


def _do(code: str, work: Callable[[Session, Drill], object], *, winds_up: bool = False) -> Any:
    """One act on a locked drill, then the drill as it is. `winds_up`: alarms are ended too, so that their lock comes first."""

    def act(session: Session) -> DrillOut:
        if winds_up:
            alarms.lock(session)
        work(session, taking_part.find(session, code, principal(), lock=True))
        return _out(session, code)

    return unit(act)


@api.post("/<code>/actions/acknowledge")
@api.input(NothingIn)
@api.output(DrillOut)
@access("read")
def acknowledge(code: str, json_data: NothingIn) -> Any:
    """A supervisor agrees to the begin; a player has seen that they take part."""
    return _do(code, lambda session, drill: starting.acknowledge(session, drill, principal()))


@api.post("/<code>/actions/begin")
@api.input(BeginIn)
@api.output(DrillOut)
@access("read")
def begin(code: str, json_data: BeginIn) -> Any:
    """Begin a drill that is ready."""
    return _do(code, lambda session, drill: starting.begin(session, drill, principal(), override=json_data.override))


@api.post("/<code>/actions/pause")
@api.input(NothingIn)
@api.output(DrillOut)
@access("read")
def pause(code: str, json_data: NothingIn) -> Any:
    """Let exercise time stand still."""
    return _do(code, lambda session, drill: clockwork.pause(session, drill, principal()))


@api.post("/<code>/actions/resume")
@api.input(NothingIn)
@api.output(DrillOut)
@access("read")
def resume(code: str, json_data: NothingIn) -> Any:
    """Let exercise time go on."""
    return _do(code, lambda session, drill: clockwork.resume(session, drill, principal()))


@api.post("/<code>/actions/speed")
@api.input(SpeedIn)
@api.output(DrillOut)
@access("read")
def speed(code: str, json_data: SpeedIn) -> Any:
    """How fast the exercise time of a simulation runs."""
    return _do(code, lambda session, drill: clockwork.set_speed(session, drill, principal(), json_data.speed))


@api.post("/<code>/actions/inject")
@api.input(ExtraIn)
@api.output(DrillOut)
@access("read")
def inject(code: str, json_data: ExtraIn) -> Any:
    """Put something further to a role."""
    given = json_data.model_dump() | {"method": Method(json_data.method)}
    return _do(code, lambda session, drill: injects.add(session, drill, injects.Extra(**given), principal()))


@api.post("/<code>/actions/deliver")
@api.input(NumberIn)
@api.output(DrillOut)
@access("read")
def deliver(code: str, json_data: NumberIn) -> Any:
    """A controller has read out an inject, or puts it to the players ahead of its time."""

    def work(session: Session, drill: Drill) -> None:
        injects.mark_delivered(session, drill, injects.find(session, drill, json_data.number), principal())

    return _do(code, work)


@api.post("/<code>/actions/answer")
@api.input(AnswerIn)
@api.output(DrillOut)
@access("read")
def answer(code: str, json_data: AnswerIn) -> Any:
    """A player answers an inject; a controller says that it was answered, and how."""

    def work(session: Session, drill: Drill) -> None:
        row = injects.find(session, drill, json_data.number)
        injects.answer(session, drill, row, principal(), choice=json_data.choice, words=json_data.words)

    return _do(code, work)


@api.post("/<code>/actions/skip")
@api.input(NumberIn)
@api.output(DrillOut)
@access("read")
def skip(code: str, json_data: NumberIn) -> Any:
    """Leave a pending inject out."""

    def work(session: Session, drill: Drill) -> None:
        injects.skip_by_hand(session, drill, injects.find(session, drill, json_data.number), principal())

    return _do(code, work)


@api.post("/<code>/actions/recall")
@api.input(RecallIn)
@api.output(DrillOut)
@access("read")
def recalled(code: str, json_data: RecallIn) -> Any:
    """Take something back from the drill: it is free for a live incident at once."""

    def work(session: Session, drill: Drill) -> None:
        recall.recall(session, drill, json_data.allocation, principal(), json_data.reason)

    return _do(code, work)


@api.post("/<code>/actions/end")
@api.input(NothingIn)
@api.output(DrillOut)
@access("read")
def end(code: str, json_data: NothingIn) -> Any:
    """End the drill before its time is over."""
    return _do(code, lambda session, drill: ending.end(session, drill, principal()), winds_up=True)


@api.post("/<code>/actions/stop")
@api.input(NothingIn)
@api.output(DrillOut)
@access("read")
def stop(code: str, json_data: NothingIn) -> Any:
    """Stop the drill at once: by anybody who takes part."""
    return _do(code, lambda session, drill: ending.stop(session, drill, principal()), winds_up=True)


@api.post("/<code>/actions/report")
@api.input(ReportIn)
@api.output(IncidentOut, status_code=201)
@access("read")
def report(code: str, json_data: ReportIn) -> Any:
    """A player reports the incident of the drill. It is of the exercise, whatever is said."""
    given, who, tongue = report_from(json_data, idempotency_key()), principal(), language()

    def work(session: Session) -> IncidentOut:
        drill = taking_part.find(session, code, who)
        return incident_views.full(session, reporting.report(session, drill, who, given), tongue)

    return unit(work)


@api.post("/<code>/actions/real-event")
@api.input(ReportIn)
@api.output(IncidentOut, status_code=201)
@access("report_incident")
def real_event(code: str, json_data: ReportIn) -> Any:
    """Something real has happened: the drill stops and a clean live incident is opened by this report."""
    given, who, tongue = report_from(json_data, idempotency_key()), principal(), language()

    def work(session: Session) -> IncidentOut:
        alarms.lock(session)
        drill = taking_part.find(session, code, who, lock=True)
        return incident_views.full(session, ending.real_event(session, drill, who, given), tongue)

    return unit(work)
