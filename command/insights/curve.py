"""The affected-users curve of one incident, from its journal: how many users, each counted once, were affected at each moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from command.boards.projection import Seen
from command.core.problems import N_
from command.incidents import figures
from command.insights.charts import TIERS, Figure, Say, axis, figure, whole
from command.insights.marks import Kind, Mark

CHANGED = "impact.changed"
ENDS = ("incident.restored", "incident.cancelled", "incident.merged")
"""Entries with which nobody is affected any more, whatever the last change of impact said."""
SYMBOLS: dict[Kind, tuple[str, str, str]] = {
    "tier": (N_("Tier changes"), "triangle-down", "--bad"),
    "first": (N_("First notice"), "circle", "--accent"),
    "all_clear": (N_("All-clear"), "diamond", "--ok"),
    "restored": (N_("Restored"), "star", "--ok"),
    "reopened": (N_("Reopened"), "x", "--warn"),
}
"""Name, symbol and colour of each kind of mark: they differ in shape, not by colour alone."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on, `users` are affected."""

    at: datetime
    users: int


def steps(entries: Iterable[Seen]) -> tuple[Step, ...]:
    """The steps of the curve, in order; entries that change nothing add none."""
    found: list[Step] = []
    for entry in entries:
        if entry.kind not in (CHANGED, *ENDS):
            continue
        users = orjson.loads(entry.data)["users_now"] if entry.kind == CHANGED else 0
        if not found and not users:
            continue
        if not found or found[-1].users != users:
            found.append(Step(entry.at, users))
    return tuple(found)


def user_minutes(curve: Sequence[Step], until: datetime) -> float:
    """The area under the curve up to `until`: users × minutes, summed over the steps (47 CFR 4.7 counts an outage so)."""
    ends = [*(step.at for step in curve[1:]), until]
    spans = ((min(end, until) - step.at) / timedelta(minutes=1) for step, end in zip(curve, ends, strict=False))
    return sum(step.users * max(0.0, span) for step, span in zip(curve, spans, strict=True))


def counted_minutes(entries: Iterable[Seen], until: datetime) -> float:
    """User-minutes up to `until` as the incident counts them: from the first known sign on, which may be before the first entry."""
    minutes, users, since = 0.0, 0, None
    for entry in entries:
        if entry.kind == CHANGED:
            data = orjson.loads(entry.data)
            minutes, users, since = data["user_minutes"], data["users_now"], entry.at
        elif entry.kind in ENDS:
            minutes, users, since = figures.user_minutes_at(minutes, users, since, entry.at), 0, entry.at
    return figures.user_minutes_at(minutes, users, since, until)


def users_at(curve: Sequence[Step], at: datetime) -> int:
    """How many users are affected at an instant; nobody before the first step."""
    return next((step.users for step in reversed(curve) if step.at <= at), 0)


def draw(curve: Sequence[Step], until: datetime, marks: Sequence[Mark], eta: datetime | None, say: Say) -> Figure:
    """The curve as a Plotly figure up to `until`, with its marks on it and the ETA as a line. Times are drawn as they read on their
    own clock."""
    ends = [*curve, Step(max(until, curve[-1].at), curve[-1].users)] if curve else []
    name = say(N_("Affected users"))
    heights = [step.users for step in ends]
    line = {
        "type": "scatter",
        "x": [_wall(step.at) for step in ends],
        "y": heights,
        "mode": "lines",
        "line": {"shape": "hv", "width": 2, "color": "--bad"},
        "fill": "tozeroy",
        "fillcolor": "--bad-surface",
        "name": name,
        "hovertemplate": "%{x|%Y-%m-%d %H:%M:%S}<br>%{y:,d}<extra></extra>",
    }
    data = [line, *(_trace(kind, [m for m in marks if m.kind == kind], curve, say) for kind in SYMBOLS)]
    more: dict[str, Any] = {"hovermode": "closest"}
    if eta is not None:
        stroke = {"type": "line", "x0": _wall(eta), "x1": _wall(eta), "y0": 0, "y1": 1, "yref": "paper"}
        more["shapes"] = [{**stroke, "line": {"color": "--soft", "width": 2, "dash": "dot"}}]
        said = {"x": _wall(eta), "y": 1, "yref": "paper", "text": say(N_("ETA")), "showarrow": False}
        more["annotations"] = [{**said, "yanchor": "bottom", "font": {"color": "--soft"}}]
    shown = [trace for trace in data if trace["x"]]
    times = axis("", type="date", showgrid=False, rangemode="normal")
    return figure(shown, times, yaxis=axis(name, **whole(heights)), **more)


def _trace(kind: Kind, found: Sequence[Mark], curve: Sequence[Step], say: Say) -> Figure:
    name, symbol, color = SYMBOLS[kind]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [_wall(mark.at) for mark in found],
        "y": [users_at(curve, mark.at) for mark in found],
        "text": [words(mark, say) for mark in found],
        "name": say(name),
        "cliponaxis": False,
        "marker": {"symbol": symbol, "size": 13, "color": color, "line": {"color": "--surface", "width": 1.5}},
        "hovertemplate": "%{x|%H:%M:%S}<br>%{text}<extra></extra>",
    }


def words(mark: Mark, say: Say) -> str:
    """A mark in words: the tier it became, or what it is."""
    return say(TIERS[mark.tier]) if mark.tier is not None else say(SYMBOLS[mark.kind][0])


def _wall(at: datetime) -> str:
    """The time as its own clock shows it: Plotly knows no zones."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds")
