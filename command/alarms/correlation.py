"""Which alarms belong together: service-affecting ones close in time and close in the topology make one incident.

Pure and indifferent to the order in which alarms are given. Alarms below the threshold stay loose, and the caller
offers them again, with what has come since, for as long as the window lasts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Protocol


class Neighbourhoods(Protocol):
    """What correlation needs of the topology: who is near whom without passing through the core."""

    def neighbourhood(self, element: int, hops: int) -> frozenset[int]: ...


@dataclass(frozen=True)
class Rule:
    """When alarms belong together, and how many of them make an incident.

    The window is in seconds, hops are links between two elements. The defaults were found on the public microwave
    trace of the demo operator: its worst storm (a region of 148 radios, most of them down within two minutes) becomes
    one incident, not several that overlap, whether replayed at once, in real time or ten times faster. Radios in a
    row are many hops from each other, so the reach is wide; two elements as the least let a pair of radios that face
    each other be an incident and a single one that flaps never.
    """

    window_s: float = 300.0
    max_hops: int = 10
    min_elements: int = 2
    min_alarms: int = 2


@dataclass(frozen=True)
class AlarmFact:
    """One alarm: its element (None if the operator does not know it), when raised (epoch seconds), and whether its
    problem takes service away."""

    id: int
    element: int | None
    at: float
    affecting: bool


@dataclass(frozen=True)
class OpenIncident:
    """An incident that still takes alarms: the elements of its alarms and the time of the last affecting one (epoch
    seconds). Keys grow: of two incidents the one with the smaller key is the older."""

    key: int
    elements: frozenset[int]
    last_at: float


@dataclass(frozen=True)
class Correlation:
    """What becomes of each alarm offered: every one is in exactly one of the three parts."""

    attach: Mapping[int, int]
    """alarm id → key of the open incident it joins"""
    new: tuple[tuple[int, ...], ...]
    """alarm ids of each incident proposed, oldest first; within one ascending, evidence included"""
    loose: tuple[int, ...]
    """alarm ids that stay alarms for now, ascending"""


@dataclass(eq=False)
class _Run:
    """Affecting alarms of one element, in time order, none further than the window from the next."""

    element: int
    alarms: list[AlarmFact]

    @property
    def first_at(self) -> float:
        return self.alarms[0].at

    @property
    def last_at(self) -> float:
        return self.alarms[-1].at


class _Group:
    """An incident as it gathers alarms: an open one, or one that may be proposed."""

    def __init__(self, incident: OpenIncident | None = None) -> None:
        self.key = incident.key if incident else None
        self.elements = set(incident.elements) if incident else set()
        self.alarms: list[int] = []
        self.first_at, self.last_at = inf, -inf

    def add(self, run: _Run) -> None:
        self.elements.add(run.element)
        self.alarms += (alarm.id for alarm in run.alarms)
        self.first_at = min(self.first_at, run.first_at)
        self.last_at = max(self.last_at, run.last_at)

    def explains(self, alarm: AlarmFact, window_s: float) -> bool:
        """An open incident answers for all that its elements report; a new one only around its own time."""
        return self.key is not None or self.first_at - window_s <= alarm.at <= self.last_at + window_s


def correlate(
    alarms: Collection[AlarmFact], open_incidents: Collection[OpenIncident], topology: Neighbourhoods, rule: Rule
) -> Correlation:
    """Share the alarms out over open incidents, new incidents and loose alarms.

    - Two affecting alarms are linked when at most `max_hops` apart, off the core, and at most `window_s` apart; they
      hang together through any number of such links.
    - Those on an element of an open incident join it at any time; those linked to it (not later than `window_s`
      after its last alarm) too, and so on outwards. Of two incidents at the same distance the older takes them.
    - The rest make a new incident wherever they have `min_elements` elements and `min_alarms` alarms.
    - An alarm that does not affect service joins, as evidence, the incident that has its element. It opens none and
      counts for no threshold. An alarm without a known element stays loose.
    """
    free = _Free(_runs(alarms, rule.window_s), topology, rule)
    grown = free.grow(sorted(open_incidents, key=lambda incident: incident.key))
    proposed = [group for group in free.clusters() if _is_enough(group, rule)]
    proposed.sort(key=lambda group: (group.first_at, min(group.alarms)))
    _add_evidence(alarms, grown + proposed, rule.window_s)
    attach = {alarm: group.key for group in grown for alarm in group.alarms if group.key is not None}
    new = tuple(tuple(sorted(group.alarms)) for group in proposed)
    placed = attach.keys() | {alarm for members in new for alarm in members}
    return Correlation(attach, new, tuple(sorted(alarm.id for alarm in alarms if alarm.id not in placed)))


class _Free:
    """The runs that no incident has taken yet, by element."""

    def __init__(self, runs: Iterable[_Run], topology: Neighbourhoods, rule: Rule) -> None:
        self._topology = topology
        self._rule = rule
        self._runs: dict[int, list[_Run]] = defaultdict(list)
        for run in runs:
            self._runs[run.element].append(run)

    def grow(self, oldest_first: list[OpenIncident]) -> list[_Group]:
        """Let every incident take the runs it touches, then those that these touch, all in step."""
        groups = [_Group(incident) for incident in oldest_first]
        edges = self._touched(oldest_first)
        while any(edges):
            taken = [self._take_all(edge, group) for edge, group in zip(edges, groups, strict=True)]
            edges = [[other for run in runs for other in self._linked(run)] for runs in taken]
        return groups

    def clusters(self) -> Iterator[_Group]:
        """What is left, in groups that hang together; it is gone from here afterwards."""
        while self._runs:
            group = _Group()
            edge = [next(iter(self._runs.values()))[0]]
            while edge:
                edge = [other for run in self._take_all(edge, group) for other in self._linked(run)]
            yield group

    def _touched(self, incidents: list[OpenIncident]) -> list[list[_Run]]:
        """For each incident the runs that touch it. Walks the alarms, not the incidents: these may be many and old."""
        owners = _owners(incidents)
        edges: list[list[_Run]] = [[] for _ in incidents]
        for element, runs in self._runs.items():
            near = self._topology.neighbourhood(element, self._rule.max_hops) & owners.keys()
            for place in {place for other in near for place in owners[other]}:
                until = inf if element in incidents[place].elements else incidents[place].last_at + self._rule.window_s
                edges[place] += (run for run in runs if run.first_at <= until)
        return edges

    def _linked(self, run: _Run) -> list[_Run]:
        window = self._rule.window_s
        near = self._topology.neighbourhood(run.element, self._rule.max_hops)
        return [
            other
            for element in near & self._runs.keys()
            for other in self._runs[element]
            if other.first_at - run.last_at <= window and run.first_at - other.last_at <= window
        ]

    def _take_all(self, runs: Iterable[_Run], group: _Group) -> list[_Run]:
        """Give the group those of the runs that are still free; returns these."""
        taken = [run for run in runs if self._take(run)]
        for run in taken:
            group.add(run)
        return taken

    def _take(self, run: _Run) -> bool:
        runs = self._runs.get(run.element, [])
        if run not in runs:
            return False
        runs.remove(run)
        if not runs:
            del self._runs[run.element]
        return True


def _runs(alarms: Iterable[AlarmFact], window_s: float) -> Iterator[_Run]:
    latest: dict[int, _Run] = {}
    for alarm in sorted(alarms, key=lambda alarm: (alarm.at, alarm.id)):
        if alarm.element is None or not alarm.affecting:
            continue
        run = latest.get(alarm.element)
        if run and alarm.at - run.last_at <= window_s:
            run.alarms.append(alarm)
        else:
            if run:
                yield run
            latest[alarm.element] = _Run(alarm.element, [alarm])
    yield from latest.values()


def _owners(incidents: list[OpenIncident]) -> dict[int, list[int]]:
    """element → places in the list of the incidents that have it"""
    owners: dict[int, list[int]] = defaultdict(list)
    for place, incident in enumerate(incidents):
        for element in incident.elements:
            owners[element].append(place)
    return owners


def _is_enough(group: _Group, rule: Rule) -> bool:
    return len(group.elements) >= rule.min_elements and len(group.alarms) >= rule.min_alarms


def _add_evidence(alarms: Iterable[AlarmFact], groups: list[_Group], window_s: float) -> None:
    """Groups come in order of precedence: the first that explains an alarm keeps it."""
    by_element: dict[int, list[_Group]] = defaultdict(list)
    for group in groups:
        for element in group.elements:
            by_element[element].append(group)
    for alarm in alarms:
        if alarm.affecting or alarm.element is None:
            continue
        for group in by_element.get(alarm.element, ()):
            if group.explains(alarm, window_s):
                group.alarms.append(alarm.id)
                break
