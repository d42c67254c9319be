"""Cases as an agent's list shows them: masked, with what became of the SMS and of the incident."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from command.complaints.models import OPEN, Case
from command.core import clock, names
from command.core.keys import Keyring
from command.core.log import mask
from command.incidents.models import Incident
from command.incidents.views import note_text
from command.incidents.visibility import only_visible
from command.messages.models import Delivery
from command.people.access import Principal
from command.people.models import Person

CLOSED_SHOWN = 10


class CaseOut(BaseModel):
    """A case. `number` is masked, and empty where nobody left one; `incident` and its state are null where there is none, or the reader may
    not know of it (any more); `sms` is the state of the message to the caller, null where none was wanted. `late`: open, and the caller
    should have had an answer. `owner` is null until somebody accepts the case, `kind` null for what is no complaint."""

    case: str
    state: str
    number: str
    channel: str
    kind: str | None
    service_class: str
    complaint: bool
    affected: bool
    incident: str | None
    incident_state: str | None
    owner: str | None
    owner_name: str | None
    note: str | None
    sms: str | None
    exercise: bool
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    late: bool


def mine(session: Session, keyring: Keyring, who: Principal, language: str) -> list[CaseOut]:
    """The cases `who` owns: all that are open, the one due first at the top, then those closed last."""
    own = select(Case).where(Case.owner_id == who.person_id)
    opened = session.scalars(own.where(Case.state == OPEN)).all()
    closed = session.scalars(own.where(Case.state != OPEN).order_by(Case.id.desc()).limit(CLOSED_SHOWN)).all()
    far = clock.now(session).replace(year=9999)
    ordered = sorted(opened, key=lambda case: (case.due_at or far, case.id))
    return shown(session, keyring, [*ordered, *closed], who, language)


def of(query: Select[Case], session: Session, who: Principal) -> Select[Case]:
    """The same query without cases that `who` may not know of."""
    seen = only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    return query.where((Case.owner_id == who.person_id) | Case.incident_id.is_(None) | Case.incident_id.in_(seen))


def shown(session: Session, keyring: Keyring, cases: Sequence[Case], who: Principal, language: str) -> list[CaseOut]:
    """Rows joined with what a reader needs to know; a handful of queries for any number of them."""
    wanted = select(Incident).where(Incident.id.in_({case.incident_id for case in cases}))
    incidents = {each.id: each for each in session.scalars(only_visible(session, wanted, who))}
    people = {
        each.id: each for each in session.scalars(select(Person).where(Person.id.in_({c.owner_id for c in cases})))
    }
    sent = select(Delivery.id, Delivery.state).where(Delivery.id.in_({c.delivery_id for c in cases if c.delivery_id}))
    states = dict(session.execute(sent).tuples().all())
    now = clock.now(session)
    made = []
    for case in cases:
        incident, owner = incidents.get(case.incident_id or 0), people.get(case.owner_id or 0)
        made.append(
            CaseOut(
                case=case.reference,
                number=mask(keyring.decrypt(case.number)) if case.number else "",
                incident=incident.number if incident else None,
                incident_state=incident.state if incident else None,
                owner=owner.username if owner else None,
                owner_name=names.of(owner, language) if owner else None,
                note=note_text(session, case.note_id),
                sms=states.get(case.delivery_id) if case.delivery_id else None,
                late=case.state == OPEN and case.due_at is not None and case.due_at < now,
                **{name: getattr(case, name) for name in _PLAIN},
            )
        )
    return made


_PLAIN = (
    *("state", "channel", "kind", "service_class", "complaint", "affected", "exercise"),
    *("opened_at", "due_at", "closed_at"),
)
