"""Where what a figure counts is listed: the archive, another room's list, or the incidents that missed it. Pure."""

from urllib.parse import urlencode

from command.insights.filters import Filters
from command.insights.period_figures import Line


def query(wanted: Filters, **more: str) -> str:
    """The period and the choices as they stand in an address."""
    period = {"from": wanted.first.isoformat(), "to": wanted.last.isoformat()}
    return urlencode({**period, **wanted.chosen, **more})


def behind(line: Line, wanted: Filters) -> str:
    """The list of everything that a figure counts."""
    return line.definition.behind or wanted.behind()


def missed(line: Line, wanted: Filters) -> str:
    """The list of the incidents that missed a figure; empty where they are not kept by incident, or none did."""
    if not line.definition.missed or not (line.now.more.get("breached") or line.now.more.get("late")):
        return ""
    more = {"key": line.key} if line.key else {}
    return f"/figures/{line.definition.code}?{query(wanted, **more)}"
