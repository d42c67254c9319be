"""A report of an alarm as it arrives, and whether its times can be believed. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from command.core import documents
from command.core.documents import Item
from command.core.problems import N_, Problem

LARGEST_BATCH = 1000
"""Reports in one request: each request is one unit of work, so its size is bounded."""


class Severity(StrEnum):
    """Perceived severity (ITU-T X.733). `cleared` makes a report a clear."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    WARNING = "warning"
    INDETERMINATE = "indeterminate"
    CLEARED = "cleared"

    @property
    def rank(self) -> int:
        """0 for critical, growing as it gets milder."""
        return list(Severity).index(self)

    @property
    def takes_service(self) -> bool:
        """Whether a problem that no table knows counts as loss of service at this severity."""
        return self in (Severity.CRITICAL, Severity.MAJOR)


class Key(NamedTuple):
    """What makes two reports the same alarm: two interfaces of one node are two alarms."""

    source: str
    element: str
    object: str
    problem: str


@dataclass(frozen=True, slots=True)
class Report:
    """One report: raised at `raised_at` and, where given, cleared at `cleared_at`. With severity cleared it only clears."""

    key: Key
    severity: Severity
    raised_at: datetime
    cleared_at: datetime | None = None
    text: str = ""

    @property
    def raise_at(self) -> datetime | None:
        """When it says the alarm was raised; None for a clear."""
        return None if self.severity is Severity.CLEARED else self.raised_at

    @property
    def clear_at(self) -> datetime | None:
        """When it says the alarm was cleared; None while it stands."""
        return self.cleared_at or (self.raised_at if self.severity is Severity.CLEARED else None)


class TooLarge(Problem):
    """More in one request than is taken at once (413)."""

    status = 413
    code = "too-large"


def check_size(count: int) -> None:
    """Raise TooLarge for a batch above the bound."""
    if count > LARGEST_BATCH:
        raise TooLarge(
            N_("%(count)d alarms in one request; at most %(most)d are taken."),
            field="alarms",
            remedy=N_("Send them in batches of %(most)d or fewer."),
            count=count,
            most=LARGEST_BATCH,
        )


@dataclass(frozen=True, slots=True)
class Believed:
    """The span of times that are believed, inclusive."""

    oldest: datetime
    newest: datetime

    @classmethod
    def around(cls, now: datetime, *, oldest_days: float, future_minutes: float) -> "Believed":
        return cls(now - timedelta(days=oldest_days), now + timedelta(minutes=future_minutes))

    def faults(self, field: str, at: datetime | None) -> Iterator[Item]:
        """What is wrong with one time."""
        if at is None:
            return
        if at > self.newest:
            yield Item(
                field,
                "future-time",
                N_("The time %(at)s is in the future."),
                N_("Set the source's clock right, and give the zone."),
                {"at": at.isoformat()},
            )
        elif at < self.oldest:
            yield Item(
                field,
                "ancient-time",
                N_("The time %(at)s is before %(oldest)s, the oldest that is taken."),
                N_("Leave it out, or raise TOCSIN_INTAKE__OLDEST_DAYS."),
                {"at": at.isoformat(), "oldest": self.oldest.isoformat(timespec="seconds")},
            )


def time_faults(place: str, report: Report, believed: Believed) -> Iterator[Item]:
    """What is wrong with the times of a report at `place` in its batch."""
    yield from believed.faults(f"{place}.raised_at", report.raised_at)
    yield from believed.faults(f"{place}.cleared_at", report.cleared_at)
    if report.cleared_at is not None and report.cleared_at < report.raised_at:
        yield Item(
            f"{place}.cleared_at",
            "cleared-before-raised",
            N_("The clear is before the raise."),
            N_("Give the time of the clear, or leave it out."),
            {},
        )


def require(faults: Iterable[Item]) -> None:
    """Raise a 422 that names every fault, if there are any: a batch is used whole or not at all."""
    found = tuple(faults)
    if found:
        raise documents.Report(
            422,
            "bad-batch",
            N_("The batch has %(count)d faults; nothing of it was used."),
            N_("Correct them and send the batch again."),
            items=found,
            field=found[0].field,
            count=len(found),
        )
