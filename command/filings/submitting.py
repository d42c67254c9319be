"""Submitting a report: by somebody who did not write it, or by an override that is reviewed; with the regulator's number and the time at
which it got there, at which the regulator's clock stops. What was submitted is frozen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import Item, Report
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Denied, Invalid
from command.filings import content, entries, reading, service
from command.filings.models import SENT, Filing, State
from command.filings.regulators import report_of
from command.incidents import clock_rows, facts, places, standing
from command.incidents import entries as incident_entries
from command.incidents.models import Incident
from command.people import access
from command.people.access import Principal
from command.people.authority import Override, permitted

APPROVE = "approve_bulletin"
LONGEST = 120
"""Characters of the regulator's number."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What is said of a submission: which version was read, the regulator's number, when it got there (None: now), and why somebody
    submits what they wrote themselves."""

    version: int
    reference: str
    at: datetime | None = None
    override: bool = False
    reason: str = ""


def submit(session: Session, incident: Incident, report_id: str, given: Submission, by: Principal) -> Filing:
    """Put a submission on record. Raise Denied, NotFound, Conflict, Invalid, or Report naming each required field that is missing."""
    if by.source is not None or not by.actor.startswith("person:"):
        raise Denied(N_("A machine cannot submit."), remedy=N_("A person signs in and submits it."))
    row = service.found(session, incident, report_id, by)
    service.must_be_draft(row)
    service.same(row, given.version)
    if given.override and not given.reason.strip():
        raise Invalid(N_("This field is missing."), field="reason", remedy=N_("Say why you submit your own work."))
    decision = access.must(by, APPROVE, override=given.override, **_case(session, incident, row, by))
    _complete(incident, row)
    reference, at = _reference(given.reference), _time(session, incident, given.at)
    before = _before(session, incident, row)
    standing.on_record(session, incident, by, APPROVE, decision, given.reason)
    row.override = isinstance(decision, Override)
    _freeze(session, incident, row, by, reference, at)
    _record(session, incident, row)
    if before is not None:
        before.state = State.SUPERSEDED
    session.flush()
    clock_rows.refresh(session, incident, dict(reading.filed_events(reading.editions(session, incident))))
    return row


def _freeze(session: Session, incident: Incident, row: Filing, by: Principal, reference: str, at: datetime) -> None:
    row.submitted_by, row.submitted_at, row.recorded_at = by.actor, at, clock.now(session)
    row.reference, row.state = reference, State.SUBMITTED
    row.content = content.frozen_text(row, incident, reference, at)
    row.digest = content.digest(row.content)


def _record(session: Session, incident: Incident, row: Filing) -> None:
    _, report = report_of(row.report)
    payload = entries.FilingSubmitted(
        filing=row.report,
        edition=row.edition,
        event=report.event,
        at=row.submitted_at or clock.now(session),
        digest=row.digest or "",
        changed=tuple(row.changed),
        override=row.override,
        reference=incident_entries.note(session, row.reference),
    )
    incident_entries.record(session, incident, payload)


def _before(session: Session, incident: Incident, row: Filing) -> Filing | None:
    """The edition that this one corrects, with what changed put down; raise Conflict where nothing did."""
    rows = [each for each in reading.editions(session, incident) if each.report == row.report and each.state in SENT]
    if not rows:
        return None
    row.changed = content.changed(rows[-1], row)
    if not row.changed:
        raise Conflict(
            N_("This edition says the same as the one before."),
            remedy=N_("Correct what is wrong, or leave it as it is."),
        )
    return rows[-1]


def _complete(incident: Incident, row: Filing) -> None:
    lacking = [field for field in service.fields_of(incident, row) if field.missing]
    if not lacking:
        return
    raise Report(
        422,
        "fields-missing",
        N_("%(count)d required fields hold nothing, so this report cannot be submitted."),
        N_("Fill in each of those that are named, or enter the fact on the incident and take its values anew."),
        field=lacking[0].key,
        items=[
            Item(
                field.key,
                "missing",
                N_("“%(title_zh)s / %(title_en)s” is required and holds nothing."),
                N_("Write it here.") if field.source == "words" else N_("Write it here, or enter it on the incident."),
                {"title_zh": field.title.zh, "title_en": field.title.en},
            )
            for field in lacking
        ],
        count=len(lacking),
    )


def _reference(text: str) -> str:
    found = text.strip()
    if not found or len(found) > LONGEST or not found.isprintable():
        raise Invalid(
            N_("A submission is named by the regulator's number."),
            field="reference",
            remedy=N_("Write the number on the receipt, 120 characters at most; by phone, who took it."),
        )
    return masked_words(found)


def _time(session: Session, incident: Incident, at: datetime | None) -> datetime:
    now = clock.now(session)
    found = at or now
    if found > now + facts.FUTURE:
        raise Invalid(
            N_("This time lies in the future."),
            field="at",
            remedy=N_("Give the time at which it happened, with its zone."),
        )
    if found < incident.detected_at:
        raise Invalid(
            N_("This time lies before the incident was discovered."),
            field="at",
            remedy=N_("Give the time at which the regulator got the report, with its zone."),
        )
    return found


def may_submit_now(session: Session, incident: Incident, row: Filing, who: Principal) -> bool:
    """Whether they may submit it without overriding anything."""
    return _may(session, incident, row, who, override=False)


def may_override(session: Session, incident: Incident, row: Filing, who: Principal) -> bool:
    """Whether they could submit it on their own word, which is reviewed."""
    return _may(session, incident, row, who, override=True)


def _may(session: Session, incident: Incident, row: Filing, who: Principal, *, override: bool) -> bool:
    if row.state != State.DRAFT or who.source is not None or not access.may(who, APPROVE):
        return False
    return permitted(access.ruling(who, APPROVE, override=override, **_case(session, incident, row, who)))


def _case(session: Session, incident: Incident, row: Filing, who: Principal) -> dict[str, Any]:
    """The deputy's turn counts from when it was drafted: since then somebody has been able to submit it."""
    return {
        "tier": incident.tier,
        "area_level": places.level_of(session, incident.area_id),
        "waited_minutes": (clock.now(session) - row.drafted_at).total_seconds() / 60,
        "own": who.actor in row.authors,
    }
