"""What the journal keeps of settlements, on the stream of the incident: ids and figures; words are notes."""

from datetime import date

from command.core.journal import Payload
from command.incidents.entries import NoteRef


class ItemsMade(Payload, kind="settlement.made"):
    """What is to be settled, by code; `settle_by` is the day of the first."""

    items: tuple[str, ...]
    settle_by: date


class ItemTaken(Payload, kind="settlement.taken"):
    """Who sees to an item now, who asked them to, and until which day."""

    item: str
    owner_id: int | None
    due_on: date
    person_id: int
    reason: NoteRef | None


class ItemSettled(Payload, kind="settlement.settled"):
    """An item is settled: what was paid (hundredths of the currency) to how many people, by which document."""

    item: str
    person_id: int
    amount_cents: int | None
    people: int | None
    words: NoteRef | None


class ItemWaived(Payload, kind="settlement.waived"):
    """Nothing is owed, for a reason."""

    item: str
    person_id: int
    reason: NoteRef | None


class ItemReopened(Payload, kind="settlement.reopened"):
    """An item that was `before` settled or waived is open again."""

    item: str
    person_id: int
    before: str
    reason: NoteRef | None


class ItemsVoid(Payload, kind="settlement.void"):
    """The incident was cancelled or merged: its open items ask for nothing any more."""

    items: tuple[str, ...]


class SettlementReminded(Payload, kind="settlement.reminded"):
    """Somebody was told of an item when so many `days` were left; `reached`: a message was queued."""

    item: str
    person_id: int
    days: int
    reached: bool
