"""Lists of numbers brought in as a file: kept as blind indexes of subscribers' numbers alone, renamed, removed, put back, forgotten.

A number that is no subscriber's is counted and not kept: a message cannot go to somebody whose language, opt-out and element nobody knows.
A list that a notice under way goes by cannot be removed: an exclusion that is gone would tell those it was to spare."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from command.composing import entries
from command.composing.entries import Done
from command.core import clock
from command.core.keys import Keyring
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.network import numbers
from command.network.models import Subscriber
from command.notices.models import ListedNumber, Notice, NoticeState, NumberList, SavedAudience

ROWS = 100_000
"""Lines of a list; more of a register is better said by area or plan."""
NAMED = 50
"""Bad lines that are named; more are counted."""
AT_ONCE = 500
REMEMBERED = timedelta(days=1)
"""How long what was removed may be put back."""
OPEN = (NoticeState.DRAFT, NoticeState.SUBMITTED, NoticeState.APPROVED, NoticeState.SENDING)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that holds no phone number, by its place alone: what it holds may be somebody's number all the same."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a file: numbers kept, numbers of nobody known, and lines that are none (the first of them named)."""

    id: int
    name: str
    matched: int
    unknown: int
    bad: int
    lines: tuple[BadLine, ...]


def take(session: Session, keyring: Keyring, name: str, text: str, by: str) -> Imported:
    """Keep the numbers of a CSV text: the column `number`, or the first one where none is called so. Raise Invalid where nobody known is
    on it."""
    bad: list[BadLine] = []
    known: set[bytes] = set()
    for line, written in _written(text):
        try:
            known.add(keyring.index(numbers.read(written).e164))
        except numbers.NotANumber:
            bad.append(BadLine(line, N_("This is no phone number.")))
    matched = {index for part in _parts(sorted(known)) for index in _subscribers(session, part)}
    if not matched:
        raise Invalid(
            N_("No subscriber's number is on this list (%(bad)s lines hold no number)."),
            field="file",
            remedy=N_("Put one number on each line, in the column “number” or the first."),
            bad=len(bad),
        )
    row = NumberList(
        name=name_of(name),
        matched=len(matched),
        unknown=len(known) - len(matched),
        created_by=by,
        created_at=clock.now(session),
    )
    session.add(row)
    session.flush()
    session.add_all(ListedNumber(list_id=row.id, number_index=index) for index in sorted(matched))
    session.flush()
    _record(session, row, "made", by)
    return Imported(row.id, row.name, row.matched, row.unknown, len(bad), tuple(bad[:NAMED]))


def _written(text: str) -> Iterator[tuple[int, str]]:
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    place = 0
    for line, row in enumerate(rows, start=1):
        if line > ROWS:
            raise Invalid(
                N_("The list has more than %(most)s lines."),
                field="file",
                remedy=N_("Split it, or say by area or tariff plan whom it means."),
                most=ROWS,
            )
        cells = [cell.strip() for cell in row]
        if line == 1 and "number" in (names := [cell.lower() for cell in cells]):
            place = names.index("number")
        elif any(cells):
            yield line, cells[place] if place < len(cells) else ""


def _parts(indexes: list[bytes]) -> Iterator[list[bytes]]:
    for start in range(0, len(indexes), AT_ONCE):
        yield indexes[start : start + AT_ONCE]


def _subscribers(session: Session, indexes: list[bytes]) -> list[bytes]:
    return list(session.scalars(select(Subscriber.number_index).where(Subscriber.number_index.in_(indexes))))


def name_of(name: str) -> str:
    """A name as it is kept; raise Invalid for none."""
    name = name.strip()
    if not 1 <= len(name) <= 120:
        raise Invalid(N_("A name is needed."), field="name", remedy=N_("Give up to 120 characters."))
    return name


def kept(session: Session) -> list[NumberList]:
    """The lists there are, the youngest first."""
    query = select(NumberList).where(NumberList.removed_at.is_(None)).order_by(NumberList.id.desc()).limit(100)
    return list(session.scalars(query))


def removed(session: Session) -> list[NumberList]:
    """The lists that may be put back, those removed last first."""
    lately = NumberList.removed_at > clock.now(session) - REMEMBERED
    return list(session.scalars(select(NumberList).where(lately).order_by(NumberList.removed_at.desc()).limit(100)))


def one(session: Session, list_id: int, *, gone: bool = False) -> NumberList:
    """A list that is there (`gone`: that may be put back), locked; raise NotFound."""
    query = select(NumberList).where(NumberList.id == list_id).with_for_update()
    found = session.scalar(query) if 0 < list_id < 2**62 else None
    at = found.removed_at if found else None
    lately = at is not None and at > clock.now(session) - REMEMBERED
    if found is None or (at is not None) != gone or (gone and not lately):
        raise NotFound(N_("There is no list %(id)s."), remedy=N_("Look at the page of audiences."), id=list_id)
    return found


def rename(session: Session, list_id: int, name: str, by: str) -> NumberList:
    """Call a list otherwise."""
    row = one(session, list_id)
    row.name = name_of(name)
    session.flush()
    _record(session, row, "changed", by)
    return row


def used_by(session: Session, list_id: int) -> tuple[list[int], list[str]]:
    """The notices under way and the saved audiences (by name) that a list is part of."""
    going = select(Notice.id, Notice.selection).where(Notice.state.in_(OPEN), Notice.selection.is_not(None))
    notices = [
        id for id, selection in session.execute(going.order_by(Notice.id)).tuples() if _holds(selection, list_id)
    ]
    saved = select(SavedAudience).where(SavedAudience.removed_at.is_(None)).order_by(SavedAudience.name)
    return notices, [row.name for row in session.scalars(saved) if _holds(row.selection, list_id)]


def _holds(selection: dict[str, Any] | None, list_id: int) -> bool:
    found = selection or {}
    return list_id in (*(found.get("lists") or ()), *(found.get("without_lists") or ()))


def remove(session: Session, list_id: int, by: str) -> NumberList:
    """Remove a list; for a day it may be put back. Raise Conflict while a notice under way goes by it."""
    row = one(session, list_id)
    notices, _ = used_by(session, list_id)
    if notices:
        raise Conflict(
            N_("Notice %(id)s goes by this list."),
            field="list",
            remedy=N_("Withdraw it, or wait until it is finished."),
            id=notices[0],
        )
    row.removed_at = clock.now(session)
    session.flush()
    _record(session, row, "removed", by)
    return row


def restore(session: Session, list_id: int, by: str) -> NumberList:
    """Put a list back that was removed within the last day."""
    row = one(session, list_id, gone=True)
    row.removed_at = None
    session.flush()
    _record(session, row, "restored", by)
    return row


def to_forget(session: Session) -> bool:
    """Whether numbers are kept of a list that can be put back no more."""
    return session.scalar(_over(session).limit(1)) is not None


def _over(session: Session) -> Any:
    over = NumberList.removed_at <= clock.now(session) - REMEMBERED
    return select(NumberList.id).where(
        over, select(ListedNumber.list_id).where(ListedNumber.list_id == NumberList.id).exists()
    )


def forget(session: Session) -> None:
    """Delete the numbers of lists that can be put back no more. What the list was called and how many it held stays."""
    found = list(session.scalars(_over(session).order_by(NumberList.id).with_for_update(skip_locked=True)))
    mine = ListedNumber.list_id.in_(found)
    numbers_of = session.scalar(select(func.count()).select_from(ListedNumber).where(mine)) or 0
    if numbers_of:
        session.execute(delete(ListedNumber).where(mine))
        entries.record(session, entries.ListsForgotten(list_ids=tuple(found), numbers=numbers_of))


def _record(session: Session, row: NumberList, done: Done, by: str) -> None:
    note_id, digest = entries.named(session, row.name, by)
    entries.record(
        session,
        entries.ListKept(
            list_id=row.id,
            done=done,
            matched=row.matched,
            unknown=row.unknown,
            name_note_id=note_id,
            name_hash=digest,
        ),
    )
