"""Letting bulletins leave: by a second person, by an override that is reviewed, or by a plan that pre-approves what goes to superiors
alone; and sending a mail again. Each verb takes a session and a locked incident, and never commits."""

import hashlib
from typing import Any

from sqlalchemy.orm import Session

from command.bulletins import entries, reading, sending
from command.bulletins.models import Bulletin, State
from command.bulletins.service import TEXTS, WRITE, must_be, require_somebody
from command.core import clock
from command.core.installation import Installation
from command.core.problems import N_, Denied, Invalid
from command.incidents import entries as incident_entries
from command.incidents import places, plans, standing
from command.incidents.models import Incident
from command.people import access
from command.people.access import Principal
from command.people.authority import Override, permitted
from playbooks.notices import Recipient

APPROVE = "approve_bulletin"


def send_back(session: Session, incident: Incident, row: Bulletin, by: Principal, reason: str) -> None:
    """Give a submitted bulletin back to be written on, with the reason. Raise Denied, Conflict, Invalid."""
    if by.actor != row.submitted_by:
        access.must(by, APPROVE, **_case(session, incident, row, by, own=False))
    must_be(row, State.SUBMITTED)
    cited = incident_entries.note(session, reason)
    if cited is None:
        raise Invalid(
            N_("This field is missing."), field="reason", remedy=N_("Say in a few words what is to be changed.")
        )
    row.state, row.submitted_by, row.submitted_at = State.DRAFT, None, None
    incident_entries.record(session, incident, entries.BulletinSentBack(bulletin=row.number, note=cited))


def approve(
    session: Session,
    installation: Installation,
    incident: Incident,
    row: Bulletin,
    by: Principal,
    *,
    override: bool = False,
    reason: str = "",
) -> None:
    """Let a submitted bulletin leave, by somebody who neither wrote nor submitted it, or by an override with a reason, which is reviewed.
    Raise Denied, Conflict, Invalid."""
    if by.source is not None or not by.actor.startswith("person:"):
        raise Denied(N_("A machine cannot approve."), remedy=N_("A person signs in and approves it."))
    if override and not reason.strip():
        raise Invalid(N_("This field is missing."), field="reason", remedy=N_("Say why you approve your own work."))
    must_be(row, State.SUBMITTED)
    decision = access.must(by, APPROVE, override=override, **_case(session, incident, row, by))
    standing.on_record(session, incident, by, APPROVE, decision, reason)
    row.override = isinstance(decision, Override)
    _leave(session, installation, incident, row, by.actor)


def approve_by_plan(session: Session, installation: Installation, incident: Incident, row: Bulletin) -> bool:
    """Let a draft leave without a person where the plan pre-approves it: to superiors alone, never of a restricted incident. False where it
    has to wait for one."""
    plan = plans.tier_plan(session, incident)
    planned = reading.planned(plan, row.kind) if plan else None
    alone = set(row.recipients) == {str(Recipient.superior)}
    if not (planned and planned.pre_approved and alone) or incident.restricted or row.state != State.DRAFT:
        return False
    if not reading.recipients_of(session, incident, row.recipients):
        return False
    row.automatic = True
    row.submitted_by, row.submitted_at = session.info["actor"], clock.now(session)
    _leave(session, installation, incident, row, session.info["actor"])
    return True


def _leave(session: Session, installation: Installation, incident: Incident, row: Bulletin, actor: str) -> None:
    require_somebody(session, incident, row)
    row.state, row.approved_by, row.approved_at = State.APPROVED, actor, clock.now(session)
    made = sending.copy_out(session, installation, incident, row)
    if row.exercise:
        sending.keep(session, incident, row, made)
    payload = entries.BulletinApproved(
        bulletin=row.number,
        bulletin_kind=row.kind,
        copies=len(made),
        digest=hashlib.sha256("\0".join(row.texts[name] for name in TEXTS).encode()).hexdigest(),
        automatic=row.automatic,
    )
    incident_entries.record(session, incident, payload)


def may_approve_now(session: Session, incident: Incident, row: Bulletin, who: Principal) -> bool:
    """Whether a submitted bulletin waits for somebody like them: they may let it leave without overriding anything."""
    if row.state != State.SUBMITTED or who.source is not None or not access.may(who, APPROVE):
        return False
    return permitted(access.ruling(who, APPROVE, **_case(session, incident, row, who)))


def may_override(session: Session, incident: Incident, row: Bulletin, who: Principal) -> bool:
    """Whether they could let it leave on their own word, which is reviewed."""
    if row.state != State.SUBMITTED or who.source is not None or not access.may(who, APPROVE):
        return False
    return permitted(access.ruling(who, APPROVE, override=True, **_case(session, incident, row, who)))


def _case(
    session: Session, incident: Incident, row: Bulletin, who: Principal, *, own: bool | None = None
) -> dict[str, Any]:
    """The deputy's turn counts from when it was submitted: it is the approval that nobody gave."""
    since = row.submitted_at
    mine = who.actor in (*row.authors, row.submitted_by)
    return {
        "tier": incident.tier,
        "area_level": places.level_of(session, incident.area_id),
        "waited_minutes": (clock.now(session) - since).total_seconds() / 60 if since else 0.0,
        "own": mine if own is None else own,
    }


def send_again(
    session: Session, installation: Installation, incident: Incident, row: Bulletin, code: str, by: Principal
) -> None:
    """Send a recipient's failed or doubtful mails again. Raise Denied, Conflict."""
    standing.authorise(session, incident, by, WRITE)
    must_be(row, State.APPROVED)
    sending.again(session, installation, incident, row, code)
