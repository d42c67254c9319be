"""Taking a copy away: counted and on record first, then streamed, a batch of cases in memory at a time."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy.orm import Session

from command.archive import export, rows, search
from command.archive.entries import Exported
from command.archive.export import Mark
from command.archive.filters import Wanted
from command.archive.rows import Row
from command.archive.search import Found
from command.core import clock
from command.core.database import Database
from command.people.access import Principal, here, unit
from command.people.entries import audit
from command.people.language import language, zone


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy under way: whose, of what, in which language and zone."""

    database: Database
    wanted: Wanted
    who: Principal
    mark: Mark
    language: str
    zone: tzinfo

    @property
    def file_name(self) -> str:
        return f"tocsin-archive-{self.mark.at:%Y%m%d-%H%M%S}.csv"


def begin(wanted: Wanted, who: Principal) -> Copy:
    """Count the cases and put the copy on record; only then may `stream` be read. Raise Invalid where the filter cannot be used."""
    reference, here_zone = secrets.token_hex(4), zone()

    def work(session: Session) -> Copy:
        sought = search.looked_up(session, wanted)
        cases = search.count(session, sought, who)
        asked = wanted.filter
        audit(
            session,
            Exported(person_id=who.person_id, cases=cases, filter=asked.parameters(), reference=reference),
        )
        at = clock.now(session).astimezone(here_zone)
        mark = Mark(who.username, at, said(asked.parameters()), cases, reference)
        return Copy(here().database, sought, who, mark, language(), here_zone)

    return unit(work)


def said(parameters: dict[str, str]) -> str:
    """A filter as the watermark words it."""
    return "; ".join(f"{name}={value}" for name, value in parameters.items())


def stream(copy: Copy) -> Iterator[str]:
    """The lines of the file. Each batch is a short read of its own, so that no snapshot is held while a slow line takes it."""
    return export.lines(_batches(copy), copy.mark, copy.language, copy.zone)


def _batches(copy: Copy) -> Iterator[list[Row]]:
    after: str | None = None
    while True:
        with copy.database.read() as session:
            found: Found = search.page(session, copy.wanted, copy.who, after=after, limit=export.BATCH)
            batch = rows.rows(session, found.cases)
        yield batch
        after = found.next
        if after is None:
            return
