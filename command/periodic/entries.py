"""What the journal keeps of reports: of each edition on its stream `report:<id>`, of subscriptions on the audit stream."""

from datetime import date

from sqlalchemy.orm import Session

from command.core import journal
from command.core.journal import Payload
from command.incidents.entries import NoteRef
from command.periodic.models import PeriodicReport


class Made(Payload, kind="periodic.made"):
    """An edition was counted and kept. `local_date` is the day on which the calendar made it, `late_minutes` how much after its time; both
    null where somebody did. `sha256` is of its content; `replaces` names the edition before it, `reason` why there is another."""

    code: str
    first_on: date
    last_on: date
    edition: int
    local_date: date | None
    late_minutes: int | None
    replaces: int | None
    reason: NoteRef | None
    sha256: str


class Told(Payload, kind="periodic.told"):
    """Those who get the report were told of it: by mail, or (they have no mailbox) by its page alone."""

    by_mail: list[int]
    by_page: list[int]


class Read(Payload, kind="periodic.read"):
    """Somebody who got it said that they have read it."""

    person_id: int


class Exported(Payload, kind="periodic.exported"):
    """A copy was taken as pdf, docx, json or csv; `reference` stands on the copy."""

    person_id: int
    form: str
    language: str
    reference: str


class Subscribed(Payload, kind="periodic.subscribed"):
    """Somebody gets a report from now on, or gets it in another language."""

    code: str
    person_id: int
    language: str


class Unsubscribed(Payload, kind="periodic.unsubscribed"):
    """Somebody gets a report no more."""

    code: str
    person_id: int


def record(session: Session, report: PeriodicReport, payload: Payload) -> None:
    """Write what happens with an edition to its stream."""
    journal.record(session, f"report:{report.id}", payload)
