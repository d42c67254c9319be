"""Making an edition: counted and told in both languages without any lock, then kept at a stroke. What is kept never changes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.core.columns import dump
from command.core.problems import N_, Invalid
from command.incidents import entries as incident_entries
from command.incidents import house
from command.incidents.entries import NoteRef
from command.insights.filters import EARLIEST, LATEST
from command.periodic import entries, facts
from command.periodic.chapters import CHAPTERS
from command.periodic.models import PeriodicReport, PeriodicSchedule
from command.periodic.rhythm import DAY, Days
from command.periodic.speech import speech
from command.periodic.table import Kind

LANGUAGES = ("zh", "en")
LONGEST = 3660
"""Days of a report at most: ten years."""
VERSION = 1
"""Of the form of `content`."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A report that was counted and told, and is not kept yet."""

    kind: Kind
    days: Days
    zone: ZoneInfo
    summary: Mapping[str, Any]
    content: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The digest of the content as it is stored."""
        return digest(self.content)


@dataclass(frozen=True, slots=True)
class Fired:
    """The day on which the calendar makes a report, and the instant at which that was due."""

    on: date
    due_at: datetime


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of content in canonical JSON, which is how it is stored."""
    return hashlib.sha256(dump(content).encode()).hexdigest()


def days(session: Session, first: date, last: date) -> Days:
    """A period of which a report can be made. Raise Invalid naming the field."""
    if not EARLIEST <= first <= LATEST:
        raise Invalid(
            N_("This is no day of this century."), field="from", remedy=N_("Write a date such as 2026-11-21.")
        )
    if last < first:
        raise Invalid(
            N_("The period ends before it begins."),
            field="to",
            remedy=N_("Give a last day that is not before the first."),
        )
    if last > house.today(session, clock.now(session)):
        raise Invalid(N_("The period ends after today."), field="to", remedy=N_("Give a last day that is not ahead."))
    found = Days(first, last)
    if found.count > LONGEST:
        raise Invalid(
            N_("The period is longer than %(days)s days."),
            field="from",
            remedy=N_("Choose a shorter one."),
            days=LONGEST,
        )
    return found


def compose(session: Session, kind: Kind, over: Days) -> Composed:
    """Count a report and tell it in both languages, as of now; nothing is written."""
    zone = house.settings(session).tz
    counted = facts.gather(session, over, zone)
    chapters = [code for code in kind.chapters if code in CHAPTERS]
    figures = orjson.loads(dump({code: CHAPTERS[code].count(counted) for code in chapters}))
    given = house.settings(session)
    content = {
        "version": VERSION,
        "name": {"zh": kind.name.zh, "en": kind.name.en},
        "operator": {"zh": given.operator_name_zh, "en": given.operator_name_en},
        "first": over.first.isoformat(),
        "last": over.last.isoformat(),
        "zone": zone.key,
        "as_of": counted.now.isoformat(),
        "over": counted.over,
        "figures": figures,
        "sections": {language: _told(chapters, figures, language, zone) for language in LANGUAGES},
    }
    overview = counted.figures
    summary = {
        "incidents": overview.incidents,
        "users": overview.users,
        "response": [overview.response.good, overview.response.of],
        "restoration": [overview.restoration.good, overview.restoration.of],
        "over": counted.over,
    }
    return Composed(kind, over, zone, summary, orjson.loads(dump(content)))


def _told(chapters: Sequence[str], figures: Mapping[str, Any], language: str, zone: ZoneInfo) -> list[dict[str, Any]]:
    s = speech(language, zone)
    return [
        {
            "key": code,
            "title": s.word(CHAPTERS[code].title),
            "none": s.word(CHAPTERS[code].none) if CHAPTERS[code].none else "",
            "blocks": CHAPTERS[code].write(figures[code], s),
        }
        for code in chapters
    ]


def schedule(session: Session, kind: Kind) -> PeriodicSchedule:
    """The row of a report's next day, locked until the unit of work ends. A report that nobody has looked at yet begins with the next time
    of its rule."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    values = {"code": kind.code, "next_on": _first(session, kind)}
    session.execute(insert(PeriodicSchedule).values(values).on_conflict_do_nothing())
    query = select(PeriodicSchedule).where(PeriodicSchedule.code == kind.code).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _first(session: Session, kind: Kind) -> date:
    now, zone = clock.now(session), house.settings(session).tz
    on = kind.rhythm.next(now.astimezone(zone).date())
    return on if kind.due(on, zone) > now else kind.rhythm.next(on + DAY)


def keep(session: Session, made: Composed, *, fired: Fired | None = None, reason: str = "") -> PeriodicReport:
    """Keep what was counted as the next edition of its days. Of days that have one, a person says why there is another: raise Invalid
    without a reason."""
    schedule(session, made.kind)  # its lock lets one edition be made at a time
    before = newest(session, made.kind.code, made.days)
    cited = incident_entries.note(session, reason)
    if before is not None and fired is None and cited is None:
        raise Invalid(
            N_("There is an edition of this report for these days."),
            field="reason",
            remedy=N_("Open it in the archive, or say why there has to be another one."),
        )
    row = PeriodicReport(
        code=made.kind.code,
        name_zh=made.kind.name.zh,
        name_en=made.kind.name.en,
        first_on=made.days.first,
        last_on=made.days.last,
        zone=made.zone.key,
        edition=before.edition + 1 if before else 1,
        replaces_id=before.id if before else None,
        reason_note_id=cited.id if cited and before else None,
        local_date=fired.on if fired else None,
        due_at=fired.due_at if fired else None,
        made_at=clock.now(session),
        made_by=session.info["actor"],
        summary=dict(made.summary),
        content=dict(made.content),
        sha256=made.sha256,
    )
    session.add(row)
    session.flush()
    entries.record(session, row, _entry(row, before, cited if before else None))
    return row


def _entry(row: PeriodicReport, before: PeriodicReport | None, cited: NoteRef | None) -> entries.Made:
    late = (row.made_at - row.due_at).total_seconds() // 60 if row.due_at is not None else None
    return entries.Made(
        code=row.code,
        first_on=row.first_on,
        last_on=row.last_on,
        edition=row.edition,
        local_date=row.local_date,
        late_minutes=None if late is None else int(late),
        replaces=before.id if before else None,
        reason=cited,
        sha256=row.sha256,
    )


def newest(session: Session, code: str, over: Days) -> PeriodicReport | None:
    """The latest edition of a report for exactly these days."""
    mine = (PeriodicReport.code == code, PeriodicReport.first_on == over.first, PeriodicReport.last_on == over.last)
    return session.scalar(select(PeriodicReport).where(*mine).order_by(PeriodicReport.edition.desc()).limit(1))
