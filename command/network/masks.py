"""Sets of services as whole numbers: bit n stands for the service whose `bit` is n (0–62)."""

from collections.abc import Iterable, Iterator, Mapping


def of(codes: Iterable[str], bits: Mapping[str, int]) -> int:
    """The mask of service codes. Raises KeyError naming the first unknown code."""
    mask = 0
    for code in codes:
        mask |= 1 << bits[code]
    return mask


def bits(mask: int) -> Iterator[int]:
    """The bits that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
