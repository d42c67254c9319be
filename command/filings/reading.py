"""What is known of an incident's reports to the regulator: by which rules it is reportable, how each report stands, its editions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.bulletins.models import Bulletin, BulletinCopy
from command.core import clock
from command.core.journal import Note
from command.core.log import masked_words
from command.filings import computing, owing
from command.filings.models import SENT, Filing, State
from command.filings.owing import Match, Owed, Ticking
from command.filings.regulators import table, unknown
from command.incidents import clock_rows, house
from command.incidents.clocks import Event, Profile
from command.incidents.guards import FINAL
from command.incidents.models import Incident, IncidentClock
from playbooks.notices import Recipient
from playbooks.schema import Kind


@dataclass(frozen=True, slots=True)
class Picture:
    """An incident's reports under the profile in force: the rules that match, every report of the profile, and all editions there are."""

    profile: Profile
    matched: Sequence[Match]
    reports: Sequence[Owed]
    editions: Sequence[Filing]

    def of(self, report_id: str) -> Owed | None:
        """How a report stands; None for one of another profile."""
        return next((each for each in self.reports if each.report.id == report_id), None)

    def latest(self, report_id: str) -> Filing | None:
        """Its newest edition that is not void."""
        return next(
            (row for row in reversed(self.editions) if row.report == report_id and row.state != State.VOID), None
        )


def editions(session: Session, incident: Incident) -> Sequence[Filing]:
    """Every edition of every report of an incident, the oldest first."""
    query = select(Filing).where(Filing.incident_id == incident.id).order_by(Filing.edition, Filing.id)
    return session.scalars(query).all()


def picture(session: Session, incident: Incident) -> Picture:
    """How an incident's reports stand now. Of one that was cancelled or merged nothing is owed; what was submitted stays."""
    now, profile = clock.now(session), house.settings(session).profile
    rows = editions(session, incident)
    regulator = table().profiles.get(profile)
    if regulator is None:
        return Picture(profile, (), (), rows)
    matched: list[Match] = []
    if incident.state not in FINAL:
        current, projected = computing.facts(session, incident, now)
        matched = owing.matches(regulator, current, projected, incident.tier)
    seen = ticking(session, incident, profile, [Event(report.event) for report in regulator.reports], rows)
    return Picture(profile, matched, owing.owed(regulator, matched, seen, first_sent(rows), now), rows)


def first_sent(rows: Iterable[Filing]) -> dict[str, datetime]:
    """When each report was submitted first: a correction is not late."""
    found: dict[str, datetime] = {}
    for row in rows:
        if row.state in SENT and row.submitted_at is not None:
            found[row.report] = min(row.submitted_at, found.get(row.report, row.submitted_at))
    return found


def filed_events(rows: Iterable[Filing]) -> dict[Event, datetime]:
    """The regulator's events that submitted reports brought about, each by the earliest."""
    found: dict[Event, datetime] = {}
    sent = first_sent(rows)
    for row in rows:
        known = table().found(row.report)
        if known is not None and row.report in sent:
            event = Event(known[1].event)
            found[event] = min(sent[row.report], found.get(event, sent[row.report]))
    return found


def ticking(
    session: Session, incident: Incident, profile: Profile, events: Iterable[Event], rows: Iterable[Filing]
) -> Mapping[Event, Ticking]:
    """What is known of the regulator's events: by the incident's own clocks, which stay as they are; where its tier starts none, by the
    times of the profile's clocks."""
    ours = [row for row in clock_rows.rows(session, incident) if row.state != clock_rows.VOID]
    happened = clock_rows.happened(incident, house.clocks(), {row.code: row for row in ours}) | filed_events(rows)
    found = {}
    for event in events:
        mine = [row for row in ours if (known := clock_rows.definition(row.code)) and known.stops is event]
        if mine:
            found[event] = _of_rows(mine)
        else:
            due = owing.due_without_clock(house.clocks(), profile, event, Kind(incident.kind), happened)
            found[event] = Ticking(due_at=due)
    return found


def _of_rows(rows: Sequence[IncidentClock]) -> Ticking:
    met = [row.met_at for row in rows if row.met_at is not None]
    return Ticking(min(row.due_at for row in rows), min(met, default=None), runs=True)


def told_otherwise(session: Session, incident: Incident, one: Owed) -> str | int | None:
    """What stopped the clock of a report that was not submitted here: the number of a bulletin, or `hand`. None where nothing did."""
    if one.met_at is None:
        return None
    query = (
        select(Bulletin)
        .join(BulletinCopy, BulletinCopy.bulletin_id == Bulletin.id)
        .where(
            Bulletin.incident_id == incident.id,
            BulletinCopy.sort == Recipient.regulator,
            BulletinCopy.sent_at.is_not(None),
            BulletinCopy.sent_at <= one.met_at,
        )
        .order_by(Bulletin.number.desc())
    )
    told = (row for row in session.scalars(query) if one.report.event in row.answers)
    found = next(told, None)
    return found.number if found is not None else "hand"


def edition(session: Session, incident: Incident, report_id: str, number: int | None = None) -> Filing | None:
    """An edition of a report by its number, else the newest that is not void; None where nothing was drafted. Raise NotFound for an
    edition that is not there."""
    rows = [row for row in editions(session, incident) if row.report == report_id]
    if number is not None:
        row = next((each for each in rows if each.edition == number), None)
        if row is None:
            raise unknown(report_id)
        return row
    return next((row for row in reversed(rows) if row.state != State.VOID), None)


def reason(session: Session, row: Filing) -> str | None:
    """Why an edition corrects the one before it; None for a first one, or where the words were erased."""
    body = session.scalar(select(Note.body).where(Note.id == row.reason_note_id)) if row.reason_note_id else None
    return masked_words(body) if body else None
