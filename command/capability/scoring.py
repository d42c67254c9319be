"""From levels to scores. Pure.

An item scores its level out of 4. A domain is the mean of its items by their weights, the whole the mean of its domains by theirs; items
that do not apply, and domains without any that does, count nowhere. Scores are thousandths, rounded half up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from command.capability.standard import HIGHEST, Domain, Standard

WEAK = 1
"""An item at this level or below is weak."""
FULL = 1000


@dataclass(frozen=True, slots=True)
class Mark:
    """What an item was given: a level, nothing yet, or that it does not apply."""

    level: int | None = None
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Scores:
    """Thousandths of the whole and by domain; None where nothing was rated."""

    total: int | None
    domains: Mapping[str, int | None]


def scores(standard: Standard, marks: Mapping[str, Mark]) -> Scores:
    """The scores of what is rated so far."""
    shares = {domain.code: _share(domain, marks) for domain in standard.domains}
    rated = [(domain.weight, share) for domain in standard.domains if (share := shares[domain.code]) is not None]
    return Scores(_thousandths(_mean(rated)), {code: _thousandths(share) for code, share in shares.items()})


def unrated(standard: Standard, marks: Mapping[str, Mark]) -> list[str]:
    """Items that still need a level, in order."""
    found = ((item.code, marks.get(item.code, Mark())) for item in standard.items())
    return [code for code, mark in found if mark.applies and mark.level is None]


def weak(standard: Standard, marks: Mapping[str, Mark]) -> list[str]:
    """Items at a weak level, the lowest first, among equals those that weigh most."""
    levels = {code: mark.level for code, mark in marks.items() if mark.level is not None and mark.level <= WEAK}
    items = [(item, domain.weight * item.weight) for domain in standard.domains for item in domain.items]
    ranked = sorted(
        ((levels[item.code], -weight, at) for at, (item, weight) in enumerate(items) if item.code in levels)
    )
    return [items[at][0].code for _, _, at in ranked]


def _share(domain: Domain, marks: Mapping[str, Mark]) -> Fraction | None:
    levels = [(item.weight, marks[item.code].level) for item in domain.items if item.code in marks]
    return _mean([(weight, Fraction(level, HIGHEST)) for weight, level in levels if level is not None])


def _mean(rated: Sequence[tuple[int, Fraction]]) -> Fraction | None:
    weights = sum(weight for weight, _ in rated)
    return sum((weight * share for weight, share in rated), Fraction()) / weights if weights else None


def _thousandths(share: Fraction | None) -> int | None:
    return None if share is None else int(share * FULL + Fraction(1, 2))
