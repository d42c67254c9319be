"""Plans over JSON (R26, R34): what there is, how each kind stands, writing a version, bringing it into use, and who read it."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.people.access import Principal, access, here, principal, unit
from command.people.language import language
from command.plans import approving, readers, service, sound, views
from command.plans.asked import AnswerIn, ApproveIn, BeginIn, ChangeIn, CommentIn, ListIn, ReasonIn
from command.plans.models import PlanWork
from command.plans.views import KindCoverOut, PlanOut, ReaderOut, WholeOut, WrongOut

api = APIBlueprint("plans_api", __name__, url_prefix="/api/v1/plans", tag="Plans")
Verb = Callable[[Session, Principal], PlanWork]


class PlansOut(BaseModel):
    items: list[PlanOut]
    next: int | None


class CoverageOut(BaseModel):
    """One for each of the five kinds."""

    items: list[KindCoverOut]


class ReadersOut(BaseModel):
    """`unread` is how many have not confirmed."""

    items: list[ReaderOut]
    unread: int


class CheckOut(BaseModel):
    """`sound`: it has no fault that keeps it from being submitted."""

    sound: bool
    wrong: list[WrongOut]


def done(verb: Verb) -> int:
    """Do something in the name of whoever asks; the id of the work."""
    who = principal()
    return unit(lambda session: verb(session, who).id)


def shown(work_id: int) -> WholeOut:
    """A work, read once what was done is on record."""
    with here().database.read() as session:
        return views.whole(session, service.find(session, work_id), language())


@api.get("")
@api.input(ListIn, location="query")
@api.output(PlansOut)
@access("read")
def listed(query_data: ListIn) -> Any:
    """Versions that are or were written here, the newest first."""
    with here().database.read() as session:
        items = views.listed(session, query_data, language())
    return PlansOut(items=items, next=items[-1].id if len(items) == query_data.limit else None)


@api.get("/coverage")
@api.output(CoverageOut)
@access("read")
def coverage() -> Any:
    """How each kind of event stands: its plan in force, and which areas have no group for a tier."""
    with here().database.read() as session:
        return CoverageOut(items=views.cover_outs(session))


@api.get("/to-read")
@api.output(PlansOut)
@access("read")
def to_read() -> Any:
    """What whoever asks has to read and confirm."""
    with here().database.read() as session:
        rows = readers.waiting_for(session, principal().person_id)
        return PlansOut(items=views.plans(session, rows, language()), next=None)


@api.get("/<int:work_id>")
@api.output(WholeOut)
@access("read")
def one(work_id: int) -> Any:
    """One version with its steps, comments and history."""
    return shown(work_id)


@api.get("/<int:work_id>/readers")
@api.output(ReadersOut)
@access("read")
def readers_of(work_id: int) -> Any:
    """Who was told of it, and who confirmed that they read it."""
    with here().database.read() as session:
        items = views.reader_outs(session, service.find(session, work_id), language())
    return ReadersOut(items=items, unread=sum(each.read_at is None for each in items))


@api.get("/<int:work_id>/check")
@api.output(CheckOut)
@access("read")
def check(work_id: int) -> Any:
    """Everything that is wrong with a version as it is written, by line."""
    with here().database.read() as session:
        row = service.find(session, work_id)
        wrong = sound.examine(session, sound.draft(session, row))[1]
    return CheckOut(sound=not any(each.error for each in wrong), wrong=[views.wrong_out(each) for each in wrong])


@api.post("")
@api.input(BeginIn)
@api.output(WholeOut, status_code=201)
@access("write_plan")
def begin(json_data: BeginIn) -> Any:
    """Begin the next version of the plan for a kind."""
    given = json_data
    return shown(done(lambda s, who: service.begin(s, given.kind, given.version, who, given.code)))


@api.patch("/<int:work_id>")
@api.input(ChangeIn)
@api.output(WholeOut)
@access("write_plan")
def change(work_id: int, json_data: ChangeIn) -> Any:
    """Change steps of a draft."""
    return shown(done(lambda s, who: service.change(s, work_id, json_data.edition, json_data.changes(), who)))


@api.post("/<int:work_id>/actions/submit")
@api.output(WholeOut)
@access("write_plan")
def submit(work_id: int) -> Any:
    """Give a draft without faults to others to review."""
    return shown(done(lambda s, who: service.submit(s, work_id, who)))


@api.post("/<int:work_id>/comments")
@api.input(CommentIn)
@api.output(WholeOut, status_code=201)
@access("write_plan")
def comment(work_id: int, json_data: CommentIn) -> Any:
    """Say something of a clause while it is reviewed."""
    who = principal()
    unit(lambda s: service.comment(s, work_id, json_data.place, json_data.words, who).id)
    return shown(work_id)


@api.post("/<int:work_id>/comments/<int:comment_id>/actions/answer")
@api.input(AnswerIn)
@api.output(WholeOut)
@access("write_plan")
def answer(work_id: int, comment_id: int, json_data: AnswerIn) -> Any:
    """Say what becomes of a comment."""
    who = principal()
    unit(lambda s: service.answer(s, work_id, comment_id, json_data.words, who).id)
    return shown(work_id)


@api.post("/<int:work_id>/actions/send-back")
@api.input(ReasonIn)
@api.output(WholeOut)
@access("write_plan")
def send_back(work_id: int, json_data: ReasonIn) -> Any:
    """Give it back to be written on; an approval is void then."""
    return shown(done(lambda s, who: service.send_back(s, work_id, json_data.reason, who)))


@api.post("/<int:work_id>/actions/approve")
@api.input(ApproveIn)
@api.output(WholeOut)
@access("approve_plan")
def approve(work_id: int, json_data: ApproveIn) -> Any:
    """Let it be published, by somebody who did not write it."""
    given = json_data
    return shown(done(lambda s, who: approving.approve(s, work_id, who, override=given.override, reason=given.reason)))


@api.post("/<int:work_id>/actions/publish")
@api.output(WholeOut)
@access("write_plan")
def publish(work_id: int) -> Any:
    """New incidents follow it from its day of issue on."""
    return shown(done(lambda s, who: approving.publish(s, work_id, who)))


@api.post("/<int:work_id>/actions/withdraw")
@api.input(ReasonIn)
@api.output(WholeOut)
@access("approve_plan")
def withdraw(work_id: int, json_data: ReasonIn) -> Any:
    """Nothing new follows it any more."""
    return shown(done(lambda s, who: approving.withdraw(s, work_id, json_data.reason, who)))


@api.post("/<int:work_id>/actions/drop")
@api.input(ReasonIn)
@api.output(WholeOut)
@access("write_plan")
def drop(work_id: int, json_data: ReasonIn) -> Any:
    """Give a version up that is not published."""
    return shown(done(lambda s, who: service.drop(s, work_id, json_data.reason, who)))


@api.post("/<int:work_id>/actions/confirm")
@api.output(PlanOut)
@access("read")
def confirm(work_id: int) -> Any:
    """Whoever asks read it."""
    who = principal()
    unit(lambda s: readers.confirm(s, service.find(s, work_id, lock=True), who).work_id)
    with here().database.read() as session:
        return views.plans(session, [service.find(session, work_id)], language())[0]
