"""When a commander counts as silent. Pure.

Two signs of it: a page or call that they have not taken, or declined, for so many minutes; and at the highest tiers, that they have done
nothing at all for so many, as far as the journal of the incident tells."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

GRAVE = 2
"""Tiers up to this one ask for a sign of the commander again and again."""
Why = Literal["no_answer", "no_sign"]


@dataclass(frozen=True, slots=True)
class Silence:
    """Since when the commander is silent, why, for how many minutes that is borne, and when it is not borne any more."""

    why: Why
    since: datetime
    minutes: int

    @property
    def due_at(self) -> datetime:
        return self.since + timedelta(minutes=self.minutes)


def silence(
    tier: int, paged_at: datetime | None, sign_at: datetime, page_minutes: int, sign_minutes: float
) -> Silence | None:
    """The silence that runs out first; None where none is watched. `paged_at`: since when a page has waited for them; `sign_at`: when they
    last gave a sign, at the latest when they took command. A sign after the page ends the wait for it. `sign_minutes` 0: nobody is asked
    for signs."""
    found = []
    if paged_at is not None and paged_at >= sign_at:
        found.append(Silence("no_answer", paged_at, page_minutes))
    if tier <= GRAVE and sign_minutes > 0:
        found.append(Silence("no_sign", sign_at, round(sign_minutes)))
    return min(found, key=lambda each: each.due_at, default=None)
