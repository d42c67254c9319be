"""By which terms a solved problem is found: its words, and what it is recognised by. Pure."""

from collections.abc import Iterable, Iterator

from command.incidents.similarity import Picture


def found_by(picture: Picture) -> frozenset[str]:
    """The terms of an event: those of its words, and one each for its kind, kinds of elements, alarms and services."""
    return picture.words | frozenset(_marks(picture))


def _marks(picture: Picture) -> Iterator[str]:
    named: dict[str, Iterable[str]] = {
        "kind": (picture.kind,) if picture.kind else (),
        "element": picture.element_kinds,
        "alarm": picture.alarms,
        "service": picture.services,
    }
    for name, values in named.items():
        yield from (f"{name}:{value}" for value in values)
