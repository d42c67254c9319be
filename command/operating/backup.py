"""Making a backup while everything runs: all rows of one moment, then the files that belong to them, into one archive."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.heads import SignedHeads
from command.core.journal import Stream
from command.core.keys import Key, Keyring
from command.core.settings import Settings
from command.operating import archive, belongings, copying, rows, sealed
from command.operating.archive import FilePart, JournalPart, KeysPart, Manifest, TablePart, Writer
from command.operating.copying import CopyError, Progress, quiet
from command.operating.rows import Table, Tally

PURPOSE = "backup manifests"
_SECONDS = re.compile(r"[^0-9T]")


@dataclass(frozen=True)
class Made:
    """A backup that is at its place."""

    file: Path
    size: int
    manifest: Manifest
    hash: str


def signature(key: Key, manifest: bytes) -> bytes:
    """What only who has the key can write: whoever has it too can tell that the archive came from this house."""
    return hmac.digest(key.derive(PURPOSE), manifest, "sha256")


def make(settings: Settings, keyring: Keyring, to: Path, progress: Progress = quiet) -> Made:
    """Write a backup to a file, or into a folder under a name of its own; raise CopyError. Nothing is ever written over."""
    machine_at = datetime.now(UTC)
    target = (
        to / f"tocsin-{_SECONDS.sub('', machine_at.isoformat(timespec='seconds')[:19])}Z.zip" if to.is_dir() else to
    )
    if target.exists():
        raise CopyError(f"{target} exists: nothing is written over; name another file, or a folder")
    if not target.parent.is_dir():
        raise CopyError(f"there is no folder {target.parent}: make it first")
    try:
        with archive.writing(target) as out, copying.moment(settings.url) as connection:
            manifest = _write(settings, keyring, out, connection, machine_at, progress)
            body = manifest.model_dump_json(indent=1).encode()
            out.text(archive.MANIFEST, body)
            out.text(archive.SIGNATURE, signature(keyring.newest, body).hex().encode())
    except FileExistsError as error:
        raise CopyError(f"{target} exists by now: nothing is written over") from error
    except OSError as error:
        raise CopyError(
            f"{target} cannot be written ({error.strerror or error}): see that there is room and a right to write"
        ) from error
    return Made(target, target.stat().st_size, manifest, hashlib.sha256(body).hexdigest())


def _write(
    settings: Settings, keyring: Keyring, out: Writer, connection: Connection, machine_at: datetime, progress: Progress
) -> Manifest:
    revision = copying.revision(connection)
    found = rows.tables(connection)
    parts = [_table(out, connection, table, progress) for table in found]
    with Session(connection) as session:
        made_at, journal = clock.instant(session), journal_of(session)
    kept, gone, evidence = [], [], []
    for each in belongings.files(settings):
        progress("files", 1)
        try:
            kept.append(out.file(each.path, each.source))
            if each.path.startswith("files/evidence/"):
                evidence.append(each.source)
        except FileNotFoundError:
            gone.append(f"{each.path}: removed while the backup was made")
    kept += [out.file(each.path, each.source) for each in belongings.configuration(settings)]
    kept += _settings(out, gone)
    return Manifest(
        format=archive.FORMAT,
        product=version("tocsin"),
        revision=revision,
        dialect=connection.dialect.name,
        made_at=made_at,
        machine_at=machine_at,
        tables=tuple(parts),
        journal=journal,
        keys=KeysPart(
            needed=tuple(sorted(sealed.needed(connection, found, evidence))),
            index=keyring.keys[-1].id.hex(),
            signer=keyring.newest.id.hex(),
        ),
        files=tuple(kept),
        left_out=tuple(gone),
    )


def _table(out: Writer, connection: Connection, table: Table, progress: Progress) -> TablePart:
    went = Tally()
    given = rows.last_given(connection, table)
    lines = rows.counted(rows.lines(connection, table), went, partial(progress, table.name))
    out.rows(f"tables/{table.name}.jsonl", lines)
    return TablePart(
        name=table.name,
        columns=table.columns,
        kinds=table.kinds,
        count=table.count,
        given=given,
        rows=went.rows,
        digest=went.digest,
    )


def journal_of(session: Session) -> JournalPart:
    """Where the journal of a database ends."""
    heads = session.execute(select(Stream.id, Stream.head_seq, Stream.head_hash).order_by(Stream.id)).all()
    digest = hashlib.sha256()
    for line in sorted(f"{name} {seq} {head.hex()}" for name, seq, head in heads):
        digest.update(line.encode() + b"\n")
    signed = session.scalar(select(SignedHeads.at).order_by(SignedHeads.id.desc()).limit(1))
    return JournalPart(
        streams=len(heads),
        entries=sum(seq for _, seq, _ in heads),
        heads=digest.hexdigest(),
        signed_at=signed.isoformat() if signed else None,
    )


def _settings(out: Writer, left_out: list[str]) -> list[FilePart]:
    file = belongings.settings_file()
    if not file.is_file():
        return []
    text = belongings.without_secrets(file.read_text("utf-8"))
    if text is None:
        left_out.append("configuration/settings.toml: its secrets cannot be told from the rest; keep it yourself")
        return []
    return [out.text("configuration/settings.toml", text.encode())]
