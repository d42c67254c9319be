"""Subscribers' replies to notices over JSON: the list, and what is done with each."""

from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints import replies
from command.complaints.replies import Listed
from command.complaints.reply_models import NoticeReply
from command.core.keys import Keyring
from command.core.log import mask
from command.incidents.models import Incident
from command.incidents.views import PersonOut, note_text, person
from command.network.models import Subscriber
from command.notices.models import Notice
from command.people.access import access, here, principal, unit
from command.people.language import language

api = APIBlueprint("notice_replies_api", __name__, url_prefix="/api/v1", tag="Complaints")
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Words = Annotated[str, Field(max_length=4000)]


class RepliesIn(BaseModel):
    """`all=1`: those that are settled too, the newest first. `incident`: its number."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    all_: Short = Field("", alias="all")
    incident: Short = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 200
    lang: Short = ""


class AnswerIn(BaseModel):
    """What the subscriber is sent."""

    model_config = ConfigDict(extra="forbid")
    text: Words = ""


class CloseIn(BaseModel):
    """Why nothing is done."""

    model_config = ConfigDict(extra="forbid")
    reason: Words = ""


class ReplyOut(BaseModel):
    """One reply: who (masked), in which words, to which notice; `state` open, case, answered or closed."""

    id: int
    incident: str
    notice: int
    notice_kind: str
    number: str
    language: str
    words: str | None
    came_at: datetime
    state: str
    case: str | None
    done_words: str | None
    done_by: PersonOut | None
    done_at: datetime | None


class RepliesOut(BaseModel):
    replies: list[ReplyOut]


def out(session: Session, keyring: Keyring, rows: list[Listed], tongue: str) -> list[ReplyOut]:
    """Replies as people read them, numbers masked."""
    ids = {row.subscriber_id for row, _, _ in rows}
    held = dict(session.execute(select(Subscriber.id, Subscriber.number).where(Subscriber.id.in_(ids))).tuples().all())
    return [
        ReplyOut(
            id=row.id,
            incident=incident.number,
            notice=notice.id,
            notice_kind=notice.kind,
            number=mask(keyring.decrypt(held[row.subscriber_id])) if row.subscriber_id in held else "",
            language=row.language,
            words=note_text(session, row.note_id),
            came_at=row.came_at,
            state=row.state,
            case=row.case_reference,
            done_words=note_text(session, row.done_note_id),
            done_by=person(session, row.done_by, tongue),
            done_at=row.done_at,
        )
        for row, incident, notice in rows
    ]


@api.get("/notice-replies")
@api.input(RepliesIn, location="query")
@api.output(RepliesOut)
@access("take_case")
def list_replies(query_data: RepliesIn) -> Any:
    """What subscribers answered to notices and nobody has settled yet, the oldest first."""
    with here().database.read() as session:
        rows = replies.listed(
            session, principal(), done=query_data.all_ == "1", incident=query_data.incident, limit=query_data.limit
        )
        return RepliesOut(replies=out(session, here().keyring, list(rows), language()))


def _one(session: Session, row: NoticeReply) -> ReplyOut:
    incident, notice = session.get_one(Incident, row.incident_id), session.get_one(Notice, row.notice_id)
    return out(session, here().keyring, [(row, incident, notice)], language())[0]


def taken(reply_id: int) -> ReplyOut:
    """Make a complaint of a reply, for whoever asks."""
    who, installation = principal(), here()
    return unit(lambda session: _one(session, replies.take_up(session, installation, reply_id, who)))


def answered(reply_id: int, given: AnswerIn) -> ReplyOut:
    """Answer a reply by SMS."""
    who = principal()
    return unit(lambda session: _one(session, replies.answer(session, reply_id, given.text, who)))


def closed(reply_id: int, given: CloseIn) -> ReplyOut:
    """Close a reply with the reason."""
    who = principal()
    return unit(lambda session: _one(session, replies.close(session, reply_id, given.reason, who)))


@api.post("/notice-replies/<int:reply_id>/actions/take")
@api.output(ReplyOut)
@access("take_case")
def take_up(reply_id: int) -> Any:
    """Make a complaint of a reply; who does owns it."""
    return taken(reply_id)


@api.post("/notice-replies/<int:reply_id>/actions/answer")
@api.input(AnswerIn)
@api.output(ReplyOut)
@access("take_case")
def answer(reply_id: int, json_data: AnswerIn) -> Any:
    """Answer a reply by SMS."""
    return answered(reply_id, json_data)


@api.post("/notice-replies/<int:reply_id>/actions/close")
@api.input(CloseIn)
@api.output(ReplyOut)
@access("take_case")
def close(reply_id: int, json_data: CloseIn) -> Any:
    """Close a reply that needs nothing, with the reason."""
    return closed(reply_id, json_data)
