"""Addresses of the dashboards and of the incidents behind their marks: the filters, and what narrows them further. Pure."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import quote, urlencode

from command.core.problems import N_, Invalid
from command.insights.filters import Filters

INCIDENTS = "/insights/incidents"
NARROWING = (
    "root",
    "cause",
    "third_party",
    "element",
    "element_kind",
    "site",
    "at",
    "within",
    "weekday",
    "hour",
    "took",
)
"""Parameters that leave, of the incidents of the filters, those of one mark."""
LONGEST = 200
"""Characters of a value that can be a name of anything."""


def query(wanted: Filters, **more: str) -> str:
    """The filters as they stand in an address; `by` is left to the page, for it fits the period by itself."""
    return urlencode({"from": wanted.first.isoformat(), "to": wanted.last.isoformat(), **wanted.chosen, **more})


def behind(wanted: Filters, first: date | None = None, last: date | None = None, **narrow: str) -> str:
    """The list of the incidents that a mark stands for: these filters, for a part of the period, narrowed."""
    period = {"from": (first or wanted.first).isoformat(), "to": (last or wanted.last).isoformat()}
    return f"{INCIDENTS}?{urlencode({**period, **wanted.chosen, **narrow})}"


def of_key(wanted: Filters, dimension: str, key: str) -> str:
    """The list of the incidents that have a key in a dimension."""
    days = {"from": wanted.first.isoformat(), "to": wanted.last.isoformat()}
    return f"{INCIDENTS}?{urlencode({**days, **wanted.chosen, dimension: key})}"


def improve(title: str, finding: str) -> str:
    """The form of an improvement action with a weak point as its finding."""
    return f"/improvement/new?{urlencode({'title': title, 'finding': finding}, quote_via=quote)}"


def narrowing(asked: Mapping[str, str]) -> dict[str, str]:
    """What an address narrows by. Raise Invalid for an hour or weekday that is none, and for what is no name of anything."""
    given = {name: asked[name].strip() for name in NARROWING if asked.get(name, "").strip()}
    for name, value in given.items():
        most = {"hour": 23, "weekday": 6, "third_party": 1}.get(name)
        if len(value) > LONGEST or (
            most is not None and not (value.isascii() and value.isdigit() and int(value) <= most)
        ):
            raise Invalid(
                N_("This value is not allowed."),
                field=name,
                remedy=N_("Choose a mark or a row of a chart; its address is right."),
            )
    return given
