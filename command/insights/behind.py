"""The incidents behind a mark: exactly those that the mark counts, for they are chosen by the same keys. Pure."""

from collections.abc import Mapping
from datetime import datetime

from command.core.problems import N_
from command.insights import groups
from command.insights.cases import Case
from command.insights.charts import TIERS, Say
from command.insights.groups import Ground
from command.insights.sheets import Board, Column, Line, Plate

SHOWN = 200
"""Incidents on the page; files hold all."""
WORDS = {
    "root": N_("Root cause"),
    "cause": N_("Cause"),
    "third_party": N_("Whose doing"),
    "element": N_("Element"),
    "element_kind": N_("Kind of element"),
    "site": N_("Site"),
    "at": N_("Reported for"),
    "within": N_("Area"),
    "weekday": N_("Weekday"),
    "hour": N_("Hour"),
    "took": N_("Handling time"),
}
DAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def board(ground: Ground, narrow: Mapping[str, str], say: Say, most: int | None) -> Board:
    """The newest `most` of them; None lists all."""
    found = ground.narrowed(narrow)
    shown = found[::-1][:most]
    said = [
        say(N_("%(name)s: %(value)s")) % {"name": say(WORDS[name]), "value": called(ground, name, key, say)}
        for name, key in narrow.items()
    ]
    if not found:
        said.append(say(N_("No incident is behind it.")))
    elif len(shown) < len(found):
        numbers = {"shown": len(shown), "all": len(found)}
        said.append(say(N_("The newest %(shown)d of %(all)d; the files below hold all.")) % numbers)
    else:
        said.append(say(N_("%(count)d incidents.")) % {"count": len(found)})
    columns = (
        Column("number", say(N_("Number")), "text"),
        Column("tier", say(N_("Tier")), "text"),
        Column("kind", say(N_("Kind")), "text"),
        Column("area", say(N_("Area")), "text"),
        Column("root", say(N_("Root cause")), "text"),
        Column("cause", say(N_("Cause")), "text"),
        Column("reported", say(N_("Reported")), "moment"),
        Column("handling", say(N_("Handling time")), "took"),
        Column("users", say(N_("Affected users"))),
        Column("user_minutes", say(N_("User-minutes")), "minutes"),
    )
    lines = tuple(_line(ground, case, say) for case in shown)
    return Board((Plate("incidents", say(N_("Incidents")), columns, lines, wide=True),), tuple(said))


def called(ground: Ground, name: str, key: str, say: Say) -> str:
    """How the value of a narrowing is said."""
    if name == "weekday":
        return say(DAYS[int(key)])
    if name == "hour":
        return f"{int(key)}:00–{int(key)}:59"
    if name == "took":
        classes = {f"{low}": groups.class_name(low, high, say) for low, high in groups.CLASSES}
        return classes.get(key, ground.name(name, key))
    return ground.name(name, key)


def _line(ground: Ground, case: Case, say: Say) -> Line:
    root, cause, at = (next(iter(ground.keys(name)(case))) for name in ("root", "cause", "at"))
    cells = (
        *(case.number, say(TIERS[case.tier]), ground.name("kind", case.kind), ground.name("at", at)),
        *(ground.name("root", root), ground.name("cause", cause), _local(ground, case)),
        *(case.handling if case.handling is None or case.handling >= 0 else None, case.users, case.user_minutes),
    )
    return Line(cells, f"/incidents/{case.number}")


def _local(ground: Ground, case: Case) -> datetime:
    return ground.local(case).replace(microsecond=0)
