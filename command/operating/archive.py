"""The archive of a backup: one ZIP file with a file of rows for each table, the files of the data folder, the configuration and, last, a
manifest that says what has to be in it.

It is written beside its place and moved there when it is whole. Its comment is the hash of all bytes before it: one that is changed
anywhere, or cut, is known before anything of it is believed."""

import hashlib
import os
import secrets
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from command.operating.copying import CopyError
from command.operating.rows import Table

FORMAT = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.signature"
_BLANK = b"0" * 64
_CHUNK = 1 << 20
LEVEL = 3
"""Of compression: more costs three times the time for a tenth of the size, and most of what is kept is encrypted anyway."""


class Damaged(CopyError):
    """An archive is not as it was written."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Name = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")]


def _below(path: str) -> str:
    """A path that stays below the archive's root: no part of it is empty, `.` or `..`."""
    if {"", ".", ".."} & set(path.split("/")):
        raise ValueError(f"{path!r} leads out of the archive")
    return path


Place = Annotated[str, AfterValidator(_below)]


class TablePart(_Part):
    """A table: its columns, how many rows, their digest, and the last id its sequence gave, if it has one."""

    name: Name
    columns: tuple[Name, ...]
    kinds: tuple[str, ...]
    count: Name | None
    given: int | None
    rows: int
    digest: str

    @property
    def table(self) -> Table:
        return Table(self.name, self.columns, self.kinds, self.count)

    @property
    def path(self) -> str:
        return f"tables/{self.name}.jsonl"


class FilePart(_Part):
    """A file that lies outside of the database."""

    path: Place
    size: int
    sha256: str


class JournalPart(_Part):
    """Where the journal ended: how many streams and entries, the hash over all heads, and the newest signing of them."""

    streams: int
    entries: int
    heads: str
    signed_at: str | None


class KeysPart(_Part):
    """Ids of keys, in hex: those that something kept needs, the one that makes the blind index, the one that signed this manifest."""

    needed: tuple[str, ...]
    index: str
    signer: str


class Manifest(_Part):
    """What an archive holds. `made_at` is by the database's clock, `machine_at` by that of the machine that wrote it."""

    format: int
    product: str
    revision: str
    dialect: str
    made_at: datetime
    machine_at: datetime
    tables: tuple[TablePart, ...]
    journal: JournalPart
    keys: KeysPart
    files: tuple[FilePart, ...]
    left_out: tuple[str, ...]

    @property
    def rows(self) -> int:
        return sum(each.rows for each in self.tables)


class Writer:
    """Writes an archive's parts; see `writing`."""

    def __init__(self, zipped: zipfile.ZipFile) -> None:
        self._zip = zipped

    def rows(self, path: str, lines: Iterable[bytes]) -> None:
        with self._zip.open(path, "w", force_zip64=True) as out:
            for line in lines:
                out.write(line + b"\n")

    def file(self, path: str, source: Path) -> FilePart:
        """Keep a file; raise FileNotFoundError where it is gone."""
        digest, size = hashlib.sha256(), 0
        with source.open("rb") as given, self._zip.open(path, "w", force_zip64=True) as out:
            while piece := given.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
                out.write(piece)
        return FilePart(path=path, size=size, sha256=digest.hexdigest())

    def text(self, path: str, body: bytes) -> FilePart:
        self._zip.writestr(path, body)
        return FilePart(path=path, size=len(body), sha256=hashlib.sha256(body).hexdigest())


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """Write an archive: it is at its place when all of it is on the disk, and not before. Readable by its owner alone."""
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as zipped:
                zipped.comment = _BLANK
                yield Writer(zipped)
            out.flush()
            out.seek(-len(_BLANK), os.SEEK_END)
            out.write(_hashed(fresh, out.tell()).hexdigest().encode())
            out.flush()
            os.fsync(out.fileno())
        _place(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _place(fresh: Path, target: Path) -> None:
    """Give a whole file its name; fail where there is one by now, instead of writing over it."""
    try:
        os.link(fresh, target)
    except FileExistsError:
        raise
    except OSError:  # a share that knows no second names
        if target.exists():
            raise FileExistsError(target) from None
        fresh.rename(target)


def _hashed(file: Path, length: int, progress: Callable[[int], None] = lambda n: None) -> "hashlib._Hash":
    digest = hashlib.sha256()
    with file.open("rb") as given:
        while length > 0 and (piece := given.read(min(_CHUNK, length))):
            digest.update(piece)
            length -= len(piece)
            progress(len(piece))
    return digest


class Archive:
    """An archive whose bytes are those that were written; raise Damaged for any other. Use as a context manager."""

    def __init__(self, file: Path, progress: Callable[[int], None] = lambda n: None) -> None:
        self.file = file
        self.size = file.stat().st_size
        _proved(file, self.size, progress)
        try:
            self._zip = zipfile.ZipFile(file)
            self.signed = self._zip.read(MANIFEST)
            self.signature = bytes.fromhex(self._zip.read(SIGNATURE).decode())
            self.manifest = Manifest.model_validate_json(self.signed)
        except (zipfile.BadZipFile, KeyError, ValidationError, ValueError) as error:
            raise Damaged(f"{file} is no backup of this Tocsin: its manifest cannot be read") from error
        if self.manifest.format != FORMAT:
            raise Damaged(
                f"{file} is of format {self.manifest.format}, this version reads {FORMAT}: use the version that wrote it"
            )

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def lines(self, part: TablePart) -> Iterator[bytes]:
        """The rows of a table, as lines."""
        try:
            with self._zip.open(part.path) as given:
                for line in given:
                    yield line.rstrip(b"\n")
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError) as error:
            raise Damaged(f"{self.file}: the rows of {part.name} cannot be read ({error})") from error

    def copy(self, part: FilePart, target: Path) -> None:
        """Put a file at its place, whole or not at all, if it is the one that was kept."""
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
                if self._hash(part, out.write) != part.sha256:
                    raise Damaged(f"{self.file}: {part.path} is not the file that was kept")
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)

    def holds(self, part: FilePart) -> bool:
        """Whether a file is there as it was kept."""
        return self._hash(part, len) == part.sha256

    def _hash(self, part: FilePart, take: Callable[[bytes], object]) -> str:
        digest = hashlib.sha256()
        try:
            with self._zip.open(part.path) as given:
                while piece := given.read(_CHUNK):
                    digest.update(piece)
                    take(piece)
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError):
            return ""
        return digest.hexdigest()


def _proved(file: Path, size: int, progress: Callable[[int], None]) -> None:
    with file.open("rb") as given:
        given.seek(max(0, size - len(_BLANK)))
        said = given.read()
    if _hashed(file, size - len(_BLANK), progress).hexdigest().encode() != said:
        raise Damaged(f"{file} is not whole, or a byte of it changed since it was written: use another backup")
