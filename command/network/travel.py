"""How long it takes from one area to another: what the operator's matrix says, or the straight line times a road factor.

Pure but for `read`. An area without a place of its own has that of the area it lies in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.network.models import Area, AreaPlace, AreaTravel

EARTH_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""
ROAD_FACTOR = 1.35
"""Kilometres of road to one of straight line: our own figure, to be replaced by a matrix where it matters."""
SPEED = 50.0
"""Kilometres an hour of a loaded vehicle, stops included: our own figure."""
WITHIN = 20.0
"""Minutes to get somewhere within one area, and the least between two: our own figure."""


@dataclass(frozen=True, slots=True)
class Travel:
    """`places` are (latitude, longitude) in degrees by area, `parents` the area each lies in, `matrix` minutes from one to another."""

    places: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    parents: Mapping[int, int | None] = field(default_factory=dict)
    matrix: Mapping[tuple[int, int], float] = field(default_factory=dict)

    def minutes(self, start: int, end: int) -> float | None:
        """Minutes from one area to another; None where nobody knows. A matrix that has only the way back has both ways alike; where it
        knows neither of two areas, it may know those they lie in."""
        if start == end:
            return self.matrix.get((start, end), WITHIN)
        for one in self.line(start):
            for other in self.line(end):
                found = self.matrix.get((one, other), self.matrix.get((other, one)))
                if found is not None and one != other:
                    return found
        a, b = self._place(start), self._place(end)
        return max(WITHIN, kilometres(a, b) * ROAD_FACTOR / SPEED * 60) if a and b else None

    def line(self, area: int) -> list[int]:
        """An area and those it lies in, the narrowest first."""
        line: list[int] = []
        at: int | None = area
        while at is not None and at not in line:
            line.append(at)
            at = self.parents.get(at)
        return line

    def _place(self, area: int) -> tuple[float, float] | None:
        return next((self.places[each] for each in self.line(area) if each in self.places), None)


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The great circle between two places (latitude, longitude in degrees)."""
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    chord = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, chord)))


def read(session: Session) -> Travel:
    """What is known of all areas."""
    parents = dict(session.execute(select(Area.id, Area.parent_id)).tuples().all())
    places = session.execute(select(AreaPlace.area_id, AreaPlace.latitude, AreaPlace.longitude)).tuples().all()
    ways = session.execute(select(AreaTravel.from_id, AreaTravel.to_id, AreaTravel.minutes)).tuples().all()
    return Travel(
        places={id: (latitude, longitude) for id, latitude, longitude in places},
        parents=parents,
        matrix={(one, other): float(takes) for one, other, takes in ways},
    )
