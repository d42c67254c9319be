"""Plotly figures of the overview, in JSON's terms. Pure: `say` puts words into the reader's language.

A value that begins with `--` is a token of the stylesheet: static/chart.js puts the colour of the page's theme in its place. `customdata`
of a mark is the address of the incidents behind it. Tiers and verdicts differ by pattern and symbol too, never by colour alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from command.core.problems import N_
from command.insights.buckets import Bucket, Step
from command.insights.filters import Filters
from command.insights.funnel import Funnel
from command.insights.overview import ALL_IN_TIME, RESTORED, Bar, Bin
from command.insights.rates import Rate, words

Say = Callable[[str], str]
Figure = dict[str, Any]

TICKS = 6
FEW = 5
"""Up to this height an axis would part ones into halves by itself."""
TIERS = {1: N_("Tier I"), 2: N_("Tier II"), 3: N_("Tier III"), 4: N_("Tier IV")}
PATTERNS = {1: "", 2: "/", 3: "x", 4: "."}
"""Each tier's hatching, over its own colour, so that printed or seen without colour the bars still differ."""


def label(bucket: Bucket, step: Step) -> str:
    """What stands under a bar: month and day, for weeks their first day, for months the year and month."""
    return f"{bucket.first:%Y-%m}" if step == "month" else f"{bucket.first:%m-%d}"


def span(bucket: Bucket) -> str:
    """The days of a bucket in full."""
    return f"{bucket.first}" if bucket.first == bucket.last else f"{bucket.first} – {bucket.last}"


def tiers(bars: Sequence[Bar], wanted: Filters, say: Say) -> Figure:
    """Incidents reported in each bucket, stacked by tier, the gravest at the bottom."""
    data = [
        {
            **_bars(bars, [bar.tiers[tier - 1] for bar in bars]),
            "name": say(word),
            "marker": {"color": f"--tier-{tier}", "pattern": hatching(PATTERNS[tier])},
            "customdata": [wanted.behind(b.bucket.first, b.bucket.last, tier=str(tier)) for b in bars],
            "hovertemplate": "%{x}<br>%{fullData.name}: %{y}<extra></extra>",
        }
        for tier, word in TIERS.items()
    ]
    return figure(
        data,
        _times(bars, wanted.step),
        yaxis=axis(say(N_("Incidents")), **whole([sum(bar.tiers) for bar in bars])),
        barmode="stack",
    )


def users(bars: Sequence[Bar], wanted: Filters, say: Say) -> Figure:
    """Affected users above, user-minutes below, of the incidents reported in each bucket."""
    behind = [wanted.behind(bar.bucket.first, bar.bucket.last) for bar in bars]
    affected, minutes = [bar.users for bar in bars], [round(bar.user_minutes) for bar in bars]
    above = {
        **_bars(bars, affected),
        "name": say(N_("Affected users")),
        "marker": {"color": "--accent"},
        "customdata": behind,
        "hovertemplate": "%{x}<br>%{fullData.name}: %{y:,d}<extra></extra>",
    }
    below = {
        **above,
        "y": minutes,
        "yaxis": "y2",
        "name": say(N_("User-minutes")),
        "marker": {"color": "--warn", "pattern": hatching("/")},
    }
    first = axis("", **whole(affected, "~s"), domain=[0.56, 1])
    second = axis("", **whole(minutes, "~s"), domain=[0, 0.44])
    return figure([above, below], _times(bars, wanted.step) | {"anchor": "y2"}, yaxis=first, yaxis2=second)


def response(bins: Sequence[Bin], limit: int, say: Say) -> Figure:
    """How many responses took how long, with the line they have to stay left of. A click opens the row of the table."""
    late, unit = [one.above >= limit for one in bins], say(N_("min"))
    data = [
        {
            "type": "bar",
            "x": [ends(one) for one in bins],
            "y": [len(one.numbers) if is_late is wrong else 0 for one, is_late in zip(bins, late, strict=True)],
            "name": say(word),
            "marker": {"color": color, "pattern": hatching("/" if wrong else "")},
            "customdata": [f"#response-{one.above}" for one in bins],
            "hovertemplate": f"%{{x}} {unit}: %{{y}}<extra>%{{fullData.name}}</extra>",
        }
        for word, color, wrong in ((N_("In time"), "--ok", False), (N_("Late"), "--bad", True))
    ]
    edge = sum(not each for each in late) - 0.5
    line = {"type": "line", "x0": edge, "x1": edge, "y0": 0, "y1": 1, "yref": "paper"}
    return figure(
        data,
        axis(say(N_("Minutes until handling began")), type="category", showgrid=False),
        yaxis=axis(say(N_("Incidents")), **whole([len(one.numbers) for one in bins])),
        barmode="stack",
        bargap=0.12,
        shapes=[{**line, "line": {"color": "--ink", "width": 2, "dash": "dash"}}],
        annotations=[_note(edge, 1.0, f"{limit} {unit}", xanchor="left", xshift=4)],
    )


def rates(bars: Sequence[Bar], wanted: Filters, say: Say) -> Figure:
    """Both national figures by bucket, with the 98 % line. Buckets without anything to count have no point."""
    behind = [wanted.behind(bar.bucket.first, bar.bucket.last) for bar in bars]
    data = [
        _rate_line(bars, [bar.response for bar in bars], say(N_("Response in time")), "--accent", "dot", behind),
        _rate_line(bars, [bar.restoration for bar in bars], say(N_("Restoration rate")), "--ok", "solid", behind),
    ]
    seen = [rate.tenths for bar in bars for rate in (bar.response, bar.restoration) if rate.tenths is not None]
    bottom = max(0, min([*seen, RESTORED - 80]) / 10 - 5)
    line = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": RESTORED / 10, "y1": RESTORED / 10}
    return figure(
        data,
        _times(bars, wanted.step),
        yaxis=axis("%", range=[bottom, ALL_IN_TIME / 10 + 2]),
        shapes=[{**line, "line": {"color": "--ink", "width": 2, "dash": "dash"}}],
        annotations=[
            _note(0, RESTORED / 10, "98 %", xref="paper", yref="y", xanchor="left", yanchor="top"),
        ],
    )


def notices(all_of_them: Funnel, wanted: Filters, say: Say) -> Figure:
    """From the audience over sent to delivered."""
    stages = (
        (N_("Audience"), all_of_them.audience, "--soft"),
        (N_("Sent"), all_of_them.sent, "--accent"),
        (N_("Delivered"), all_of_them.delivered, "--ok"),
    )
    trace = {
        "type": "funnel",
        "y": [say(word) for word, _, _ in stages],
        "x": [count for _, count, _ in stages],
        "texttemplate": "%{value:,d}",
        "textfont": {"color": "--page", "size": 15},
        "textposition": "auto",
        "marker": {"color": [color for _, _, color in stages]},
        "connector": {"fillcolor": "--raised", "line": {"color": "--line", "width": 1}},
        "customdata": [wanted.behind()] * len(stages),
        "hovertemplate": "%{y}: %{x:,d}<extra></extra>",
    }
    return figure([trace], {"visible": False}, yaxis={"automargin": True, "fixedrange": True}, showlegend=False)


def ends(one: Bin) -> str:
    """0–5, 5–10, … 120+: the end belongs to the bar."""
    return f"{one.above}–{one.upto}" if one.upto is not None else f"{one.above}+"


def _rate_line(
    bars: Sequence[Bar], found: Sequence[Rate], name: str, color: str, dash: str, behind: Sequence[str]
) -> Mapping[str, Any]:
    symbols = {"met": "circle", "missed": "x", "none": "circle-open"}
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [bar.bucket.first.isoformat() for bar in bars],
        "y": [rate.percent for rate in found],
        "text": [f"{words(rate.tenths)} ({rate.good} / {rate.of})" for rate in found],
        "name": name,
        "connectgaps": True,
        "line": {"color": color, "width": 2, "dash": dash},
        "marker": {"color": color, "size": 9, "symbol": [symbols[rate.verdict] for rate in found]},
        "customdata": list(behind),
        "hovertemplate": "%{x}<br>%{fullData.name}: %{text}<extra></extra>",
    }


def _bars(bars: Sequence[Bar], heights: Sequence[float]) -> Figure:
    return {"type": "bar", "x": [bar.bucket.first.isoformat() for bar in bars], "y": list(heights)}


def hatching(shape: str) -> Figure:
    """Lines over a bar's colour, so that it differs without colour too."""
    return {
        "shape": shape,
        "solidity": 0.3,
        "size": 7,
        "fillmode": "overlay",
        "fgcolor": "--surface",
        "fgopacity": 0.55,
    }


def _times(bars: Sequence[Bar], step: Step) -> Figure:
    """The axis of the buckets, with as many words under it as fit a phone."""
    every = -(-len(bars) // TICKS) or 1
    shown = [bar.bucket for bar in bars[::every]]
    return axis(
        "",
        type="category",
        showgrid=False,
        tickvals=[bucket.first.isoformat() for bucket in shown],
        ticktext=[label(bucket, step) for bucket in shown],
        tickangle=0,
    )


def axis(title: str, **more: Any) -> Figure:
    """An axis that begins at zero, in the colours of the page."""
    named = {"title": {"text": title}} if title else {}
    fixed = {"automargin": True, "fixedrange": True, "gridcolor": "--line", "zerolinecolor": "--line"}
    return {**named, **fixed, "linecolor": "--line", "rangemode": "tozero", **more}


def whole(heights: Sequence[float], form: str = ",d") -> Figure:
    """The ticks of an axis that counts: whole numbers, each once, however low the bars are."""
    return {"tickformat": form, **({"dtick": 1} if max(heights, default=0) <= FEW else {})}


def _note(x: float, y: float, text: str, **more: Any) -> Figure:
    return {"x": x, "y": y, "yref": "paper", "text": text, "showarrow": False, "yanchor": "top", **more}


def figure(data: Sequence[Mapping[str, Any]], xaxis: Figure, **layout: Any) -> Figure:
    """A figure on the page's own surface, in its letters and colours. Raise ValueError for a property that Plotly does not know: a
    browser would leave it out in silence."""
    made = {
        "data": list(data),
        "layout": {
            "xaxis": xaxis,
            "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"color": "--ink", "family": "--tblr-font-sans-serif", "size": 12},
            "hoverlabel": {"bgcolor": "--raised", "bordercolor": "--line", "font": {"color": "--ink"}},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
            "dragmode": False,
            **layout,
        },
    }
    go.Figure(_coloured(made))
    return made


def _coloured(value: Any) -> Any:
    """The same with a colour in the place of each token, as the page will have it."""
    if isinstance(value, Mapping):
        return {key: _coloured(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_coloured(each) for each in value]
    return "#808080" if isinstance(value, str) and value.startswith("--") else value
