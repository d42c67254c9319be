"""A plan comes into use: approved by a second person or by an override that is reviewed, published as a version that new incidents follow,
withdrawn. Verbs take a session and never commit."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid
from command.incidents import entries as incident_entries
from command.incidents import house, published
from command.incidents.entries import note
from command.incidents.published_models import PublishedPlan
from command.people import access
from command.people.access import Principal, must
from command.people.authority import Alone, ByDeputy, Override, permitted
from command.plans import entries, readers, service, sound
from command.plans.drafting import Draft
from command.plans.models import PlanWork, State
from playbooks.schema import Playbook, digest


def approve(session: Session, work_id: int, by: Principal, *, override: bool = False, reason: str = "") -> PlanWork:
    """Let a reviewed plan be published, by somebody who did not write it, or by an override with a reason, which is reviewed. Its version,
    its day of approval and the approving post are set; it is issued today where its day of issue is past. Raise Denied, Conflict,
    Invalid."""
    if by.source is not None:
        raise Denied(N_("A machine cannot approve."), remedy=N_("A person signs in and approves it."))
    if override and not reason.strip():
        raise Invalid(N_("This field is missing."), field="reason", remedy=N_("Say why you approve your own work."))
    row = service.in_state(service.find(session, work_id, lock=True), State.REVIEW)
    if any(each.answered_at is None for each in service.comments(session, row.id)):
        raise Conflict(
            N_("Comments on this plan are not answered yet."),
            remedy=N_("Answer each: say what was changed, or why nothing was."),
            code="open-comments",
        )
    decision = must(by, service.APPROVE, override=override, own=own(row, by))
    if isinstance(decision, Override):
        overridden = incident_entries.Overridden(
            act=service.APPROVE, person_id=by.person_id, reason=note(session, reason)
        )
        entries.record(session, row, overridden)
    assert isinstance(decision, Alone | ByDeputy | Override)  # `must` returns what may happen now
    today = house.today(session, clock.now(session))
    row.version, row.approved_as = sound.next_version(session, row.code), str(decision.post)
    row.head = {**row.head, "approved_by": row.approved_as, "issued": _issued(row, today)}
    plan = _approved(session, row, today)
    row.state, row.digest, row.override = State.APPROVED, digest(plan), isinstance(decision, Override)
    row.approved_by, row.approved_at = by.person_id, clock.now(session)
    payload = entries.Approved(
        person_id=by.person_id,
        code=row.code,
        version=plan.version,
        digest=row.digest,
        post=row.approved_as,
        override=row.override,
    )
    entries.record(session, row, payload)
    return row


def own(row: PlanWork, by: Principal) -> bool:
    """Whether somebody wrote on a work, or submitted it."""
    return by.person_id in (*row.authors, row.begun_by, row.submitted_by)


def _issued(row: PlanWork, today: date) -> str:
    written = str(row.head.get("issued", ""))
    return max(written, today.isoformat())


def _approved(session: Session, row: PlanWork, on: date) -> Playbook:
    """The plan as it was approved, whose digest is on record."""
    given = sound.draft(session, row)
    plan: Draft = replace(given, approved_on=on.isoformat())
    return sound.sheet(plan).playbook


def may_approve_now(row: PlanWork, who: Principal, *, override: bool = False) -> bool:
    """Whether they may let a reviewed plan be published, without or by overriding something."""
    if row.state != State.REVIEW or who.source is not None or not access.may(who, service.APPROVE):
        return False
    return permitted(access.ruling(who, service.APPROVE, override=override, own=own(row, who)))


def publish(session: Session, work_id: int, by: Principal) -> PlanWork:
    """New incidents follow an approved plan from its day of issue on; running ones keep theirs. Raise Denied, or Conflict where a file
    took its version meanwhile."""
    must(by, service.WRITE)
    row = service.in_state(service.find(session, work_id, lock=True), State.APPROVED)
    assert row.approved_at is not None and row.version is not None  # it is approved
    plan = _approved(session, row, house.today(session, row.approved_at))
    if digest(plan) != row.digest or row.version != sound.next_version(session, row.code):
        raise Conflict(
            N_("The library changed since this was approved: version %(version)d is taken."),
            remedy=N_("Send it back and have it approved once more."),
            version=row.version,
        )
    if plan.expires < house.today(session, clock.now(session)):
        raise Conflict(N_("This plan has expired already."), remedy=N_("Send it back and give it another last day."))
    now = clock.now(session)
    kept = published.publish(session, plan, now)
    row.state, row.published_id, row.published_by, row.published_at = State.PUBLISHED, kept.id, by.person_id, now
    payload = entries.Published(
        person_id=by.person_id,
        code=row.code,
        version=plan.version,
        digest=kept.digest,
        issued=plan.issued,
        expires=plan.expires,
        people=len(readers.people(session, row.targets)),
    )
    entries.record(session, row, payload)
    return row


def withdraw(session: Session, work_id: int, reason: str, by: Principal) -> PlanWork:
    """Nothing new follows a published version any more; the one before it stands again. Raise Denied, Invalid, or Conflict where its kind
    would be left without a plan."""
    must(by, service.APPROVE)
    row = service.in_state(service.find(session, work_id, lock=True), State.PUBLISHED)
    cited = note(session, service.reasoned(reason))
    others = [
        sheet
        for sheet in house.library(session).sheets
        if sheet.playbook.kind == row.kind and sheet.digest != row.digest
    ]
    if not others:
        raise Conflict(
            N_("No other plan for this kind of event would be left."),
            remedy=N_("Publish the next version first."),
        )
    published.withdraw(session, session.get_one(PublishedPlan, row.published_id), clock.now(session))
    row.state, row.reason_note_id = State.WITHDRAWN, cited.id if cited else None
    payload = entries.Withdrawn(person_id=by.person_id, code=row.code, version=row.version or 0, reason=cited)
    entries.record(session, row, payload)
    return row
