"""Figures that the dashboards share: bars of groups, Pareto charts, grids of heat. Pure; see charts.py for tokens and marks."""

from collections.abc import Sequence
from typing import Any

from command.core.problems import N_
from command.insights.charts import Figure, Say, axis, figure, hatching, whole
from command.insights.groups import FEW, UNKNOWN, Step

LONG = 14
"""Letters of a name under a bar; the whole name is in the hover and the table."""


MOST = 12
"""Bars of a Pareto chart that can be told apart on a phone."""


def short(name: str, most: int = LONG) -> str:
    """A name that fits under a bar."""
    return name if len(name) <= most else name[: most - 1] + "…"


def pareto(steps: Sequence[Step], names: Sequence[str], behind: Sequence[str], what: str, say: Say) -> Figure:
    """Bars from the greatest down, the line that adds them up, and the 80 % line. What is unknown is hatched, and off the line. The
    smallest stand in the table only."""
    kept = [at for at, step in enumerate(steps) if at < MOST or step.key == UNKNOWN]
    steps, names, behind = [steps[at] for at in kept], [names[at] for at in kept], [behind[at] for at in kept]
    x = [f"{at}" for at in range(len(steps))]
    bars = {
        "type": "bar",
        "x": x,
        "y": [round(step.size) for step in steps],
        "name": what,
        "marker": {
            "color": ["--stale" if step.key == UNKNOWN else "--accent" if step.few else "--soft" for step in steps],
            "pattern": hatching("") | {"shape": ["/" if step.key == UNKNOWN else "" for step in steps]},
        },
        "text": list(names),
        "textposition": "none",
        "customdata": list(behind),
        "hovertemplate": "%{text}<br>%{fullData.name}: %{y:,d}<extra></extra>",
    }
    known = [step for step in steps if step.upto is not None]
    line = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": x[: len(known)],
        "y": [(step.upto or 0) / 10 for step in known],
        "yaxis": "y2",
        "name": say(N_("Added up, of those known")),
        "line": {"color": "--ink", "width": 2},
        "marker": {"color": "--ink", "size": 7, "symbol": "diamond"},
        "hovertemplate": "%{y:.1f} %<extra></extra>",
    }
    eighty = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "y0": FEW / 10, "y1": FEW / 10}
    return figure(
        [bars, line],
        names_axis(x, names),
        yaxis=axis(what, **whole([step.size for step in steps], "~s")),
        yaxis2=axis("", overlaying="y", side="right", range=[0, 105], dtick=20, showgrid=False, ticksuffix=" %"),
        bargap=0.2,
        shapes=[{**eighty, "line": {"color": "--warn", "width": 2, "dash": "dash"}}],
        annotations=[note("80 %", xref="paper", x=1, yref="y2", y=FEW / 10, xanchor="right", yanchor="bottom")],
    )


def names_axis(x: Sequence[str], names: Sequence[str], most: int = LONG) -> Figure:
    """The axis under bars of groups: short names, aslant where there are many."""
    slant = 0 if len(names) <= 3 else -35 if len(names) <= 8 else -60
    return axis(
        "", type="category", showgrid=False, tickvals=list(x), ticktext=[short(n, most) for n in names], tickangle=slant
    )


def lying(
    names: Sequence[str], sizes: Sequence[float], behind: Sequence[str], what: str, color: str = "--accent"
) -> Figure:
    """Bars that lie, the first at the top, with their whole names beside them."""
    y = [f"{at}" for at in range(len(names))]
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": y,
        "x": [round(size) for size in sizes],
        "name": what,
        "marker": {"color": color, "pattern": hatching("/")},
        "text": list(names),
        "textposition": "none",
        "customdata": list(behind),
        "hovertemplate": "%{text}: %{x:,d}<extra></extra>",
    }
    beside = axis(
        "", type="category", autorange="reversed", showgrid=False, tickvals=y, ticktext=[short(name) for name in names]
    )
    return figure([bars], axis(what, **whole(list(sizes), "~s")), yaxis=beside, showlegend=False)


def heat(columns: Sequence[str], rows: Sequence[str], values: Sequence[Sequence[float | None]], **more: Any) -> Figure:
    """A grid in which the most is the strongest colour; cells of None are outside the period. `behind` are the addresses of the cells,
    `hover` what each is called, `what` the measure."""
    behind, hover, what = more.pop("behind"), more.pop("hover"), more.pop("what")
    trace = {
        "type": "heatmap",
        "x": list(columns),
        "y": list(rows),
        "z": [[None if value is None else round(value) for value in row] for row in values],
        "customdata": [list(row) for row in behind],
        "text": [list(row) for row in hover],
        "hovertemplate": "%{text}: %{z:,d}<extra></extra>",
        "hoverongaps": False,
        "xgap": 2,
        "ygap": 2,
        "zmin": 0,
        "colorscale": [[0, "--raised"], [0.02, "--heat-low"], [0.5, "--heat-middle"], [1, "--heat-high"]],
        "showscale": False,
        "showlegend": False,
    }
    most = max((value or 0 for row in values for value in row), default=0)
    across = axis("", type="category", showgrid=False, **more.pop("across", {}))
    down = axis("", type="category", showgrid=False, autorange="reversed", **more.pop("down", {}))
    return figure([trace, *_scale(most, what)], across, yaxis=down, **more)


def _scale(most: float, what: str) -> list[Figure]:
    """What the colours mean, as a legend: Plotly's own scale needs styles that the policy of our pages forbids."""
    shown = ((0.0, "--raised"), (0.5, "--heat-middle"), (1.0, "--heat-high"))
    words = {0.0: "0", 0.5: f"{round(most / 2):,}", 1.0: f"{round(most):,} {what}"}
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [None],
            "y": [None],
            "name": words[part],
            "marker": {"color": color, "symbol": "square", "size": 12, "line": {"color": "--line", "width": 1}},
            "hoverinfo": "skip",
        }
        for part, color in shown
        if most > 2 or part != 0.5
    ]


def note(text: str, **more: Any) -> Figure:
    """Words on a chart."""
    return {"text": text, "showarrow": False, **more}
