"""Importing sites from CSV: a row is a site, known by its code.

The same file twice changes nothing, and a corrected file mends what it names. Good rows are kept whatever the others hold."""

import re
from collections.abc import Iterable
from functools import partial
from itertools import islice
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.installation import Installation
from command.core.log import masked_words
from command.core.problems import N_, Invalid
from command.core.settings import Settings
from command.network.csvfile import BadRow, Columns, Rejects, Row, check_encoding, read
from command.network.imports import Outcome, Progress, code_of, good, needed, once, quiet, slices
from command.network.models import Area, Element
from command.people import numbers
from command.sites import register
from command.sites.models import SiteClass
from command.sites.priorities import MARKS
from command.sites.register import Facts

CODE = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")
NEEDED = ("code", "name_zh", "name_en", "area", "class", "elements")
MAYBE = ("latitude", "longitude", "serves", "battery_minutes", "power_company", "contact", "contact_number")
COLUMNS = Columns(NEEDED, dict.fromkeys(MAYBE, ""))
LONGEST_BATTERY = 10_080
"""Minutes: a week."""
GIVEN = MARKS[:-1]
_SLICE = 200


def sites(
    installation: Installation,
    path: Path,
    progress: Progress = quiet,
    *,
    actor: str = "system:import",
    most: int | None = None,
) -> Outcome:
    """Import sites as the act of `actor`. A file of more than `most` rows is refused whole, with Invalid."""
    check_encoding(path)
    with Rejects(path) as rejects:
        rows = list(islice(read(path, COLUMNS, rejects.add, progress), None if most is None else most + 1))
        if most is not None and len(rows) > most:
            raise Invalid(
                N_("%(file)s has more than %(most)d rows."),
                field="file",
                remedy=N_("Divide it into several files."),
                file=path.name,
                most=most,
            )
        names = {name for _, row in rows for name in _listed(row["elements"])}
        make = _Maker(installation.database, installation.settings, names)
        made = list(good(once(rows, code_of, "code", rejects.add), rejects.add, make))
        kept = _alone(made, rejects)
        for some in slices(kept, _SLICE):
            work = partial(register.put, keyring=installation.keyring, rows=dict(some))
            installation.database.write(work, actor=actor)
    return Outcome(len(kept), rejects.count, 0, rejects.path if rejects.count else None)


def _listed(written: str) -> list[str]:
    return [part.strip() for part in written.replace("；", ";").split(";") if part.strip()]


def _alone(made: Iterable[tuple[int, tuple[str, Facts]]], rejects: Rejects) -> list[tuple[str, Facts]]:
    """The rows of which no element stands at a site of an earlier row."""
    seen: dict[int, int] = {}
    kept = []
    for line, (code, facts) in made:
        doubled = next((each for each in facts.elements if each in seen), None)
        if doubled is not None:
            reason = f"names an element that stands at the site of line {seen[doubled]}"
            rejects.add(line, BadRow("elements", reason, "let each element stand at one site"))
            continue
        seen |= dict.fromkeys(facts.elements, line)
        kept.append((code, facts))
    return kept


class _Maker:
    """Makes facts of rows; raises BadRow."""

    def __init__(self, database: Database, settings: Settings, names: set[str]) -> None:
        self.settings = settings
        with database.read() as session:
            self.areas = dict(session.execute(select(Area.code, Area.id)).tuples().all())
            self.elements = _ids(session, sorted(names))

    def __call__(self, row: Row) -> tuple[str, Facts]:
        code = needed(row, "code")
        if not CODE.match(code):
            raise BadRow(
                "code", f"{code[:40]!r} is no code", "use letters, figures, dashes and underscores, 40 at most"
            )
        return code, Facts(
            name_zh=masked_words(needed(row, "name_zh")),
            name_en=masked_words(needed(row, "name_en")),
            area_id=self._area(row),
            site_class=_class(row),
            latitude=_degrees(row, "latitude", "longitude", 90),
            longitude=_degrees(row, "longitude", "latitude", 180),
            serves=_marks(row),
            battery_minutes=_minutes(row),
            power_company=masked_words(row["power_company"]),
            contact=masked_words(row["contact"]),
            contact_number=self._number(row),
            elements=self._elements(row),
        )

    def _area(self, row: Row) -> int:
        if row["area"] not in self.areas:
            raise BadRow("area", f"area {row['area']!r} is unknown", "import the areas first or correct the code")
        return self.areas[row["area"]]

    def _elements(self, row: Row) -> tuple[int, ...]:
        named = _listed(needed(row, "elements"))
        if unknown := next((name for name in named if name not in self.elements), None):
            raise BadRow("elements", f"element {unknown!r} is unknown", "import the elements first or correct the name")
        return tuple(dict.fromkeys(self.elements[name] for name in named))

    def _number(self, row: Row) -> str:
        if not row["contact_number"]:
            return ""
        region = numbers.REGIONS.get(self.settings.profile)
        try:
            return numbers.understood(
                row["contact_number"], region, made_up=self.settings.demo_allowed, sms=False, field="contact_number"
            )
        except Invalid as wrong:
            raise BadRow("contact_number", wrong.detail, wrong.remedy) from wrong


def _ids(session: Session, names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in slices(names, 5000):
        query = select(Element.name, Element.id).where(Element.name.in_(some))
        found |= dict(session.execute(query).tuples().all())
    return found


def _class(row: Row) -> str:
    if row["class"] not in set(SiteClass):
        raise BadRow("class", f"{row['class']!r} is no class of site", "write one of " + ", ".join(SiteClass))
    return row["class"]


def _marks(row: Row) -> tuple[str, ...]:
    given = [mark.strip() for mark in _listed(row["serves"])]
    if unknown := next((mark for mark in given if mark not in GIVEN), None):
        raise BadRow("serves", f"{unknown!r} is no mark of priority", "write some of " + "; ".join(GIVEN))
    return tuple(mark for mark in GIVEN if mark in given)


def _minutes(row: Row) -> int | None:
    text = row["battery_minutes"]
    if not text:
        return None
    if not text.isdecimal() or len(text) > 5 or int(text) > LONGEST_BATTERY:
        raise BadRow("battery_minutes", f"{text!r} cannot be used", f"write whole minutes from 0 to {LONGEST_BATTERY}")
    return int(text)


def _degrees(row: Row, name: str, other: str, most: int) -> float | None:
    if not row[name]:
        if row[other]:
            raise BadRow(name, "is empty", "write both latitude and longitude, or neither")
        return None
    try:
        found = float(row[name])
    except ValueError:
        raise BadRow(name, f"{row[name]!r} is no number", "write degrees such as 24.31") from None
    if not -most <= found <= most:
        raise BadRow(name, f"{row[name]} is not on the earth", f"write degrees from -{most} to {most}")
    return found
