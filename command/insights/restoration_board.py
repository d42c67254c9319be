"""How long restoration took: the share restored by each time, against the targets of the tiers, and how that moved. Pure.

Times run from the report, as the clock of the service level does. Open incidents are in no time, but counted beside."""

import math
from collections.abc import Mapping, Sequence
from datetime import date

from command.core.problems import N_
from command.insights import addresses, bars, buckets, groups
from command.insights.buckets import Bucket
from command.insights.cases import Case
from command.insights.charts import TIERS, Figure, Say, axis, figure, label, span
from command.insights.filters import Filters
from command.insights.groups import Ground
from command.insights.overview import RESTORED
from command.insights.rates import Rate
from command.insights.sheets import Board, Column, Line, Plate
from command.insights.spans import Spans

DASHES = {1: "solid", 2: "dash", 3: "dot", 4: "dashdot"}
SYMBOLS = {1: "square", 2: "triangle-up", 3: "circle", 4: "diamond"}
"""Tiers differ by the kind of line and the symbol, too."""
TICKS = (
    (0.1, "6 min"),
    (0.5, "30 min"),
    (1, "1 h"),
    (2, "2 h"),
    (4, "4 h"),
    (8, "8 h"),
    (24, "24 h"),
    (48, "48 h"),
    (168, "168 h"),
)
LEAST = 1 / 60
"""Hours at which a logarithmic axis begins: what took less stands there."""


def board(ground: Ground, wanted: Filters, targets: Mapping[int, float], now: float, say: Say) -> Board:
    """`targets` are the hours in which service has to be back, by tier; `now` is in seconds since 1970."""
    tiers = {tier: [case for case in ground.cases if case.tier == tier] for tier in TIERS}
    said = () if ground.cases else (say(N_("No incident counts in this period.")),)
    return Board(
        (
            _distribution(tiers, wanted, targets, now, say),
            _course(ground, tiers, wanted, "median", say),
            _course(ground, tiers, wanted, "p90", say),
        ),
        said,
    )


def took(cases: Sequence[Case]) -> Spans:
    """Times from report to restoration, in seconds."""
    return groups.spans([(case.number, case.restoring) for case in cases])


def steps(seconds: Sequence[float]) -> list[tuple[float, int]]:
    """Hours by which each percent was restored (nearest rank), from the shortest on; at most 101 points, however many incidents."""
    if not seconds:
        return []
    ranks = sorted({max(0, math.ceil(len(seconds) * percent / 100) - 1) for percent in range(101)})
    return [(max(LEAST, seconds[rank] / 3600), int((rank + 1) * 1000 / len(seconds))) for rank in ranks]


def _distribution(
    tiers: Mapping[int, Sequence[Case]], wanted: Filters, targets: Mapping[int, float], now: float, say: Say
) -> Plate:
    data, lines = [], []
    for tier, cases in tiers.items():
        found = took(cases)
        data.append(_curve(tier, steps(found.seconds), wanted, say))
        rate = in_target(cases, now)
        lines.append(
            Line(
                (
                    *(say(TIERS[tier]), len(cases), len(found.seconds), found.unknown, found.median, found.p90),
                    *(targets.get(tier, 0) * 3600 or None, rate.good, rate.of, rate.tenths),
                ),
                addresses.behind(wanted, tier=str(tier)),
            )
        )
    columns = (
        Column("tier", say(N_("Tier")), "text"),
        Column("incidents", say(N_("Incidents"))),
        Column("restored", say(N_("Restored"))),
        Column("open", say(N_("Not restored yet"))),
        Column("median", say(N_("Median")), "took"),
        Column("p90", say(N_("P90")), "took"),
        Column("target", say(N_("Target time")), "took"),
        Column("in_target", say(N_("In the target"))),
        Column("passed", say(N_("Target passed"))),
        Column("rate", say(N_("Restoration rate")), "share"),
    )
    note = (say(N_("From the report to restoration. The upright lines are the targets of the tiers.")),)
    drawn = _ecdf(data, targets, say)
    return Plate("distribution", say(N_("Restored by when")), columns, tuple(lines), drawn, note, wide=True)


def in_target(cases: Sequence[Case], now: float) -> Rate:
    """Restored by the target ÷ those whose target has passed, as on the overview; negative times are errors, in neither."""
    passed = [case for case in cases if case.target is not None and case.target < now and (case.restoring or 0) >= 0]
    good = [
        case
        for case in passed
        if case.restoring is not None and case.target is not None and case.reported + case.restoring <= case.target
    ]
    return Rate(len(good), len(passed), RESTORED)


def _curve(tier: int, found: Sequence[tuple[float, int]], wanted: Filters, say: Say) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [round(hours, 4) for hours, _ in found],
        "y": [share / 10 for _, share in found],
        "name": say(TIERS[tier]),
        "line": {"shape": "hv", "color": f"--tier-{tier}", "width": 2.5, "dash": DASHES[tier]},
        "customdata": [addresses.behind(wanted, tier=str(tier))] * len(found),
        "hovertemplate": "%{fullData.name}<br>%{x:.2f} h: %{y:.1f} %<extra></extra>",
    }


def _ecdf(data: Sequence[Figure], targets: Mapping[int, float], say: Say) -> Figure:
    shapes, notes = [], []
    by_hours: dict[float, list[int]] = {}
    for tier, hours in targets.items():
        by_hours.setdefault(hours, []).append(tier)
    for hours, tiers in by_hours.items():
        line = {"type": "line", "x0": hours, "x1": hours, "y0": 0, "y1": 1, "yref": "paper"}
        stroke = {"color": f"--tier-{tiers[0]}", "width": 2, "dash": DASHES[tiers[0]]}
        shapes.append({**line, "line": stroke, "layer": "below"})
        words = " ".join(say(TIERS[tier]) for tier in tiers)
        notes.append(
            bars.note(
                f"{words}: {hours:g} h",
                x=math.log10(hours),
                y=0.02,
                yref="paper",
                textangle=-90,
                xanchor="right",
                yanchor="bottom",
            )
        )
    across = axis(
        "",
        type="log",
        tickvals=[hours for hours, _ in TICKS],
        ticktext=[words for _, words in TICKS],
        rangemode="normal",
        zeroline=False,
    )
    shown = [trace for trace in data if trace["x"]]
    return figure(shown, across, yaxis=axis("%", range=[0, 102]), shapes=shapes, annotations=notes, hovermode="closest")


def _course(ground: Ground, tiers: Mapping[int, Sequence[Case]], wanted: Filters, which: str, say: Say) -> Plate:
    """The median or ninth decile of each tier by bucket. Buckets in which nothing was restored have no point."""
    split = buckets.split(wanted.first, wanted.last, wanted.step)
    found = {tier: [took(cases) for cases in _by_bucket(ground, cases, split)] for tier, cases in tiers.items()}
    data = [_line(tier, split, found[tier], which, wanted, say) for tier in TIERS]
    columns = (
        Column("reported", say(N_("Reported")), "text"),
        *(Column(f"tier{tier}", say(word), "took") for tier, word in TIERS.items()),
    )
    lines = tuple(
        Line(
            (span(bucket), *(getattr(found[tier][at], which) for tier in TIERS)),
            addresses.behind(wanted, bucket.first, bucket.last),
        )
        for at, bucket in reversed(list(enumerate(split)))
    )
    title = N_("Median time to restore") if which == "median" else N_("P90 time to restore")
    every = -(-len(split) // 6)
    across = axis(
        "",
        type="category",
        showgrid=False,
        tickvals=[bucket.first.isoformat() for bucket in split[::every]],
        ticktext=[label(bucket, wanted.step) for bucket in split[::every]],
        tickangle=0,
        categoryarray=[bucket.first.isoformat() for bucket in split],
    )
    return Plate(which, say(title), columns, lines, figure(data, across, yaxis=axis("h", hoverformat=".2f")))


def _line(tier: int, split: Sequence[Bucket], found: Sequence[Spans], which: str, wanted: Filters, say: Say) -> Figure:
    there = [(bucket, getattr(each, which) / 3600) for bucket, each in zip(split, found, strict=True) if each.seconds]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [bucket.first.isoformat() for bucket, _ in there],
        "y": [round(hours, 3) for _, hours in there],
        "name": say(TIERS[tier]),
        "line": {"color": f"--tier-{tier}", "width": 2, "dash": DASHES[tier]},
        "marker": {"color": f"--tier-{tier}", "size": 9, "symbol": SYMBOLS[tier]},
        "customdata": [addresses.behind(wanted, bucket.first, bucket.last, tier=str(tier)) for bucket, _ in there],
        "hovertemplate": "%{x}<br>%{fullData.name}: %{y:.2f} h<extra></extra>",
    }


def _by_bucket(ground: Ground, cases: Sequence[Case], split: tuple[Bucket, ...]) -> list[list[Case]]:
    found: list[list[Case]] = [[] for _ in split]
    places: dict[date, int | None] = {}
    for case in cases:
        day = ground.local(case).date()
        if day not in places:
            places[day] = buckets.place(split, day)
        at = places[day]
        if at is not None:
            found[at].append(case)
    return found
