"""What each gateway carried in the last ten minutes, as engines tell it with their heartbeats: nothing here counts deliveries."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from time import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.beats import SLICE, SLICES, EngineBeat

ALIVE = timedelta(minutes=10)
"""An engine that was not seen for longer tells nothing of now."""
NOW_SLICES = 3
"""Whole slices over which the messages a second of now are taken."""
CALLED = ("accepted", "failed", "unknown")
"""Outcomes of calls that a message left by, or may have."""
Traffic = Mapping[int, Counter[str]]
"""Counts by how many slices ago: 0 is the slice that goes on."""
NONE: Traffic = {}


def beats(session: Session) -> list[EngineBeat]:
    """The engines that live."""
    return list(session.scalars(select(EngineBeat).where(EngineBeat.seen_at >= clock.now(session) - ALIVE)))


def lately(found: Iterable[EngineBeat]) -> dict[str, Traffic]:
    """What engines tell of each gateway."""
    now = int(time()) // SLICE
    by: dict[str, dict[int, Counter[str]]] = {}
    for beat in found:
        for gateway, slices in beat.traffic.items():
            for when, counts in slices:
                if 0 <= now - when < SLICES:
                    by.setdefault(gateway, {}).setdefault(now - when, Counter()).update(counts)
    return dict(by)


def carried(counts: Counter[str]) -> int:
    """Messages that left in a slice, or may have."""
    return sum(counts[outcome] for outcome in CALLED)


def pace(traffic: Traffic) -> float:
    """Messages a second now."""
    return sum(carried(traffic.get(ago, Counter())) for ago in range(1, NOW_SLICES + 1)) / (NOW_SLICES * SLICE)


def steady(traffic: Traffic) -> bool:
    """Whether something left in each of the slices that `pace` looks at."""
    return all(carried(traffic.get(ago, Counter())) for ago in range(1, NOW_SLICES + 1))
