"""Two periods side by side: their figures, the differences, and whether each is for the better. Pure.

Sums of periods of different length are compared by the day; rates and durations as they are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from command.core.problems import N_, Invalid
from command.insights import addresses, filters, funnel
from command.insights.bars import names_axis
from command.insights.charts import TIERS, Figure, Say, axis, figure, hatching, whole
from command.insights.filters import Filters
from command.insights.periods import Period
from command.insights.sheets import Board, Column, Line, Plate

NAMES = ("a_from", "a_to", "b_from", "b_to")
Verdict = Literal["better", "worse", "same", "none"]
VERDICTS: dict[Verdict, str] = {
    "better": N_("better"),
    "worse": N_("worse"),
    "same": N_("the same"),
    "none": N_("nothing to compare"),
}
SPANS = {
    "detection": N_("Occurred → detected"),
    "acknowledgement": N_("Detected → acknowledged"),
    "response": N_("Report received → handling begins"),
    "restoration": N_("Occurred → restored"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Period A and the one it is compared with, B, under the same filters."""

    a: Filters
    b: Filters

    @property
    def days(self) -> tuple[int, int]:
        return (self.a.last - self.a.first).days + 1, (self.b.last - self.b.first).days + 1

    @property
    def query(self) -> dict[str, str]:
        """Both periods as they stand in an address."""
        days = (self.a.first, self.a.last, self.b.first, self.b.last)
        return dict(zip(NAMES, (day.isoformat() for day in days), strict=True))


def read(asked: Mapping[str, str], today: date) -> Asked:
    """Both periods of an address. Without any: this month up to today, and the same days of the month before. Raise Invalid naming the
    parameter."""
    others = {name: value for name, value in asked.items() if name in filters.NAMES and name not in ("from", "to")}
    a = _period(asked, others, "a", (today.replace(day=1), today), today)
    earlier = a.first - timedelta(days=1)
    begin = earlier.replace(day=1) if a.first.day == 1 else a.first - (a.last - a.first) - timedelta(days=1)
    end = min(begin + (a.last - a.first), earlier)
    return Asked(a, _period(asked, others, "b", (begin, end), today))


def _period(
    asked: Mapping[str, str], others: Mapping[str, str], name: str, plain: tuple[date, date], today: date
) -> Filters:
    given = {part: asked.get(f"{name}_{part}", "").strip() for part in ("from", "to")}
    if not any(given.values()):
        given = {"from": plain[0].isoformat(), "to": plain[1].isoformat()}
    try:
        return filters.read({**others, **given}, today)
    except Invalid as wrong:
        if wrong.field in given:
            wrong.field = f"{name}_{wrong.field}"
        raise


@dataclass(frozen=True, slots=True)
class Figured:
    """One figure of both periods. `up`: more is better; None where neither is. `summed`: it grows with the length of its period. `label` is
    what stands under its bars, where that is not its name."""

    words: str
    a: float | None
    b: float | None
    up: bool | None
    summed: bool = False
    behind: str = ""
    label: str = ""


def difference(one: Figured, days: tuple[int, int]) -> tuple[float | None, Verdict]:
    """A − B, of sums by the day where the periods differ in length; and for the better or not."""
    if one.a is None or one.b is None:
        return None, "none"
    a, b = (one.a / days[0], one.b / days[1]) if one.summed and days[0] != days[1] else (one.a, one.b)
    moved = a - b
    if abs(moved) < 1e-9:
        return 0.0, "same"
    return moved, "none" if one.up is None else "better" if (moved > 0) == one.up else "worse"


def change(one: Figured, days: tuple[int, int]) -> int | None:
    """The difference in tenths of a percent of B, toward zero; None where B is nothing."""
    moved, _ = difference(one, days)
    if moved is None or not one.b:
        return None
    base = one.b / days[1] if one.summed and days[0] != days[1] else one.b
    return int(moved * 1000 / base)


def board(asked: Asked, a: Period, b: Period, say: Say) -> Board:
    """Sums, rates and durations of both."""
    said = [say(N_("Period A: %(a)s. Period B: %(b)s.")) % {"a": _span(asked.a), "b": _span(asked.b)}]
    if asked.days[0] != asked.days[1]:
        lengths = {"a": asked.days[0], "b": asked.days[1]}
        said.append(say(N_("The periods have %(a)d and %(b)d days: sums are compared by the day.")) % lengths)
    return Board(
        (
            _plate("sums", N_("Sums"), "count", _sums(asked, a, b, say), asked, say, _tier_rows),
            _plate("rates", N_("Rates"), "share", _rates(a, b, say), asked, say, None),
            _plate("durations", N_("Durations"), "took", _durations(a, b, say), asked, say, _medians),
        ),
        tuple(said),
    )


def _span(wanted: Filters) -> str:
    return f"{wanted.first} – {wanted.last}"


def _sums(asked: Asked, a: Period, b: Period, say: Say) -> list[Figured]:
    rows = [
        Figured(say(N_("Incidents")), a.figures.incidents, b.figures.incidents, False, True, addresses.behind(asked.a))
    ]
    rows += [
        Figured(
            say(word),
            a.figures.tiers[tier - 1],
            b.figures.tiers[tier - 1],
            False,
            True,
            addresses.behind(asked.a, tier=str(tier)),
        )
        for tier, word in TIERS.items()
    ]
    minutes = round(a.figures.user_minutes), round(b.figures.user_minutes)
    return [
        *rows,
        Figured(say(N_("Affected users")), a.figures.users, b.figures.users, False, True),
        Figured(say(N_("User-minutes")), *minutes, False, True),
    ]


def _rates(a: Period, b: Period, say: Say) -> list[Figured]:
    told = [funnel.together(each.funnels.values()).rate.tenths for each in (a, b)]
    return [
        Figured(say(N_("Response in time")), a.figures.response.tenths, b.figures.response.tenths, True),
        Figured(say(N_("Restoration rate")), a.figures.restoration.tenths, b.figures.restoration.tenths, True),
        Figured(say(N_("Notices delivered")), told[0], told[1], True),
    ]


def _durations(a: Period, b: Period, say: Say) -> list[Figured]:
    return [
        Figured(
            say(N_("%(name)s: %(value)s")) % {"name": say(word), "value": say(name)},
            getattr(a.figures.spans[code], which),
            getattr(b.figures.spans[code], which),
            False,
            label=say(word),
        )
        for code, word in SPANS.items()
        for which, name in (("mean", N_("Mean")), ("median", N_("Median")), ("p90", N_("P90")))
    ]


def _tier_rows(rows: Sequence[Figured]) -> Sequence[Figured]:
    """Users and user-minutes are of another size than incidents: they stand in the table."""
    return rows[: 1 + len(TIERS)]


def _medians(rows: Sequence[Figured]) -> Sequence[Figured]:
    """Means and ninth deciles stand in the table."""
    return rows[1::3]


def _plate(
    code: str,
    title: str,
    kind: Literal["count", "share", "took"],
    rows: Sequence[Figured],
    asked: Asked,
    say: Say,
    drawn: Callable[[Sequence[Figured]], Sequence[Figured]] | None,
) -> Plate:
    columns = (
        Column("figure", say(N_("Figure")), "text"),
        Column("a", say(N_("Period A")), kind),
        Column("b", say(N_("Period B")), kind),
        Column("change", say(N_("Change against B")), "share"),
        Column("verdict", say(N_("Verdict")), "text"),
    )
    lines = tuple(
        Line(
            (row.words, row.a, row.b, change(row, asked.days), say(VERDICTS[difference(row, asked.days)[1]])),
            row.behind,
        )
        for row in rows
    )
    return Plate(code, say(title), columns, lines, _bars(drawn(rows) if drawn else rows, kind, say))


SCALE = {"count": 1.0, "share": 0.1, "took": 1 / 60}
AXES = {"count": "", "share": "%", "took": N_("min (median)")}


def _bars(rows: Sequence[Figured], kind: str, say: Say) -> Figure:
    """Both periods beside each other; durations on a logarithmic axis, for minutes stand beside days."""
    x = [f"{at}" for at in range(len(rows))]
    data = []
    for name, word, color, pattern in (("a", N_("Period A"), "--accent", ""), ("b", N_("Period B"), "--soft", "/")):
        found = [getattr(row, name) for row in rows]
        data.append(
            {
                "type": "bar",
                "name": say(word),
                "x": x,
                "y": [None if value is None else round(value * SCALE[kind], 1) for value in found],
                "text": [row.words for row in rows],
                "textposition": "none",
                "marker": {"color": color, "pattern": hatching(pattern)},
                "hovertemplate": "%{text}<br>%{fullData.name}: %{y:,}<extra></extra>",
                "customdata": [row.behind for row in rows],
            }
        )
    heights = [value * SCALE[kind] for row in rows for value in (row.a, row.b) if value is not None]
    upright = axis(say(AXES[kind]) if AXES[kind] else "", **(whole(heights) if kind == "count" else {}))
    if kind == "took":
        upright |= {"type": "log", "rangemode": "normal", "dtick": 1}
    names = [row.label or row.words for row in rows]
    below = names_axis(x, names, 24) | ({"tickangle": -20} if kind == "took" else {"tickangle": 0})
    return figure(data, below, yaxis=upright, barmode="group", bargap=0.3)
