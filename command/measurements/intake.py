"""Taking values in: each is judged by itself, good ones are kept whatever the others hold, and none is kept twice.

Values may come late and in any order; they are put where they belong in time. Series are locked in the order of their ids, so two batches
at once are one after the other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import Item, items
from command.core.problems import N_
from command.incidents import house
from command.measurements import degrading, entries
from command.measurements.asked import PointIn
from command.measurements.models import Point, Series

PURGED = 5000
"""Points that a unit of work removes at most."""


@dataclass(slots=True)
class Receipt:
    """What became of a batch: values received, kept, the same as known, corrected; what was wrong; numbers of incidents touched."""

    received: int = 0
    kept: int = 0
    same: int = 0
    corrected: int = 0
    faults: list[Item] = field(default_factory=list)
    incidents: list[str] = field(default_factory=list)


def receive(session: Session, given: Sequence[Any]) -> Receipt:
    """Take in a batch, and let what hangs on its series follow."""
    receipt = Receipt(received=len(given))
    read = list(_readable(given, receipt.faults))
    known = _locked(session, {point.series for _, point in read})
    by_series: dict[str, list[PointIn]] = defaultdict(list)
    for at, point in read:
        faults = list(_faults(session, f"measurements.{at}", point, known.get(point.series)))
        receipt.faults += faults
        if not faults:
            by_series[point.series].append(point)
    for series in sorted((known[code] for code in by_series), key=lambda each: each.id):
        _store(session, series, by_series[series.code], receipt)
        touched = degrading.follow(session, series)
        if touched is not None and touched not in receipt.incidents:
            receipt.incidents.append(touched)
    return receipt


def _readable(given: Sequence[Any], faults: list[Item]) -> Iterator[tuple[int, PointIn]]:
    for at, one in enumerate(given):
        try:
            yield at, PointIn.model_validate(one)
        except ValidationError as error:
            for item in items(error.errors(include_url=False)):
                place = f"measurements.{at}.{item.field}" if item.field else f"measurements.{at}"
                faults.append(Item(place, item.code, item.detail, item.remedy, item.values))


def _locked(session: Session, codes: set[str]) -> Mapping[str, Series]:
    query = select(Series).where(Series.code.in_(sorted(codes))).order_by(Series.id).with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True))
    return {series.code: series for series in found}


def _faults(session: Session, place: str, point: PointIn, series: Series | None) -> Iterator[Item]:
    """What is wrong with one value."""
    if series is None or not series.active:
        why = N_("There is no series %(code)s.") if series is None else N_("The series %(code)s is not in use.")
        remedy = N_("Use the code of a series in use, or set it up first.")
        yield Item(f"{place}.series", "unknown-series", why, remedy, {"code": point.series[:64]})
        return
    if (series.low is not None and point.value < series.low) or (series.high is not None and point.value > series.high):
        values = {
            "low": "−∞" if series.low is None else series.low,
            "high": "∞" if series.high is None else series.high,
        }
        yield Item(
            f"{place}.value",
            "absurd",
            N_("This value is outside what is possible: %(low)s to %(high)s."),
            N_("Correct the value or its unit, or the range of the series."),
            values,
        )
    yield from _times(session, place, point.at)


def _times(session: Session, place: str, at: datetime) -> Iterator[Item]:
    settings, now = house.settings(session).measurements, clock.now(session)
    oldest = now - timedelta(days=min(settings.oldest_days, settings.keep_days))
    if at > now + timedelta(minutes=settings.future_minutes):
        remedy = N_("Set the source's clock right, and give the zone.")
        why = N_("The time %(at)s is in the future.")
        yield Item(f"{place}.at", "future-time", why, remedy, {"at": at.isoformat()})
    elif at < oldest:
        yield Item(
            f"{place}.at",
            "ancient-time",
            N_("The time %(at)s is before %(oldest)s, the oldest that is taken."),
            N_("Leave it out, or raise TOCSIN_MEASUREMENTS__OLDEST_DAYS."),
            {"at": at.isoformat(), "oldest": oldest.isoformat(timespec="seconds")},
        )


def _store(session: Session, series: Series, points: Sequence[PointIn], receipt: Receipt) -> None:
    """Keep the values of a locked series: new ones, and corrections with what stood before."""
    wanted = sorted({point.at for point in points})
    query = select(Point.at, Point.value).where(Point.series_id == series.id, Point.at.in_(wanted))
    known = dict(session.execute(query).tuples().all())
    values, corrections = dict(known), []
    for point in points:
        before = values.get(point.at)
        values[point.at] = point.value
        if before is None:
            receipt.kept += 1
        elif before == point.value:
            receipt.same += 1
        else:
            receipt.corrected += 1
            corrections.append((point.at, before, point.value))
    now = clock.now(session)
    fresh = [
        {"series_id": series.id, "at": at, "value": value, "received_at": now}
        for at, value in values.items()
        if at not in known
    ]
    if fresh:
        session.execute(insert(Point), fresh)
    for at in known:
        if values[at] != known[at]:
            mine = (Point.series_id == series.id, Point.at == at)
            session.execute(update(Point).where(*mine).values(value=values[at], received_at=now))
    if corrections:
        entries.record(session, entries.Corrected(series_id=series.id, values=tuple(corrections)))


def outlived(session: Session) -> bool:
    """Whether there are points older than they are kept."""
    return session.scalar(select(Point.series_id).where(Point.at < _kept_since(session)).limit(1)) is not None


def purge(session: Session) -> bool:
    """Remove a chunk of the points that are older than they are kept; True while there are more."""
    old = select(Point.series_id, Point.at).where(Point.at < _kept_since(session)).limit(PURGED)
    found = session.execute(old).tuples().all()
    by_series: dict[int, list[datetime]] = defaultdict(list)
    for series_id, at in found:
        by_series[series_id].append(at)
    for series_id, times in by_series.items():
        upto = max(times)
        session.execute(delete(Point).where(Point.series_id == series_id, Point.at <= upto))
    return len(found) == PURGED


def _kept_since(session: Session) -> datetime:
    return clock.now(session) - timedelta(days=house.settings(session).measurements.keep_days)
