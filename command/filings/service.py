"""Writing reports to the regulator: draft, write, refresh, correct, void. Each takes a session and a locked incident, and never commits."""

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import Item, Report
from command.core.problems import N_, Conflict, Invalid
from command.filings import computing, content, entries, reading, typed
from command.filings.models import SENT, Filing, State
from command.filings.regulators import Report as ReportForm
from command.filings.regulators import report_of
from command.incidents import entries as incident_entries
from command.incidents import house, standing
from command.incidents.guards import FINAL
from command.incidents.lifecycle import Action
from command.incidents.models import Incident
from command.people.access import Principal

WRITE = "write_bulletin"


def filled(session: Session, incident: Incident, report: ReportForm) -> dict[str, computing.Raw]:
    """What the incident gives for each field of a report now, by key."""
    given = computing.values(session, incident)
    return {each.key: given.get(each.source) for each in report.asked_of(incident.kind) if each.source != "words"}


def write(
    session: Session, incident: Incident, report_id: str, by: Principal, version: int, words: Mapping[str, str]
) -> Filing:
    """Write into the draft of a report, which is drafted from the incident first where there is none (`version` 0). Fields left out stay,
    an empty one falls back to what the incident gives. Raise Denied, NotFound, Invalid, or Conflict where it was submitted or somebody
    else was faster; the fields that both changed are named with what they say now."""
    _, report = report_of(report_id)
    standing.authorise(session, incident, by, WRITE)
    given = _checked(session, incident, report, words)
    row = reading.edition(session, incident, report_id)
    if row is None:
        _same(None, version, given)
        row = draft(session, incident, report_id)
    else:
        must_be_draft(row)
        _same(row, version, given)
    new = {key: text for key, text in {**row.written, **given}.items() if text}
    keys = sorted(key for key in {*row.written, *new} if row.written.get(key, "") != new.get(key, ""))
    if keys:
        row.written, row.version = new, row.version + 1
        _touched(session, row, by)
        payload = entries.FilingWritten(
            filing=row.report, edition=row.edition, version=row.version, fields=tuple(keys), count=len(keys)
        )
        incident_entries.record(session, incident, payload)
    return row


def draft(
    session: Session, incident: Incident, report_id: str, before: Filing | None = None, reason: str = ""
) -> Filing:
    """Begin an edition of a report, filled from the incident; a correction goes on from the words of the edition `before` it."""
    profile, report = report_of(report_id)
    if incident.state in FINAL:
        raise Conflict(
            N_("The incident is %(state)s."),
            remedy=N_("Nothing is reported of it any more; report the incident it was merged into."),
            state=incident.state,
        )
    mine = [row.edition for row in reading.editions(session, incident) if row.report == report_id]
    due = reading.picture(session, incident).of(report_id)
    cited = incident_entries.note(session, reason)
    actor, now = session.info["actor"], clock.now(session)
    row = Filing(
        incident_id=incident.id,
        incident_number=incident.number,
        profile=profile,
        report=report_id,
        edition=max(mine, default=0) + 1,
        computed=filled(session, incident, report),
        written=dict(before.written) if before else {},
        as_of=now,
        drafted_by=actor,
        drafted_at=now,
        authors=[actor],
        reason_note_id=cited.id if cited else None,
        due_at=due.due_at if due else None,
        exercise=incident.exercise,
    )
    session.add(row)
    session.flush()
    payload = entries.FilingDrafted(filing=report_id, edition=row.edition, profile=profile, reason=cited)
    incident_entries.record(session, incident, payload)
    return row


def refresh(session: Session, incident: Incident, report_id: str, by: Principal, version: int) -> Filing:
    """Take what the incident gives anew; what a person wrote is kept. Raise Denied, NotFound, Conflict."""
    row = found(session, incident, report_id, by, WRITE)
    must_be_draft(row)
    _same(row, version, {})
    _, report = report_of(report_id)
    new = filled(session, incident, report)
    keys = sorted(key for key in {*row.computed, *new} if row.computed.get(key) != new.get(key))
    row.as_of = clock.now(session)
    if keys:
        row.computed, row.version = new, row.version + 1
        payload = entries.FilingRefreshed(
            filing=report_id, edition=row.edition, version=row.version, fields=tuple(keys), count=len(keys)
        )
        incident_entries.record(session, incident, payload)
    return row


def correct(session: Session, incident: Incident, report_id: str, by: Principal, reason: str) -> Filing:
    """Begin the next edition of a report that was submitted, saying why. Raise Denied, NotFound, Invalid, Conflict."""
    row = found(session, incident, report_id, by, WRITE)
    if row.state != State.SUBMITTED:
        raise Conflict(
            N_("This report has not been submitted yet."), remedy=N_("It is being written: change it and submit it.")
        )
    if not reason.strip():
        raise Invalid(
            N_("This field is missing."), field="reason", remedy=N_("Say in a few words what was wrong or is new.")
        )
    return draft(session, incident, report_id, before=row, reason=reason)


def turned(session: Session, incident: Incident, action: Action) -> None:
    """Hear of what was done to an incident: of what was cancelled or merged, drafts are void. What was submitted stays."""
    if action not in (Action.CANCEL, Action.MERGE):
        return
    drafts = [row for row in reading.editions(session, incident) if row.state == State.DRAFT]
    for row in drafts:
        row.state = State.VOID
    if drafts:
        payload = entries.FilingVoid(filings=tuple(sorted({row.report for row in drafts})))
        incident_entries.record(session, incident, payload)


def found(session: Session, incident: Incident, report_id: str, by: Principal, act: str | None = None) -> Filing:
    """The newest edition of a report, for somebody who may do `act`; raise Denied, NotFound, or Conflict where nothing was drafted."""
    report_of(report_id)
    if act is not None:
        standing.authorise(session, incident, by, act)
    row = reading.edition(session, incident, report_id)
    if row is None:
        raise Conflict(N_("This report has not been drafted yet."), remedy=N_("Write it and save it first."))
    return row


def must_be_draft(row: Filing) -> None:
    """Raise Conflict for what has left: it never changes."""
    if row.state in SENT:
        raise Conflict(
            N_("This report was submitted and never changes."),
            remedy=N_("Begin a correction, which is the next edition."),
        )


def same(row: Filing, version: int) -> None:
    """Raise Conflict where somebody changed a draft since it was looked at."""
    _same(row, version, {})


def _same(row: Filing | None, version: int, given: Mapping[str, str]) -> None:
    there = row.version if row is not None else 0
    if there == version:
        return
    says: Mapping[str, str] = row.written if row is not None else {}
    raise Report(
        409,
        "stale",
        N_("Somebody else changed this report meanwhile: it is at version %(there)d, you read version %(version)d."),
        N_("Compare what it says now with what you wrote, and save again."),
        field="version",
        items=[
            Item(
                key,
                "changed",
                N_("It says now: %(says)s"),
                N_("Keep yours or take it over."),
                {"says": says.get(key, "")},
            )
            for key, text in given.items()
            if says.get(key, "") != text
        ],
        there=there,
        version=version,
    )


def _checked(session: Session, incident: Incident, report: ReportForm, words: Mapping[str, str]) -> dict[str, str]:
    fields = {field.key: field for field in report.asked_of(incident.kind)}
    zone = house.settings(session).tz
    kept = {}
    for key, text in words.items():
        if key not in fields:
            raise Invalid(N_("There is no such field."), field=key, remedy=N_("Remove it, or correct its name."))
        kept[key] = typed.kept(fields[key], text, zone)
    return kept


def _touched(session: Session, row: Filing, by: Principal) -> None:
    row.edited_by, row.edited_at = by.actor, clock.now(session)
    row.authors = sorted({*row.authors, by.actor})


def fields_of(incident: Incident, row: Filing) -> Sequence[content.Entered]:
    """The fields of a draft with their values."""
    _, report = report_of(row.report)
    return content.entered(report, incident.kind, row.computed, row.written)
