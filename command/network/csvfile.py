"""CSV files as operators have them: read in a stream, each bad row set aside with its line, field, reason and remedy.

A file whose form is wrong as a whole (encoding, header) is refused before anything of it is used."""

import codecs
import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from command.core.log import redact
from command.core.problems import N_, Invalid

_BLOCK = 1 << 20
_GREATEST_FIELD = 100_000
_WIDE = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}


class BadRow(ValueError):
    """A row that cannot be used: which field, why, and what to do."""

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason, self.remedy = field, reason, remedy


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns a file must have, and those it may have with the value they take when left out."""

    required: tuple[str, ...]
    optional: Mapping[str, str] = field(default_factory=dict)


Row = dict[str, str]


class Rejects:
    """The bad rows of FILE, in FILE.errors.csv beside it. The file exists only when there are any; an old one is removed.

    Values of a row are not repeated there, for they may hold phone numbers: the line finds them."""

    def __init__(self, source: Path) -> None:
        self.path = source.with_name(source.name + ".errors.csv")
        self.count = 0
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, line: int, bad: BadRow) -> None:
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(("line", "field", "reason", "remedy"))
        csv.writer(self._file).writerow((line, bad.field, redact(bad.reason), bad.remedy))
        self.count += 1


def check_encoding(path: Path) -> None:
    """Raise Invalid unless the whole file is UTF-8 text (with or without a BOM)."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with path.open("rb") as file:
        start = file.read(3)
        for bom, name in _WIDE.items():
            if start.startswith(bom):
                raise _not_utf8(path, 1, name)
        file.seek(0)
        while block := file.read(_BLOCK):
            try:
                decoder.decode(block)
            except UnicodeDecodeError as wrong:
                line = lines + wrong.object[: wrong.start].count(b"\n")
                raise _not_utf8(path, line, _guess(wrong.object[wrong.start :])) from None
            if b"\0" in block:
                raise _not_utf8(path, lines + block[: block.index(b"\0")].count(b"\n"), "binary")
            lines += block.count(b"\n")


def _guess(rest: bytes) -> str:
    """GB18030 if its bytes read as such; the last character of the block may be cut."""
    try:
        codecs.getincrementaldecoder("gb18030")().decode(rest)
    except UnicodeDecodeError:
        return ""
    return "GB18030"


def _not_utf8(path: Path, line: int, looks_like: str) -> Invalid:
    if looks_like == "GB18030":
        remedy = N_("It looks like GBK: convert it with `iconv -f GB18030 -t UTF-8 FILE > NEW`.")
    elif looks_like == "UTF-16":
        remedy = N_("It looks like UTF-16: save it as CSV UTF-8.")
    else:
        remedy = N_("Save it as CSV UTF-8.")
    return Invalid(
        N_("%(file)s is not UTF-8 text at line %(line)s."), field="file", remedy=remedy, file=path.name, line=line
    )


def read(
    path: Path, columns: Columns, reject: Callable[[int, BadRow], None], progress: Callable[[int], None]
) -> Iterator[tuple[int, Row]]:
    """(line the row starts at, values by column) of each well-formed row, values stripped; bad ones go to `reject`.

    `progress` is told how many bytes of the file have been read. Raises Invalid for a file that cannot be used at all."""
    with path.open("rb") as raw, TextIOWrapper(raw, "utf-8-sig", newline="") as text:
        reader = csv.reader(text)
        names = header(path, next(_records(reader, reject), (1, []))[1], columns)
        width = len(names)
        defaults = dict(columns.optional)
        for line, values in _records(reader, reject):
            if len(values) == width:
                yield line, {**defaults, **dict(zip(names, map(str.strip, values), strict=True))}
            elif values:
                reject(
                    line,
                    BadRow("row", f"has {len(values)} values, the header {width}", "quote values that hold commas"),
                )
            if not line & 1023:
                progress(raw.tell())
        progress(raw.tell())


def _records(reader: Any, reject: Callable[[int, BadRow], None]) -> Iterator[tuple[int, Sequence[str]]]:
    csv.field_size_limit(_GREATEST_FIELD)
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            reject(line, BadRow("row", f"cannot be read: {wrong}", "close its quotation marks"))
            continue
        yield line, values


def header(path: Path, written: Sequence[str], columns: Columns) -> list[str]:
    """The names of a file's columns; raise Invalid for one that is missing, unknown or given twice."""
    found = [name.strip().lower() for name in written]
    missing = [name for name in columns.required if name not in found]
    if missing:
        raise Invalid(
            N_("%(file)s: the header lacks %(missing)s."),
            field="header",
            remedy=N_("The first line must name the columns %(columns)s."),
            file=path.name,
            missing=", ".join(missing),
            columns=",".join((*columns.required, *columns.optional)),
        )
    doubled = {name for name in found if found.count(name) > 1}
    unknown = doubled or set(found) - {*columns.required, *columns.optional}
    if unknown:
        raise Invalid(
            N_("%(file)s: column %(unknown)s is unknown or given twice."),
            field="header",
            remedy=N_("Keep only the columns %(columns)s, each once."),
            file=path.name,
            unknown=", ".join(sorted(unknown)) or "''",
            columns=",".join((*columns.required, *columns.optional)),
        )
    return found
