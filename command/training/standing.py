"""How somebody stands in a topic: what they did against what they need. Pure."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from command.training.rules import Need, Topic


class Stands(StrEnum):
    """The worst first. missing: never trained, or not enough; over: it has ended; due: somebody new who still has time; soon: about to
    end; fine; not_needed: no post of theirs needs it."""

    MISSING = "missing"
    OVER = "over"
    DUE = "due"
    SOON = "soon"
    FINE = "fine"
    NOT_NEEDED = "not_needed"


LACKING = (Stands.MISSING, Stands.OVER)


@dataclass(frozen=True, slots=True)
class Done:
    """A training or a drill that counts: on a day, valid to the end of `until`. `drill`: its code; a drill counts whatever minutes and
    scores sessions need. `number`: of the certificate."""

    topic: Topic
    on: date
    until: date
    minutes: int = 0
    score: int | None = None
    number: str = ""
    drill: str = ""

    def enough(self, need: Need) -> bool:
        """Whether it is what the need asks for."""
        if self.drill:
            return True
        return self.minutes >= need.minutes and (need.score is None or (self.score or 0) >= need.score)


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands in a topic today: valid to the end of `until` by `done`; of somebody new `by` is the last day for the first
    training."""

    topic: Topic
    need: Need | None
    stands: Stands
    until: date | None = None
    by: date | None = None
    done: Done | None = None

    @property
    def next_on(self) -> date | None:
        """The day by whose end a training is to be done."""
        return self.by if self.stands == Stands.DUE else self.until


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the month's last one where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def valid_until(done: Done, need: Need) -> date:
    """The last day on which a training holds against a need: what it was issued for, but no longer than the need allows."""
    return min(done.until, months_later(done.on, need.months))


def standing(
    topic: Topic, need: Need | None, done: Iterable[Done], today: date, *, first_by: date, soon_days: int
) -> Standing:
    """How somebody stands; `done` are their trainings in this topic, `first_by` is the last day for somebody new."""
    its = list(done)
    if need is None:
        last = max(its, key=lambda each: each.until, default=None)
        return Standing(topic, None, Stands.NOT_NEEDED, last.until if last else None, done=last)
    best = max(
        (each for each in its if each.enough(need)), key=lambda each: (valid_until(each, need), each.on), default=None
    )
    if best is None:
        new = today <= first_by
        return Standing(topic, need, Stands.DUE if new else Stands.MISSING, by=first_by if new else None)
    until = valid_until(best, need)
    if until < today:
        stands = Stands.OVER
    else:
        stands = Stands.SOON if until - today <= timedelta(days=soon_days) else Stands.FINE
    return Standing(topic, need, stands, until, done=best)
