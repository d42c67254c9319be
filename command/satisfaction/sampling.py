"""Whom a survey asks: drawn by lot from a seed, so that anybody can draw the same again. Pure."""

import heapq
import math
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple


class Told(NamedTuple):
    """A subscriber who was told the all-clear. `barred`: they opted out, or another survey asks them."""

    id: int
    critical: bool
    barred: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """`audience` were told; `chosen` are asked, in ascending id."""

    audience: int
    chosen: tuple[int, ...]


def drawn(people: Iterable[Told], seed: int, *, share: float, most: int, critical: bool) -> Sample:
    """`share` percent (rounded up) of those who may be asked, at most `most`; with `critical` all critical customers besides them."""
    audience = 0
    always: list[int] = []
    others: list[int] = []
    for one in people:
        audience += 1
        if not one.barred:
            (always if critical and one.critical else others).append(one.id)
    size = min(most, math.ceil(len(others) * share / 100))
    lot = heapq.nsmallest(size, others, key=lambda id_: (_lot(seed, id_), id_))
    return Sample(audience, tuple(sorted([*always, *lot])))


def _lot(seed: int, id_: int) -> bytes:
    return blake2b(f"{seed}:{id_}".encode(), digest_size=8).digest()
