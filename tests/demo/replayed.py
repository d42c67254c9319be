"""The demo operator read from its files, and a replay of the trace over it: who is affected, second by second."""

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cache

from command.alarms.correlation import Rule
from command.demo.subscribers import Parameters, Site, generate
from command.network.topology import Topology
from tests.alarms.storm import DEMO, Offered, alarms_of, recorded

START = 70_000
SPEED = 15.0
QUIET_PERIOD_S = 90.0
"""Figures of the demo, as config/demo/README.md gives them."""


@cache
def rows(name: str) -> list[dict[str, str]]:
    with open(DEMO / f"{name}.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@cache
def ids() -> dict[str, int]:
    return {row["name"]: number for number, row in enumerate(rows("elements"))}


def listed(cell: str) -> list[str]:
    return cell.split(";") if cell else []


@cache
def topology() -> Topology:
    return Topology.build(
        [(ids()[row["name"]], row["core"] == "1") for row in rows("elements")],
        [(ids()[row["name"]], ids()[up]) for row in rows("elements") for up in listed(row["uplinks"])],
    )


def element_of(device: int) -> int:
    return ids()[f"MW-{device:04d}"]


def sites() -> list[Site]:
    return [Site(row["name"], row["kind"], tuple(listed(row["services"]))) for row in rows("elements")]


def parameters() -> Parameters:
    return Parameters.read(json.loads((DEMO / "subscribers.json").read_text(encoding="utf-8")))


@cache
def users_of() -> Counter[int]:
    return Counter(ids()[row.element] for row in generate(parameters(), sites()))


def areas_of(elements: frozenset[int]) -> set[str]:
    """The counties of elements that serve somebody."""
    return {rows("elements")[element]["area"] for element in elements if users_of()[element]}


@dataclass
class Replay:
    """The trace from the start of the demo, at its speed; time is in seconds since the replay began."""

    batch_s: float
    speed: float = SPEED
    quiet_period_s: float = QUIET_PERIOD_S
    peak: Counter[int] = field(default_factory=Counter)
    counties: dict[int, set[str]] = field(default_factory=dict)
    reached_at: dict[int, float] = field(default_factory=dict)
    """incident → when its affected users first were 5,000"""
    quiet_at: dict[int, float] = field(default_factory=dict)
    _last: dict[tuple[int, int], float] = field(default_factory=dict)

    def run(self, start: float, end: float) -> "Replay":
        alarms = alarms_of(recorded(start, end), element_of, self.speed, since=start)
        storm = Offered(topology(), Rule())
        lasts = (end - start) / self.speed + self.quiet_period_s
        for step in range(1, int(lasts / self.batch_s) + 1):
            now = step * self.batch_s
            batch = [alarm for alarm in alarms if now - self.batch_s <= alarm.at < now]
            storm.offer(batch, now)
            self._remember(storm)
            for key in list(storm.incidents):
                self._measure(key, storm, now)
        return self

    def _remember(self, storm: Offered) -> None:
        for alarm in sorted(storm.just_joined, key=lambda alarm: alarm.at):
            if alarm.affecting and alarm.element is not None:
                self._last[storm.incident_of[alarm.id], alarm.element] = alarm.at

    def _measure(self, key: int, storm: Offered, now: float) -> None:
        elements = storm.incidents[key].elements
        failed = {element for element in elements if now - self._last[key, element] < self.quiet_period_s}
        if not failed:
            self.quiet_at[key] = now
            del storm.incidents[key]
            return
        cut_off = topology().cut_off(failed)
        users = sum(users_of()[element] for element in cut_off)
        self.counties.setdefault(key, set()).update(areas_of(cut_off))
        self.peak[key] = max(self.peak[key], users)
        if users >= 5_000:
            self.reached_at.setdefault(key, now)
