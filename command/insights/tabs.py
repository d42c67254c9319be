"""The tabs over all pages with charts: other views of the same incidents, with the period and the filters that are shown."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask_babel import gettext

from command.insights.dashboards import DASHBOARDS, OVERVIEW, Asked, Dashboard
from command.insights.filter_form import KEPT


def tabs(current: Dashboard, given: Mapping[str, str], asked: Asked) -> list[tuple[str, str, bool]]:
    """Address, words, and whether it is the one shown."""
    chosen = {name: value for name, value in given.items() if name in KEPT and value}
    if asked.periods:
        chosen |= {"from": f"{asked.wanted.first}", "to": f"{asked.wanted.last}"}
    whole = {name: value for name, value in chosen.items() if name not in ("from", "to")}
    found = [("/overview", OVERVIEW, chosen)]
    found += [(f"/insights/{one.code}", one, whole if "periods" in one.options else chosen) for one in DASHBOARDS]
    return [
        (f"{address}?{urlencode(query)}" if query else address, gettext(one.title), one is current)
        for address, one, query in found
    ]
