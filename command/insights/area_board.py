"""Where and when incidents fell: a grid of areas and months, one level of areas at a time. Pure.

An incident stands in the area it was reported for, once; with that its rows add up to what the overview counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from command.core.problems import N_
from command.insights import addresses, bars, buckets
from command.insights.buckets import Bucket
from command.insights.cases import Case
from command.insights.charts import Say
from command.insights.filters import Filters
from command.insights.groups import UNKNOWN, Ground, Place
from command.insights.sheets import Board, Column, Line, Plate

MEASURES = {"incidents": N_("Incidents"), "user_minutes": N_("User-minutes")}
ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Row:
    """An area below the one looked at; `whole` is false for what fell on the one looked at itself. `drill`: it has areas within."""

    key: str
    name: str
    narrow: Mapping[str, str]
    drill: bool = False


def size(cases: Sequence[Case], measure: str) -> float:
    """How many incidents, or the sum of their user-minutes."""
    return sum(case.user_minutes for case in cases) if measure == "user_minutes" else len(cases)


def board(ground: Ground, wanted: Filters, measure: str, say: Say) -> Board:
    """The grid below the area of the filters, or below the first area that has several within it."""
    top = _top(ground, wanted.area)
    months = buckets.split(wanted.first, wanted.last, "month")
    rows, cells = _cells(ground, top, months, say)
    shown = [[size(cell, measure) for cell in cells[row.key]] for row in rows]
    names = [row.name for row in rows]
    words = [f"{month.first:%Y-%m}" for month in months]
    behind = [[_behind(wanted, row, month) for month in months] for row in rows]
    hover = [[f"{name} {word}" for word in words] for name in names]
    what = say(MEASURES[measure])
    every = -(-len(words) // 12)
    figure = bars.heat(
        words,
        names,
        shown,
        behind=behind,
        hover=hover,
        what=what,
        across={"tickvals": words[::every], "tickangle": 0 if len(words) <= 6 else -45},
        down={"tickvals": names, "ticktext": [bars.short(name) for name in names]},
        height=max(260, 60 + 30 * len(rows)),
    )
    columns = (
        Column("area", say(N_("Area")), "text"),
        Column("incidents", say(N_("Incidents")), bar=True),
        Column("user_minutes", say(N_("User-minutes")), "minutes", bar=True),
        *(Column(word, word, "count" if measure == "incidents" else "minutes") for word in words),
    )
    lines = tuple(_line(row, cells[row.key], shown[at], wanted) for at, row in enumerate(rows))
    title = say(N_("%(area)s: areas by month")) % {"area": top.name if top else say(N_("All areas"))}
    plate = Plate("areas", title, columns, lines, figure, (), say(N_("Look inside")), wide=True, tall=True)
    return Board((plate,), () if ground.cases else (say(N_("No incident counts in this period.")),))


def _line(row: Row, cells: Sequence[Sequence[Case]], shown: Sequence[float], wanted: Filters) -> Line:
    every = [case for cell in cells for case in cell]
    inside = f"/insights/areas?{addresses.query(wanted, area=row.key)}" if row.drill else ""
    return Line((row.name, len(every), size(every, "user_minutes"), *shown), _behind(wanted, row, None), inside)


def _behind(wanted: Filters, row: Row, month: Bucket | None) -> str:
    if not row.narrow:
        return ""
    first, last = (month.first, month.last) if month else (None, None)
    return addresses.behind(wanted, first, last, **row.narrow)


def _top(ground: Ground, code: str | None) -> Place | None:
    """The area looked at: the one asked for, or going down from the whole country the first with several areas below."""
    children = _children(ground)
    if code is not None:
        return next((place for place in ground.areas.values() if place.code == code), None)
    below, found = children.get(None, []), None
    while len(below) == 1:
        found = ground.areas[below[0]]
        below = children.get(below[0], [])
    return found


def _children(ground: Ground) -> dict[int | None, list[int]]:
    children: dict[int | None, list[int]] = {}
    for area, place in ground.areas.items():
        children.setdefault(place.parent, []).append(area)
    return children


def _cells(
    ground: Ground, top: Place | None, months: tuple[Bucket, ...], say: Say
) -> tuple[list[Row], dict[str, list[list[Case]]]]:
    """The rows that have incidents, those with areas in the order of their codes, and the cases of each month."""
    found: dict[str, list[list[Case]]] = {}
    places: dict[date, int | None] = {}
    keys = {area: _key(ground, top, area) for area in {case.area_id for case in ground.cases}}
    for case in ground.cases:
        day = ground.local(case).date()
        if day not in places:
            places[day] = buckets.place(months, day)
        at = places[day]
        if at is not None:
            found.setdefault(keys[case.area_id], [[] for _ in months])[at].append(case)
    above = {place.parent for place in ground.areas.values()}
    known = {place.code: (place, area in above) for area, place in ground.areas.items()}
    rows = [_row(key, known, top, say) for key in sorted(found, key=lambda key: (key in (UNKNOWN, ELSEWHERE), key))]
    return rows, found


def _key(ground: Ground, top: Place | None, area: int | None) -> str:
    """The area directly below `top` in which an area lies; `top` itself, or none of it."""
    line = ground.line(area)
    if not line:
        return UNKNOWN
    if top is None:
        return line[-1].code
    if top not in line:
        return ELSEWHERE
    at = line.index(top)
    return line[at - 1].code if at else top.code


def _row(key: str, known: Mapping[str, tuple[Place, bool]], top: Place | None, say: Say) -> Row:
    if key == UNKNOWN:
        return Row(key, say(N_("area not known")), {"at": UNKNOWN})
    if key == ELSEWHERE:
        return Row(key, say(N_("reported elsewhere, with impact here")), {})
    place, drill = known[key]
    if top is not None and key == top.code:
        return Row(key, say(N_("%(area)s as a whole")) % {"area": place.name}, {"at": key})
    return Row(key, place.name, {"within": key}, drill)
