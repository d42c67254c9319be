"""The life of an incident, verb by verb. Each takes a session and never commits; the incident is locked first."""

from collections.abc import Callable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.incidents import (
    activation,
    causing,
    clock_rows,
    concerned,
    conditions,
    entries,
    grades,
    impacts,
    notifying,
    observing,
    resource_requests,
    standing,
)
from command.incidents.activation import activate, assess
from command.incidents.causing import Cause
from command.incidents.command_roles import transfer
from command.incidents.facts import add as add_facts
from command.incidents.facts import locate, set_eta, stop_clock
from command.incidents.grades import change as change_tier
from command.incidents.grades import regrade
from command.incidents.guards import State
from command.incidents.impacts import declare, failed_now, set_failed
from command.incidents.intake import Report, open_for_elements, report
from command.incidents.lifecycle import Action
from command.incidents.models import Incident, IncidentClock
from command.incidents.standing import authorise, lock, lock_both
from command.incidents.visibility import seen_by
from command.oncall.paging import service as oncall
from command.people.access import Principal

__all__ = [
    "Report",
    "activate",
    "add_facts",
    "assess",
    "cancel",
    "change_tier",
    "close",
    "declare",
    "failed_now",
    "locate",
    "lock",
    "lock_both",
    "merge",
    "on_close",
    "on_merge",
    "open_for_elements",
    "regrade",
    "reopen",
    "report",
    "restore",
    "review",
    "seen_by",
    "set_eta",
    "set_failed",
    "stop_clock",
    "transfer",
]

on_merge: list[Callable[[Session, int, int], None]] = []
"""Called with the ids of the child and of the incident it is merged into, both locked: what belongs to the child in rooms above
(its alarms) passes on. Joined where the application is put together."""

on_close: list[Callable[[Session, Incident], object]] = []
"""Called with a locked incident that is being closed, once its closing is recorded: what it taught is kept. Joined in the same place."""


def restore(
    session: Session, incident: Incident, by: Principal | None, evidence: str = "", *, override: bool = False
) -> None:
    """Say that service is back. It takes evidence: the alarms cleared (the incident is quiet), what a room above measured, or a person who
    confirms it and says how they know. The told get their all-clear, what still waits is withdrawn, pages stop. Raise Denied or
    lifecycle.Forbidden."""
    authorise(session, incident, by, "restore", override=override, reason=evidence)
    at = standing.standing(session, incident, by, reason=evidence)
    confirmed = by is not None and bool(evidence.strip())
    taken = standing.step(session, incident, Action.RESTORE, standing.with_evidence(at, confirmed=confirmed))
    shown = "person" if confirmed else standing.evidence(session, incident) or "clear"
    freed = impacts.end_all(session, incident)
    incident.state, incident.restored_at = taken.state, clock.now(session)
    incident.responding_at = incident.responding_at or incident.restored_at
    payload = entries.Restored(
        evidence=shown, users=freed, user_minutes=incident.user_minutes, note=entries.note(session, evidence)
    )
    entries.record(session, incident, payload)
    clock_rows.refresh(session, incident)
    oncall.stop(session, incident.id, "restored")
    session.flush()
    incident.recovering_since = None
    notifying.all_clear(session, incident)
    observing.begin(session, incident)
    conditions.tell(session, incident, Action.RESTORE)


def reopen(
    session: Session,
    incident: Incident,
    by: Principal | None,
    reason: str,
    elements: Sequence[int] = (),
    *,
    override: bool = False,
) -> None:
    """The fault is back: the same incident goes on, with its clocks and its people. The impact opens as it was when it ended, or for
    `elements` (ids) if given. By nobody: what returned while the repair was watched. Raise Denied or lifecycle.Forbidden."""
    authorise(session, incident, by, "reopen", override=override, reason=reason)
    at = standing.standing(session, incident, by, reason=reason)
    taken = standing.step(session, incident, Action.REOPEN, at)
    incident.state = taken.state
    incident.restored_at = incident.reviewing_at = incident.closed_at = incident.ended_at = None
    observing.stop(session, incident)
    notifying.withdraw_all_clear(session, incident, "reopened")
    failed = impacts.begin_again(session, incident, elements)
    cited = entries.note(session, reason)
    entries.record(session, incident, entries.Reopened(elements=failed, reason=cited))
    clock_rows.reopen(session, incident)
    activation.resume_pages(session, incident)
    grades.regrade(session, incident)
    if incident.users_now or concerned.count(session, incident):
        notifying.first(session, incident)
    conditions.tell(session, incident, Action.REOPEN)


def review(
    session: Session,
    incident: Incident,
    by: Principal,
    *,
    cause: str = "",
    effect: str = "",
    improvements: str = "",
    from_what: Cause | None = None,
    override: bool = False,
) -> None:
    """Begin the review of a restored incident, or go on writing it (R7, R8): cause, effect of the handling, improvements, and from what it
    came (None: as it is known). Raise Denied, Invalid, Conflict or lifecycle.Forbidden."""
    authorise(session, incident, by, "review", override=override)
    if incident.state != State.REVIEWING:
        taken = standing.step(session, incident, Action.REVIEW, standing.standing(session, incident, by))
        incident.state, incident.reviewing_at = taken.state, clock.now(session)
        entries.record(session, incident, entries.ReviewBegan())
        conditions.tell(session, incident, Action.REVIEW)
    parts = {"cause": cause, "effect": effect, "improvement": improvements}
    written = {part: cited for part, text in parts.items() if (cited := entries.note(session, text))}
    for part, cited in written.items():
        setattr(incident, f"{part}_note_id", cited.id)
    if written:
        payload = entries.ReviewWritten(parts=tuple(written), notes=tuple(written.values()))
        entries.record(session, incident, payload)
    if from_what is not None:
        causing.give(session, incident, from_what, by)


def close(session: Session, incident: Incident, by: Principal, *, override: bool = False, reason: str = "") -> None:
    """Close a reviewed incident: nothing is owed to anybody, and its journal verifies. Raise Denied or lifecycle.Forbidden, which
    names what is still owed."""
    authorise(session, incident, by, "close", override=override, reason=reason)
    at = standing.standing(session, incident, by, closing=True)
    taken = standing.step(session, incident, Action.CLOSE, at)
    now = clock.now(session)
    incident.state, incident.closed_at, incident.ended_at = taken.state, now, now
    counts = dict(
        session.execute(
            select(IncidentClock.state, func.count())
            .where(IncidentClock.incident_id == incident.id)
            .group_by(IncidentClock.state)
        )
        .tuples()
        .all()
    )
    payload = entries.Closed(
        users_peak=incident.users_peak,
        user_minutes=incident.user_minutes,
        clocks_met=counts.get("met", 0),
        clocks_breached=counts.get("breached", 0),
    )
    entries.record(session, incident, payload)
    for hear in on_close:
        hear(session, incident)
    conditions.tell(session, incident, Action.CLOSE)


def cancel(session: Session, incident: Incident, by: Principal, reason: str, *, override: bool = False) -> None:
    """It was no incident: pages stop, what waits is withdrawn, and those who were told get the correction. Raise Denied or
    lifecycle.Forbidden."""
    authorise(session, incident, by, "cancel", override=override, reason=reason)
    at = standing.standing(session, incident, by, reason=reason)
    taken = standing.step(session, incident, Action.CANCEL, at)
    notifying.correction(session, incident, reason)
    _end(session, incident, taken.state, "cancelled")
    payload = entries.Cancelled(told=at.told_count, reason=entries.note(session, reason))
    entries.record(session, incident, payload)
    conditions.tell(session, incident, Action.CANCEL)


def _end(session: Session, incident: Incident, state: State, why: str) -> None:
    impacts.end_all(session, incident)
    incident.state, incident.ended_at = state, clock.now(session)
    clock_rows.void(session, incident)
    oncall.stop(session, incident.id, why)
    session.flush()


def merge(
    session: Session,
    child: Incident,
    into: Incident,
    by: Principal | None,
    reason: str = "",
    *,
    override: bool = False,
) -> None:
    """Two reports of one event go on as one (lock both with `lock_both`): failed elements, alarms and those who were told pass to
    `into`: whoever was told by the child and is cut off still is owed the all-clear by `into`, the others get it now. Raise Denied or
    lifecycle.Forbidden."""
    authorise(session, child, by, "merge", override=override, reason=reason)
    if by is not None:
        seen_by(session, into, by)
    at = standing.with_target(standing.standing(session, child, by, reason=reason), child, into)
    taken = standing.step(session, child, Action.MERGE, at)
    failed = impacts.failed_now(session, child)
    responding = into.state == State.RESPONDING
    change = impacts.take(session, into, impacts.failed_now(session, into) | failed)
    concerned.pass_on(session, child, into)
    child.merged_into_id = into.id
    _end(session, child, taken.state, "merged")
    notifying.all_clear(session, child)
    if responding:
        impacts.tell(session, into, change)
        concerned.tell(session, into)
    cited = entries.note(session, reason)
    entries.record(session, child, entries.MergedInto(into=into.number, told=at.told_count, reason=cited))
    absorbed = entries.Absorbed(other=child.number, elements=len(failed), told=at.told_count)
    entries.record(session, into, absorbed)
    resource_requests.pass_on(session, child, into)
    for take_over in on_merge:
        take_over(session, child.id, into.id)
    into.user_minutes += child.user_minutes
    grades.regrade(session, into)
    conditions.tell(session, child, Action.MERGE)
