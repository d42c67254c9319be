"""What an alarm is, given its reports: a fold over the set of their changes in order of time.

The set decides, not the order of arrival: re-delivery, reordering, a clear before its raise and flapping all end in the same state.
Changes that come in order continue from the state known; only for the others the history is folded again. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from command.alarms.reports import Report, Severity


class Transition(StrEnum):
    RAISED = "raised"
    CLEARED = "cleared"
    QUIET = "quiet"


class State(StrEnum):
    """raised → cleared → raised …"""

    RAISED = "raised"
    CLEARED = "cleared"


class Change(NamedTuple):
    """A raise or clear at an instant. A clear comes after a raise of the same instant: a momentary event is over."""

    at: datetime
    clears: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """An alarm as its changes make it; see models.Alarm."""

    state: State
    raised_at: datetime
    last_at: datetime
    cleared_at: datetime | None
    count: int
    severity: Severity = Severity.INDETERMINATE
    text: str = ""

    @property
    def latest(self) -> Change:
        """The latest change it is made of."""
        if self.cleared_at is not None and (self.count == 0 or self.cleared_at >= self.last_at):
            return Change(self.cleared_at, True)
        return Change(self.last_at, False)


@dataclass(frozen=True, slots=True)
class Merged:
    """An alarm after new reports, and those of their changes that were not known."""

    standing: Standing
    fresh: tuple[Change, ...]


def changes(reports: Iterable[Report]) -> frozenset[Change]:
    """What reports of one alarm say happened."""
    said = ((report.raise_at, report.clear_at) for report in reports)
    return frozenset(
        Change(at, clears)
        for raised, cleared in said
        for at, clears in ((raised, False), (cleared, True))
        if at is not None
    )


def in_order(known: Standing | None, said: Collection[Change]) -> bool:
    """Whether `said` can continue from what is known, without looking at the history."""
    return known is None or all(change >= known.latest for change in said)


def merge(known: Standing | None, reports: Collection[Report], history: Collection[Change] = ()) -> Merged:
    """The alarm after `reports`. `history` (all its changes so far) is needed unless their changes come in order."""
    said = changes(reports)
    if in_order(known, said):
        fresh = sorted(said - {known.latest} if known else said)
        made = fold(known, fresh)
    else:
        fresh = sorted(said - set(history))
        made = fold(None, sorted(said | set(history)))
    return Merged(_described(made, known, reports), tuple(fresh))


def fold(known: Standing | None, in_time_order: Iterable[Change]) -> Standing:
    """Go on from `known` (None: nothing is known) through changes in order. There must be at least one, or a known alarm."""
    standing = known
    for change in in_time_order:
        standing = _cleared(standing, change.at) if change.clears else _raised(standing, change.at)
    if standing is None:
        raise ValueError("an alarm is made of at least one change")
    return standing


def _raised(before: Standing | None, at: datetime) -> Standing:
    if before is None or before.count == 0:
        return Standing(State.RAISED, at, at, before.cleared_at if before else None, 1)
    began = before.raised_at if before.state is State.RAISED else at
    return replace(before, state=State.RAISED, raised_at=began, last_at=at, count=before.count + 1)


def _cleared(before: Standing | None, at: datetime) -> Standing:
    if before is None or before.count == 0:
        return Standing(State.CLEARED, at, at, at, 0)
    return replace(before, state=State.CLEARED, cleared_at=at)


def _described(made: Standing, known: Standing | None, reports: Iterable[Report]) -> Standing:
    """Severity and text are those of the latest raise; of several at that instant, the worst."""
    said = [(report.severity, report.text) for report in reports if report.raise_at == made.last_at]
    if known is not None and known.count and known.last_at == made.last_at:
        said.append((known.severity, known.text))
    if made.count == 0 or not said:
        return made if known is None or made.count == 0 else replace(made, severity=known.severity, text=known.text)
    severity, text = min(said, key=lambda each: (each[0].rank, each[1]))
    return replace(made, severity=severity, text=text)
