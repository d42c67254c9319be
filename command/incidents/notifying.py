"""The notices an incident owes: the first with its correction ready, updates, the all-clear, the correction; and taking them back.

Nobody is told automatically of a restricted incident. A notice that is not drafted leaves its reason in the journal."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.incidents import entries, telling
from command.incidents.models import Incident
from command.incidents.standing import notices_in_flight, told_count
from command.incidents.telling import NoPlan
from command.notices import service as notices
from command.notices.models import Basis, Kind, Notice, NoticeState
from playbooks.notices import NoticeKind
from playbooks.schema import Playbook, TierPlan
from playbooks.templates import TemplateError

BASES: Mapping[str, Basis] = {
    Kind.FIRST: Basis.AFFECTED,
    Kind.UPDATE: Basis.TOLD,
    Kind.ALL_CLEAR: Basis.RECOVERED,
    Kind.CORRECTION: Basis.TOLD,
    Kind.ADVISORY: Basis.AFFECTED,
    Kind.SURVEY: Basis.TOLD,
}
VALID_MINUTES = 240
"""How long a notice stays worth sending where the plan has no text of its kind (advisories and surveys). Ours."""


def draft(
    session: Session,
    incident: Incident,
    kind: Kind,
    by: str,
    *,
    texts: Mapping[str, str] | None = None,
    automatic: bool = False,
    corrects: int | None = None,
) -> Notice:
    """A notice as a draft; `texts` default to the plan's templates. Raise NoPlan or TemplateError where there is nothing to say."""
    plan, tier = telling.plan_of(session, incident)
    planned = NoticeKind(kind.value) if kind.value in list(NoticeKind) else None
    said = dict(texts) if texts else telling.texts(session, incident, _planned(planned, kind))
    made = notices.draft(
        session,
        telling.about(session, incident),
        kind,
        said,
        telling.texts(session, incident, NoticeKind.missed) if kind is Kind.ALL_CLEAR else None,
        basis=BASES[kind],
        validity_minutes=tier.notices.of(planned).valid_minutes if planned else VALID_MINUTES,
        pre_approved_cap=_cap(plan, planned) if texts is None else 0,
        playbook=f"{plan.code}/{plan.version}",
        by=by,
        automatic=automatic,
        corrects=corrects,
    )
    made.release_at = telling.release_at(session, tier) if kind in (Kind.FIRST, Kind.UPDATE) else None
    return made


def _planned(planned: NoticeKind | None, kind: Kind) -> NoticeKind:
    if planned is None:
        raise TemplateError(f"texts of {kind}")
    return planned


def _cap(plan: Playbook, kind: NoticeKind | None) -> int:
    """To how many the plan lets this kind of notice leave without a second person; texts that somebody typed never do."""
    return plan.pre_approved.audience_cap if kind in plan.pre_approved.notices else 0


def first(session: Session, incident: Incident) -> Notice | None:
    """Draft the first notice with its correction and submit it; None, with the reason journaled, where nobody is told."""
    reason = _why_not(incident)
    if reason:
        entries.record(session, incident, entries.NotTold(notice=Kind.FIRST, reason=reason))
        return None
    by = session.info["actor"]
    made = _automatic(session, incident, Kind.FIRST, by)
    if made is not None:
        draft(session, incident, Kind.CORRECTION, by, automatic=True, corrects=made.id)
        notices.submit(session, made, by)
    return made


def _why_not(incident: Incident) -> str | None:
    if incident.restricted:
        return "restricted"
    return "nobody_cut_off" if incident.users_now == 0 else None


def _automatic(session: Session, incident: Incident, kind: Kind, by: str) -> Notice | None:
    try:
        return draft(session, incident, kind, by, automatic=True)
    except (NoPlan, TemplateError) as error:
        reason = "no_plan" if isinstance(error, NoPlan) else f"field_unknown:{error.field}"
        entries.record(session, incident, entries.NotTold(notice=kind, reason=reason))
        return None


def all_clear(session: Session, incident: Incident) -> None:
    """Tell exactly those who were told, and are not still affected, that service is back; and withdraw what is no longer true."""
    told = told_count(session, incident)
    waiting = withdraw_in_flight(session, incident, "service returned")
    if not told and not waiting:
        return
    if incident.restricted:
        entries.record(session, incident, entries.NotTold(notice=Kind.ALL_CLEAR, reason="restricted"))
        return
    by = session.info["actor"]
    made = _automatic(session, incident, Kind.ALL_CLEAR, by)
    if made is not None:
        notices.submit(session, made, by)


def correction(session: Session, incident: Incident) -> None:
    """What was told was wrong: send the correction that was ready before the notice left."""
    told = told_count(session, incident)
    waiting = withdraw_in_flight(session, incident, "cancelled")
    if not told and not waiting:
        return
    by = session.info["actor"]
    ready = select(Notice).where(
        Notice.incident_id == incident.id, Notice.kind == Kind.CORRECTION, Notice.state == NoticeState.DRAFT
    )
    made = session.scalar(ready.order_by(Notice.id.desc()).limit(1)) or _automatic(
        session, incident, Kind.CORRECTION, by
    )
    if made is not None:
        notices.submit(session, made, by)


def withdraw_in_flight(session: Session, incident: Incident, reason: str) -> int:
    """Take back first notices and updates that wait or are being sent; return how many notices that were."""
    found = [n for n in notices_in_flight(session, incident) if n.kind in (Kind.FIRST, Kind.UPDATE, Kind.ADVISORY)]
    for notice in found:
        notices.withdraw(session, notice, session.info["actor"], reason)
    return len(found)


def withdraw_all_clear(session: Session, incident: Incident, reason: str) -> None:
    """The restoration did not hold: take back what still says so."""
    for notice in notices_in_flight(session, incident):
        if notice.kind == Kind.ALL_CLEAR:
            notices.withdraw(session, notice, session.info["actor"], reason)


def has_first(session: Session, incident: Incident) -> bool:
    """Whether a first notice that was not withdrawn is out or under way."""
    gone = (NoticeState.WITHDRAWN, NoticeState.REJECTED)
    query = select(Notice.id).where(
        Notice.incident_id == incident.id, Notice.kind == Kind.FIRST, Notice.state.not_in(gone)
    )
    return session.scalar(query.limit(1)) is not None
