"""The notices an incident owes: the first with its correction ready, updates, the all-clear, the correction; and taking them back.

Nobody is told automatically of a restricted incident. A notice that is not drafted leaves its reason in the journal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.incidents import entries, plans, telling
from command.incidents.family import kin
from command.incidents.models import Impact, Incident
from command.incidents.standing import notices_in_flight
from command.incidents.telling import NoPlan
from command.notices import living, pacing, quiet, rounds
from command.notices import service as notices
from command.notices.models import Kind, Notice, NoticeState
from command.notices.selecting import Selection
from playbooks.content import has_link
from playbooks.notices import NoticeKind
from playbooks.schema import Playbook
from playbooks.templates import TemplateError

UNPLANNED_MINUTES = 240
"""How long a notice stays worth sending where the plan has no text of its kind (advisories and surveys). Ours."""
GONE = (NoticeState.WITHDRAWN, NoticeState.REJECTED)
Texts = Mapping[str, str]


def draft(
    session: Session,
    incident: Incident,
    kind: Kind,
    by: str,
    *,
    texts: Texts | None = None,
    automatic: bool = False,
    correction: Texts | None = None,
    selection: Selection | None = None,
    said_at: datetime | None = None,
) -> Notice:
    """A notice as a draft, with its correction where one must be ready. `texts` default to the plan's; texts that somebody typed are
    never pre-approved, nor is what goes to a `selection`. `said_at`: it is written ahead for this time and does not leave before. Raise
    Invalid where there is nothing to say."""
    said = dict(texts) if texts else _planned_texts(session, incident, kind, said_at)
    _without_links(incident, said)
    needs = kind in (Kind.FIRST, Kind.UPDATE) or selection is not None
    ready = (correction or _correction(session, incident)) if needs and kind is not Kind.CORRECTION else None
    _without_links(incident, ready or {})
    return notices.draft(
        session,
        telling.about(session, incident),
        kind,
        said,
        _missed(session, incident) if kind is Kind.ALL_CLEAR else None,
        by=by,
        corrects=_to_correct(session, incident) if kind is Kind.CORRECTION else None,
        correction=ready,
        selection=selection,
        **terms(
            session,
            incident,
            kind,
            automatic=automatic and texts is None and selection is None,
            own_words=texts is not None,
            said_at=said_at,
        ),
    )


def _without_links(incident: Incident, said: Texts) -> None:
    """Raise Invalid for a link in what is told of an information-security incident: people learn from it to follow false ones."""
    if incident.kind != "information_security":
        return
    for tongue, text in said.items():
        if has_link(text):
            raise Invalid(
                N_("A notice of an information-security incident holds no link."),
                field=f"texts.{tongue}",
                remedy=N_("Take the link out and give the hotline instead."),
            )


def terms(
    session: Session,
    incident: Incident,
    kind: Kind,
    *,
    automatic: bool,
    own_words: bool = False,
    said_at: datetime | None = None,
) -> dict[str, Any]:
    """On what terms a notice of a kind leaves by the incident's plan: validity, pre-approval and its cap, quiet hours, what is known."""
    plan, tier = telling.plan_of(session, incident)
    planned = planned_kind(kind)
    waits = kind in (Kind.FIRST, Kind.UPDATE) and telling.waits(session, incident, tier)
    return {
        "validity_minutes": tier.notices.of(planned).valid_minutes if planned else UNPLANNED_MINUTES,
        "pre_approved_cap": _cap(plan, planned) if automatic else 0,
        "playbook": f"{plan.code}/{plan.version}",
        "automatic": automatic and planned is not None and planned in plan.pre_approved.notices,
        "keeps_quiet": waits,
        "release_at": quiet.releases(session).last if waits else said_at,
        "facts": telling.facts(session, incident, own_words=own_words, said_at=said_at),
    }


def submit(session: Session, incident: Incident, notice: Notice, by: str) -> Notice:
    """Submit a notice of an incident; an update says something new, or keeps a promise. Raise Conflict."""
    plan = plans.of(session, incident)
    promise = telling.promise(session, incident, plan.tier(incident.tier)) if plan else None
    pacing.require_news(session, notice, promise)
    return notices.submit(session, notice, by)


def planned_kind(kind: Kind) -> NoticeKind | None:
    """The plan's kind of notice for a kind; None for those a plan holds no text of."""
    return NoticeKind(kind.value) if kind.value in [each.value for each in NoticeKind] else None


def _cap(plan: Playbook, kind: NoticeKind | None) -> int:
    return plan.pre_approved.audience_cap if kind in plan.pre_approved.notices else 0


def _planned_texts(session: Session, incident: Incident, kind: Kind, at: datetime | None = None) -> Texts:
    planned = planned_kind(kind)
    if planned is None:
        raise Invalid(
            N_("The plan holds no text for a notice of kind %(kind)s."),
            field="texts",
            remedy=N_("Write the text in both languages: zh and en."),
            kind=kind.value,
        )
    try:
        return telling.texts(session, incident, planned, at=at)
    except NoPlan:
        raise Invalid(
            N_("This incident follows no plan."),
            field="texts",
            remedy=N_("Write the text in both languages: zh and en."),
        ) from None
    except TemplateError as error:
        raise Invalid(
            N_("The plan's text needs %(name)s, which is not known yet."),
            field="texts",
            remedy=N_("Set it, or write the text in both languages: zh and en."),
            name=error.field,
        ) from None


def planned(session: Session, incident: Incident, kind: Kind) -> Texts:
    """The plan's texts of a kind as they would leave now; none where the plan has none, or needs a fact that is not known."""
    try:
        return _planned_texts(session, incident, kind)
    except Invalid:
        return {}


def _missed(session: Session, incident: Incident) -> Texts | None:
    try:
        return telling.texts(session, incident, NoticeKind.missed)
    except (NoPlan, TemplateError):
        return None


def _correction(session: Session, incident: Incident) -> Texts | None:
    return _planned_texts(session, incident, Kind.CORRECTION)


def _to_correct(session: Session, incident: Incident) -> Notice | None:
    """The notice a correction is about: the last one that left."""
    query = select(Notice).where(
        Notice.incident_id == incident.id,
        Notice.kind.in_((Kind.FIRST, Kind.UPDATE)),
        Notice.approved_at.is_not(None),
    )
    return session.scalar(query.order_by(Notice.id.desc()).limit(1))


def first(session: Session, incident: Incident) -> Notice | None:
    """Draft the first notice with its correction and submit it; None, with the reason journaled, where nobody is told."""
    reason = _why_not(session, incident)
    if reason is None:
        try:
            by = session.info["actor"]
            return notices.submit(session, draft(session, incident, Kind.FIRST, by, automatic=True), by)
        except Invalid:
            reason = "cannot_be_said"
    entries.record(session, incident, entries.NotTold(notice=Kind.FIRST, reason=reason))
    return None


def _why_not(session: Session, incident: Incident) -> str | None:
    if incident.restricted:
        return "restricted"
    if incident.users_now == 0 and not living.anyone_concerned(session, incident.id):
        return "nobody_cut_off"
    return "told_by_family" if _others_tell(session, incident) else None


def recount(session: Session, incident: Incident) -> None:
    """Who is part of whom changed: a first notice that waits for a person names those it would reach now."""
    if not incident.restricted:
        rounds.recount(session, telling.about(session, incident))


def _others_tell(session: Session, incident: Incident) -> bool:
    """Whether everybody affected is told by the incidents that this one is a part of, or that are parts of it."""
    if not kin.relatives(session, incident.id):
        return False
    return rounds.nobody_new(session, telling.about(session, incident))


def grow(session: Session, incident: Incident) -> None:
    """The outage grew: the newly affected get the first notice."""
    about = telling.about(session, incident)
    fresh = telling.texts(session, incident, NoticeKind.first) if rounds.needs_new_round(session, about) else None
    _, tier = telling.plan_of(session, incident)
    waits = telling.waits(session, incident, tier)
    release = quiet.releases(session).last if waits else None
    known = telling.facts(session, incident)
    rounds.grow(session, about, fresh, by=session.info["actor"], release_at=release, keeps_quiet=waits, facts=known)


def release(session: Session, incident: Incident) -> None:
    """The incident rose to a tier that does not wait for the morning: what waits leaves at once."""
    _, tier = telling.plan_of(session, incident)
    if not telling.waits(session, incident, tier):
        rounds.release(session, telling.about(session, incident))


def heal(session: Session, incident: Incident, recovered: Sequence[Impact]) -> None:
    """Part of the outage is over: those told who have service again get the all-clear for what recovered."""
    _clear(session, incident, recovered)


def take_back(session: Session, incident: Incident) -> None:
    """What still waits for people who have service again is withdrawn at once (B2); what they are told comes later."""
    rounds.heal(session, telling.about(session, incident), by=session.info["actor"])


def all_clear(session: Session, incident: Incident) -> None:
    """The outage is over: exactly those who were told, and are not still affected, hear that service is back; what waits and is no
    longer true is withdrawn."""
    if incident.restricted:
        withdraw_in_flight(session, incident, "service returned")
        if has_first(session, incident):
            entries.record(session, incident, entries.NotTold(notice=Kind.ALL_CLEAR, reason="restricted"))
        return
    _clear(session, incident, None)


def _clear(session: Session, incident: Incident, recovered: Sequence[Impact] | None) -> None:
    about = telling.about(session, incident)
    try:
        said = telling.texts(session, incident, NoticeKind.all_clear, recovered)
        missed = telling.texts(session, incident, NoticeKind.missed, recovered)
        conditions = terms(session, incident, Kind.ALL_CLEAR, automatic=True)
    except (NoPlan, TemplateError):
        entries.record(session, incident, entries.NotTold(notice=Kind.ALL_CLEAR, reason="no_text"))
        rounds.heal(session, about, by=session.info["actor"])
        return
    rounds.heal(session, about, said, missed, by=session.info["actor"], **conditions)


def correction(session: Session, incident: Incident, reason: str) -> None:
    """What was told was wrong: take back what has not left, and send the told the correction that was ready beforehand."""
    by = session.info["actor"]
    withdraw_in_flight(session, incident, reason, approved=False)
    query = select(Notice).where(Notice.incident_id == incident.id, Notice.approved_at.is_not(None))
    left = session.scalars(query.where(Notice.kind == Kind.FIRST, Notice.state.not_in(GONE)).order_by(Notice.id)).all()
    for notice in left[-1:]:
        notices.correct(session, notice, by, reason)
    withdraw_in_flight(session, incident, reason)


def withdraw_in_flight(session: Session, incident: Incident, reason: str, *, approved: bool = True) -> int:
    """Take back first notices, updates and advisories that wait or (`approved`) are being sent; return how many notices."""
    mine = (Kind.FIRST, Kind.UPDATE, Kind.ADVISORY)
    found = [n for n in notices_in_flight(session, incident) if n.kind in mine]
    found = [n for n in found if approved or n.approved_at is None]
    for notice in found:
        notices.withdraw(session, notice, session.info["actor"], reason)
    return len(found)


def withdraw_all_clear(session: Session, incident: Incident, reason: str) -> None:
    """The restoration did not hold: take back what still says so."""
    for notice in notices_in_flight(session, incident):
        if notice.kind == Kind.ALL_CLEAR:
            notices.withdraw(session, notice, session.info["actor"], reason)


def has_first(session: Session, incident: Incident) -> bool:
    """Whether a first notice is out or under way, or waits for a person."""
    query = select(Notice.id).where(
        Notice.incident_id == incident.id, Notice.kind == Kind.FIRST, Notice.state.not_in(GONE)
    )
    return session.scalar(query.limit(1)) is not None
