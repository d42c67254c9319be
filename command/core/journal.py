"""The journal: what happened, in order, chained by hash. Verbs record entries; the unit of work appends them just before it commits.

Appending locks each stream's row (streams in sorted order, boards last), so `seq` has no gap and no reordering, whatever commits when.
A stream name that ends in `:<year>-<month>` rolls monthly: its first entry cites the head of the one before."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy import BigInteger, Boolean, LargeBinary, Text, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from command.core import clock, tracing
from command.core.columns import Base, BigId, dump

GENESIS = bytes(32)
_MONTHLY = re.compile(r"^(?P<prefix>.+):(?P<month>\d{4}-\d{2})$")
_NUMBER = re.compile(r"(?<![\w-])(\+\d{8,15}|1\d{10})(?![\w-])", re.ASCII)

Hook = Callable[[Session, frozenset[str]], None]


class Stream(Base):
    """One line of entries and its head. `trace` is the id of what began it (null before there were any, and for monthly streams): what
    is done about the same incident later, by whomever, is logged under it."""

    __tablename__ = "stream"
    id: Mapped[str] = mapped_column(Text, primary_key=True)
    head_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    head_hash: Mapped[bytes] = mapped_column(LargeBinary, default=GENESIS)
    head_at: Mapped[datetime | None]
    trace: Mapped[str | None]


class Entry(Base):
    """One thing that happened. Never changed, never deleted alone (guarded by a trigger).

    `trace` is the id of the request by which it happened, or of its stream where no request did it: a mark to find log lines by. It is no
    part of what is chained, so entries of before it verify as they did, and it proves nothing."""

    __tablename__ = "entry"
    stream_id: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    data: Mapped[str]
    exercise: Mapped[bool] = mapped_column(Boolean, default=False)
    prev_hash: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    trace: Mapped[str | None]


class Note(Base):
    """Free text (comments, reasons, replies) kept apart from the journal so that it can be erased; entries keep its id and salted hash."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    author: Mapped[str]
    body: Mapped[str | None]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    erased_at: Mapped[datetime | None]


class Payload(BaseModel):
    """The typed data of one kind of entry: ids and figures, never a phone number, never free text."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: ClassVar[str] = ""
    registry: ClassVar[dict[str, type["Payload"]]] = {}

    def __init_subclass__(cls, kind: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if kind:
            if kind in cls.registry and cls.registry[kind].__qualname__ != cls.__qualname__:
                raise TypeError(f"two payloads for {kind}")
            cls.kind = kind
            cls.registry[kind] = cls


class Rolled(Payload, kind="stream.rolled"):
    """The first entry of a monthly stream: where the one before ended."""

    previous: str
    head_seq: int
    head_hash: str


class PhoneNumberInJournal(ValueError):
    """A payload holds something that looks like a phone number (I10)."""


@dataclass(frozen=True, slots=True)
class Recorded:
    stream: str
    kind: str
    data: str
    exercise: bool


def record(session: Session, stream: str, payload: Payload, *, exercise: bool = False) -> None:
    """Remember an entry of `stream`; it is appended when the unit of work ends."""
    fields = payload.model_dump(mode="json")
    data = dump(fields)
    if _holds_number(fields):
        raise PhoneNumberInJournal(f"{payload.kind}: a payload holds ids and figures, never a phone number")
    session.info["entries"].append(Recorded(stream, payload.kind, data, exercise))


def _holds_number(value: Any) -> bool:
    """Whether a text in a payload looks like a phone number. Figures are not looked at: user-minutes may have eleven digits."""
    if isinstance(value, str):
        return _NUMBER.search(value) is not None
    if isinstance(value, dict):
        return any(_holds_number(each) for pair in value.items() for each in pair)
    return isinstance(value, list | tuple) and any(map(_holds_number, value))


def recorded(session: Session) -> Sequence[Recorded]:
    """What this unit of work has recorded so far."""
    return tuple(session.info["entries"])


def month(prefix: str, at: datetime) -> str:
    """The monthly stream of `prefix` at an instant (UTC months)."""
    return f"{prefix}:{at.astimezone(UTC):%Y-%m}"


def append(session: Session, hooks: Sequence[Hook] = ()) -> frozenset[str]:
    """Write what was recorded; return the names of the streams that grew."""
    if not session.info["entries"]:
        return frozenset()
    session.flush()
    heads: dict[str, _Head] = {}
    _lock(session, heads, {e.stream for e in session.info["entries"] if not _is_board(e.stream)})
    for hook in hooks:
        hook(session, frozenset(heads))
        session.flush()
    _lock(session, heads, {e.stream for e in session.info["entries"]} - set(heads))
    _write(session, heads, session.info["entries"])
    _tell(session, heads, session.info["entries"])
    session.info["entries"] = []
    _hint(session, heads)
    return frozenset(heads)


def _is_board(stream: str) -> bool:
    return stream.startswith("board:")


@dataclass(slots=True)
class _Head:
    seq: int
    hash: bytes
    at: datetime | None
    trace: str | None


_OF_HEAD = (Stream.head_seq, Stream.head_hash, Stream.head_at, Stream.trace)


def _lock(session: Session, heads: dict[str, "_Head"], streams: set[str]) -> None:
    for name in sorted(streams):
        query = select(*_OF_HEAD).where(Stream.id == name).with_for_update()
        row = session.execute(query).one_or_none()
        if row is None:
            _create(session, name)
            row = session.execute(query).one()
        heads[name] = _Head(row.head_seq, row.head_hash, row.head_at, row.trace)
        if row.head_seq == 0:
            _cite_previous(session, name, heads[name])


def _create(session: Session, name: str) -> None:
    session.execute(
        text(
            "INSERT INTO stream (id, head_seq, head_hash, trace) VALUES (:id, 0, :hash, :trace) ON CONFLICT (id) DO NOTHING"
        ),
        {"id": name, "hash": GENESIS, "trace": tracing.of(session) if _about_one(name) else None},
    )


def _about_one(name: str) -> bool:
    """Whether a stream is of one thing that happened (an incident, a warning, a drill), not of a month or a board."""
    return not _is_board(name) and _MONTHLY.match(name) is None


def trace_of(session: Session, stream: str) -> str:
    """The id under which a stream's matter is logged: its own, else (a stream that this unit of work begins, or one of before there were
    ids) that of the unit of work."""
    return session.scalar(select(Stream.trace).where(Stream.id == stream)) or tracing.of(session)


def _tell(session: Session, heads: dict[str, "_Head"], entries: Sequence[Recorded]) -> None:
    """A line in the log for each matter that went on, once this is committed."""
    for name in sorted(heads):
        kinds = [entry.kind for entry in entries if entry.stream == name]
        if kinds and _about_one(name):
            head = heads[name]
            tracing.say(
                session, "journal", head.trace, stream=name, upto=head.seq, kinds=kinds, actor=session.info["actor"]
            )


def _cite_previous(session: Session, name: str, head: "_Head") -> None:
    found = _MONTHLY.match(name)
    if not found:
        return
    before = previous_month(session, name)
    if before is None:
        return
    payload = Rolled(previous=before.id, head_seq=before.head_seq, head_hash=before.head_hash.hex())
    rolled = Recorded(name, payload.kind, dump(payload.model_dump()), False)
    _write(session, {name: head}, [rolled])


def previous_month(session: Session, name: str) -> Stream | None:
    """The latest earlier stream of the same monthly line, or None for the first."""
    found = _MONTHLY.match(name)
    if not found:
        return None
    prefix = found["prefix"] + ":"
    return session.scalar(
        select(Stream)
        .where(Stream.id >= prefix, Stream.id < name, Stream.id.like(prefix + "____-__"))
        .order_by(Stream.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _write(session: Session, heads: dict[str, "_Head"], entries: Sequence[Recorded]) -> None:
    at = clock.instant(session)
    actor, trace = session.info["actor"], session.info.get("trace")
    rows = []
    for entry in entries:
        head = heads[entry.stream]
        stamp = max(at, head.at) if head.at else at
        digest = chain(head.hash, entry.stream, head.seq + 1, stamp, actor, entry.kind, entry.data, entry.exercise)
        rows.append(
            {
                "stream_id": entry.stream,
                "seq": head.seq + 1,
                "at": stamp,
                "actor": actor,
                "kind": entry.kind,
                "data": entry.data,
                "exercise": entry.exercise,
                "prev_hash": head.hash,
                "hash": digest,
                "trace": trace or head.trace,
            }
        )
        head.seq, head.hash, head.at = head.seq + 1, digest, stamp
    session.execute(insert(Entry), rows)
    for name in {e.stream for e in entries}:
        head = heads[name]
        session.execute(
            update(Stream).where(Stream.id == name).values(head_seq=head.seq, head_hash=head.hash, head_at=head.at),
            execution_options={"synchronize_session": False},
        )


def chain(
    previous: bytes, stream: str, seq: int, at: datetime, actor: str, kind: str, data: str, exercise: bool
) -> bytes:
    """SHA-256 over every column, each preceded by its length, after the previous hash."""
    digest = hashlib.sha256(previous)
    stamp = at.astimezone(UTC).isoformat(timespec="microseconds")
    for part in (stream, str(seq), stamp, actor, kind, data, str(int(exercise))):
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(4, "big"))
        digest.update(encoded)
    return digest.digest()


def _hint(session: Session, heads: dict[str, "_Head"]) -> None:
    """Wake the boards of other processes; a lost hint loses nothing, they look once a second anyway."""
    if session.get_bind().dialect.name == "postgresql":
        for name in sorted(n for n in heads if _is_board(n) or n.startswith("incident:")):
            session.execute(text("SELECT pg_notify('tocsin_journal', :name)"), {"name": name})


def entries(
    session: Session, stream: str, after: int = 0, limit: int | None = None, until: int | None = None
) -> Iterator[Entry]:
    """The entries of a stream with seq > `after` (and ≤ `until`), in order."""
    query = select(Entry).where(Entry.stream_id == stream, Entry.seq > after).order_by(Entry.seq)
    if until is not None:
        query = query.where(Entry.seq <= until)
    if limit is not None:
        query = query.limit(limit)
    yield from session.scalars(query.execution_options(yield_per=500))


def head(session: Session, stream: str) -> int:
    """The seq of the last entry of a stream; 0 where there is none."""
    return session.scalar(select(Stream.head_seq).where(Stream.id == stream)) or 0


def add_note(session: Session, body: str, author: str) -> tuple[int, str]:
    """Keep free text; return its id and the salted hash that entries cite."""
    salt = os.urandom(16)
    note = Note(at=clock.now(session), author=author, body=body, salt=salt)
    session.add(note)
    session.flush()
    return note.id, salted(note)


def salted(note: Note) -> str:
    """The salted hash of a note that is not erased, as entries cite it."""
    return hashlib.sha256(note.salt + (note.body or "").encode()).hexdigest()
