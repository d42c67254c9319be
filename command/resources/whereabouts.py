"""In which area a piece is now, as far as its record tells. Pure.

A place is free text. Where it is what people call an area (its code or one of its names), that area it is; otherwise what is held or
assigned has not left its pool, and what went out is where it was sent."""

from collections.abc import Mapping

from command.resources.states import State

_IN_ITS_POOL = (State.HELD, State.ASSIGNED)


def area_now(state: State, place: str, named: Mapping[str, int], home: int, destination: int | None) -> int:
    """The area of something taken. `named` has areas by code and names, in lower case; `home` is its pool's, `destination` that of the
    incident it serves (None: ahead of need, or nobody knows)."""
    if state in _IN_ITS_POOL:
        return home
    said = named.get(place.strip().casefold())
    return said if said is not None else home if destination is None else destination
