"""Reports as people and programs read them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import names
from command.incidents.views import note_text
from command.insights.rates import Rate
from command.people.models import Person
from command.periodic import reading
from command.periodic.models import PeriodicReport, PeriodicSubscription
from command.periodic.reading import Got
from command.resources import lines


class RateOut(BaseModel):
    """`percent` is rounded down to tenths, null where nothing counts."""

    good: int
    of: int
    percent: float | None


class ReportOut(BaseModel):
    """An edition. `local_date` is the day on which the calendar made it (null: `made_by` did), `late_minutes` how long after its time;
    `over` says whether the period was over when it was counted. `replaces` and `replaced_by` are ids of other editions."""

    id: int
    code: str
    name: str
    first_on: date
    last_on: date
    edition: int
    replaces: int | None
    replaced_by: int | None
    reason: str | None
    local_date: date | None
    due_at: datetime | None
    late_minutes: int | None
    made_at: datetime
    made_by: str
    over: bool
    incidents: int
    users: int
    response: RateOut
    restoration: RateOut
    sha256: str


class CopyOut(BaseModel):
    """Who got it: by `mail` with its state, or on the `page` alone (no mailbox is known of them)."""

    username: str
    name: str
    language: str
    by: str
    mail: str | None
    told_at: datetime
    read_at: datetime | None


class WholeOut(ReportOut):
    """An edition with all of it: `figures` as they were counted, `sections` as they were told in the reader's language. `intact` says
    whether the content still has the digest that the journal has."""

    zone: str
    as_of: datetime
    intact: bool
    editions: list[ReportOut]
    recipients: list[CopyOut]
    figures: dict[str, Any]
    sections: list[dict[str, Any]]


class SubscriptionOut(BaseModel):
    code: str
    report: str
    username: str
    name: str
    language: str
    since: datetime
    mailbox: bool


def reports(session: Session, rows: Sequence[PeriodicReport], language: str) -> list[ReportOut]:
    """Editions for a list."""
    after = reading.replaced(session, rows)
    people = lines.people(session, {row.made_by for row in rows}, language)
    return [ReportOut(**_plain(session, row, after, people, language)) for row in rows]


def whole(session: Session, row: PeriodicReport, language: str) -> WholeOut:
    """An edition with everything that is known of it."""
    every = reading.editions(session, row)
    after = reading.replaced(session, every)
    people = lines.people(session, {each.made_by for each in every}, language)
    return WholeOut(
        **_plain(session, row, after, people, language),
        zone=row.zone,
        as_of=row.content["as_of"],
        intact=reading.intact(row),
        editions=[ReportOut(**_plain(session, each, after, people, language)) for each in every],
        recipients=[_copy(got, language) for got in reading.copies(session, row.id)],
        figures=row.content["figures"],
        sections=row.content["sections"][language],
    )


def _plain(
    session: Session, row: PeriodicReport, after: Mapping[int, int], people: Mapping[str, str], language: str
) -> dict[str, Any]:
    late = row.made_at - row.due_at if row.due_at is not None else None
    return {
        **{name: getattr(row, name) for name in _SAME},
        "name": names.of(row, language),
        "replaces": row.replaces_id,
        "replaced_by": after.get(row.id),
        "reason": note_text(session, row.reason_note_id),
        "late_minutes": None if late is None else int(late.total_seconds() // 60),
        "made_by": people.get(row.made_by, row.made_by),
        "over": row.summary["over"],
        "incidents": row.summary["incidents"],
        "users": row.summary["users"],
        "response": _rate(row.summary["response"]),
        "restoration": _rate(row.summary["restoration"]),
    }


_SAME = ("id", "code", "first_on", "last_on", "edition", "local_date", "due_at", "made_at", "sha256")


def _rate(counts: Sequence[int]) -> RateOut:
    good, of = counts
    return RateOut(good=good, of=of, percent=Rate(good, of, 0).percent)


def _copy(got: Got, language: str) -> CopyOut:
    copy, person, state = got
    return CopyOut(
        username=person.username,
        name=names.of(person, language),
        language=copy.language,
        by="page" if copy.delivery_id is None else "mail",
        mail=state,
        told_at=copy.told_at,
        read_at=copy.read_at,
    )


def subscription(
    row: PeriodicSubscription, person: Person, known: Mapping[str, str], boxes: frozenset[int], language: str
) -> SubscriptionOut:
    """Who gets what; `mailbox` says whether they can be mailed."""
    return SubscriptionOut(
        code=row.code,
        report=known.get(row.code, row.code),
        username=person.username,
        name=names.of(person, language),
        language=row.language,
        since=row.since,
        mailbox=person.id in boxes,
    )
