"""Reading boards back from the journal: now, or as they stood at a moment, through snapshots where there are any."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, or_, select
from sqlalchemy.orm import Session

from command.boards import centres, projection
from command.boards.models import Snapshot
from command.boards.projection import FOLD_VERSION, Seen, State
from command.core import journal
from command.core.journal import Entry, Stream

EVERY = 500
MONTH = ":____-__"


@dataclass(frozen=True, slots=True)
class Board:
    """A folded board and the stream its seq counts in."""

    stream: str
    state: State


@dataclass(frozen=True, slots=True)
class Head:
    """Where a board's entries end now: the stream that grows, and its last seq."""

    stream: str
    seq: int


def line(board: str) -> str:
    """The line of entries behind a board's name: an incident's stream, or a rolled line (`command`, `exercise`); a centre's is that of the
    command board."""
    return board if board.startswith("incident:") else f"board:{centres.whole(board)}"


def heads(session: Session, boards: Collection[str]) -> dict[str, Head]:
    """The head of each board, in one query; of a rolled line the newest month's. A board without entries has none."""
    lines: dict[str, list[str]] = {}
    for board in boards:
        lines.setdefault(line(board), []).append(board)
    found = {}
    for stream, seq in session.execute(_of_lines(tuple(sorted(lines)))).tuples():
        for board in lines.get(stream) or lines[stream.rpartition(":")[0]]:
            found[board] = Head(stream, seq)
    return found


@lru_cache(maxsize=256)
def _of_lines(lines: tuple[str, ...]) -> Select[str, int]:
    """The query for some lines, made once: making it takes longer than it runs, and every round of a process asks for the same."""
    rolled = [_months_of(each) for each in lines if not each.startswith("incident:")]
    return select(Stream.id, Stream.head_seq).where(or_(Stream.id.in_(lines), *rolled)).order_by(Stream.id)


def _months_of(line: str) -> ColumnElement[bool]:
    """The monthly streams of a line: a range of the primary key, for LIKE alone would read every stream there is."""
    return and_(Stream.id >= f"{line}:", Stream.id < f"{line};", Stream.id.like(line + MONTH))


def current_stream(session: Session, board: str) -> str:
    """The stream behind a board: an incident's own, or the newest month of a rolled line."""
    head = heads(session, [board]).get(board)
    return head.stream if head else line(board)


def load(session: Session, board: str) -> Board:
    """A board as it stands."""
    stream = current_stream(session, board)
    return Board(stream, state_of(session, stream))


def advanced(session: Session, board: Board) -> Board:
    """A board that was loaded before, with what was appended since: entries never change, so nothing is read twice."""
    return Board(board.stream, projection.fold(board.state, seen(session, board.stream, board.state.seq)))


def load_at(session: Session, board: str, at: datetime) -> Board:
    """A board as it stood at an instant (inclusive)."""
    stream = line(board)
    if not stream.startswith("incident:"):
        months = select(Stream.id).where(_months_of(stream))
        begun = select(Entry.stream_id).where(Entry.stream_id.in_(months), Entry.seq == 1, Entry.at <= at)
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
    """The entries of a stream with seq > `after` (and ≤ `until`), in order, as the fold sees them."""
    given = {"stream": stream, "after": after, "until": until}
    for row in session.execute(_SEEN if until is None else _SEEN_UNTIL, given):
        yield Seen(*row)


_SEEN = (
    select(Entry.seq, Entry.at, Entry.actor, Entry.kind, Entry.data)
    .where(Entry.stream_id == bindparam("stream"), Entry.seq > bindparam("after"))
    .order_by(Entry.seq)
    .execution_options(yield_per=500)
)
_SEEN_UNTIL = _SEEN.where(Entry.seq <= bindparam("until"))
"""Made once, as `_of_lines` is."""


def snapshot_due(session: Session, every: int = EVERY, limit: int = 20) -> int:
    """Write snapshots of streams that grew by `every` entries since their last, and of ended months; return how many were written.

    An ended month is what the next one begins with: with its snapshot no board reads further back than that."""
    latest = (
        select(Snapshot.stream_id, func.max(Snapshot.seq).label("seq"))
        .where(Snapshot.fold_version == FOLD_VERSION)
        .group_by(Snapshot.stream_id)
        .subquery()
    )
    grown = Stream.head_seq - func.coalesce(latest.c.seq, 0)
    ended = [head.stream for head in heads(session, ("command", "exercise")).values()]
    old = or_(*(Stream.id.like(each[:-7] + "____-__") & (Stream.id < each) for each in ended)) if ended else None
    due = grown >= every if old is None else or_(grown >= every, (grown > 0) & old)
    long = (
        select(Stream.id)
        .outerjoin(latest, latest.c.stream_id == Stream.id)
        .where(due, Stream.id.like("incident:%") | Stream.id.like("board:%"))
        .order_by(Stream.id)
        .limit(limit)
    )
    names = list(session.scalars(long))
    for name in names:
        state = state_of(session, name)
        session.add(Snapshot(stream_id=name, seq=state.seq, fold_version=FOLD_VERSION, state=projection.freeze(state)))
    session.execute(delete(Snapshot).where(Snapshot.fold_version < FOLD_VERSION))
    return len(names)
