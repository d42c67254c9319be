"""Reading boards back from the journal: now, or as they stood at a moment, through snapshots where there are any."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from command.boards import projection
from command.boards.models import Snapshot
from command.boards.projection import FOLD_VERSION, Seen, State
from command.core import journal
from command.core.journal import Entry, Stream

EVERY = 500


@dataclass(frozen=True, slots=True)
class Board:
    """A folded board and the stream its seq counts in."""

    stream: str
    state: State


def line(board: str) -> str:
    """The line of entries behind a board's name: an incident's stream, or a rolled line (`command`, `exercise`)."""
    return board if board.startswith("incident:") else f"board:{board}"


def current_stream(session: Session, board: str) -> str:
    """The stream behind a board: an incident's own, or the newest month of a rolled line."""
    name = line(board)
    if name.startswith("incident:"):
        return name
    return session.scalar(select(func.max(Stream.id)).where(Stream.id.like(name + ":____-__"))) or name


def load(session: Session, board: str) -> Board:
    """A board as it stands."""
    stream = current_stream(session, board)
    return Board(stream, state_of(session, stream))


def load_at(session: Session, board: str, at: datetime) -> Board:
    """A board as it stood at an instant (inclusive)."""
    stream = line(board)
    if not stream.startswith("incident:"):
        begun = select(Entry.stream_id).where(Entry.stream_id.like(stream + ":____-__"), Entry.seq == 1, Entry.at <= at)
        stream = session.scalar(begun.order_by(Entry.stream_id.desc()).limit(1)) or stream
    last = session.scalar(select(func.max(Entry.seq)).where(Entry.stream_id == stream, Entry.at <= at))
    return Board(stream, state_of(session, stream, until=last or 0))


def state_of(session: Session, stream: str, until: int | None = None) -> State:
    """fold(all entries), by way of the newest usable snapshot."""
    query = select(Snapshot.state).where(Snapshot.stream_id == stream, Snapshot.fold_version == FOLD_VERSION)
    if until is not None:
        query = query.where(Snapshot.seq <= until)
    frozen = session.scalar(query.order_by(Snapshot.seq.desc()).limit(1))
    start = projection.thaw(frozen) if frozen else _beginning(session, stream)
    return projection.fold(start, seen(session, stream, start.seq, until))


def _beginning(session: Session, stream: str) -> State:
    before = journal.previous_month(session, stream)
    return projection.carried(state_of(session, before.id)) if before else State()


def seen(session: Session, stream: str, after: int, until: int | None = None) -> Iterator[Seen]:
    """The entries of a stream as the fold sees them."""
    for entry in journal.entries(session, stream, after, until=until):
        yield Seen(entry.seq, entry.at, entry.actor, entry.kind, entry.data)


def snapshot_due(session: Session, every: int = EVERY, limit: int = 20) -> int:
    """Write snapshots of streams that grew by `every` entries since their last; return how many were written."""
    latest = (
        select(Snapshot.stream_id, func.max(Snapshot.seq).label("seq"))
        .where(Snapshot.fold_version == FOLD_VERSION)
        .group_by(Snapshot.stream_id)
        .subquery()
    )
    long = (
        select(Stream.id)
        .outerjoin(latest, latest.c.stream_id == Stream.id)
        .where(Stream.head_seq - func.coalesce(latest.c.seq, 0) >= every)
        .where(Stream.id.like("incident:%") | Stream.id.like("board:%"))
        .limit(limit)
    )
    names = list(session.scalars(long))
    for name in names:
        state = state_of(session, name)
        session.add(Snapshot(stream_id=name, seq=state.seq, fold_version=FOLD_VERSION, state=projection.freeze(state)))
    session.execute(delete(Snapshot).where(Snapshot.fold_version < FOLD_VERSION))
    return len(names)
