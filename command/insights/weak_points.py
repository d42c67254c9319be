"""Weak points (R23): what fails most, costs users most, takes longest and comes again, by kind, cause, element and place. Pure."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from command.core.problems import N_
from command.insights import addresses, bars, groups, sheets
from command.insights.cases import Failure
from command.insights.charts import Say
from command.insights.filters import Filters
from command.insights.groups import UNKNOWN, Ground, Group
from command.insights.sheets import Board, Column, Line, Plate, share

SORTS = ("incidents", "user_minutes", "mean", "p90", "again30", "again90", "rate")
"""What the tables can be sorted by; a table without that column is sorted by incidents."""
SHOWN = 50
"""Rows of a table; the files hold as many."""
WEAKEST, OF_ONE_SORT = 5, 2
"""How many weak points are named on top, and how many of them of one dimension at most."""
POINTS = ("cause", "element", "site", "at")
"""Dimensions from which the weakest are named: those that somebody can do something about at one place."""
TITLES = {
    "element": N_("Elements"),
    "site": N_("Sites"),
    "element_kind": N_("Kinds of element"),
    "at": N_("Areas"),
    "cause": N_("Causes"),
    "kind": N_("Kinds of incident"),
    "took": N_("Handling time"),
}
HEADS = {
    "element": N_("Element"),
    "site": N_("Site"),
    "element_kind": N_("Kind of element"),
    "at": N_("Area"),
    "cause": N_("Cause"),
    "kind": N_("Kind"),
    "took": N_("Handling time"),
}


@dataclass(frozen=True, slots=True)
class Failed:
    """How often an element failed in the period, and how often within so many days of the time before."""

    failures: int = 0
    again30: int = 0
    again90: int = 0


@dataclass(frozen=True, slots=True)
class Network:
    """What rates and repetitions are counted from: how many elements there are by dimension and key, how each one failed, and the keys
    of those that did, by dimension."""

    elements: Mapping[str, Mapping[str, int]]
    failed: Mapping[int, Failed]
    keys: Mapping[int, Mapping[str, str]]

    def by(self, dimension: str) -> dict[str, Failed]:
        """The failures of all elements with the same key together."""
        found: dict[str, Failed] = {}
        for element, one in self.failed.items():
            key = self.keys[element].get(dimension)
            if key is not None:
                sum_of = found.get(key, Failed())
                counts = sum_of.failures + one.failures, sum_of.again30 + one.again30, sum_of.again90 + one.again90
                found[key] = Failed(*counts)
        return found


def repeated(failures: Iterable[Failure], counted: Collection[int]) -> dict[int, Failed]:
    """How each element failed in the incidents that count. Failures come in order of time; earlier ones than the period's tell whether
    one of the period is a repetition, and count as nothing else."""
    last: dict[int, float] = {}
    found: dict[int, list[int]] = {}
    for one in failures:
        if one.incident in counted:
            counts = found.setdefault(one.element, [0, 0, 0])
            gap = one.at - last.get(one.element, -math.inf)
            counts[0] += 1
            counts[1] += gap <= 30 * DAY
            counts[2] += gap <= 90 * DAY
        last[one.element] = one.at
    return {element: Failed(*counts) for element, counts in found.items()}


DAY = 86_400


def board(ground: Ground, network: Network, wanted: Filters, sort: str, say: Say) -> Board:
    """The tables, one a dimension, and the weakest five."""
    found = {name: groups.grouped(ground.cases, ground.keys(name)) for name in TITLES if name != "took"}
    weakest = _weakest(ground, found, wanted, say)
    tables = (_table(ground, network, name, each, wanted, sort, say) for name, each in found.items())
    return Board((_weakest_plate(weakest, say), _took(ground, wanted, say), *tables), _said(ground, say), weakest)


def _said(ground: Ground, say: Say) -> tuple[str, ...]:
    if not ground.cases:
        return (say(N_("No incident counts in this period.")),)
    took = groups.handling(ground.cases)
    if not took.unknown and not took.errors:
        return ()
    left = {"unknown": took.unknown, "errors": len(took.errors)}
    return (
        say(N_("Without a handling time: %(unknown)d not begun or not restored, %(errors)d with an error in the data."))
        % left,
    )


def weakest(found: Mapping[str, Sequence[Group]]) -> list[tuple[str, Group]]:
    """The five points that cost users most: causes, elements, sites and areas with two incidents or more, the most user-minutes first
    (then the most incidents, then by key), at most two of one dimension."""
    every = [
        (name, each) for name in POINTS for each in found.get(name, ()) if each.incidents >= 2 and each.key != UNKNOWN
    ]
    every.sort(key=lambda one: (-one[1].user_minutes, -one[1].incidents, one[0], one[1].key))
    chosen: list[tuple[str, Group]] = []
    for name, each in every:
        if len(chosen) < WEAKEST and sum(other == name for other, _ in chosen) < OF_ONE_SORT:
            chosen.append((name, each))
    return chosen


def _weakest(ground: Ground, found: Mapping[str, Sequence[Group]], wanted: Filters, say: Say) -> tuple[Line, ...]:
    """Each as dimension, name, sentence, incidents, user-minutes."""
    minutes = sum(case.user_minutes for case in ground.cases)
    lines = []
    for name, each in weakest(found):
        called = ground.name(name, each.key)
        said = sentence(say, each.incidents, len(ground.cases), called, share(each.user_minutes, minutes))
        cells = (say(HEADS[name]), called, said, each.incidents, each.user_minutes)
        title = say(N_("Weak point: %(name)s")) % {"name": called}
        lines.append(Line(cells, addresses.of_key(wanted, name, each.key), addresses.improve(title, said)))
    return tuple(lines)


def sentence(say: Say, count: int, whole: int, name: str, tenths: int | None) -> str:
    """N of M incidents came from …, and their part of the user-minutes."""
    values = {"count": count, "all": whole, "name": name, "share": (tenths or 0) // 10}
    if tenths is None:
        return say(N_("%(count)d of %(all)d incidents came from %(name)s.")) % values
    return say(N_("%(count)d of %(all)d incidents came from %(name)s, and %(share)d %% of the user-minutes.")) % values


def _weakest_plate(lines: Sequence[Line], say: Say) -> Plate:
    columns = (
        Column("what", say(N_("What it is")), "text"),
        Column("name", say(N_("Which one")), "text"),
        Column("said", say(N_("In words")), "text"),
        Column("incidents", say(N_("Incidents"))),
        Column("user_minutes", say(N_("User-minutes")), "minutes"),
    )
    names = [line.cells[1] for line in lines]
    sizes = [line.cells[4] for line in lines]
    figure = bars.lying(names, sizes, [line.behind for line in lines], say(N_("User-minutes")), "--bad")
    return Plate(
        "weakest",
        say(N_("The weakest points")),
        columns,
        tuple(lines),
        figure if lines else None,
        (),
        say(N_("Improve")),
    )


def _table(
    ground: Ground, network: Network, name: str, found: Sequence[Group], wanted: Filters, sort: str, say: Say
) -> Plate:
    columns = _columns(name, say)
    codes = [column.code for column in columns]
    elements, failed = network.elements.get(name, {}), network.by(name) if name in RATED else {}
    whole, lines = len(ground.cases), []
    for each in found:
        called = ground.name(name, each.key)
        more: tuple[float | int | None, ...] = ()
        if name in RATED:
            its, of = failed.get(each.key, Failed()), elements.get(each.key, 0)
            rate = (100 * its.failures / of if of else None,) if name != "element" else ()
            more = (its.again30, its.again90, *rate)
        cells = (called, each.incidents, share(each.incidents, whole), each.user_minutes, *_times(each), *more)
        title = say(N_("Weak point: %(name)s")) % {"name": called}
        said = sentence(say, each.incidents, whole, called, None)
        better = addresses.improve(title, said) if each.key != UNKNOWN else ""
        lines.append(Line(cells, addresses.of_key(wanted, name, each.key), better))
    shown = sheets.ordered(sheets.ordered(lines, 3), codes.index(sort) if sort in codes else 1)
    noted: tuple[str, ...] = ()
    if len(shown) > SHOWN:
        noted = (say(N_("The first %(shown)d of %(all)d.")) % {"shown": SHOWN, "all": len(shown)},)
    return Plate(name, say(TITLES[name]), columns, shown[:SHOWN], None, noted, say(N_("Improve")), wide=name in RATED)


RATED = ("element", "site", "element_kind", "at")
"""Dimensions of elements: they fail again, and at a rate."""


def _times(each: Group) -> tuple[float | None, float | None]:
    return each.handling.mean, each.handling.p90


def _columns(name: str, say: Say) -> tuple[Column, ...]:
    plain = (
        Column(name, say(HEADS[name]), "text"),
        Column("incidents", say(N_("Incidents")), "count", True, "incidents"),
        Column("share", say(N_("Of all")), "share"),
        Column("user_minutes", say(N_("User-minutes")), "minutes", True, "user_minutes"),
        Column("mean", say(N_("Mean handling time")), "took", False, "mean"),
        Column("p90", say(N_("P90 handling time")), "took", False, "p90"),
    )
    if name not in RATED:
        return plain
    again = (
        Column("again30", say(N_("Again within 30 days")), "count", False, "again30"),
        Column("again90", say(N_("Again within 90 days")), "count", False, "again90"),
    )
    rate = Column("rate", say(N_("Failures per 100 elements")), "decimal", True, "rate")
    return (*plain, *again) if name == "element" else (*plain, *again, rate)


def _took(ground: Ground, wanted: Filters, say: Say) -> Plate:
    """How long handling took, in classes; what is not known stands apart."""
    found = {each.key: each for each in groups.grouped(ground.cases, ground.keys("took"))}
    known = sum(each.incidents for key, each in found.items() if key != UNKNOWN)
    labels = [groups.class_name(low, high, say) for low, high in groups.CLASSES]
    keys = [str(low) for low, _ in groups.CLASSES]
    shown = [found.get(key) or groups.group(key, ()) for key in keys]
    counts = [each.incidents for each in shown]
    behind = [addresses.behind(wanted, took=key) for key in keys]
    lines = [
        Line((label, each.incidents, share(each.incidents, known), each.user_minutes), address)
        for label, each, address in zip(labels, shown, behind, strict=True)
    ]
    columns = (
        Column("took", say(HEADS["took"]), "text"),
        Column("incidents", say(N_("Incidents")), "count", True),
        Column("share", say(N_("Of those known")), "share"),
        Column("user_minutes", say(N_("User-minutes")), "minutes", True),
    )
    figure = bars.lying(labels, counts, behind, say(N_("Incidents")))
    return Plate("took", say(TITLES["took"]), columns, tuple(lines), figure)
