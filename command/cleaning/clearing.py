"""Clearing marks that a person knows to be wrong, and undoing that. What was said before counts no more; what is said afterwards does."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from command.cleaning import entries, listing
from command.cleaning.listing import Filter
from command.core import clock, journal
from command.core.problems import N_, Conflict, Invalid
from command.messages.bad_models import BadNumber, Standing

ACT = "clear_bad_number"
NAMED = 20
"""Subscribers that an entry names; of more it keeps the count and the filter."""


def clear(session: Session, subscriber_id: int, reason: str, by: str) -> int:
    """Clear one number; the id of the clearing. Raise Invalid without a reason, Conflict where it is not marked."""
    wanted = _clear(session, BadNumber.addressee == subscriber_id, reason, by, Filter())
    if wanted is None:
        raise Conflict(
            N_("The number of subscriber %(id)s is not marked."), remedy=N_("There is nothing to do."), id=subscriber_id
        )
    return wanted


def clear_all(session: Session, wanted: Filter, expected: int, reason: str, by: str) -> int:
    """Clear all that match; the id of the clearing. Raise Conflict where they are not as many as was said."""
    found = listing.count(session, wanted)
    if wanted.state != "marked" or found != expected or not found:
        raise Conflict(
            N_("%(found)s marked numbers match, not %(expected)s."),
            field="count",
            remedy=N_("Look at the list again, and confirm the count that it shows."),
            found=found,
            expected=expected,
        )
    done = _clear(session, listing.matching(wanted), reason, by, wanted)
    assert done is not None
    return done


def _clear(session: Session, which: ColumnElement[bool], reason: str, by: str, wanted: Filter) -> int | None:
    if not reason.strip():
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    mine = _locked(session, which, Standing.MARKED)
    if not mine:
        return None
    note_id, digest = journal.add_note(session, reason.strip(), by)
    values = {"state": Standing.CLEARED, "cleared_at": clock.now(session), "cleared_by": by, "note_id": note_id}
    people = _change(session, mine, values)
    told = entries.Cleared(
        count=len(mine),
        subscriber_ids=people,
        filter=wanted.kept,
        reason_note_id=note_id,
        reason_hash=digest,
    )
    entries.record(session, told)
    return note_id


def undo(session: Session, subscriber_id: int) -> int:
    """The mark of one number stands again. Raise Conflict where it was not cleared."""
    return _undo(session, BadNumber.addressee == subscriber_id)


def undo_all(session: Session, clearing: int) -> int:
    """The marks of all numbers that one clearing cleared, and that are still so, stand again; how many. Raise Conflict where none is."""
    return _undo(session, BadNumber.note_id == clearing)


def _undo(session: Session, which: ColumnElement[bool]) -> int:
    mine = _locked(session, which, Standing.CLEARED)
    if not mine:
        raise Conflict(
            N_("Nothing of this is cleared."),
            field="clearing",
            remedy=N_("A message may have been delivered meanwhile, or the mark stands again."),
        )
    values = {"state": Standing.MARKED, "cleared_at": None, "cleared_by": None, "note_id": None}
    people = _change(session, mine, values)
    entries.record(session, entries.MarkedAgain(count=len(mine), subscriber_ids=people))
    return len(mine)


def _locked(session: Session, which: ColumnElement[bool], state: Standing) -> Sequence[tuple[bytes, int]]:
    query = select(BadNumber.recipient, BadNumber.addressee).where(which, BadNumber.state == state)
    rows = session.execute(query.order_by(BadNumber.recipient).with_for_update(of=BadNumber)).tuples()
    return [(recipient, person) for recipient, person in rows]


def _change(session: Session, mine: Sequence[tuple[bytes, int]], values: dict[str, Any]) -> tuple[int, ...]:
    """Write it in parts that both databases take; the first subscribers by id."""
    keys = [recipient for recipient, _ in mine]
    for at in range(0, len(keys), listing.AT_ONCE):
        some = keys[at : at + listing.AT_ONCE]
        session.execute(
            update(BadNumber).where(BadNumber.recipient.in_(some)).values(values),
            execution_options={"synchronize_session": False},
        )
    return tuple(sorted(person for _, person in mine)[:NAMED])
