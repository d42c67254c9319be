"""On which days and at which hours incidents were reported: a calendar for each year, and a grid of weekdays and hours. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from command.core.problems import N_
from command.insights import addresses, bars
from command.insights.area_board import MEASURES, size
from command.insights.cases import Case
from command.insights.charts import Say
from command.insights.filters import Filters
from command.insights.groups import Ground
from command.insights.sheets import Board, Column, Line, Plate

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
MOST_YEARS = 6


def board(ground: Ground, wanted: Filters, measure: str, say: Say) -> Board:
    """The years of the period, the last one first, and the hours of all of it."""
    days: dict[date, list[Case]] = {}
    hours: dict[tuple[int, int], list[Case]] = {}
    for case in ground.cases:
        at = ground.local(case)
        days.setdefault(at.date(), []).append(case)
        hours.setdefault((at.weekday(), at.hour), []).append(case)
    years = list(range(wanted.last.year, wanted.first.year - 1, -1))
    plates = [_year(days, wanted, year, measure, say) for year in years[:MOST_YEARS]]
    return Board((_hours(hours, wanted, measure, say), *plates), _said(days, years, say))


def _said(days: Mapping[date, Sequence[Case]], years: Sequence[int], say: Say) -> tuple[str, ...]:
    if not days:
        return (say(N_("No incident counts in this period.")),)
    worst = max(days, key=lambda day: (len(days[day]), day))
    said = [say(N_("Most incidents on one day: %(count)d, on %(day)s.")) % {"count": len(days[worst]), "day": worst}]
    if len(years) > MOST_YEARS:
        said.append(
            say(N_("The last %(shown)d of %(all)d years are drawn.")) % {"shown": MOST_YEARS, "all": len(years)}
        )
    return tuple(said)


def _year(days: Mapping[date, Sequence[Case]], wanted: Filters, year: int, measure: str, say: Say) -> Plate:
    """One year: weeks across, weekdays down. Days outside the period are left open."""
    first, last = max(wanted.first, date(year, 1, 1)), min(wanted.last, date(year, 12, 31))
    mondays = _mondays(date(year, 1, 1), date(year, 12, 31))
    grid = [[monday + timedelta(days=weekday) for monday in mondays] for weekday in range(7)]
    within = [[first <= day <= last for day in row] for row in grid]
    values = [
        [size(days.get(day, ()), measure) if there else None for day, there in zip(row, is_in, strict=True)]
        for row, is_in in zip(grid, within, strict=True)
    ]
    behind = [
        [addresses.behind(wanted, day, day) if there else "" for day, there in zip(row, is_in, strict=True)]
        for row, is_in in zip(grid, within, strict=True)
    ]
    months = {
        min(monday for monday in mondays if monday + timedelta(days=6) >= date(year, month, 1)): month
        for month in range(1, 13)
    }
    figure = bars.heat(
        [monday.isoformat() for monday in mondays],
        [say(word) for word in WEEKDAYS],
        values,
        behind=behind,
        hover=[[day.isoformat() for day in row] for row in grid],
        what=say(MEASURES[measure]),
        across={
            "tickvals": [monday.isoformat() for monday in months],
            "ticktext": [f"{month}" for month in months.values()],
            "tickangle": 0,
        },
    )
    lines = tuple(
        Line((day.isoformat(), len(days[day]), size(days[day], "user_minutes")), addresses.behind(wanted, day, day))
        for day in sorted(days, reverse=True)
        if first <= day <= last
    )
    columns = (
        Column("day", say(N_("Reported")), "text"),
        Column("incidents", say(N_("Incidents")), bar=True),
        Column("user_minutes", say(N_("User-minutes")), "minutes", bar=True),
    )
    return Plate(f"year-{year}", say(N_("The days of %(year)d")) % {"year": year}, columns, lines, figure, wide=True)


def _mondays(first: date, last: date) -> list[date]:
    begin = first - timedelta(days=first.weekday())
    return [begin + timedelta(days=7 * week) for week in range((last - begin).days // 7 + 1)]


def _hours(hours: Mapping[tuple[int, int], Sequence[Case]], wanted: Filters, measure: str, say: Say) -> Plate:
    """Hours across, weekdays down, on the reader's clock."""
    grid = [[(weekday, hour) for hour in range(24)] for weekday in range(7)]
    words = [say(word) for word in WEEKDAYS]
    figure = bars.heat(
        [f"{hour}" for hour in range(24)],
        words,
        [[size(hours.get(at, ()), measure) for at in row] for row in grid],
        behind=[[addresses.behind(wanted, weekday=f"{day}", hour=f"{hour}") for day, hour in row] for row in grid],
        hover=[[f"{words[day]} {hour}:00–{hour}:59" for day, hour in row] for row in grid],
        what=say(MEASURES[measure]),
        across={"tickvals": [f"{hour}" for hour in range(0, 24, 3)], "tickangle": 0},
    )
    columns = (
        Column("weekday", say(N_("Weekday")), "text"),
        *(Column(f"h{hour}", f"{hour}:00", "count" if measure == "incidents" else "minutes") for hour in range(24)),
    )
    lines = tuple(
        Line(
            (words[day], *(size(hours.get((day, hour), ()), measure) for hour in range(24))),
            addresses.behind(wanted, weekday=f"{day}"),
        )
        for day in range(7)
    )
    return Plate("hours", say(N_("Weekdays and hours")), columns, lines, figure, wide=True)
