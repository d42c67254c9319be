"""What a drill has shown: shares, response times, their bands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

BANDS = (60, 120, 300, 600, 1800)
"""Upper ends of the bands of response times, in seconds; the last band is open."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one person did: `seconds` from the call to the answer (None: none), `late` after answers were awaited, `delivered` that a
    message arrived as far as the provider knows, `failed` that none of those sent could."""

    seconds: float | None
    late: bool = False
    delivered: bool = False
    failed: bool = False

    @property
    def answered(self) -> bool:
        return self.seconds is not None and not self.late

    @property
    def reached(self) -> bool:
        """Whoever answered was reached, whatever the provider says."""
        return self.delivered or self.seconds is not None


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts of people, and seconds of those who answered in time (None where nobody did)."""

    people: int
    reached: int
    answered: int
    late: int
    failed: int
    median: float | None
    slowest: float | None

    @property
    def reached_share(self) -> float | None:
        """0 to 1; None of nobody."""
        return self.reached / self.people if self.people else None

    @property
    def answered_share(self) -> float | None:
        """0 to 1; None of nobody."""
        return self.answered / self.people if self.people else None


@dataclass(frozen=True, slots=True)
class Band:
    """People whose answer took `over` seconds or more and less than `under` (None: any longer). `share` is of the fullest band."""

    over: int
    under: int | None
    people: int
    share: float


def summary(results: Sequence[Result]) -> Summary:
    """The figures of a run."""
    took = [each.seconds for each in results if each.answered and each.seconds is not None]
    return Summary(
        people=len(results),
        reached=sum(each.reached for each in results),
        answered=len(took),
        late=sum(each.late for each in results),
        failed=sum(each.failed and not each.reached for each in results),
        median=median(took) if took else None,
        slowest=max(took, default=None),
    )


def bands(results: Sequence[Result]) -> list[Band]:
    """How many answered within each band; late answers are left out."""
    edges = (0, *BANDS)
    took = [each.seconds for each in results if each.answered and each.seconds is not None]
    counts = []
    for place, over in enumerate(edges):
        under = edges[place + 1] if place + 1 < len(edges) else None
        counts.append((over, under, sum(over <= max(0.0, one) < (under or float("inf")) for one in took)))
    fullest = max(people for *_, people in counts) or 1
    return [Band(over, under, people, people / fullest) for over, under, people in counts]
