"""What incidents come from: the few causes that make most of them, by count and by user-minutes, and who is behind them. Pure."""

from collections.abc import Callable, Mapping, Sequence

from command.core.problems import N_
from command.insights import addresses, bars, groups
from command.insights.charts import Figure, Say, axis, figure, hatching, whole
from command.insights.filters import Filters
from command.insights.groups import UNKNOWN, Ground, Group, Step
from command.insights.sheets import Board, Column, Line, Plate, share

PATTERNS = ("", "/", "x", ".", "\\", "+")
COLORS = ("--accent", "--warn", "--bad", "--ok", "--stale", "--soft")
"""Roots of causes, in the order of config/causes.yaml, then what is unknown."""

Size = Callable[[Group], float]


def board(ground: Ground, wanted: Filters, say: Say) -> Board:
    """The charts of causes."""
    causes = groups.grouped(ground.cases, ground.keys("cause"))
    return Board(
        (
            _pareto(ground, wanted, say, causes, "incidents"),
            _pareto(ground, wanted, say, causes, "user_minutes"),
            _roots(ground, wanted, say),
            _kinds(ground, wanted, say),
            _element_kinds(ground, wanted, say),
        ),
        _said(ground, causes, say),
    )


def _said(ground: Ground, causes: Sequence[Group], say: Say) -> tuple[str, ...]:
    """How much is known, what most comes from, and what comes from third parties."""
    whole = len(ground.cases)
    if not whole:
        return (say(N_("No incident counts in this period.")),)
    unknown = sum(each.incidents for each in causes if each.key == UNKNOWN)
    known = whole - unknown
    said = [say(N_("The cause of %(known)d of %(all)d incidents is known.")) % {"known": known, "all": whole}]
    steps = groups.pareto({each.key: each.incidents for each in causes})
    few = [step for step in steps if step.few]
    if few:
        named = {
            "names": say(N_(", ")).join(ground.name("cause", step.key) for step in few),
            "share": (few[-1].upto or 0) // 10,
        }
        said.append(say(N_("%(share)d %% of these come from: %(names)s.")) % named)
    third = sum(case.third_party for case in ground.cases)
    said.append(say(N_("%(count)d of %(all)d incidents came from a third party.")) % {"count": third, "all": whole})
    return tuple(said)


def _pareto(ground: Ground, wanted: Filters, say: Say, found: Sequence[Group], measure: str) -> Plate:
    """Causes, the one that made most incidents or user-minutes first."""
    counts = measure == "incidents"
    title = N_("Causes by incidents") if counts else N_("Causes by user-minutes")
    size: Size = (lambda each: each.incidents) if counts else (lambda each: each.user_minutes)
    steps = groups.pareto({each.key: size(each) for each in found})
    names = [ground.name("cause", step.key) for step in steps]
    behind = [addresses.behind(wanted, cause=step.key) for step in steps]
    what = say(N_("Incidents")) if counts else say(N_("User-minutes"))
    return Plate(
        "pareto" if counts else "pareto-minutes",
        say(title),
        (Column("cause", say(N_("Cause")), "text"), *_columns(say)),
        _lines(steps, {each.key: each for each in found}, names, behind),
        bars.pareto(steps, names, behind, what, say),
        wide=True,
    )


def _columns(say: Say) -> tuple[Column, ...]:
    return (
        Column("incidents", say(N_("Incidents")), bar=True),
        Column("user_minutes", say(N_("User-minutes")), "minutes", bar=True),
        Column("third_party", say(N_("Of these third party"))),
        Column("added", say(N_("Added up, of those known")), "share"),
    )


def _lines(
    steps: Sequence[Step], found: Mapping[str, Group], names: Sequence[str], behind: Sequence[str]
) -> tuple[Line, ...]:
    rows = zip(steps, names, behind, strict=True)
    return tuple(Line((name, *_counts(found[step.key]), step.upto), address) for step, name, address in rows)


def _counts(each: Group) -> tuple[int, float, int]:
    return each.incidents, each.user_minutes, each.third_party


def _roots(ground: Ground, wanted: Filters, say: Say) -> Plate:
    """Root causes, each divided into what was a third party's doing and the rest."""
    keys = [*ground.words["root"], UNKNOWN]
    found = {each.key: each for each in groups.grouped(ground.cases, ground.keys("root"))}
    shown = [found.get(key) or groups.group(key, ()) for key in keys]
    names = [ground.name("root", key) for key in keys]
    data = []
    for third, word, color, pattern in (
        ("0", N_("ourselves, or not said"), "--accent", ""),
        ("1", N_("third party"), "--warn", "/"),
    ):
        sizes = [each.third_party if third == "1" else each.incidents - each.third_party for each in shown]
        behind = [addresses.behind(wanted, root=key, third_party=third) for key in keys]
        data.append(_part(say(word), names, sizes, behind, color, pattern))
    whole_of = len(ground.cases)
    lines = tuple(
        Line((name, *_counts(each), share(each.incidents, whole_of)), addresses.behind(wanted, root=key))
        for key, name, each in zip(keys, names, shown, strict=True)
    )
    of_all = Column("share", say(N_("Of all")), "share")
    columns = (Column("root", say(N_("Root cause")), "text"), *_columns(say)[:3], of_all)
    return Plate("roots", say(N_("Root causes and third parties")), columns, lines, _stacked(data, names, say))


def _kinds(ground: Ground, wanted: Filters, say: Say) -> Plate:
    """Kinds of incident, each divided by root cause."""
    roots = [*ground.words["root"], UNKNOWN]
    kinds = list(ground.words["kind"])
    names = [ground.name("kind", kind) for kind in kinds]
    of_kind = {
        kind: {each.key: each.incidents for each in groups.grouped(cases, ground.keys("root"))}
        for kind, cases in ((kind, [one for one in ground.cases if one.kind == kind]) for kind in kinds)
    }
    data = [
        _part(
            ground.name("root", root),
            names,
            [of_kind[kind].get(root, 0) for kind in kinds],
            [addresses.behind(wanted, kind=kind, root=root) for kind in kinds],
            COLORS[at % len(COLORS)] if root != UNKNOWN else "--stale",
            PATTERNS[at % len(PATTERNS)],
        )
        for at, root in enumerate(roots)
    ]
    columns = (
        Column("kind", say(N_("Kind")), "text"),
        Column("incidents", say(N_("Incidents")), bar=True),
        *(Column(root, ground.name("root", root)) for root in roots),
    )
    lines = tuple(
        Line(
            (name, sum(of_kind[kind].values()), *(of_kind[kind].get(root, 0) for root in roots)),
            addresses.behind(wanted, kind=kind),
        )
        for kind, name in zip(kinds, names, strict=True)
    )
    return Plate("kinds", say(N_("Kinds and their root causes")), columns, lines, _stacked(data, names, say))


def _element_kinds(ground: Ground, wanted: Filters, say: Say) -> Plate:
    """Kinds of element that failed; an incident counts with each kind of element that failed in it."""
    found = groups.grouped(ground.cases, ground.keys("element_kind"))
    steps = groups.pareto({each.key: each.incidents for each in found})
    names = [ground.name("element_kind", step.key) for step in steps]
    behind = [addresses.behind(wanted, element_kind=step.key) for step in steps]
    return Plate(
        "element-kinds",
        say(N_("Kinds of element that failed")),
        (Column("element_kind", say(N_("Kind of element")), "text"), *_columns(say)),
        _lines(steps, {each.key: each for each in found}, names, behind),
        bars.pareto(steps, names, behind, say(N_("Incidents")), say),
        (say(N_("An incident counts with each kind of element that failed in it.")),),
    )


def _part(name: str, x: Sequence[str], sizes: Sequence[int], behind: Sequence[str], color: str, pattern: str) -> Figure:
    return {
        "type": "bar",
        "name": name,
        "x": [f"{at}" for at in range(len(x))],
        "y": list(sizes),
        "text": list(x),
        "textposition": "none",
        "marker": {"color": color, "pattern": hatching(pattern)},
        "customdata": list(behind),
        "hovertemplate": "%{text}<br>%{fullData.name}: %{y:,d}<extra></extra>",
    }


def _stacked(data: Sequence[Figure], names: Sequence[str], say: Say) -> Figure:
    totals = [sum(sizes) for sizes in zip(*(trace["y"] for trace in data), strict=True)]
    x = [f"{at}" for at in range(len(names))]
    return figure(
        data,
        bars.names_axis(x, names),
        yaxis=axis(say(N_("Incidents")), **whole(totals)),
        barmode="stack",
        bargap=0.25,
    )
