"""How figures are written for people: values with their unit, targets, what stands beside them, and what their keys are called."""

import math
from collections.abc import Iterator, Mapping, Sequence

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.problems import N_
from command.drills.evaluation.proposals import RATINGS
from command.incidents import clock_rows, house
from command.insights import rates
from command.insights.defined.shape import Definition
from command.insights.impact_rows import ALL
from command.insights.measures import Measure, Unit
from command.insights.period_figures import Line
from command.network.models import Service
from command.resources.words import KINDS

NOTES: Mapping[str, tuple[str, Unit]] = {
    "median": (N_("median %(value)s"), "seconds"),
    "p90": (N_("P90 %(value)s"), "seconds"),
    "unknown": (N_("not known: %(value)s"), "count"),
    "errors": (N_("errors in the data, left out: %(value)s"), "count"),
    "breached": (N_("late: %(value)s"), "count"),
    "late": (N_("late: %(value)s"), "count"),
    "running": (N_("time not over yet: %(value)s"), "count"),
    "none": (N_("without a target: %(value)s"), "count"),
    "error": (N_("errors in the data, left out: %(value)s"), "count"),
    "skipped": (N_("skipped with a reason: %(value)s"), "count"),
    "dropped": (N_("dropped: %(value)s"), "count"),
    "cancelled": (N_("called off: %(value)s"), "count"),
    "help": (N_("only with help from elsewhere: %(value)s"), "count"),
    "lacking": (N_("lacking: %(value)s"), "count"),
    "used_hours": (N_("in use: %(value)s h"), "hours"),
    "idle_hours": (N_("idle: %(value)s h"), "hours"),
    "failures": (N_("failures: %(value)s"), "count"),
    "elements": (N_("elements: %(value)s"), "count"),
    "user_minutes": (N_("user-minutes: %(value)s"), "count"),
    "subscribers": (N_("subscribers: %(value)s"), "count"),
    "every": (N_("looked at: one of %(value)s"), "count"),
    "undecided": (N_("liability undecided: %(value)s"), "count"),
    "ours": (N_("our liability: %(value)s"), "count"),
    "third_party": (N_("liability of a third party: %(value)s"), "count"),
    "customer": (N_("liability of the customer: %(value)s"), "count"),
    "force_majeure": (N_("force majeure: %(value)s"), "count"),
    "disputed": (N_("in dispute: %(value)s"), "count"),
    "settled": (N_("settled: %(value)s"), "count"),
}
"""What is told beside a figure where it is not nothing; other details are for programs."""
ONE = "every"
"""Said only where it is more than one."""


def value(unit: Unit, found: float | None) -> str:
    """A value with its unit; never rounded towards its target: what should be high is rounded down, what should be low up."""
    if found is None:
        return str(gettext("n/a"))
    match unit:
        case "percent":
            return rates.words(round(found * 10))
        case "availability":
            return f"{found:.3f} %"
        case "seconds":
            whole = int(found)
            return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
        case "minutes":
            return str(gettext("%(count)s min", count=f"{math.ceil(found * 10) / 10:.1f}"))
        case "per_hundred":
            return f"{math.ceil(found * 100) / 100:.2f}"
        case "score":
            return f"{math.floor(found * 10) / 10:.1f}"
        case "hours":
            return f"{found:,.1f}"
        case "count":
            return f"{round(found):,d}"


def target(definition: Definition) -> str:
    """What a figure has to reach; nothing where nothing is demanded."""
    if definition.aim is None:
        return ""
    aim = definition.aim
    said = {"percent": f"{aim.value:g} %", "minutes": gettext("%(count)s min", count=f"{aim.value:g}")}
    sign = {"at_least": "" if aim.value == 100 else "≥ ", "at_most": "≤ " if aim.value else "", "below": "< "}[aim.how]
    return f"{sign}{said.get(definition.unit, f'{aim.value:g}')}"


def counts(found: Measure) -> str:
    """So many of so many."""
    return f"{found.good:,d} / {found.of:,d}" if found.good is not None and found.of is not None else ""


def notes(found: Measure) -> Iterator[str]:
    """What is told beside a figure."""
    for name, (words, unit) in NOTES.items():
        number = found.more.get(name)
        if number and not (name == ONE and number == 1):
            yield gettext(words, value=value(unit, number))


def says(definition: Definition) -> str:
    """The definition in the reader's language, with the minutes of its clock."""
    if not definition.clock:
        return str(gettext(definition.says))
    known = clock_rows.definition(definition.clock)
    minutes = known.offset_minutes if known and known.offset_minutes else "–"
    return str(gettext(definition.says, minutes=minutes))


def labels(session: Session, lines: Sequence[Line], language: str) -> dict[tuple[str, str], str]:
    """What the keys of figures are called, by code and key."""
    words = _key_names(session, language)
    return {(line.definition.code, line.key): _named(words, line.definition.code, line.key) for line in lines}


def key_name(session: Session, code: str, key: str, language: str) -> str:
    """What a key of one figure is called; empty for none."""
    return _named(_key_names(session, language), code, key)


def _named(words: Mapping[str, Mapping[str, str]], code: str, key: str) -> str:
    return words.get(code, {}).get(key, key)


def _key_names(session: Session, language: str) -> dict[str, dict[str, str]]:
    services = {row.code: names.of(row, language) for row in session.scalars(select(Service))}
    classes: dict[str, str] = {each.id: getattr(each.name, language) for each in house.clocks().sla_classes}
    return {
        "availability": {ALL: gettext("all services"), **services},
        "resource_use": {str(kind): gettext(word) for kind, word in KINDS.items()},
        "drill_results": {str(each): gettext(word) for each, word in RATINGS.items()},
        "sla_respond": dict(classes),
        "sla_resolve": dict(classes),
    }
