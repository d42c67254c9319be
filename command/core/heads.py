"""Signed heads and verification: a changed entry, a gap and a cut tail all show."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from sqlalchemy import LargeBinary, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from command.core import clock
from command.core.columns import Base, Id, dump
from command.core.installation import count_up
from command.core.journal import GENESIS, Entry, Stream, chain
from command.core.keys import Keyring, KeyringError

EVERY = timedelta(hours=1)
LOCK = "signed heads"
"""Each signature covers the one before, so only one unit of work at a time may add one: two engines at once would both follow the same."""


class SignedHeads(Base):
    """The heads that changed since the last signing, signed with the newest key. Each signature covers the one before."""

    __tablename__ = "signed_heads"
    id: Mapped[Id]
    at: Mapped[datetime]
    heads: Mapped[str]
    previous: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad entry of a stream, and why."""

    stream: str
    seq: int
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    streams: int
    entries: int
    signatures: int
    faults: tuple[Fault, ...]


def sign(session: Session, keyring: Keyring) -> SignedHeads | None:
    """Sign the heads that grew since the last signing; None when none did. Engines sign one after the other."""
    count_up(session, LOCK)
    last = session.scalar(select(SignedHeads).order_by(SignedHeads.id.desc()).limit(1))
    grown = select(Stream).where(Stream.head_seq > 0).order_by(Stream.id)
    if last:
        grown = grown.where(Stream.head_at >= last.at)
    heads = {s.id: [s.head_seq, s.head_hash.hex()] for s in session.scalars(grown)}
    if not heads:
        return None
    made = SignedHeads(
        at=clock.now(session), heads=dump(heads), previous=last.signature if last else GENESIS, key_id=keyring.newest.id
    )
    made.signature = keyring.newest.signer.sign(_signed_bytes(made))
    session.add(made)
    return made


def sign_if_due(session: Session, keyring: Keyring) -> bool:
    """Sign once an hour, whatever the number of engines: who waited for another looks again."""
    if not _due(session):
        return False
    count_up(session, LOCK)
    return _due(session) and sign(session, keyring) is not None


def _due(session: Session) -> bool:
    at = session.scalar(select(func.max(SignedHeads.at)))
    return at is None or clock.now(session) - at >= EVERY


def _signed_bytes(heads: SignedHeads) -> bytes:
    return heads.previous + heads.at.isoformat(timespec="milliseconds").encode() + heads.heads.encode()


def verify(session: Session, keyring: Keyring, progress: Callable[[int], None] = lambda n: None) -> Verification:
    """Walk every stream and every signature; name the first bad entry of each."""
    faults: list[Fault] = []
    streams = list(session.execute(select(Stream.id, Stream.head_seq, Stream.head_hash).order_by(Stream.id)))
    total = 0
    for name, head_seq, head_hash in streams:
        count, fault = _walk(session, name, head_seq, head_hash)
        total += count
        faults += [fault] if fault else []
        progress(count)
    orphans = (
        select(Entry.stream_id, func.min(Entry.seq))
        .where(Entry.stream_id.not_in(select(Stream.id)))
        .group_by(Entry.stream_id)
    )
    faults += [Fault(name, seq, "entries without their stream") for name, seq in session.execute(orphans)]
    signatures = 0
    for fault in _check_signatures(session, keyring):
        signatures += 1
        faults += [fault] if fault else []
    return Verification(len(streams), total, signatures, tuple(faults))


def verify_stream(session: Session, name: str) -> Fault | None:
    """Walk one stream from its first entry to its head; the first bad entry, or None where all of it holds."""
    head = _head(session, name)
    if head is None:
        return Fault(name, 0, "there is no such stream")
    return _walk(session, name, *head)[1]


def _head(session: Session, name: str) -> tuple[int, bytes] | None:
    query = select(Stream.head_seq, Stream.head_hash).where(Stream.id == name)
    return session.execute(query).tuples().one_or_none()


def _walk(session: Session, name: str, head_seq: int, head_hash: bytes) -> tuple[int, Fault | None]:
    previous, expected = GENESIS, 1
    rows = session.scalars(
        select(Entry).where(Entry.stream_id == name).order_by(Entry.seq).execution_options(yield_per=1000)
    )
    for entry in rows:
        why = _bad(entry, previous, expected)
        if why:
            rows.close()
            return expected, Fault(name, entry.seq if entry.seq == expected else expected, why)
        previous, expected = entry.hash, expected + 1
    if expected - 1 > head_seq and (grown := _head(session, name)) is not None:
        head_seq, head_hash = grown  # it went on since its head was read
        if expected - 1 < head_seq:
            return expected - 1, None
    if expected - 1 != head_seq or previous != head_hash:
        return expected - 1, Fault(name, expected, f"the stream ends at {expected - 1}, its head says {head_seq}")
    return head_seq, None


def _bad(entry: Entry, previous: bytes, expected: int) -> str | None:
    if entry.seq != expected:
        return f"entry {expected} is missing"
    if entry.prev_hash != previous:
        return "does not follow from the entry before"
    digest = chain(previous, entry.stream_id, entry.seq, entry.at, entry.actor, entry.kind, entry.data, entry.exercise)
    return None if digest == entry.hash else "was changed after it was written"


def _check_signatures(session: Session, keyring: Keyring) -> Iterator[Fault | None]:
    previous = GENESIS
    for signed in session.scalars(select(SignedHeads).order_by(SignedHeads.id)):
        try:
            if signed.previous != previous:
                raise InvalidSignature
            keyring.by_id(signed.key_id).signer.public_key().verify(signed.signature, _signed_bytes(signed))
        except (InvalidSignature, KeyringError) as error:
            yield Fault(f"signed heads {signed.id}", 0, str(error) or "the signature does not match")
        else:
            yield _cut(session, signed)
        previous = signed.signature


def _cut(session: Session, signed: SignedHeads) -> Fault | None:
    for name, (seq, digest) in orjson.loads(signed.heads).items():
        found = session.scalar(select(Entry.hash).where(Entry.stream_id == name, Entry.seq == seq))
        if found is None or found.hex() != digest:
            return Fault(name, seq, f"the head signed at {signed.at:%Y-%m-%d %H:%M} UTC is gone or different")
    return None


def export(session: Session, keyring: Keyring) -> Iterator[dict[str, Any]]:
    """Every signing with its public key, to be kept outside the database."""
    for signed in session.scalars(select(SignedHeads).order_by(SignedHeads.id)):
        public = keyring.by_id(signed.key_id).signer.public_key().public_bytes_raw()
        yield {
            "id": signed.id,
            "at": signed.at.isoformat(),
            "heads": orjson.loads(signed.heads),
            "previous": signed.previous.hex(),
            "key": public.hex(),
            "signature": signed.signature.hex(),
        }
