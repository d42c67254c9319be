"""Cases as CSV: marked with who took them, when and by which filter; harmless in a spreadsheet; a batch in memory at a time.

The first line is a comment, the second the header. Every row ends with the watermark, so that a line cut out of the file still says
whose copy it is."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from flask_babel import gettext

from command.archive.rows import PARTS, Row
from command.core import names
from command.core.problems import N_
from command.incidents.activation import KIND_WORDS, TIER_WORDS
from command.incidents.guards import NAMES, State
from command.people.models import Person

BOM = "\ufeff"
"""Without it Excel reads Chinese as Latin."""
BATCH = 200
_ONE_CELL = str.maketrans({",": ";", '"': "'"})
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that a spreadsheet may run, full-width signs too."""

COLUMNS = (
    *(N_("Number"), N_("Exercise"), N_("Kind"), N_("Tier"), N_("State"), N_("Area code"), N_("Area"), N_("Commander")),
    *(N_("First-contact owner"), N_("Occurred"), N_("Detected"), N_("Reported"), N_("Response began"), N_("Restored")),
    *(N_("Closed"), N_("Users at most"), N_("User-minutes"), N_("Clocks met"), N_("Clocks breached")),
    *PARTS.values(),
    N_("Watermark"),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Who takes a copy, when, by which filter, how many cases; `reference` names the entry in the audit stream."""

    username: str
    at: datetime
    query: str
    cases: int
    reference: str

    def line(self) -> str:
        """The comment at the top: one line and one cell, without the quotes that would hide its # from those who skip comments."""
        told = gettext(
            "Tocsin archive: %(cases)d cases exported by %(who)s at %(at)s, filter: %(filter)s, reference %(reference)s",
            cases=self.cases,
            who=self.username,
            at=self.at.isoformat(timespec="seconds"),
            filter=self.query or gettext("none"),
            reference=self.reference,
        )
        return f"# {' '.join(told.split())}".translate(_ONE_CELL)

    def short(self) -> str:
        """What every row carries."""
        return f"{self.username} {self.at.isoformat(timespec='seconds')} {self.reference}"


def lines(batches: Iterable[Sequence[Row]], mark: Mark, language: str, zone: tzinfo) -> Iterator[str]:
    """The file, batch by batch."""
    header = [gettext(column) for column in COLUMNS]
    yield f"{BOM}{mark.line()}\r\n" + written([header])
    for batch in batches:
        if batch:
            yield written([_cells(row, mark, language, zone) for row in batch])


def written(table: Iterable[Sequence[str | int]]) -> str:
    """Rows as CSV, each cell harmless."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerows([[harmless(cell) for cell in row] for row in table])
    return made.getvalue()


def harmless(cell: str | int) -> str | int:
    """A cell that no spreadsheet takes for a formula; a figure stays a figure."""
    if isinstance(cell, str) and cell.lstrip(" \n\u3000").startswith(_FORMULA):
        return f"'{cell}"
    return cell


def _cells(row: Row, mark: Mark, language: str, zone: tzinfo) -> list[str | int]:
    case, which = row.case, 0 if language == "zh" else 1
    said = NAMES[State(case.state)]

    def local(at: datetime | None) -> str:
        return at.astimezone(zone).isoformat(sep=" ", timespec="seconds") if at else ""

    return [
        *(case.number, gettext("yes") if case.exercise else gettext("no"), KIND_WORDS[case.kind][which]),
        *(TIER_WORDS[case.tier][which], said.zh if which == 0 else said.en),
        *((row.area.code, names.of(row.area, language)) if row.area else ("", "")),
        *(_named(row.commander, language), _named(row.owner, language)),
        *(local(case.occurred_at), local(case.detected_at), local(case.reported_at), local(case.responding_at)),
        *(local(case.restored_at), local(case.closed_at)),
        *(case.users_peak, round(case.user_minutes), row.clocks_met, row.clocks_breached),
        *(row.texts[part] or "" for part in PARTS),
        mark.short(),
    ]


def _named(person: Person | None, language: str) -> str:
    return names.of(person, language) if person else ""
