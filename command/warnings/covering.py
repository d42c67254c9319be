"""Which areas lie in which: a warning for an area is one for all it contains. Pure."""

from collections.abc import Collection, Iterator, Mapping

Parents = Mapping[str, str | None]
"""The code of the area that contains each, by code."""


def upward(parents: Parents, code: str) -> Iterator[str]:
    """An area and those that contain it, the narrowest first."""
    at: str | None = code
    while at is not None and at in parents:
        yield at
        at = parents[at]


def nested(parents: Parents, codes: Collection[str]) -> tuple[str, str] | None:
    """The first area of `codes` that lies in another of them, with that one; None where none does."""
    for code in codes:
        above = next((each for each in upward(parents, code) if each != code and each in codes), None)
        if above is not None:
            return code, above
    return None


def overlap(parents: Parents, mine: Collection[str], theirs: Collection[str]) -> bool:
    """Whether some area of one lies in, or contains, some area of the other. No areas at all: everywhere."""
    if not mine or not theirs:
        return True
    return bool(_above(parents, mine) & set(theirs)) or bool(_above(parents, theirs) & set(mine))


def _above(parents: Parents, codes: Collection[str]) -> set[str]:
    return {each for code in codes for each in upward(parents, code)}


def within(parents: Parents, codes: Collection[str]) -> set[str]:
    """Every area of `codes` with all that they contain."""
    wanted = set(codes)
    return {code for code in parents if not wanted.isdisjoint(upward(parents, code))}
