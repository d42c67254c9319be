"""Taking a batch of reports in: dedupe, correlation, and what incidents make of it, in one unit of work.

Everything that changes alarms or their incidents takes the same lock first, so that two batches at once cannot make two incidents
of one storm, nor the same alarm twice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from command.alarms import kinds, rows, storms
from command.alarms.dedupe import Change, Merged, State, changes, in_order, merge
from command.alarms.reports import Key, Report
from command.alarms.storms import Touched
from command.core import clock
from command.core.installation import count_up

LOCK = "correlation"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a batch: reports received; alarms new, changed, and unchanged; numbers of the incidents touched."""

    received: int
    new: int
    changed: int
    unchanged: int
    incidents: tuple[str, ...]


def lock(session: Session) -> None:
    """Be the only one who changes alarms until the unit of work ends. Taken before any other lock."""
    count_up(session, LOCK)


def receive(session: Session, reports: Sequence[Report], *, exercise: bool = False) -> Receipt:
    """Take in a checked batch. Re-delivery changes nothing but when an alarm was last heard of."""
    return receive_together(session, [reports], exercise=exercise)[0]


def receive_together(session: Session, batches: Sequence[Sequence[Report]], *, exercise: bool = False) -> list[Receipt]:
    """Take in several checked batches as one, no alarm in two of them; a receipt for each, with the incidents its own alarms touched."""
    lock(session)
    batch = _Batch(session, [report for reports in batches for report in reports], exercise)
    batch.store()
    touched = storms.correlate(session, batch.touched, exercise=exercise)
    if len(batches) == 1:
        return [batch.receipt(batches[0], touched.values())]
    whose = storms.incidents_of(session, [one.id for one in batch.touched])
    receipts = []
    for reports in batches:
        theirs = {whose.get(batch.ids[report.key]) for report in reports}
        receipts.append(batch.receipt(reports, [number for id, number in touched.items() if id in theirs]))
    return receipts


class _Batch:
    """Reports by alarm, beside what is known of them."""

    def __init__(self, session: Session, reports: Sequence[Report], exercise: bool) -> None:
        self.session, self.exercise = session, exercise
        self.now = clock.now(session)
        self.by_key: dict[Key, list[Report]] = defaultdict(list)
        for report in reports:
            self.by_key[report.key].append(report)
        self.known = rows.known(session, self.by_key, exercise)
        self.elements = rows.elements(session, {key.element for key in self.by_key})
        self.meanings = kinds.meanings(session, {key.problem for key in self.by_key})
        self.open = storms.open_ids(session, exercise)
        self.touched: list[Touched] = []
        self.ids: dict[Key, int] = {key: known.id for key, known in self.known.items()}
        self.changed: set[Key] = set()

    def receipt(self, reports: Sequence[Report], incidents: Iterable[str]) -> Receipt:
        """What became of these reports of the batch, after it was stored."""
        keys = {report.key for report in reports}
        new, changed = len(keys - self.known.keys()), len(keys & self.changed)
        return Receipt(len(reports), new, changed, len(keys) - new - changed, tuple(sorted(incidents)))

    def store(self) -> None:
        """Write the alarms and their fresh changes."""
        histories = rows.histories(self.session, self._out_of_order())
        new: list[tuple[Key, Merged]] = []
        updates: list[dict[str, Any]] = []
        fresh: list[tuple[int, Change]] = []
        for key, reports in self.by_key.items():
            known = self.known.get(key)
            if known is None:
                new.append((key, merge(None, reports)))
                continue
            merged = merge(known.standing, reports, histories.get(known.id, ()))
            updates.append({"of": known.id, **self._update(key, known, merged)})
            fresh += ((known.id, change) for change in merged.fresh)
            if merged.fresh:
                self.changed.add(key)
        fresh += self._insert(new)
        rows.update_alarms(self.session, updates)
        rows.insert_events(self.session, fresh, self.now, self.exercise)

    def _out_of_order(self) -> list[int]:
        return [
            self.known[key].id
            for key, reports in self.by_key.items()
            if key in self.known and not in_order(self.known[key].standing, changes(reports))
        ]

    def _insert(self, new: list[tuple[Key, Merged]]) -> list[tuple[int, Change]]:
        values = [{**key._asdict(), **self._values(key, merged), "exercise": self.exercise} for key, merged in new]
        ids = rows.insert_alarms(self.session, values)
        self.ids |= {key: id for (key, _), id in zip(new, ids, strict=True)}
        for alarm_id, row in zip(ids, values, strict=True):
            self.touched.append(_touched(alarm_id, None, (False, None), row))
        return [(id, change) for id, (_, merged) in zip(ids, new, strict=True) for change in merged.fresh]

    def _update(self, key: Key, known: rows.Known, merged: Merged) -> dict[str, Any]:
        """A raise leaves an incident that takes no alarms any more: what fails again is offered again."""
        values = self._values(key, merged)
        raised_anew = any(not change.clears for change in merged.fresh) and values["state"] == State.RAISED
        stays = known.incident_id in self.open or not raised_anew
        values["incident_id"] = known.incident_id if stays else None
        self.touched.append(_touched(known.id, values["incident_id"], known.was_failing, values))
        return values

    def _values(self, key: Key, merged: Merged) -> dict[str, Any]:
        standing = merged.standing
        meaning = self.meanings.get(key.problem, kinds.UNKNOWN)
        return {
            "element_id": self.elements.get(key.element),
            "severity": standing.severity,
            "state": standing.state,
            "affecting": meaning.takes_service(standing.severity),
            "momentary": meaning.momentary,
            "raised_at": standing.raised_at,
            "last_at": standing.last_at,
            "cleared_at": standing.cleared_at,
            "received_at": self.now,
            "count": standing.count,
            "text": standing.text,
        }


def _touched(
    alarm_id: int, incident_id: int | None, was_failing: tuple[bool, int | None], row: Mapping[str, Any]
) -> Touched:
    failing = (row["state"] == State.RAISED and row["affecting"], row["element_id"])
    at: datetime = row["last_at"]
    return Touched(alarm_id, incident_id, row["element_id"], row["state"] == State.RAISED, at, failing != was_failing)
