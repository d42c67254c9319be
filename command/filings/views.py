"""Reports to the regulator as JSON and pages show them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo

from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.filings import content, reading, service, submitting, words
from command.filings.asked import ListIn
from command.filings.content import Entered
from command.filings.listing import Waiting, Wanted
from command.filings.models import SENT, Filing
from command.filings.owing import Match, Owed
from command.filings.reading import Picture
from command.filings.regulators import Reportable, report_of, table
from command.filings.shapes import (
    DraftOut,
    EditionOut,
    FieldOut,
    FilingOut,
    OfIncidentOut,
    OwedOut,
    RuleOut,
    SubmittedOut,
)
from command.incidents import house
from command.incidents.models import Incident
from command.people.access import Principal
from playbooks.texts import Text


def of_incident(session: Session, incident: Incident, language: str) -> OfIncidentOut:
    """The reports of an incident."""
    picture = reading.picture(session, incident)
    regulator = table().profiles.get(picture.profile)
    return OfIncidentOut(
        incident=incident.number,
        profile=picture.profile,
        authority=said(regulator.authority, language) if regulator else "",
        reportable=any(match.now for match in picture.matched),
        rules=[match_out(match, language) for match in picture.matched],
        reports=[owed_out(session, incident, one, picture, language) for one in picture.reports],
    )


def said(text: Text, language: str) -> str:
    """A text in a language."""
    return text.zh if language == "zh" else text.en


def rule_out(rule: Reportable, language: str, now: bool | None = None) -> RuleOut:
    return RuleOut(rule=rule.id, title=said(rule.title, language), source=rule.source, now=now)


def match_out(match: Match, language: str) -> RuleOut:
    return rule_out(match.rule, language, match.now)


def rules_out(session: Session, language: str) -> list[RuleOut]:
    """Every rule of the profile in force."""
    regulator = table().profiles.get(house.settings(session).profile)
    return [rule_out(rule, language) for rule in regulator.reportable] if regulator else []


def owed_out(session: Session, incident: Incident, one: Owed, picture: Picture, language: str) -> OwedOut:
    """A report of an incident, with what stopped its clock where nothing was submitted here."""
    row = picture.latest(one.report.id)
    filed = row is not None and any(each.report == one.report.id and each.state in SENT for each in picture.editions)
    return OwedOut(
        incident=incident.number,
        report=one.report.id,
        title=said(one.report.title, language),
        event=one.report.event,
        standing=one.standing,
        due_at=one.due_at,
        flagged_from=one.flagged_from,
        done_at=one.met_at,
        was_late=one.was_late,
        done_by="filing" if filed else reading.told_otherwise(session, incident, one),
        edition=row.edition if row else None,
        state=row.state if row else None,
        reference=(row.reference or None) if row else None,
        source=one.report.source,
        exercise=incident.exercise,
    )


def waiting_out(each: Waiting, language: str) -> OwedOut:
    """A report that is owed, in a list of all."""
    one = each.owed
    return OwedOut(
        incident=each.incident.number,
        report=one.report.id,
        title=said(one.report.title, language),
        event=one.report.event,
        standing=one.standing,
        due_at=one.due_at,
        flagged_from=one.flagged_from,
        done_at=None,
        was_late=False,
        done_by=None,
        edition=each.draft.edition if each.draft else None,
        state=each.draft.state if each.draft else None,
        reference=None,
        source=one.report.source,
        exercise=each.incident.exercise,
    )


def filing_out(
    session: Session, incident: Incident, report_id: str, language: str, zone: tzinfo, edition: int | None = None
) -> FilingOut:
    """An edition of a report, the newest by default; a preview from the incident where nothing was drafted. Raise NotFound."""
    row = reading.edition(session, incident, report_id, edition)
    if row is None:
        return _preview(session, incident, report_id, language, zone)
    frozen = content.thaw(session, row) if row.content else None
    fields = frozen.fields if frozen else service.fields_of(incident, row)
    title, authority = (frozen.title, frozen.authority) if frozen else _titles(report_id)
    return FilingOut(
        incident=incident.number,
        profile=row.profile,
        authority=said(authority, language),
        report=report_id,
        title=said(title, language),
        edition=row.edition,
        state=row.state,
        version=row.version,
        exercise=row.exercise,
        fields=[field_out(field, language, zone) for field in fields],
        missing=[field.key for field in fields if field.missing],
        as_of=row.as_of,
        due_at=row.due_at,
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        edited_by=row.edited_by,
        edited_at=row.edited_at,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        recorded_at=row.recorded_at,
        reference=row.reference or None,
        override=row.override,
        reason=reading.reason(session, row),
        changed=[_title(fields, key, language) for key in row.changed],
        digest=row.digest,
        sound=frozen.sound if frozen else None,
        editions=_editions(session, incident, report_id),
    )


def _preview(session: Session, incident: Incident, report_id: str, language: str, zone: tzinfo) -> FilingOut:
    profile, report = report_of(report_id)
    fields = content.entered(report, incident.kind, service.filled(session, incident, report), {})
    one = reading.picture(session, incident).of(report_id)
    return FilingOut(
        incident=incident.number,
        profile=profile,
        authority=said(table().profiles[profile].authority, language),
        report=report_id,
        title=said(report.title, language),
        edition=1,
        state=None,
        version=0,
        exercise=incident.exercise,
        fields=[field_out(field, language, zone) for field in fields],
        missing=[field.key for field in fields if field.missing],
        as_of=clock.now(session),
        due_at=one.due_at if one else None,
        drafted_by=None,
        drafted_at=None,
        edited_by=None,
        edited_at=None,
        submitted_by=None,
        submitted_at=None,
        recorded_at=None,
        reference=None,
        override=False,
        reason=None,
        changed=[],
        digest=None,
        sound=None,
        editions=_editions(session, incident, report_id),
    )


def _titles(report_id: str) -> tuple[Text, Text]:
    profile, report = report_of(report_id)
    return report.title, table().profiles[profile].authority


def _title(fields: Sequence[Entered], key: str, language: str) -> str:
    return next((said(field.title, language) for field in fields if field.key == key), key)


def _editions(session: Session, incident: Incident, report_id: str) -> list[EditionOut]:
    rows = [row for row in reading.editions(session, incident) if row.report == report_id]
    return [EditionOut(edition=row.edition, state=row.state, submitted_at=row.submitted_at) for row in rows]


def field_out(field: Entered, language: str, zone: tzinfo) -> FieldOut:
    return FieldOut(
        key=field.key,
        title=said(field.title, language),
        source=field.source,
        required=field.required,
        missing=field.missing,
        longest=field.longest,
        value=words.shown(field.value, field.source, language, zone),
        computed=field.computed,
        computed_shown=words.shown(field.computed, field.source, language, zone),
        written=field.written,
    )


def _named(row: Filing, language: str) -> str:
    """What a report is called; its id where the table has it no more."""
    known = table().found(row.report)
    return said(known[1].title, language) if known else row.report


def submitted_out(row: Filing, language: str) -> SubmittedOut:
    return SubmittedOut(
        incident=row.incident_number,
        profile=row.profile,
        report=row.report,
        title=_named(row, language),
        edition=row.edition,
        state=row.state,
        due_at=row.due_at,
        submitted_at=row.submitted_at,
        submitted_by=row.submitted_by,
        late=_late(row),
        reference=row.reference,
        digest=row.digest,
        exercise=row.exercise,
    )


def _late(row: Filing) -> bool:
    """Whether a first edition was submitted after its time; a correction is not late."""
    if row.edition > 1 or row.due_at is None or row.submitted_at is None:
        return False
    return row.submitted_at > row.due_at


def draft_out(row: Filing, language: str) -> DraftOut:
    return DraftOut(
        incident=row.incident_number,
        report=row.report,
        title=_named(row, language),
        edition=row.edition,
        due_at=row.due_at,
        version=row.version,
        exercise=row.exercise,
    )


def wanted(asked: ListIn, zone: tzinfo) -> Wanted:
    """The filters of an address, its days on the clock of `zone`. Raise Invalid for a period that ends before it begins."""
    if asked.first and asked.last and asked.first > asked.last:
        raise Invalid(
            N_("The period ends before it begins."),
            field="to",
            remedy=N_("Give a last day that is not before the first."),
        )
    first = datetime.combine(asked.first, time(), zone).astimezone(UTC) if asked.first else None
    last = datetime.combine(asked.last + timedelta(days=1), time(), zone).astimezone(UTC) if asked.last else None
    return Wanted(first, last, asked.profile, asked.report, asked.incident, asked.late == "1")


def possible(session: Session, incident: Incident, report_id: str, who: Principal) -> tuple[bool, bool]:
    """Whether `who` may submit the newest edition now, and whether only on their own word."""
    row = reading.edition(session, incident, report_id)
    if row is None:
        return False, False
    able = submitting.may_submit_now(session, incident, row, who)
    return able, not able and submitting.may_override(session, incident, row, who)
