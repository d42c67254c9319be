"""What is kept for the next notice: audiences by name, and lists of numbers brought in as a file.

A list keeps blind indexes of subscribers' numbers alone. A number that is no subscriber's is counted and not kept: a message cannot go to
somebody whose language, opt-out and element nobody knows."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.keys import Keyring
from command.core.problems import N_, Conflict, Denied, Invalid, NotFound
from command.network import numbers
from command.network.models import Subscriber
from command.notices import selecting
from command.notices.models import ListedNumber, NumberList, SavedAudience
from command.notices.selecting import Selection
from command.people.access import Principal

ROWS = 100_000
"""Lines of a list; more of a register is better said by area or plan."""
NAMED = 50
"""Bad lines that are named; more are counted."""
AT_ONCE = 500


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


def take_list(session: Session, keyring: Keyring, name: str, text: str, by: str) -> Imported:
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
        name=_named(name),
        matched=len(matched),
        unknown=len(known) - len(matched),
        created_by=by,
        created_at=clock.now(session),
    )
    session.add(row)
    session.flush()
    session.add_all(ListedNumber(list_id=row.id, number_index=index) for index in sorted(matched))
    session.flush()
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


def lists(session: Session) -> list[NumberList]:
    """The lists there are, the youngest first."""
    return list(session.scalars(select(NumberList).order_by(NumberList.id.desc()).limit(100)))


def saved(session: Session, who: Principal) -> list[SavedAudience]:
    """Their own audiences and those shared, by name."""
    mine = or_(SavedAudience.owner_id == who.person_id, SavedAudience.shared.is_(True))
    return list(session.scalars(select(SavedAudience).where(mine).order_by(SavedAudience.name, SavedAudience.id)))


def one(session: Session, audience_id: int, who: Principal) -> SavedAudience:
    """An audience they may use; raise NotFound."""
    found = session.get(SavedAudience, audience_id) if audience_id < 2**62 else None
    if found is None or not (found.shared or found.owner_id == who.person_id):
        raise NotFound(N_("There is no audience %(id)s."), remedy=N_("Look at the list of audiences."), id=audience_id)
    return found


def save(
    session: Session, name: str, shared: bool, selection: Selection, who: Principal, audience_id: int | None = None
) -> SavedAudience:
    """Keep a new audience, or change one's own. Raise Invalid, Denied, or Conflict for a name used already."""
    selecting.check(session, selection)
    row = SavedAudience(owner_id=who.person_id) if audience_id is None else _own(session, audience_id, who)
    name = _named(name)
    same = select(SavedAudience.id).where(SavedAudience.owner_id == who.person_id, SavedAudience.name == name)
    if session.scalar(same.where(SavedAudience.id != (audience_id or 0))) is not None:
        raise Conflict(
            N_("You have an audience of this name."), field="name", remedy=N_("Give another name, or change that one.")
        )
    row.name, row.shared, row.selection = name, shared, selection.model_dump(mode="json")
    row.changed_at = clock.now(session)
    session.add(row)
    session.flush()
    return row


def remove(session: Session, audience_id: int, who: Principal) -> None:
    """Forget one's own audience; notices that used it keep what they were sent by."""
    session.execute(delete(SavedAudience).where(SavedAudience.id == _own(session, audience_id, who).id))


def _own(session: Session, audience_id: int, who: Principal) -> SavedAudience:
    row = one(session, audience_id, who)
    if row.owner_id != who.person_id:
        raise Denied(N_("This audience is somebody else's."), remedy=N_("Save it under a name of your own."))
    return row


def _named(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= 120:
        raise Invalid(N_("A name is needed."), field="name", remedy=N_("Give up to 120 characters."))
    return name
