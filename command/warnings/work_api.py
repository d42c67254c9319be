"""The work that a warning brings, over JSON: its tasks, who stands by, its advisory, and the incidents it becomes."""

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.notices.models import Notice
from command.people.access import Principal, access, principal, unit
from command.warnings import advisory, api, happened, service, standby, tasks
from command.warnings.asked import AdviseIn, ApproveIn, AskIn, HappenedIn, ReasonIn, SettleIn
from command.warnings.happened import Occurrence
from command.warnings.models import Warning
from command.warnings.views import WholeOut

work = APIBlueprint("warnings_work_api", __name__, url_prefix="/api/v1/warnings", tag="Warnings")
Verb = Callable[[Session, Warning], object]
NoticeVerb = Callable[[Session, Warning, Notice, Principal], object]


class ReportedOut(BaseModel):
    """The numbers of the incidents that it became now."""

    incidents: list[str]


def do(code: str, verb: Verb) -> WholeOut:
    """Do something with a locked warning that its route allows; answer with what became of it."""
    unit(lambda session: bool(verb(session, service.find(session, code, locked=True))))
    return api.shown(code)


@work.post("/<code>/tasks/<task>/actions/settle")
@work.input(SettleIn)
@work.output(WholeOut)
@access("edit_task")
def settle(code: str, task: str, json_data: SettleIn) -> Any:
    """A task of preparation is done, or left out with a reason."""
    who, body = principal(), json_data
    return do(code, lambda session, row: tasks.settle(session, row, task, body.state, who.person_id, body.words))


@work.post("/<code>/standby/actions/ask")
@work.input(AskIn)
@work.output(WholeOut)
@access("page")
def ask(code: str, json_data: AskIn) -> Any:
    """Ask somebody to stand by; they are sent a text."""
    return do(code, lambda session, row: standby.ask(session, row, json_data.person))


@work.post("/<code>/standby/actions/confirm")
@work.output(WholeOut)
@access("read")
def confirm(code: str) -> Any:
    """Stand by oneself."""
    who = principal()
    return do(code, lambda session, row: standby.confirm(session, row, who.person_id))


@work.post("/<code>/standby/actions/withdraw")
@work.output(WholeOut)
@access("read")
def withdraw_standby(code: str) -> Any:
    """Stand by no more."""
    who = principal()
    return do(code, lambda session, row: standby.withdraw(session, row, who.person_id))


@work.post("/<code>/actions/happened")
@work.input(HappenedIn)
@work.output(ReportedOut, status_code=201)
@access("report_incident")
def happen(code: str, json_data: HappenedIn) -> Any:
    """It has happened: report an incident for each area."""
    return ReportedOut(incidents=reported(code, json_data))


def reported(code: str, asked: HappenedIn) -> list[str]:
    """Report the incidents for whoever asks; their numbers."""
    who = principal()
    said = Occurrence(
        areas=asked.areas,
        kind=asked.kind.value if asked.kind else "",
        elements=asked.elements,
        users=asked.users,
        summary=asked.summary,
        key=asked.key or None,
    )

    def act(session: Session) -> list[str]:
        row = service.find(session, code, locked=True)
        return [incident.number for incident in happened.report(session, row, said, who)]

    return unit(act)


@work.post("/<code>/advisory")
@work.input(AdviseIn)
@work.output(WholeOut, status_code=201)
@access("submit_notice")
def advise(code: str, json_data: AdviseIn) -> Any:
    """Draft the advisory with its correction and submit it to a second person."""
    texts = json_data.texts.model_dump() if json_data.texts else None
    return do(code, advising(texts, principal()))


def advising(texts: advisory.Texts | None, who: Principal) -> Verb:
    """The verb that drafts and submits an advisory."""
    return lambda session, row: advisory.submit(session, advisory.draft(session, row, who.actor, texts), who)


def with_notice(code: str, notice_id: int, verb: NoticeVerb) -> WholeOut:
    """Do something with an advisory of a locked warning."""
    who = principal()
    return do(code, lambda session, row: verb(session, row, advisory.found(session, row, notice_id), who))


@work.post("/<code>/advisory/<int:notice_id>/actions/approve")
@work.input(ApproveIn)
@work.output(WholeOut)
@access("approve_notice")
def approve(code: str, notice_id: int, json_data: ApproveIn) -> Any:
    """Let an advisory leave, by a second person, typing the count."""
    body = json_data
    return with_notice(
        code,
        notice_id,
        lambda session, row, notice, who: advisory.approve(session, row, notice, who, body.count, body.override),
    )


@work.post("/<code>/advisory/<int:notice_id>/actions/reject")
@work.input(ReasonIn)
@work.output(WholeOut)
@access("approve_notice")
def reject(code: str, notice_id: int, json_data: ReasonIn) -> Any:
    """Refuse an advisory."""
    reason = json_data.reason
    return with_notice(
        code, notice_id, lambda session, row, notice, who: advisory.reject(session, row, notice, who, reason)
    )


@work.post("/<code>/advisory/<int:notice_id>/actions/withdraw")
@work.input(ReasonIn)
@work.output(WholeOut)
@access("withdraw_notice")
def withdraw(code: str, notice_id: int, json_data: ReasonIn) -> Any:
    """Take back what has not left yet."""
    reason = json_data.reason
    return with_notice(code, notice_id, lambda session, _, notice, who: advisory.withdraw(session, notice, who, reason))


@work.post("/<code>/advisory/<int:notice_id>/actions/correct")
@work.input(ReasonIn)
@work.output(WholeOut)
@access("correct_notice")
def correct(code: str, notice_id: int, json_data: ReasonIn) -> Any:
    """Take it back and submit its correction to those it told."""
    reason = json_data.reason
    return with_notice(code, notice_id, lambda session, _, notice, who: advisory.correct(session, notice, who, reason))
