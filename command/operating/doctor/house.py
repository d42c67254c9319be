"""Whether the database, its clock, the disk, the engines, the web and the backups are as they should be."""

import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from command.core import clock, schema
from command.core.beats import EngineBeat
from command.core.clock import ClockOffset
from command.core.problems import N_
from command.core.settings import Settings
from command.operating import alive, copying, entries
from command.operating.copying import CopyError
from command.operating.doctor.lines import Line, fault, ok, warning

APART, FAR_APART = timedelta(seconds=2), timedelta(seconds=60)
"""How far the database's clock may be from this machine's: tokens, codes and leases are by the database's, logs by the machine's."""
LOW, LEAST = 10, 3
"""Free space in percent below which it is said, and below which it is a fault."""
ROOM = 500_000_000
"""Free bytes below which it is a fault on a disk of any size."""
SLOW_MS = 10_000
DAILY = timedelta(hours=26)
"""How old the newest backup may be: one a day, with two hours to be made in."""
WAIT = 3.0
"""Seconds to wait for this installation's own web process."""


def database(given: Settings) -> list[Line]:
    """Whether it can be reached and is at this code's revision; a fault here means that nothing can be asked of it."""
    try:
        file = copying.file_of(given.url)
        if file is not None and not file.is_file():
            return [
                fault(
                    "database",
                    N_("there is no database at %(path)s"),
                    N_("Run `tocsin db upgrade` to make one, or correct TOCSIN_DATA or TOCSIN_DATABASE_URL."),
                    path=file,
                )
            ]
        has, wants = schema.versions(given.url)
    except (DBAPIError, CopyError) as error:
        why = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        return [
            fault(
                "database",
                N_("the database does not answer: %(error)s"),
                N_("See that it runs and that TOCSIN_DATABASE_URL is right."),
                error=why,
            )
        ]
    found = [ok("database", N_("%(url)s answers"), url=copying.safe(given.url))]
    if has is not None and has.startswith(schema.UNFINISHED):
        remedy = N_("Run `tocsin db move` or `tocsin restore` again; no process starts on it meanwhile.")
        return [*found, fault("migrations", N_("a copy into this database was cut: it is not whole"), remedy)]
    if has != wants:
        older = has is None or schema.known(has)
        remedy = (
            N_("Make a backup, then run `tocsin db upgrade`.")
            if older
            else N_("The database was brought up by a newer Tocsin: install that version here.")
        )
        words = N_("the database is at %(has)s, this version needs %(wants)s")
        return [*found, fault("migrations", words, remedy, has=has or "-", wants=wants)]
    return [*found, ok("migrations", N_("the schema is this version's (%(has)s)"), has=has)]


def clocks(session: Session, given: Settings) -> Iterator[Line]:
    """The database's clock against this machine's, without what somebody moved it by."""
    before = datetime.now(UTC)
    at = clock.instant(session)
    after = datetime.now(UTC)
    moved = timedelta(microseconds=session.scalar(select(ClockOffset.microseconds)) or 0)
    apart = abs((at - moved) - (before + (after - before) / 2))
    seconds = f"{apart.total_seconds():.1f}"
    remedy = N_("Let both machines follow the same time servers (NTP); logs and what is kept disagree by as much.")
    if apart >= FAR_APART:
        yield fault("clock", N_("the database's clock is %(seconds)s s from this machine's"), remedy, seconds=seconds)
    elif apart >= APART:
        yield warning("clock", N_("the database's clock is %(seconds)s s from this machine's"), remedy, seconds=seconds)
    else:
        yield ok("clock", N_("the database's clock and this machine's agree (%(seconds)s s)"), seconds=seconds)
    if moved and not given.demo_allowed:
        words = N_("the clock of this database was moved by %(hours)s hours")
        yield fault(
            "clock",
            words,
            N_("It was a demo or a test: begin production with an empty database."),
            hours=f"{moved.total_seconds() / 3600:.1f}",
        )


def data_folder(given: Settings) -> Iterator[Line]:
    """Whether it can be written, and room for it."""
    data = given.data.resolve()
    there = next(folder for folder in (data, *data.parents) if folder.exists())
    if not os.access(there, os.W_OK):
        yield fault(
            "data folder", N_("%(path)s cannot be written"), N_("Give it to the user Tocsin runs as."), path=data
        )
    yield _room("data folder", there, 0)


def disk(session: Session, given: Settings) -> Iterator[Line]:
    """Room for the database."""
    file = copying.file_of(given.url)
    if file is not None:
        yield _room("database disk", file.resolve().parent, file.stat().st_size)
    else:
        size = session.scalar(text("SELECT pg_database_size(current_database())")) or 0
        words = N_("the database takes %(size)s GB; the server's disk cannot be seen from here")
        yield ok("database disk", words, size=f"{size / 1e9:.1f}")
        yield from _connections(session, given)


def _room(what: str, folder: Path, used: int) -> Line:
    room = shutil.disk_usage(folder)
    share = 100 * room.free / room.total
    values = {"path": folder, "free": f"{room.free / 1e9:.1f}", "share": f"{share:.0f}"}
    words = N_("%(path)s has %(free)s GB free (%(share)s%%)")
    remedy = N_("Make room: without it nothing can be written, and no message is sent.")
    if share < LEAST or room.free < ROOM:
        return fault(what, words, remedy, **values)
    if room.free < used:
        return warning(
            what, words, N_("Make room for a second copy of the database: an upgrade may need it."), **values
        )
    return warning(what, words, remedy, **values) if share < LOW else ok(what, words, **values)


def _connections(session: Session, given: Settings) -> Iterator[Line]:
    most = int(session.scalar(text("SELECT setting FROM pg_settings WHERE name = 'max_connections'")) or 0)
    needs = 2 * (given.database_connections + 1) + 10
    if most < needs:
        remedy = N_("Raise max_connections of PostgreSQL, or lower database_connections; see the settings reference.")
        words = N_("PostgreSQL takes %(most)s connections; one web process and one engine may ask for %(needs)s")
        yield warning("connections", words, remedy, most=most, needs=needs)


def engines(session: Session) -> Iterator[Line]:
    """Engines that beat, and cycles of theirs that fail or are slow."""
    alive_ = alive.engines(session)
    if not alive_:
        yield fault(
            "engines",
            N_("no engine went round within the last 15 seconds"),
            N_("Start `tocsin engine` (or `tocsin serve`): nothing is sent and nobody is paged without one."),
        )
        return
    yield ok("engines", N_("%(count)s engines go round: %(names)s"), count=len(alive_), names=", ".join(alive_))
    for beat in session.scalars(select(EngineBeat).where(EngineBeat.engine.in_(alive_)).order_by(EngineBeat.engine)):
        failed = sorted(name for name, its in beat.cycles.items() if its.get("failed"))
        if failed:
            words = N_("cycles of %(engine)s have failed since it started: %(cycles)s")
            yield warning(
                "engines", words, N_("Look for cycle.failed in its log."), engine=beat.engine, cycles=", ".join(failed)
            )
        if beat.slowest_ms >= SLOW_MS:
            words = N_("%(engine)s took %(seconds)s s for one round of %(cycle)s")
            yield warning(
                "engines",
                words,
                N_("See whether the database or the machine is overloaded."),
                engine=beat.engine,
                seconds=f"{beat.slowest_ms / 1000:.0f}",
                cycle=beat.slowest,
            )


def backups(session: Session) -> Line:
    """How old the newest backup is that this database knows of."""
    at = entries.last_backup(session)
    remedy = N_("Let `tocsin backup` run once a day. A backup that was made otherwise is not known here.")
    if at is None:
        return warning("backups", N_("no backup of the last months is known"), remedy)
    age = clock.instant(session) - at
    hours = f"{age.total_seconds() / 3600:.0f}"
    if age > DAILY:
        return warning("backups", N_("the newest backup is %(hours)s hours old"), remedy, hours=hours)
    return ok("backups", N_("the newest backup is %(hours)s hours old"), hours=hours)


def web(given: Settings) -> Line:
    """Whether a web process of this machine answers; on a machine that only has engines it need not."""
    host = "127.0.0.1" if given.host in ("0.0.0.0", "::") else given.host
    address = f"http://{host}:{given.port}/healthz"
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=WAIT) as answer:
            well = answer.status == 200
    except (urllib.error.URLError, OSError):
        well = False
    if well:
        return ok("web", N_("the web process of this machine answers at %(address)s"), address=address)
    words = N_("no web process of this machine answers at %(address)s")
    return warning(
        "web",
        words,
        N_("Start `tocsin web` (or `tocsin serve`), unless this machine only has engines."),
        address=address,
    )


def public_address(given: Settings) -> Line:
    """How people reach it: in production with TLS."""
    if given.env == "production" and not given.origin.startswith("https://"):
        words = N_("people are told to come to %(origin)s, which is not encrypted")
        remedy = N_("Set TOCSIN_PUBLIC_URL to the https:// address of the proxy before it.")
        return warning("public address", words, remedy, origin=given.origin)
    return ok("public address", N_("people come to %(origin)s"), origin=given.origin)


def unanswered(error: SQLAlchemyError) -> Line:
    """The database went away between two looks."""
    why = str(getattr(error, "orig", None) or type(error).__name__).strip().partition("\n")[0]
    return fault(
        "database", N_("the database does not answer: %(error)s"), N_("See that it runs, and look again."), error=why
    )
