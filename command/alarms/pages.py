"""The alarms page: what stands, what no incident has taken, what no record explains, and what incidents are made of."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from command.alarms import listing
from command.alarms.dedupe import State
from command.alarms.listing import Wanted
from command.alarms.reports import Severity
from command.core.problems import N_
from command.people.access import access, here, principal

pages = Blueprint("alarm_pages", __name__)

_SHOWN = 25
"""Alarms on one page; older ones are on the next."""
_LARGEST_ID = 2**63 - 1

SEVERITIES = {
    Severity.CRITICAL: N_("critical"),
    Severity.MAJOR: N_("major"),
    Severity.MINOR: N_("minor"),
    Severity.WARNING: N_("warning"),
    Severity.INDETERMINATE: N_("indeterminate"),
}
STATES = {State.RAISED: N_("raised"), State.CLEARED: N_("cleared")}
VIEWS = {
    "all": (N_("All alarms"), N_("No alarm."), Wanted()),
    "loose": (N_("Without an incident"), N_("No loose alarm."), Wanted(loose=True)),
    "unknown": (N_("Unknown elements"), N_("No alarm on an unknown element."), Wanted(unknown=True)),
    "attached": (N_("Of incidents"), N_("No alarm belongs to an incident."), Wanted(attached=True)),
}


@pages.get("/alarms")
@access("read")
def alarms() -> ResponseReturnValue:
    """Alarms, newest first, in four views; `q`, `severity` and `state` look for some. What is no filter is left out."""
    asked = _asked()
    _, nothing, wanted = VIEWS[asked["view"]]
    after = _after()
    chosen = replace(
        wanted,
        words=asked["q"],
        severity=asked["severity"] or None,
        state=asked["state"] or None,
        after=after,
        limit=_SHOWN,
    )
    with here().database.read() as session:
        found, older = listing.listed(session, chosen, principal())
        standing = listing.standing(session, principal())
    return render_template(
        "alarms/list.html",
        alarms=found,
        standing=standing,
        asked=asked,
        nothing=nothing,
        views=[(_address(asked, view=name), gettext(view[0]), name == asked["view"]) for name, view in VIEWS.items()],
        severities=SEVERITIES,
        states=STATES,
        severity_options=_options(SEVERITIES),
        state_options=_options(STATES),
        newest=_address(asked) if after else "",
        older=_address(asked, after=str(older)) if older else "",
    )


def _asked() -> dict[str, str]:
    """The filters of the address, each one that exists."""
    given = {name: request.args.get(name, "") for name in ("view", "q", "severity", "state")}
    return {
        "view": given["view"] if given["view"] in VIEWS else "all",
        "q": given["q"].strip()[:100],
        "severity": given["severity"] if given["severity"] in set(SEVERITIES) else "",
        "state": given["state"] if given["state"] in set(State) else "",
    }


def _options(words: Mapping[Any, str]) -> list[tuple[str, str]]:
    return [("", gettext("any")), *((code.value, gettext(word)) for code, word in words.items())]


def _after() -> int:
    text = request.args.get("after", "")
    return min(int(text), _LARGEST_ID) if text.isascii() and text.isdigit() and len(text) < 20 else 0


def _address(asked: dict[str, str], **change: str) -> str:
    kept = {name: value for name, value in (asked | change).items() if value}
    return f"/alarms?{urlencode(kept)}"
