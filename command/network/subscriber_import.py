"""Importing subscribers: millions of rows in a stream, in memory that does not grow with the file.

A subscriber is known by the blind index of their number. A number that comes again (in the file or in a later one) takes the later
row's values (but a reference that it leaves out) and keeps its ciphertext, so a second import of the same file writes nothing. On SQLite
each slice holds the write lock for about 25 ms, unless there are no subscribers yet and nobody to wait."""

import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.keys import Keyring
from command.network import numbers
from command.network.csvfile import BadRow, Columns, Rejects, Row, check_encoding, read
from command.network.imports import (
    Lined,
    Outcome,
    Progress,
    Reject,
    good,
    needed,
    quiet,
    service_bits,
    service_mask,
    slices,
)
from command.network.models import Element, Subscriber
from command.network.revision import changed


class Watch(Protocol):
    """Who wants to know that a number was given to somebody else: the billing knows it by another reference than before."""

    def watched(self, session: Session) -> Collection[bytes]:
        """The numbers (blind indexes) this matters of: few, for their references are held in memory."""

    def reassigned(self, session: Session, indexes: Collection[bytes]) -> None:
        """These were given to somebody else, in the transaction that imports it."""


watches: list[Watch] = []
"""Joined where the application is put together."""

COLUMNS = Columns(
    ("number", "element", "services"), {"language": "zh", "tariff_plan": "", "critical": "", "app": "", "reference": ""}
)
LANGUAGES = ("zh", "en")
HOLD = 0.025
_BULK = 100_000
"""Rows of a transaction when nobody waits: numbers hash anywhere, so that each commit writes most of the pages of their index."""
_LEAST = 500

Values = tuple[bytes, bytes, str, int, int, str, str, str, bytes | None, bytes | None]
_NAMES = "number, number_index, language, element_id, services, tariff_plan, critical, reference, app, app_index"
_KEPT_UP = ("language", "element_id", "services", "tariff_plan", "critical", "app_index")
_APP = re.compile(r"[!-~]{1,200}")
_NO_DIGIT, _MOBILE = re.compile(r"\D"), re.compile(r"(?:0{0,2}86)?1[3-9]\d{9}")
LONGEST_REFERENCE = 64
MOST_PLANS = 1000
"""Tariff plans kept of one import to be chosen from: a column that holds something else makes no list of a million."""
_LIKE_A_NUMBER = re.compile(r"\+?[\d ()-]{7,}")


def subscribers(database: Database, keyring: Keyring, path: Path, progress: Progress = quiet) -> Outcome:
    """Import subscribers: number, language, element, services (;), tariff_plan, critical, app, reference."""
    check_encoding(path)
    with database.read() as session:
        reader = _Reader(session, keyring)
        empty = session.scalar(select(Subscriber.id).limit(1)) is None
        known = _References(session)
    with Rejects(path) as rejects:
        rows = read(path, COLUMNS, rejects.add, progress)
        kept = _store(database, reader.values(rows, rejects.add), empty, known)
        database.write(partial(_finish, plans=reader.plans), actor="system:import")
    return Outcome(kept, rejects.count, reader.doubtful, rejects.path if rejects.count else None)


def _finish(session: Session, plans: Collection[str]) -> None:
    for name in sorted(plans):
        session.execute(text("INSERT INTO tariff_plan (name) VALUES (:name) ON CONFLICT DO NOTHING"), {"name": name})
    changed(session)


class _References:
    """The references of the numbers that somebody watches, as they stood when the import began and as it changes them."""

    def __init__(self, session: Session) -> None:
        self._by: list[tuple[Watch, dict[bytes, str]]] = []
        for watch in watches:
            of: dict[bytes, str] = {}
            for part in slices(sorted(watch.watched(session)), 1000):
                query = select(Subscriber.number_index, Subscriber.reference).where(Subscriber.number_index.in_(part))
                of.update(session.execute(query).tuples().all())
            if of:
                self._by.append((watch, of))

    def tell(self, session: Session, batch: list[Values]) -> None:
        """Tell of the numbers of a slice that are known by another reference now; one that nobody knew before says nothing."""
        for watch, of in self._by:
            given = {index: reference for _, index, *_, reference, _, _ in batch if index in of and reference}
            moved = [index for index, reference in given.items() if of[index] and of[index] != reference]
            if moved:
                watch.reassigned(session, moved)


class _Reader:
    """Rows to values of the table; knows elements, services and keys. `doubtful` counts numbers libphonenumber calls invalid, `plans`
    are the tariff plans that were named, MOST_PLANS at most."""

    def __init__(self, session: Session, keyring: Keyring) -> None:
        self.elements = dict(session.execute(select(Element.name, Element.id)).tuples().all())
        self.bits = service_bits(session)
        self.keyring = keyring
        self.doubtful = 0
        self.plans: set[str] = set()
        self._masks: dict[str, int] = {}

    def values(self, rows: Iterable[Lined], reject: Reject) -> Iterator[Values]:
        return (values for _, values in good(rows, reject, self._values))

    def _values(self, row: Row) -> Values:
        number = self._number(row)
        element = self.elements.get(row["element"])
        if element is None:
            raise BadRow(
                "element", f"element {row['element']!r} is unknown", "import the elements first or correct the name"
            )
        if row["language"] not in LANGUAGES:
            raise BadRow("language", f"{row['language']!r} is no language of ours", "write zh or en")
        mask = self._mask(row)
        encrypted, index = self.keyring.encrypt(number), self.keyring.index(number)
        app = self._app(row["app"])
        known = (self.keyring.encrypt(app), self.keyring.index(app)) if app else (None, None)
        reference = self._reference(row["reference"], number)
        self._hear_of(row["tariff_plan"])
        return encrypted, index, row["language"], element, mask, row["tariff_plan"], row["critical"], reference, *known

    def _hear_of(self, plan: str) -> None:
        """Keep a plan to be chosen from, but nothing that may be a phone number: a column may have slipped."""
        if plan and len(self.plans) < MOST_PLANS and not _LIKE_A_NUMBER.fullmatch(plan):
            self.plans.add(plan)

    @staticmethod
    def _reference(written: str, number: str) -> str:
        """What the operator's billing knows the subscriber by, never the number: it is shown and exported."""
        if not written:
            return written
        digits = _NO_DIGIT.sub("", written)
        if _MOBILE.fullmatch(digits) or number.removeprefix("+86").removeprefix("+") in digits:
            raise BadRow("reference", "holds a phone number", "give the account's own reference, or leave it empty")
        if len(written) > LONGEST_REFERENCE:
            raise BadRow(
                "reference", f"is longer than {LONGEST_REFERENCE} characters", "give the account's own reference"
            )
        return written

    @staticmethod
    def _app(written: str) -> str:
        """What the carrier's app knows the subscriber by: a name of its own, never the number, for it leaves the house."""
        if written and _LIKE_A_NUMBER.fullmatch(written):
            raise BadRow("app", "looks like a phone number", "give the app's own name of its user, or leave it empty")
        if written and not _APP.fullmatch(written):
            raise BadRow("app", "has blanks or is longer than 200 characters", "give the app's own name of its user")
        return written

    def _number(self, row: Row) -> str:
        try:
            number = numbers.read(needed(row, "number"))
        except numbers.NotANumber as wrong:
            raise BadRow(
                "number", f"is no phone number: {wrong}", "write +86 and eleven digits, or the eleven digits"
            ) from None
        self.doubtful += not number.valid
        return number.e164

    def _mask(self, row: Row) -> int:
        written = row["services"]
        mask = self._masks.get(written)
        if mask is None:
            mask = service_mask(needed(row, "services"), self.bits)
            if len(self._masks) < 10_000:
                self._masks[written] = mask
        return mask


def _store(database: Database, values: Iterable[Values], empty: bool, known: _References) -> int:
    insert = _write_sqlite if database.sqlite else _write_postgresql

    def write(session: Session, batch: list[Values]) -> None:
        insert(session, batch)
        known.tell(session, batch)

    gentle = database.sqlite and not empty
    size = _LEAST if gentle else _BULK
    kept = 0
    for some in _paced(values, size, gentle, lambda batch: _timed(database, write, batch, gentle)):
        kept += some
    return kept


def _paced(values: Iterable[Values], size: int, gentle: bool, store: Callable[[list[Values]], float]) -> Iterator[int]:
    """Store slice after slice; a gentle import sizes the next one by how long the last held the lock."""
    for batch in slices(values, _BULK):
        at = 0
        while at < len(batch):
            part = batch[at : at + size]
            took = store(part)
            at += len(part)
            if gentle:
                size = max(_LEAST, min(_BULK, int(size * min(2.0, 0.8 * HOLD / max(took, 1e-4)))))
        yield len(batch)


def _timed(
    database: Database, write: Callable[[Session, list[Values]], None], batch: list[Values], gentle: bool
) -> float:
    """Seconds of this thread's own work in the transaction: what holds SQLite's lock, however busy the machine."""
    held = [0.0]

    def work(session: Session) -> None:
        start = time.thread_time()
        write(session, batch)
        held[0] = time.thread_time() - start

    database.write(work, actor="system:import", background=gentle)
    return held[0]


def _on_conflict(dialect: str) -> str:
    differs = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    sets = ", ".join(f"{name} = excluded.{name}" for name in _KEPT_UP)
    sets += (
        f", app = CASE WHEN subscriber.app_index {differs} excluded.app_index THEN excluded.app ELSE subscriber.app END"
    )
    sets += ", reference = CASE excluded.reference WHEN '' THEN subscriber.reference ELSE excluded.reference END"
    rows = [f"subscriber.{name} {differs} excluded.{name}" for name in _KEPT_UP]
    rows.append("(excluded.reference <> '' AND subscriber.reference <> excluded.reference)")
    return f"ON CONFLICT (number_index) DO UPDATE SET {sets} WHERE {' OR '.join(rows)}"


def _write_sqlite(session: Session, batch: list[Values]) -> None:
    statement = f"INSERT INTO subscriber ({_NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) " + _on_conflict("sqlite")
    session.connection().exec_driver_sql(statement, batch)


def _write_postgresql(session: Session, batch: list[Values]) -> None:
    """COPY into a table of this transaction, then one upsert; of a number twice in the slice the later row stands."""
    last = {values[1]: values for values in batch}
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE IF NOT EXISTS arriving ON COMMIT DELETE ROWS AS SELECT {_NAMES} FROM subscriber LIMIT 0"
        )
        with cursor.copy(f"COPY arriving ({_NAMES}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(("bytea", "bytea", "text", "int8", "int8", "text", "text", "text", "bytea", "bytea"))
            for values in last.values():
                copy.write_row(values)
        cursor.execute(f"INSERT INTO subscriber ({_NAMES}) SELECT {_NAMES} FROM arriving " + _on_conflict("postgresql"))
