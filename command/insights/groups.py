"""Incidents told apart by what they have in common: kind, cause, element, site, place, hour. Pure; see docs/reference/figures.md.

One incident has one kind and one cause, but may have many failed elements: it counts with each of them, in full."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from command.core.problems import N_
from command.insights.cases import Case, Part
from command.insights.charts import Say
from command.insights.spans import Spans

UNKNOWN = "unknown"
"""The key of incidents of which nobody has said it yet, or that have none."""


@dataclass(frozen=True, slots=True)
class Place:
    """An area or a site under its code."""

    code: str
    name: str
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """What a dashboard is drawn from: the cases, the elements that failed in each, and names in the reader's language.

    `words` are names of kinds, roots and causes by dimension and key; `roots` says to which root a cause belongs."""

    cases: Sequence[Case]
    zone: tzinfo
    failed: Mapping[int, Sequence[Part]] = field(default_factory=dict)
    areas: Mapping[int, Place] = field(default_factory=dict)
    sites: Mapping[int, Place] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    roots: Mapping[str, str] = field(default_factory=dict)

    def keys(self, dimension: str) -> Callable[[Case], Iterable[str]]:
        """What gives the keys of a case in a dimension; each once."""
        found: Callable[[Case], Iterable[str]] = getattr(self, f"_{dimension}")
        return found

    def name(self, dimension: str, key: str) -> str:
        """How a key is called; codes of areas and sites by their names, the others as they are."""
        return self.words.get(dimension, {}).get(key) or self.words["other"].get(key, key)

    def local(self, case: Case) -> datetime:
        """When a case was reported, on the reader's clock."""
        return datetime.fromtimestamp(case.reported, self.zone)

    def parts(self, case: Case) -> Sequence[Part]:
        return self.failed.get(case.id, ())

    def _kind(self, case: Case) -> Iterable[str]:
        return (case.kind,)

    def _root(self, case: Case) -> Iterable[str]:
        return (case.root or self.roots.get(case.cause or "", UNKNOWN),)

    def _cause(self, case: Case) -> Iterable[str]:
        return (case.cause or UNKNOWN,)

    def _third_party(self, case: Case) -> Iterable[str]:
        return ("1" if case.third_party else "0",)

    def _element(self, case: Case) -> Iterable[str]:
        return {part.name for part in self.parts(case)}

    def _element_kind(self, case: Case) -> Iterable[str]:
        return {part.kind for part in self.parts(case)} or (UNKNOWN,)

    def _site(self, case: Case) -> Iterable[str]:
        return {self.sites[part.site].code for part in self.parts(case) if part.site in self.sites}

    def _at(self, case: Case) -> Iterable[str]:
        place = self.areas.get(case.area_id or 0)
        return (place.code if place else UNKNOWN,)

    def _within(self, case: Case) -> Iterable[str]:
        return [place.code for place in self.line(case.area_id)] or (UNKNOWN,)

    def _weekday(self, case: Case) -> Iterable[str]:
        return (str(self.local(case).weekday()),)

    def _hour(self, case: Case) -> Iterable[str]:
        return (str(self.local(case).hour),)

    def _took(self, case: Case) -> Iterable[str]:
        took = case.handling
        return (UNKNOWN if took is None or took < 0 else handling_class(took),)

    def line(self, area: int | None) -> list[Place]:
        """An area and all above it, the nearest first."""
        found: list[Place] = []
        while area is not None and area in self.areas and len(found) < len(self.areas):
            found.append(self.areas[area])
            area = self.areas[area].parent
        return found

    def narrowed(self, given: Mapping[str, str]) -> list[Case]:
        """The cases that have all these keys: those behind a mark."""
        asked = [(self.keys(dimension), key) for dimension, key in given.items()]
        return [case for case in self.cases if all(key in keys(case) for keys, key in asked)]


@dataclass(frozen=True, slots=True)
class Group:
    """Incidents with one key. `handling` is from the beginning of handling to restoration."""

    key: str
    incidents: int
    users: int
    user_minutes: float
    third_party: int
    handling: Spans


def grouped(cases: Iterable[Case], keys: Callable[[Case], Iterable[str]]) -> list[Group]:
    """The groups, in the order of their keys."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        for key in keys(case):
            found.setdefault(key, []).append(case)
    return [group(key, found[key]) for key in sorted(found)]


def group(key: str, cases: Sequence[Case]) -> Group:
    """Cases as one group."""
    return Group(
        key,
        len(cases),
        sum([case.users for case in cases]),
        sum([case.user_minutes for case in cases]),
        sum([case.third_party for case in cases]),
        handling(cases),
    )


CLASSES = ((0, 30), (30, 60), (60, 120), (120, 240), (240, 480), (480, 1440), (1440, None))
"""Minutes of handling time that are counted together; the end belongs to the class."""


def handling_class(seconds: float) -> str:
    """The class of a handling time, by the minutes at which it begins."""
    return next(str(low) for low, high in CLASSES if high is None or seconds <= high * 60)


def class_name(low: int, high: int | None, say: Say) -> str:
    """0–30 min, 30–60 min, 1–2 h, … 24 h and more."""
    if high is None:
        return say(N_("more than %(hours)d h")) % {"hours": low // 60}
    if high <= 60:
        return say(N_("%(low)d–%(high)d min")) % {"low": low, "high": high}
    return say(N_("%(low)d–%(high)d h")) % {"low": low // 60, "high": high // 60}


def handling(cases: Iterable[Case]) -> Spans:
    """Handling times: unknown while it has not begun or ended; negative ones are errors, in no figure."""
    return spans([(case.number, case.handling) for case in cases])


def spans(found: Sequence[tuple[str, float | None]]) -> Spans:
    """Seconds by incident as spans."""
    known = sorted([took for _, took in found if took is not None])
    errors = tuple(number for number, took in found if took is not None and took < 0) if known and known[0] < 0 else ()
    return Spans(tuple(known[len(errors) :]), len(found) - len(known), errors)


@dataclass(frozen=True, slots=True)
class Step:
    """A bar of a Pareto chart: its size, and the part of all known ones that it and those before it make, in tenths of a percent.
    `few`: it is one of the few that make up the first 80 %."""

    key: str
    size: float
    upto: int | None
    few: bool


FEW = 800


def pareto(sizes: Mapping[str, float]) -> list[Step]:
    """The greatest first. What is unknown stands last and apart: it is no cause, and in no share of causes."""
    known = sorted(((size, key) for key, size in sizes.items() if key != UNKNOWN and size > 0), key=_greatest)
    whole = sum(size for size, _ in known)
    steps, sum_of = [], 0.0
    for size, key in known:
        few = sum_of * 1000 < FEW * whole
        sum_of += size
        steps.append(Step(key, size, int(sum_of * 1000 / whole + 1e-9), few))
    if sizes.get(UNKNOWN):
        steps.append(Step(UNKNOWN, sizes[UNKNOWN], None, False))
    return steps


def _greatest(one: tuple[float, str]) -> tuple[float, str]:
    return -one[0], one[1]
