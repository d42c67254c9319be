"""Moving an installation to another database: every row of one moment, proved alike on both engines, with the journal verified there."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, make_url
from sqlalchemy.orm import Session

from command.core import clock, schema
from command.core.keys import Keyring
from command.core.settings import Settings
from command.operating import alive, backup, copying, entries, restore, rows
from command.operating.copying import CopyError, InUse, Progress, quiet
from command.operating.restore import Findings
from command.operating.rows import Table, Tally


class Running(CopyError):
    """Tocsin runs on the database that is to be left."""


@dataclass(frozen=True)
class Moved:
    """What was moved: the findings, and how many rows of how many tables."""

    findings: Findings
    rows: int
    tables: int


def move(
    settings: Settings, keyring: Keyring, to: str, *, rehearsal: bool = False, progress: Progress = quiet
) -> Moved:
    """Copy everything into an empty database; raise CopyError, after which the target says that it is not whole and the move can be begun
    again. A `rehearsal` does so though Tocsin runs; what is written meanwhile is not in the copy."""
    source = settings.url
    copying.file_of(to)
    if make_url(to) == make_url(source):
        raise CopyError("that is the database that is in use: name another")
    try:
        with copying.moment(source, alone=not rehearsal) as connection:
            schema.require(copying.revision(connection))
            if not rehearsal:
                _refuse_running(connection)
            with Session(connection) as session:
                at, before = clock.instant(session), backup.journal_of(session)
            found = rows.tables(connection)
            copying.prepare(to, copying.revision(connection))
            tallies: dict[str, Tally] = {}
            copied = copying.fill(
                to,
                _given(connection, found, tallies),
                lambda name: (tallies[name].rows, tallies[name].digest),
                progress,
            )
            kind = connection.dialect.name
    except InUse as error:
        raise Running(
            "the database is open in another process: stop every `tocsin serve`, `web` and `engine` first; or copy with --rehearsal"
        ) from error
    findings = Findings(faults=list(copied.faults))
    if not copied.faults:
        findings.proved.append(f"{copied.rows:,} rows of {len(copied.tallies)} tables are the same there")
    if not rehearsal:
        _unchanged(source, before, findings)
    restore.prove(to, keyring, findings, progress=progress)
    if findings.faults:
        raise CopyError("; ".join(findings.faults))
    copying.finish(to)
    restore.note(to, entries.Moved(source=kind, moment=at, rows=copied.rows))
    return Moved(findings, copied.rows, len(copied.tallies))


def _refuse_running(connection: Connection) -> None:
    found = alive.running(connection)
    if found:
        raise Running(
            f"Tocsin runs on the database that is to be left ({', '.join(found)}): stop every web process and engine first (an engine "
            "counts for 15 seconds after it stopped); or copy with --rehearsal"
        )


def _given(
    connection: Connection, found: list[Table], tallies: dict[str, Tally]
) -> Iterator[tuple[Table, int | None, Iterator[bytes]]]:
    for table in found:
        went = tallies[table.name] = Tally()
        yield table, rows.last_given(connection, table), rows.counted(rows.lines(connection, table), went)


def _unchanged(source: str, before: object, findings: Findings) -> None:
    """A process that was started in the middle may have written what the copy does not hold."""
    with copying.moment(source) as connection, Session(connection) as session:
        if backup.journal_of(session) != before or alive.engines(session):
            findings.faults.append("something wrote to the database while it was copied: stop it, and move again")
