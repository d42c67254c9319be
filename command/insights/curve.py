"""The affected-users curve of one incident, from its journal: how many users, each counted once, were affected at each moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import plotly.graph_objects as go

from command.boards.projection import Seen

CHANGED = "impact.changed"
TEMPLATES = {"dark": "plotly_dark", "light": "plotly_white"}


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on, `users` are affected."""

    at: datetime
    users: int


def steps(entries: Iterable[Seen]) -> tuple[Step, ...]:
    """The steps of the curve, in order; entries that change nothing add none."""
    found: list[Step] = []
    for entry in entries:
        if entry.kind != CHANGED:
            continue
        users = orjson.loads(entry.data)["users_now"]
        if not found or found[-1].users != users:
            found.append(Step(entry.at, users))
    return tuple(found)


def user_minutes(curve: Sequence[Step], until: datetime) -> float:
    """The area under the curve up to `until`: users × minutes, summed over the steps (47 CFR 4.7 counts an outage so)."""
    ends = [*(step.at for step in curve[1:]), until]
    spans = ((min(end, until) - step.at) / timedelta(minutes=1) for step, end in zip(curve, ends, strict=False))
    return sum(step.users * max(0.0, span) for step, span in zip(curve, spans, strict=True))


def figure(curve: Sequence[Step], until: datetime, words: tuple[str, str], theme: str) -> dict[str, Any]:
    """The curve as a Plotly figure in JSON's terms. `words` are the names of the axes: time, affected users."""
    ends = [*curve, Step(max(until, curve[-1].at), curve[-1].users)] if curve else []
    trace = go.Scatter(
        x=[step.at for step in ends],
        y=[step.users for step in ends],
        mode="lines",
        line={"shape": "hv", "width": 2, "color": "#e5484d"},
        fill="tozeroy",
        fillcolor="rgba(229,72,77,0.25)",
        name=words[1],
    )
    layout = go.Layout(
        template=TEMPLATES[theme],
        xaxis={"title": {"text": words[0]}},
        yaxis={"title": {"text": words[1]}, "rangemode": "tozero", "tickformat": ",d"},
        margin={"l": 70, "r": 20, "t": 20, "b": 50},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    found: dict[str, Any] = orjson.loads(go.Figure([trace], layout).to_json())
    return found
