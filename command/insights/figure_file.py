"""The table of figures as CSV: what the page shows, with the counts behind each figure. No cell is taken for a formula."""

import csv
import io
from collections.abc import Mapping

from flask_babel import gettext

from command.core.problems import N_
from command.insights import figure_words
from command.insights.defined.shape import GROUPS
from command.insights.period_figures import PeriodFigures
from command.resources.export import harmless

BOM = "\ufeff"
"""Without it Excel reads Chinese as Latin."""
COLUMNS = (
    *(N_("Group"), N_("Figure"), N_("Of"), N_("Value"), N_("Unit"), N_("Good"), N_("Counted"), N_("To reach")),
    *(N_("Verdict"), N_("Period before"), N_("First day"), N_("Last day"), N_("Definition"), N_("Source")),
)
VERDICTS = {"met": N_("Met"), "missed": N_("Missed"), "none": N_("n/a")}
UNITS = {
    "percent": "%",
    "availability": "%",
    "seconds": N_("seconds"),
    "minutes": N_("minutes"),
    "hours": N_("hours"),
    "count": N_("count"),
    "per_hundred": N_("per 100 elements"),
    "score": N_("of 100"),
}


def written(found: PeriodFigures, labels: Mapping[tuple[str, str], str]) -> str:
    """The file; values are plain numbers in their unit, empty where there is nothing to count."""
    made = io.StringIO()
    out = csv.writer(made, lineterminator="\r\n")
    out.writerow([gettext(column) for column in COLUMNS])
    days = found.wanted.first.isoformat(), found.wanted.last.isoformat()
    for line in found.lines:
        its, now, earlier = line.definition, line.now, line.before
        cells = [
            *(gettext(GROUPS[its.group]), gettext(its.name), labels[its.code, line.key]),
            *(_number(now.value), gettext(UNITS[its.unit]), _number(now.good), _number(now.of)),
            *(figure_words.target(its), gettext(VERDICTS[line.verdict]) if its.aim else ""),
            *(_number(earlier.value if earlier else None), *days, figure_words.says(its), gettext(its.source)),
        ]
        out.writerow([harmless(cell) for cell in cells])
    return BOM + made.getvalue()


def name(found: PeriodFigures) -> str:
    """What the file is called."""
    return f"tocsin-figures-{found.wanted.first}-{found.wanted.last}.csv"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
