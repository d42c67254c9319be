"""What the journal keeps of saved audiences and of lists of numbers, on the audit stream: who made, changed or removed which. Their names
are notes, for somebody may have typed anything; never a number."""

from typing import Literal

from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.journal import Payload

Done = Literal["made", "changed", "removed", "restored"]


class AudienceKept(Payload, kind="audiences.kept"):
    """A saved audience was made, changed, removed or put back; `fields` of its selection that say something."""

    audience_id: int
    done: Done
    shared: bool
    fields: tuple[str, ...]
    name_note_id: int
    name_hash: str


class ListKept(Payload, kind="audiences.list_kept"):
    """A list of numbers was brought in, renamed, removed or put back; how many numbers it holds."""

    list_id: int
    done: Done
    matched: int
    unknown: int
    name_note_id: int
    name_hash: str


class ListsForgotten(Payload, kind="audiences.lists_forgotten"):
    """The numbers of lists that were removed a day ago are gone."""

    list_ids: tuple[int, ...]
    numbers: int


def named(session: Session, name: str, by: str) -> tuple[int, str]:
    """The note that holds a name, and its hash."""
    return journal.add_note(session, name, by)


def record(session: Session, entry: Payload) -> None:
    """Put it on the audit stream."""
    journal.record(session, journal.month("audit", clock.now(session)), entry)
