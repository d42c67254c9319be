"""Readiness as CSV in the reader's language: a line for each line of a playbook by area, then what ends, then what is under its minimum."""

import csv
import io
from collections.abc import Iterator

from flask_babel import gettext

from command.core.problems import N_
from command.readiness import words
from command.readiness.views import AreaOut, ReadinessOut, ThingOut
from command.resources.imports import FORMULAS
from command.resources.views import StockOut

HEADS = {
    "what": N_("What"),
    "area": N_("Area"),
    "plan": N_("Playbook"),
    "tier": N_("Tier"),
    "resource": N_("Resource"),
    "type": N_("Type"),
    "needed": N_("Needed"),
    "own": N_("In own pools"),
    "everywhere": N_("In all pools"),
    "short": N_("No pool has"),
    "stands": N_("State"),
    "pool": N_("Resource pool"),
    "unit": N_("Unit"),
    "name": N_("Name of the certificate"),
    "due_on": N_("Due on"),
    "days": N_("Days left"),
}
Row = dict[str, object]


def table(found: ReadinessOut) -> tuple[str, int]:
    """The file, and how many lines it has besides the headings. A cell that a spreadsheet would compute is kept from it."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow([gettext(head) for head in HEADS.values()])
    count = 0
    for row in _rows(found):
        writer.writerow([_plain(row.get(name, "")) for name in HEADS])
        count += 1
    return made.getvalue(), count


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULAS) and not isinstance(value, int) else text


def _rows(found: ReadinessOut) -> Iterator[Row]:
    for area in found.areas:
        yield from _lines(area)
    for thing in (*found.certificates, *found.services, *found.information, *found.stock_taking):
        yield _thing(thing)
    for stock in found.below_minimum:
        yield _stock(stock)


def _lines(area: AreaOut) -> Iterator[Row]:
    for plan in area.plans:
        for tier in plan.tiers:
            for line in tier.lines:
                yield {
                    "what": gettext("Playbook"),
                    "area": area.name,
                    "plan": plan.title,
                    "tier": words.ROMAN[tier.tier],
                    "resource": line.name,
                    "type": line.type,
                    "needed": line.quantity,
                    "own": line.own,
                    "everywhere": line.everywhere,
                    "short": line.short,
                    "stands": gettext(words.STANDS[line.stands]),
                }


def _thing(thing: ThingOut) -> Row:
    return {
        "what": gettext(words.SUBJECTS[thing.subject]),
        "resource": thing.resource,
        "pool": thing.pool,
        "unit": thing.serial,
        "name": thing.name,
        "due_on": thing.due_on.isoformat() if thing.due_on else "",
        "days": thing.days if thing.due_on else "",
    }


def _stock(stock: StockOut) -> Row:
    return {
        "what": gettext("Under the minimum"),
        "area": stock.pool.area_name,
        "resource": stock.resource.name,
        "type": stock.type,
        "needed": stock.minimum,
        "own": stock.available + stock.in_reserve,
        "pool": stock.pool.name,
    }
