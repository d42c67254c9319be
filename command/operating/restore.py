"""Proving a backup without touching anything that runs, and bringing one back into an empty database."""

import hashlib
import hmac
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from command.core import heads, schema
from command.core.database import Database
from command.core.keys import Keyring, KeyringError
from command.core.settings import Settings
from command.messages.models import Delivery
from command.notices.queues import WAITING
from command.operating import backup, copying, entries, rows, sealed
from command.operating.archive import Archive, FilePart, Manifest, TablePart
from command.operating.copying import CopyError, Progress, quiet
from command.operating.rows import Table

KEPT, CONFIGURATION = "files/", "configuration/"
FOREIGN = "the manifest was not written by who has the keys: trust nothing of it"


@dataclass
class Findings:
    """What was proved of a copy, what is wrong with it, and what somebody should know."""

    proved: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def say(self, fault: str | None, proved: str) -> None:
        if fault:
            self.faults.append(fault)
        else:
            self.proved.append(proved)


def check(file: Path, keyring: Keyring | None, scratch: Path | None = None, progress: Progress = quiet) -> Findings:
    """Prove a backup: every byte, row and file is there as it was kept, the journal holds, and the keys it needs are here. It is
    restored for that into a database of its own under `scratch` (by default where temporary files go), which takes as much room as the
    real one, and is removed again. Raise CopyError where the archive cannot be read at all."""
    with Archive(file, lambda n: progress("bytes", n)) as archive, tempfile.TemporaryDirectory(dir=scratch) as folder:
        found = Findings()
        found.proved.append(f"every byte is as it was written ({archive.size:,} bytes)")
        _outside(archive, keyring, found, progress)
        if not schema.known(archive.manifest.revision):
            found.faults.append(newer(archive.manifest))
            return found
        url = f"sqlite:///{Path(folder) / 'proof.db'}"
        copying.prepare(url, archive.manifest.revision)
        _inside(archive, url, keyring, found, progress)
        return found


def newer(manifest: Manifest) -> str:
    return (
        f"the backup is of schema {manifest.revision} (Tocsin {manifest.product}), which this version does not know: "
        "use that version or a newer one"
    )


def _outside(archive: Archive, keyring: Keyring | None, found: Findings, progress: Progress) -> list[str]:
    """What needs no database: who wrote it, the keys, the files. What is wrong with the keys alone is given back besides."""
    _signed(archive, keyring, found)
    _keys(archive.manifest, keyring, found)
    keys = [each for each in found.faults if each != FOREIGN]
    bad = 0
    for part in archive.manifest.files:
        progress("files", 1)
        if not archive.holds(part):
            bad += 1
            found.faults.append(f"{part.path} is not the file that was kept: use another backup")
    if not bad:
        found.proved.append(f"{len(archive.manifest.files)} files are as they were kept")
    found.warnings += [f"not in the backup: {each}" for each in archive.manifest.left_out]
    return keys


def _keys(manifest: Manifest, keyring: Keyring | None, found: Findings) -> None:
    index = manifest.keys.index
    needs = sorted({*manifest.keys.needed, index})
    gone = sealed.missing(needs, keyring)
    for each in gone:
        use = (
            "the blind index: nobody would be found by number" if each == index else "what it encrypted cannot be read"
        )
        found.faults.append(f"key {each} is missing here ({use}): add it to TOCSIN_KEYS")
    if keyring and index not in gone and keyring.keys[-1].id.hex() != index:
        found.faults.append(f"key {index} has to be the last of TOCSIN_KEYS: it makes the blind index")
    elif not gone:
        found.proved.append(f"all keys it needs are here ({', '.join(needs)})")


def _signed(archive: Archive, keyring: Keyring | None, found: Findings) -> None:
    signer = archive.manifest.keys.signer
    try:
        if keyring is None:
            raise KeyringError
        key = keyring.by_id(bytes.fromhex(signer))
    except KeyringError:
        found.faults.append(
            f"who wrote the backup cannot be told: key {signer} that signed it is missing here; add it to TOCSIN_KEYS"
        )
        return
    right = hmac.compare_digest(backup.signature(key, archive.signed), archive.signature)
    found.say(
        None if right else FOREIGN,
        f"signed with key {signer}",
    )


def _inside(archive: Archive, url: str, keyring: Keyring | None, found: Findings, progress: Progress) -> None:
    """Fill a prepared database, and prove what is in it: rows, journal, numbers."""
    manifest = archive.manifest
    copied = copying.fill(url, _given(archive), _expected(manifest), progress)
    found.faults += [f"{each}: use another backup" for each in copied.faults]
    if not copied.faults:
        found.proved.append(f"{copied.rows:,} rows of {len(copied.tallies)} tables are as they were copied")
    copying.finish(url)
    schema.upgrade(url)
    prove(url, keyring, found, manifest, progress)


def _given(archive: Archive) -> Iterator[tuple[Table, int | None, Iterator[bytes]]]:
    return ((part.table, part.given, archive.lines(part)) for part in archive.manifest.tables)


def _expected(manifest: Manifest) -> Callable[[str], tuple[int, str]]:
    parts: dict[str, TablePart] = {each.name: each for each in manifest.tables}
    return lambda name: (parts[name].rows, parts[name].digest)


def prove(
    url: str, keyring: Keyring | None, found: Findings, manifest: Manifest | None = None, progress: Progress = quiet
) -> None:
    """Whether the journal of a filled database holds, ends where it did, and numbers can be read; how many messages wait to be sent."""
    engine = create_engine(url)
    try:
        with Session(engine) as session:
            _journal(session, keyring, found, progress)
            if manifest is not None:
                ends = backup.journal_of(session)
                right = ends.heads == manifest.journal.heads
                found.say(
                    None if right else "the journal does not end where the manifest says",
                    "the journal ends where it did",
                )
            if keyring is not None:
                connection = session.connection()
                bad = sealed.tried(connection, rows.tables(connection), keyring)
                found.faults += bad
                if not bad:
                    found.proved.append("numbers can be read, and found")
            waiting = session.scalar(select(func.count()).where(Delivery.state.in_(WAITING))) or 0
            if waiting:
                found.warnings.append(
                    f"{waiting:,} messages wait to be sent and go out when an engine starts on this database: start `tocsin web` alone "
                    "first and withdraw the notices that are over"
                )
    finally:
        engine.dispose()


def _journal(session: Session, keyring: Keyring | None, found: Findings, progress: Progress) -> None:
    if keyring is None:
        found.warnings.append("without keys the journal's signatures were not looked at, nor its chain")
        return
    verified = heads.verify(session, keyring, lambda n: progress("journal", n))
    found.faults += [f"journal, {each.stream} {each.seq}: {each.why}" for each in verified.faults]
    if not verified.faults:
        found.proved.append(
            f"the journal holds: {verified.streams} streams, {verified.entries:,} entries, {verified.signatures} signed heads"
        )


@dataclass(frozen=True)
class Restored:
    """What a restore did: the findings, and where files and configuration are now."""

    findings: Findings
    files: int
    configuration: Path | None


def restore(
    settings: Settings, keyring: Keyring, file: Path, *, lost_keys: bool = False, progress: Progress = quiet
) -> Restored:
    """Bring a backup back into the empty database of the settings, and its files into the data folder. Configuration is put beside
    it, to be compared: it is never written over what runs. With `lost_keys` it is done though keys are missing.

    Raise CopyError; if rows were written by then, the database says that it is not whole, and the restore can be begun again."""
    with Archive(file, lambda n: progress("bytes", n)) as archive:
        found = Findings()
        manifest = archive.manifest
        if not schema.known(manifest.revision):
            raise CopyError(newer(manifest))
        keys = _outside(archive, keyring, found, progress)
        if others := [each for each in found.faults if each not in keys]:
            raise CopyError("; ".join(others))
        if keys and not lost_keys:
            raise CopyError("; ".join(keys) + ". Where they are lost for good: --lost-keys")
        _no_other_files(settings, archive)
        copying.prepare(settings.url, manifest.revision)
        copied = copying.fill(settings.url, _given(archive), _expected(manifest), progress)
        if copied.faults:
            raise CopyError("; ".join(copied.faults))
        found.proved.append(f"{copied.rows:,} rows of {len(copied.tallies)} tables are as they were copied")
        kept = [part for part in manifest.files if part.path.startswith(KEPT)]
        for part in kept:
            archive.copy(part, settings.data / part.path.removeprefix(KEPT))
        beside = _configuration(settings, archive)
        copying.finish(settings.url)
    schema.upgrade(settings.url)
    prove(settings.url, keyring, found, manifest, progress)
    payload = entries.Restored(
        manifest=hashlib.sha256(archive.signed).hexdigest(), moment=manifest.made_at, rows=copied.rows
    )
    note(settings.url, payload)
    return Restored(found, len(kept), beside)


def note(url: str, payload: entries.Restored | entries.Moved) -> None:
    """Let the journal of a filled database say where its rows came from."""
    database = Database(url, pool=5)
    try:
        database.write(lambda session: entries.record(session, payload), actor="system:command-line")
    finally:
        database.close()


def _no_other_files(settings: Settings, archive: Archive) -> None:
    """Refuse to write over a file that is another one."""
    for part in archive.manifest.files:
        if part.path.startswith(KEPT):
            there = settings.data / part.path.removeprefix(KEPT)
            if there.exists() and hashlib.sha256(there.read_bytes()).hexdigest() != part.sha256:
                raise CopyError(
                    f"{there} is another file than the backup's: move it away, or set TOCSIN_DATA to an empty folder"
                )


def _configuration(settings: Settings, archive: Archive) -> Path | None:
    parts: list[FilePart] = [each for each in archive.manifest.files if each.path.startswith(CONFIGURATION)]
    if not parts:
        return None
    beside = settings.data / f"configuration-restored-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for part in parts:
        archive.copy(part, beside / part.path.removeprefix(CONFIGURATION))
    return beside
