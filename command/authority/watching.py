"""Whether the commander of an incident is there, as pages and boards show it: until when a sign is waited for, who is being asked."""

from datetime import datetime, timedelta

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.authority import succession
from command.authority.models import Succession
from command.core import clock
from command.incidents import visibility
from command.incidents.models import Incident
from command.incidents.views import PersonOut, person
from command.oncall.models import Escalation, EscalationState, Page
from command.people.access import Principal

SOON = timedelta(minutes=10)
"""How long before command is offered to others the page begins to count down."""


class AskedOut(BaseModel):
    """Somebody who was paged to succeed, and how that stands."""

    person: PersonOut | None
    at: datetime
    state: str


class WatchOut(BaseModel):
    """`state` is none (nobody commands), there, soon (a sign is waited for until `due_at`) or offered (others are paged since `began_at`;
    the next at `next_at`; `unanswered`: all were, and nobody has answered). `why` is no_answer or no_sign, for `minutes`."""

    number: str
    state: str
    commander: PersonOut | None
    why: str | None
    minutes: int | None
    due_at: datetime | None
    began_at: datetime | None
    next_at: datetime | None
    unanswered: bool
    asked: list[AskedOut]


def seen(session: Session, incident: Incident, language: str) -> WatchOut:
    """How the command of an incident stands now."""
    row = succession.running(session, incident.id)
    if row is not None:
        return _offered(session, incident, row, language)
    silent = succession.of(session, incident)
    soon = silent is not None and silent.due_at - clock.now(session) <= SOON
    state = "none" if incident.commander_id is None else "soon" if soon else "there"
    return WatchOut(
        number=incident.number,
        state=state,
        commander=person(session, incident.commander_id, language),
        why=silent.why if silent else None,
        minutes=silent.minutes if silent else None,
        due_at=silent.due_at if silent else None,
        began_at=None,
        next_at=None,
        unanswered=False,
        asked=[],
    )


def _offered(session: Session, incident: Incident, row: Succession, language: str) -> WatchOut:
    chain = session.get_one(Escalation, row.escalation_id)
    pages = session.scalars(select(Page).where(Page.escalation_id == chain.id).order_by(Page.id))
    return WatchOut(
        number=incident.number,
        state="offered",
        commander=person(session, row.commander_id, language),
        why=row.why,
        minutes=row.minutes,
        due_at=None,
        began_at=row.began_at,
        next_at=chain.due_at if chain.state == EscalationState.RUNNING else None,
        unanswered=row.unanswered_at is not None,
        asked=[
            AskedOut(person=person(session, page.person_id, language), at=page.created_at, state=page.state)
            for page in pages
        ],
    )


def offered(session: Session, who: Principal, language: str, *, exercise: bool = False) -> list[WatchOut]:
    """Every incident that `who` may know of whose command is offered to others now, the longest first."""
    known = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    query = select(Succession).where(
        Succession.ended_at.is_(None), Succession.incident_id.in_(known), Succession.exercise.is_(exercise)
    )
    rows = session.scalars(query.order_by(Succession.began_at)).all()
    return [_offered(session, session.get_one(Incident, row.incident_id), row, language) for row in rows]
