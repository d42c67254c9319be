"""How great a risk is, and when it is to be looked at again. Pure."""

from calendar import monthrange
from datetime import date
from enum import StrEnum

SCALE = (1, 2, 3, 4, 5)


class Level(StrEnum):
    """Likelihood × impact: low up to 4, medium up to 9, high up to 14, severe from 15 on. (Ours.)"""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    SEVERE = "severe"


def level(likelihood: int, impact: int) -> Level:
    """The level of a cell of the matrix; both from 1 to 5."""
    score = likelihood * impact
    if score >= 15:
        return Level.SEVERE
    if score >= 10:
        return Level.HIGH
    return Level.MEDIUM if score >= 5 else Level.LOW


def months_after(day: date, months: int) -> date:
    """The same day so many months on; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
