"""Notices over JSON: draft, submit, approve, withdraw, correct; list and read with counts by state. Here because what a person may
do to a notice depends on its incident."""

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.log import masked_words
from command.core.problems import N_, Conflict
from command.incidents import api as incidents_api
from command.incidents import notice_acts, notifying, service, standing
from command.incidents.actions_api import Act
from command.incidents.api import Name, Strict
from command.incidents.guards import FINAL
from command.incidents.notice_acts import found
from command.messages import second_counts
from command.messages import service as messages
from command.notices.drafting import texts_of
from command.notices.models import Kind, Notice
from command.notices.selecting import Selection
from command.people.access import Principal, access, here, principal, unit

api = APIBlueprint("notices_api", __name__, url_prefix="/api/v1", tag="Notices")

Message = Annotated[str, Field(min_length=1, max_length=1000)]


class TextsIn(Strict):
    """The words in both languages."""

    zh: Message
    en: Message


class NoticeIn(Strict):
    """A notice of an incident. `texts` default to the plan's, filled with what is known; so does the `correction` that has to be ready.
    With an `audience` a first notice or an advisory goes to that selection, and an update to those told who are in it."""

    incident: Name
    kind: Kind
    texts: TextsIn | None = None
    correction: TextsIn | None = None
    audience: Selection | None = None


class ListIn(Strict):
    """Notices of one incident, or of all; newest first, read on with `after`."""

    incident: Name | None = None
    after: Annotated[int, Field(ge=1, le=2**62)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ApproveIn(Act):
    """The audience as shown, typed by the second person. With `reason` the author may override; it is logged and reviewed."""

    count: Annotated[int, Field(ge=0, le=2_000_000_000)]


class NoticeOut(BaseModel):
    """A notice of an `incident` or of a `warning`, the other is null: whom it goes to (`audience`, a count) and how its messages stand
    (`counts` by delivery state).
    `leaves_bad`: numbers that take no SMS are left out; `left_out`: how many of each language were when its audience was counted.
    `second_road`: how many did not reach by the first road and took a second; of them `second_road_waiting` are not told yet, and
    `second_road_told` were by it, or may have been."""

    id: int
    incident: str | None
    warning: str | None
    kind: str
    state: str
    audience: int
    selection: dict[str, Any] | None
    counts: dict[str, int]
    second_road: int
    second_road_waiting: int
    second_road_told: int
    texts: dict[str, str]
    automatic: bool
    exercise: bool
    corrects: int | None
    playbook: str | None
    pre_approved_cap: int
    created_by: str
    created_at: datetime
    submitted_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    override: bool
    release_at: datetime | None
    keeps_quiet: bool
    leaves_bad: bool
    left_out: dict[str, int] | None
    late_at: datetime | None
    finished_at: datetime | None
    withdrawn_at: datetime | None


class NoticesOut(BaseModel):
    items: list[NoticeOut]
    next: int | None


def out(session: Session, notice: Notice) -> NoticeOut:
    """A notice as JSON shows it; phone numbers that somebody typed into its texts are masked."""
    again = second_counts.of(session, notice.id)
    made = {
        "incident",
        "warning",
        "counts",
        "second_road",
        "second_road_waiting",
        "second_road_told",
        "texts",
        "corrects",
    }
    return NoticeOut(
        incident=None if notice.warning_id else notice.incident_number,
        warning=notice.incident_number if notice.warning_id else None,
        counts={str(state): count for state, count in sorted(messages.tally(session, notice.id).items())},
        second_road=again.took,
        second_road_waiting=again.waiting,
        second_road_told=again.told,
        texts={tongue: masked_words(text) for tongue, text in texts_of(session, notice).items()},
        corrects=notice.corrects_id,
        **{name: getattr(notice, name) for name in set(NoticeOut.model_fields) - made},
    )


@api.post("/notices")
@api.input(NoticeIn)
@api.output(NoticeOut, status_code=201)
@access("submit_notice")
def draft(json_data: NoticeIn) -> Any:
    """Write a notice down as a draft; its correction is drafted with it."""
    return drafted(json_data, principal())


def drafted(body: NoticeIn, who: Principal) -> NoticeOut:
    """The draft that `who` asks for."""

    def work(session: Session) -> NoticeOut:
        incident = service.seen_by(session, service.lock(session, body.incident), who)
        standing.authorise(session, incident, who, "submit_notice")
        if incident.state in FINAL:
            raise Conflict(
                N_("The incident is %(state)s."),
                remedy=N_("What was told is corrected by the notice's own correction."),
                state=incident.state,
            )
        texts = body.texts.model_dump() if body.texts else None
        wrong = body.correction.model_dump() if body.correction else None
        made = notifying.draft(
            session, incident, body.kind, who.actor, texts=texts, correction=wrong, selection=body.audience
        )
        return out(session, made)

    return unit(work)


@api.get("/notices")
@api.input(ListIn, location="query")
@api.output(NoticesOut)
@access("read")
def list_notices(query_data: ListIn) -> Any:
    """Notices, newest first."""
    query = select(Notice).order_by(Notice.id.desc()).limit(query_data.limit + 1)
    if query_data.after is not None:
        query = query.where(Notice.id < query_data.after)
    with here().database.read() as session:
        if query_data.incident is not None:
            query = query.where(Notice.incident_id == incidents_api.read(session, query_data.incident).id)
        rows = list(session.scalars(query.where(notice_acts.known(session, principal()))))
        page = rows[: query_data.limit]
        items = [out(session, notice) for notice in page]
    return NoticesOut(items=items, next=page[-1].id if len(rows) > len(page) else None)


@api.get("/notices/<int:notice_id>")
@api.output(NoticeOut)
@access("read")
def read_notice(notice_id: int) -> Any:
    """One notice with its counts."""
    with here().database.read() as session:
        return out(session, notice_acts.read(session, notice_id, principal()))


def _act(notice_id: int, verb: notice_acts.Verb) -> NoticeOut:
    notice_acts.act(notice_id, verb)
    with here().database.read() as session:
        return out(session, found(session, notice_id, principal()))


@api.post("/notices/<int:notice_id>/actions/submit")
@api.input(Act)
@api.output(NoticeOut)
@access("submit_notice")
def submit(notice_id: int, json_data: Act) -> Any:
    """Count the audience and ask a second person; a pre-approved notice within its cap leaves at once."""
    return _act(notice_id, notice_acts.submitting(json_data.reason, json_data.override))


@api.post("/notices/<int:notice_id>/actions/approve")
@api.input(ApproveIn)
@api.output(NoticeOut)
@access("approve_notice")
def approve(notice_id: int, json_data: ApproveIn) -> Any:
    """Let a submitted notice leave, by a person other than its author, typing the count."""
    return _act(notice_id, notice_acts.approving(json_data.count, json_data.reason, json_data.override))


@api.post("/notices/<int:notice_id>/actions/reject")
@api.input(Act)
@api.output(NoticeOut)
@access("approve_notice")
def reject(notice_id: int, json_data: Act) -> Any:
    """Refuse a submitted notice, with the reason."""
    return _act(notice_id, notice_acts.rejecting(json_data.reason))


@api.post("/notices/<int:notice_id>/actions/withdraw")
@api.input(Act)
@api.output(NoticeOut)
@access("withdraw_notice")
def withdraw(notice_id: int, json_data: Act) -> Any:
    """Take back what has not left yet, with the reason."""
    return _act(notice_id, notice_acts.withdrawing(json_data.reason, json_data.override))


@api.post("/notices/<int:notice_id>/actions/correct")
@api.input(Act)
@api.output(NoticeOut)
@access("correct_notice")
def correct(notice_id: int, json_data: Act) -> Any:
    """Take a notice back and submit the correction that was ready, to exactly those it told."""
    return _act(notice_id, notice_acts.correcting(json_data.reason, json_data.override))
