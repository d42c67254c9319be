"""The rhythms a form offers, as rules; anything else is an own rule. Pure."""

from datetime import datetime
from enum import StrEnum

from command.core.problems import N_

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Rhythm(StrEnum):
    """How often: once, or on the same weekday of the same week every so many months, every year on the same day, or by an own rule."""

    ONCE = "once"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    OWN = "own"


WORDS = {
    Rhythm.ONCE: N_("Once"),
    Rhythm.WEEKLY: N_("Every week"),
    Rhythm.MONTHLY: N_("Every month, the same weekday of the same week"),
    Rhythm.QUARTERLY: N_("Every quarter, the same weekday of the same week"),
    Rhythm.HALF_YEARLY: N_("Every half year, the same weekday of the same week"),
    Rhythm.YEARLY: N_("Every year, the same weekday of the same week"),
    Rhythm.OWN: N_("By a rule of your own (RRULE)"),
}
_MONTHS = {Rhythm.MONTHLY: 1, Rhythm.QUARTERLY: 3, Rhythm.HALF_YEARLY: 6, Rhythm.YEARLY: 12}


def rule_of(rhythm: str, starts: str, own: str) -> str:
    """The rule of a rhythm for a first time as it was typed; of an own rule that one."""
    if rhythm == Rhythm.ONCE:
        return ""
    if rhythm == Rhythm.WEEKLY:
        return "FREQ=WEEKLY"
    if rhythm not in set(Rhythm) or rhythm == Rhythm.OWN:
        return own.strip()
    try:
        first = datetime.fromisoformat(starts)
    except ValueError:
        return own.strip()
    return f"FREQ=MONTHLY;INTERVAL={_MONTHS[Rhythm(rhythm)]};BYDAY={_week(first)}{DAYS[first.weekday()]}"


def rhythm_of(rule: str, starts: str) -> Rhythm:
    """The rhythm that makes this rule."""
    return next((each for each in Rhythm if each != Rhythm.OWN and rule_of(each, starts, "?") == rule), Rhythm.OWN)


def _week(first: datetime) -> int:
    """Which of its weekdays in the month a day is: 1 to 4; -1, the last, for a fifth."""
    week = (first.day - 1) // 7 + 1
    return week if week <= 4 else -1
