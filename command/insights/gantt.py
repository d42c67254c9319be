"""One incident on one axis of time: its phases, clocks, tasks, pages, notices and resources as bars, and the affected users below. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Literal

from command.core.problems import N_
from command.insights.charts import Figure, Say, axis, figure, hatching, whole
from command.insights.sheets import Column, Line, Plate

Group = Literal["phase", "clock", "task", "page", "notice", "resource"]
Tone = Literal["done", "late", "open", "apart", "phase"]
GROUPS: dict[Group, str] = {
    "phase": N_("Phases"),
    "clock": N_("Clocks"),
    "task": N_("Tasks"),
    "page": N_("Pages"),
    "notice": N_("Notices"),
    "resource": N_("Resources"),
}
"""In the order in which they stand, from the top."""
TONES: dict[Tone, tuple[str, str, str]] = {
    "phase": (N_("phase"), "--soft", ""),
    "done": (N_("done or met"), "--ok", ""),
    "late": (N_("late or missed"), "--bad", "x"),
    "open": (N_("goes on"), "--accent", "/"),
    "apart": (N_("stopped, skipped, unanswered or on the way"), "--stale", "."),
}
"""Words, colour and hatching: bars differ by both."""
ROW, HEAD, CURVE, LONG = 20, 70, 190, 24
"""Pixels of a row, of what stands above them, and of the curve; letters of a row's name."""
AFTER = 0.25
"""How much of the time up to restoration is drawn after it, where the closing came much later."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasted. `end` is None while it goes on; `part` divides a group (a department); `due` is when it had to end."""

    group: Group
    row: str
    begin: datetime
    end: datetime | None
    tone: Tone
    said: str
    part: str = ""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """What of the time is drawn: `cut` says that something lies beyond."""

    begin: datetime
    end: datetime
    cut: bool = False


def tone(end: datetime | None, due: datetime | None, now: datetime) -> Tone:
    """Late once its time has passed, whether it ended since or not. Ended exactly when due is in time."""
    if due is not None and (end or now) > due:
        return "late"
    return "open" if end is None else "done"


def phases(moments: Sequence[tuple[str, datetime | None]], over: bool, words: tuple[str, str]) -> list[Bar]:
    """The stretches between the moments that are known, and the last one's that goes on unless it is `over`. `words` say what a phase is,
    and that one ends before it begins: an error of the data, which is listed and not drawn."""
    known = [(name, at) for name, at in moments if at is not None]
    found = []
    for (name, begin), (following, end) in pairwise(known):
        wrong = end < begin
        row = f"{name} → {following}"
        found.append(Bar("phase", row, begin, begin if wrong else end, "late" if wrong else "phase", words[wrong]))
    if known and not over:
        found.append(Bar("phase", f"{known[-1][0]} →", known[-1][1], None, "open", words[0]))
    return found


def window(bars: Sequence[Bar], restored: datetime | None, now: datetime, *, all_of_it: bool) -> Window:
    """From the first moment to the last. A closing that came much later than the restoration would press all that led to it into a
    corner: then the axis ends soon after the restoration, unless all of it is asked for."""
    begin = min((bar.begin for bar in bars), default=now)
    end = max((bar.end or now for bar in bars), default=now)
    end = max(end, begin + timedelta(minutes=1))
    if restored is None or all_of_it:
        return Window(begin, end)
    soon = restored + max((restored - begin) * AFTER, timedelta(minutes=10))
    return Window(begin, soon, True) if end - begin > 2 * (soon - begin) else Window(begin, end)


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of the chart: a head, or a name with its bars."""

    name: str
    head: bool
    bars: tuple[Bar, ...] = ()


def rows(bars: Sequence[Bar], say: Say) -> list[_Row]:
    """A head for each group and part, and below it one row a name, in the order in which they began."""
    found: list[_Row] = []
    for group, word in GROUPS.items():
        parts = dict.fromkeys(bar.part for bar in bars if bar.group == group)
        for part in parts:
            mine = [bar for bar in bars if bar.group == group and bar.part == part]
            found.append(_Row(f"{say(word)} · {part}" if part else say(word), True))
            names = dict.fromkeys(bar.row for bar in sorted(mine, key=lambda bar: bar.begin))
            found += [_Row(name, False, tuple(bar for bar in mine if bar.row == name)) for name in names]
    return found


def draw(bars: Sequence[Bar], below: Figure | None, shown: Window, now: datetime, say: Say) -> Figure:
    """The bars above, the curve of affected users (`below`, as curve.draw makes it) on the same axis. Times are read on their own clock."""
    table = rows(bars, say)
    height = HEAD + ROW * len(table) + (CURVE if below else 30)
    share = CURVE / height if below else 0.0
    words = [f"▪ {_cut(row.name)}" if row.head else _cut(row.name) for row in table]
    data: list[Figure] = [trace for kind in TONES if (trace := _trace(kind, table, now, say))["y"]]
    data.append(_due(table, say))
    more: dict[str, Any] = {"height": height, "barmode": "overlay", "hovermode": "closest", "bargap": 0.3}
    if below:
        data += [{**trace, "yaxis": "y2", "showlegend": False} for trace in below["data"]]
        heights = below["data"][0]["y"]
        more["yaxis2"] = axis(say(N_("Affected users")), **whole(heights, "~s"), domain=[0, share - 0.03 * (share > 0)])
    beside = axis("", showgrid=False, zeroline=False, tickvals=list(range(len(table))), ticktext=words)
    beside |= {"domain": [share, 1], "range": [len(table) - 0.5, -0.5], "rangemode": "normal"}
    across = axis("", type="date", rangemode="normal", range=[_wall(shown.begin), _wall(shown.end)])
    across |= {"anchor": "y2" if below else "y"}
    return figure([trace for trace in data if trace["x"]], across, yaxis=beside, **more)


def _cut(name: str) -> str:
    return name if len(name) <= LONG else name[: LONG - 1] + "…"


def _trace(kind: Tone, table: Sequence[_Row], now: datetime, say: Say) -> Figure:
    word, color, pattern = TONES[kind]
    found = [(at, bar) for at, row in enumerate(table) for bar in row.bars if bar.tone == kind]
    return {
        "type": "bar",
        "orientation": "h",
        "width": 0.7,
        "y": [at for at, _ in found],
        "base": [_wall(bar.begin) for _, bar in found],
        "x": [max(1, round(((bar.end or now) - bar.begin) / timedelta(milliseconds=1))) for _, bar in found],
        "name": say(word),
        "marker": {"color": color, "pattern": hatching(pattern), "line": {"color": color, "width": 1}},
        "text": [
            f"{bar.row}<br>{_hours(bar.begin)} – {_hours(bar.end) if bar.end else '…'}<br>{bar.said}"
            for _, bar in found
        ],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _due(table: Sequence[_Row], say: Say) -> Figure:
    """An upright mark where something had to end."""
    found = [(at, bar) for at, row in enumerate(table) for bar in row.bars if bar.due is not None]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [_wall(bar.due) for _, bar in found if bar.due],
        "y": [at for at, _ in found],
        "name": say(N_("has to end by then")),
        "marker": {"symbol": "line-ns", "size": 14, "color": "--ink", "line": {"color": "--ink", "width": 3}},
        "text": [f"{bar.row}: {say(N_('has to end by then'))} {_hours(bar.due)}" for _, bar in found if bar.due],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _wall(at: datetime) -> str:
    """The time as its own clock shows it: Plotly knows no zones."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds")


def _hours(at: datetime) -> str:
    return f"{at:%m-%d %H:%M:%S}"


def plate(bars: Sequence[Bar], drawn: Figure | None, title: str, said: tuple[str, ...], say: Say) -> Plate:
    """The chart with its table: one line a bar, in the order of the chart."""
    columns = (
        Column("group", say(N_("What it is")), "text"),
        Column("part", say(N_("Department")), "text"),
        Column("row", say(N_("Which one")), "text"),
        Column("begin", say(N_("From")), "moment"),
        Column("end", say(N_("To")), "moment"),
        Column("due", say(N_("Due")), "moment"),
        Column("took", say(N_("Lasted")), "took"),
        Column("state", say(N_("State")), "text"),
    )
    order = list(GROUPS)
    lines = tuple(
        Line((say(GROUPS[bar.group]), bar.part, bar.row, bar.begin, bar.end, bar.due, _took(bar), bar.said))
        for bar in sorted(bars, key=lambda bar: (order.index(bar.group), bar.part, bar.begin))
    )
    return Plate("gantt", title, columns, lines, drawn, said, wide=True, tall=True)


def _took(bar: Bar) -> float | None:
    return (bar.end - bar.begin).total_seconds() if bar.end is not None else None
