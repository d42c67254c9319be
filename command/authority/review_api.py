"""Overrides to look at afterwards, and the command of an incident, over JSON."""

from datetime import datetime
from typing import Annotated, Any, Literal

from apiflask import APIBlueprint
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from command.authority import reviews, succession, watching
from command.authority.models import OverrideReview
from command.authority.watching import WatchOut
from command.core import clock
from command.incidents import service, standing, visibility
from command.incidents.api import Strict, Words
from command.incidents.models import Incident
from command.incidents.views import PersonOut, note_text, person
from command.people.access import access, here, principal, unit
from command.people.language import language

api = APIBlueprint("authority_review_api", __name__, url_prefix="/api/v1", tag="Authority")


class OverridesIn(Strict):
    """`state`: waiting, late, decided; left out: all."""

    state: Literal["waiting", "late", "decided"] | None = None
    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class VerdictIn(Strict):
    """Whether it was justified, and what the reviewer says."""

    verdict: Literal["justified", "not_justified"]
    words: Words = ""


class OverrideOut(BaseModel):
    """An override: who did what on their own word, when and why, and what somebody else said of it."""

    id: int
    act: str
    kind: str
    incident: str | None
    exercise: bool
    restricted: bool
    person: PersonOut | None
    at: datetime
    due_at: datetime
    late: bool
    reason: str | None
    verdict: str | None
    decided_by: PersonOut | None
    decided_at: datetime | None
    words: str | None


class OverridesOut(BaseModel):
    items: list[OverrideOut]
    next: int | None


def override_out(session: Session, row: OverrideReview, tongue: str) -> OverrideOut:
    """An override in the reader's language."""
    incident = session.get(Incident, row.incident_id) if row.incident_id else None
    return OverrideOut(
        incident=incident.number if incident else None,
        restricted=bool(incident and incident.restricted),
        person=person(session, row.person_id, tongue),
        late=row.decided_at is None and row.due_at < clock.now(session),
        reason=note_text(session, row.note_id),
        decided_by=person(session, row.decided_by, tongue),
        words=note_text(session, row.words_id),
        **{
            name: getattr(row, name)
            for name in ("id", "act", "kind", "exercise", "at", "due_at", "verdict", "decided_at")
        },
    )


def found(session: Session, asked: OverridesIn) -> OverridesOut:
    """The overrides asked for, of those that whoever asks may know of; `after` counts rows."""
    waiting = None if asked.state is None else asked.state != "decided"
    rows = reviews.listed(
        session, principal(), waiting=waiting, late=asked.state == "late", after=asked.after, limit=asked.limit + 1
    )
    shown = [override_out(session, row, language()) for row in rows[: asked.limit]]
    return OverridesOut(items=shown, next=asked.after + asked.limit if len(rows) > asked.limit else None)


@api.get("/overrides")
@api.input(OverridesIn, location="query")
@api.output(OverridesOut)
@access("review_override")
def overrides(query_data: OverridesIn) -> Any:
    """Overrides, those that wait first."""
    with here().database.read() as session:
        return found(session, query_data)


@api.post("/overrides/<int:review_id>/actions/decide")
@api.input(VerdictIn)
@api.output(OverrideOut)
@access("review_override")
def decide(review_id: int, json_data: VerdictIn) -> Any:
    """Say whether somebody else's override was justified."""
    who, tongue = principal(), language()

    def work(session: Session) -> OverrideOut:
        row = reviews.decide(session, review_id, json_data.verdict, json_data.words, who)
        return override_out(session, row, tongue)

    return unit(work)


@api.get("/incidents/<number>/command")
@api.output(WatchOut)
@access("read")
def command(number: str) -> Any:
    """Whether the commander is there: until when a sign is waited for, and who is asked to succeed."""
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), principal())
        return watching.seen(session, incident, language())


class HereIn(Strict):
    """Nothing."""


@api.post("/incidents/<number>/actions/here")
@api.input(HereIn)
@api.output(WatchOut)
@access("edit_task")
def say_here(number: str, json_data: HereIn) -> Any:
    """The commander says that they are there: nobody is asked to succeed them."""
    i_am_here(number)
    with here().database.read() as session:
        return watching.seen(session, standing.find(session, number), language())


def i_am_here(number: str) -> None:
    """Put on record that whoever asks is there, as commander of the incident."""
    who = principal()

    def work(session: Session) -> None:
        succession.here(session, visibility.seen_by(session, service.lock(session, number), who), who)

    unit(work)
