"""`make soak`: three web processes and three engines for twenty minutes (another number by argument) under alarms, notices, pages and
boards. Memory and file handles of each process have to be steady: the last third of the time may not hold more than a tenth, or a few
handles, above the third before it. One JSON line a process."""

import json
import sys
import time
from collections import defaultdict
from statistics import median

import psutil

from tests.faults.hosts.city import City, Part, city
from tests.faults.hosts.crowd import Crowd
from tests.faults.hosts.life import Life, Scene

MINUTES, BOARDS, LOOK = 20.0, 200, 5.0
NOTICES, PAGES = 60, 1
"""Queued at each look: less than the provider takes, so that nothing piles up but what leaks."""
GROWTH, HANDLES = 1.1, 10

Figures = tuple[float, int]
"""Megabytes and file handles of a process and its children."""


def figures(part: Part) -> Figures:
    """What a part holds just now."""
    assert part.process is not None
    found = [psutil.Process(part.process.pid)]
    found += found[0].children(recursive=True)
    return sum(each.memory_info().rss for each in found) / 1e6, sum(each.num_fds() for each in found)


def run(made: City, minutes: float) -> dict[str, list[Figures]]:
    """Live for so long; what each part held at each look."""
    scene, seen = Scene(made.installation), defaultdict(list)
    token = scene.token("ada")
    crowd = Crowd(made.url, token, BOARDS)
    life = Life(made, scene, token, scene.report(elements=["CELL-1"]))
    until = time.monotonic() + 60 * minutes
    while time.monotonic() < until:
        life.notify(NOTICES)
        life.page(PAGES)
        for part in (*made.webs, *made.engines):
            seen[part.name].append(figures(part))
        time.sleep(LOOK)
    life.stop()
    crowd.leave()
    return seen


def told(name: str, looks: list[Figures]) -> dict[str, object]:
    """One part's line."""
    third = len(looks) // 3
    before, last = looks[third : 2 * third], looks[2 * third :]
    megabytes, handles = ([median(each[at] for each in part) for part in (before, last)] for at in (0, 1))
    steady = megabytes[1] <= GROWTH * megabytes[0] and handles[1] <= handles[0] + HANDLES
    value = {"name": f"soak {name}", "value": round(megabytes[1], 1), "unit": "MB", "baseline": round(megabytes[0], 1)}
    return value | {"handles": [int(each) for each in handles], "looks": len(looks), "met": steady}


def main() -> int:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    with city(namespaces=False) as made:
        lines = [told(name, looks) for name, looks in run(made, minutes).items()]
    for line in lines:
        print(json.dumps(line), flush=True)
    return 0 if all(line["met"] for line in lines) else 1


if __name__ == "__main__":
    sys.exit(main())
