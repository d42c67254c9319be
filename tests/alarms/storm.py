"""The real microwave trace of the demo operator, and a caller that offers it to the correlation batch by batch."""

import csv
import gzip
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from command.alarms.correlation import AlarmFact, OpenIncident, Rule, correlate
from command.network.topology import Topology

DEMO = Path(__file__).parents[2] / "config" / "demo"


@dataclass(frozen=True)
class Recorded:
    kind: int
    device: int
    at: float


def recorded(start: float, end: float) -> Iterator[Recorded]:
    """The alarms raised from start (seconds of the recording) to before end, in the order of the file."""
    with gzip.open(DEMO / "trace" / "alarms.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if start <= (at := float(row["start_timestamp"])) < end:
                yield Recorded(int(row["alarm_id"]), int(row["device_id"]), at)


def recorded_links() -> list[tuple[int, int]]:
    with open(DEMO / "trace" / "topology.csv") as file:
        return [(int(row["device_a"]), int(row["device_b"])) for row in csv.DictReader(file)]


def affecting_kinds() -> frozenset[int]:
    with open(DEMO / "problems.csv") as file:
        rows = [row for row in csv.DictReader(file) if row["problem"].startswith("MW-")]
    return frozenset(int(row["problem"].removeprefix("MW-")) for row in rows if row["service_affecting"] == "1")


def alarms_of(
    trace: Iterable[Recorded], element_of: Callable[[int], int] = int, speed: float = 1.0, since: float = 0.0
) -> list[AlarmFact]:
    """The trace as alarm facts in seconds after `since`; speed compresses time, as the demo's replay does."""
    affecting = affecting_kinds()
    return [
        AlarmFact(number, element_of(one.device), (one.at - since) / speed, one.kind in affecting)
        for number, one in enumerate(trace)
    ]


@dataclass
class Offered:
    """Offers alarms in time order and keeps what comes of it: incidents by key, and each alarm's incident."""

    topology: Topology
    rule: Rule
    incidents: dict[int, OpenIncident] = field(default_factory=dict)
    incident_of: dict[int, int] = field(default_factory=dict)
    loose: list[AlarmFact] = field(default_factory=list)
    just_joined: list[AlarmFact] = field(default_factory=list)
    keys: Iterator[int] = field(default_factory=lambda: count(1))

    def all(self, alarms: list[AlarmFact], batch_s: float) -> "Offered":
        for at, batch in batches(alarms, batch_s):
            self.offer(batch, at)
        return self

    def offer(self, batch: list[AlarmFact], now: float) -> None:
        waiting = [alarm for alarm in self.loose if alarm.at >= now - self.rule.window_s] + batch
        facts = {alarm.id: alarm for alarm in waiting}
        found = correlate(waiting, list(self.incidents.values()), self.topology, self.rule)
        joined: dict[int, list[AlarmFact]] = defaultdict(list)
        for alarm, key in found.attach.items():
            joined[key].append(facts[alarm])
        for ids in found.new:
            joined[next(self.keys)].extend(facts[alarm] for alarm in ids)
        for key, members in joined.items():
            self._join(key, members)
        self.just_joined = [alarm for members in joined.values() for alarm in members]
        self.loose = [facts[alarm] for alarm in found.loose]

    def _join(self, key: int, members: list[AlarmFact]) -> None:
        self.incident_of |= {alarm.id: key for alarm in members}
        known = self.incidents.get(key, OpenIncident(key, frozenset(), 0.0))
        affecting = [alarm for alarm in members if alarm.affecting]
        elements = known.elements.union(alarm.element for alarm in affecting if alarm.element is not None)
        last_at = max([known.last_at, *(alarm.at for alarm in affecting)])
        self.incidents[key] = OpenIncident(key, elements, last_at)


def batches(alarms: list[AlarmFact], batch_s: float) -> Iterator[tuple[float, list[AlarmFact]]]:
    """Batches in time order, each with the moment at which it is offered."""
    slots: dict[int, list[AlarmFact]] = defaultdict(list)
    for alarm in alarms:
        slots[int(alarm.at // batch_s)].append(alarm)
    for slot in sorted(slots):
        yield (slot + 1) * batch_s, slots[slot]
