"""What a person may do to a notice of an incident, as the interface and the pages do it: in the incident's turn, with its authority."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, NotFound
from command.incidents import notifying, places, service, standing, visibility
from command.incidents.models import Incident
from command.notices import service as notices
from command.notices.models import Notice
from command.people import access as people
from command.people.access import Principal, principal, unit
from command.people.authority import permitted

Verb = Callable[[Session, Incident, Notice, Principal], object]


def known(session: Session, who: Principal) -> ColumnElement[bool]:
    """The notices `who` may know of: of incidents they see, and the advisories of warnings, which everybody sees."""
    seen = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    return or_(Notice.warning_id.is_not(None), Notice.incident_id.in_(seen))


def read(session: Session, notice_id: int, who: Principal) -> Notice:
    """The notice of an id, of an incident or a warning; raise NotFound where `who` may not know of it."""
    notice = session.get(Notice, notice_id) if notice_id < 2**62 else None
    return notice if notice is not None and notice.warning_id is not None else found(session, notice_id, who)


def found(session: Session, notice_id: int, who: Principal) -> Notice:
    """The notice of an id, as far as `who` may know of its incident; raise NotFound."""
    notice = session.get(Notice, notice_id) if notice_id < 2**62 else None
    incident = session.get(Incident, notice.incident_id) if notice else None  # an advisory of a warning has none
    if notice is None or incident is None or not visibility.visible(session, incident, who):
        raise NotFound(
            N_("There is no notice %(id)s."), remedy=N_("Look at the incident's notices for its id."), id=notice_id
        )
    return notice


def act(notice_id: int, verb: Verb) -> int:
    """Do it to a notice as one unit of work; its id."""
    who = principal()

    def work(session: Session) -> int:
        incident = service.lock(session, found(session, notice_id, who).incident_id)
        notice = session.get_one(Notice, notice_id, populate_existing=True)
        verb(session, incident, notice, who)
        session.flush()
        return notice.id

    return unit(work)


def submitting(reason: str = "", override: bool = False) -> Verb:
    """Count the audience and ask a second person."""

    def verb(session: Session, incident: Incident, notice: Notice, who: Principal) -> None:
        standing.authorise(session, incident, who, "submit_notice", override=override, reason=reason)
        notices.carried(session, notice)
        notifying.submit(session, incident, notice, who.actor)

    return verb


def approving(count: int, reason: str = "", override: bool = False) -> Verb:
    """Let it leave: a person other than its author, typing the count."""

    def verb(session: Session, incident: Incident, notice: Notice, who: Principal) -> None:
        why = reason if override else ""
        decision = people.must(who, "approve_notice", override=override, **_case(session, incident, notice, who))
        standing.on_record(session, incident, who, "approve_notice", decision, why)
        notices.approve(session, notice, who, count, why or None)

    return verb


def rejecting(reason: str) -> Verb:
    """Refuse it; whoever may approve it, or sent it to be approved, may."""

    def verb(session: Session, incident: Incident, notice: Notice, who: Principal) -> None:
        case = {**_case(session, incident, notice, who), "own": False}
        decision = people.must(who, "approve_notice", override=False, **case)
        standing.on_record(session, incident, who, "approve_notice", decision, "")
        notices.reject(session, notice, who.actor, reason)

    return verb


def withdrawing(reason: str, override: bool = False) -> Verb:
    """Take back what has not left."""

    def verb(session: Session, incident: Incident, notice: Notice, who: Principal) -> None:
        standing.authorise(session, incident, who, "withdraw_notice", override=override, reason=reason)
        notices.withdraw(session, notice, who.actor, reason)

    return verb


def correcting(reason: str, override: bool = False) -> Verb:
    """Recall: take back what has not left, and submit the correction to exactly those it told."""

    def verb(session: Session, incident: Incident, notice: Notice, who: Principal) -> None:
        standing.authorise(session, incident, who, "correct_notice", override=override, reason=reason)
        notices.correct(session, notice, who.actor, reason)

    return verb


def _case(session: Session, incident: Incident, notice: Notice, who: Principal) -> dict[str, Any]:
    """The deputy's turn counts from when the notice was submitted: it is the approval that nobody gave."""
    since = notice.submitted_at
    return {
        "tier": incident.tier,
        "area_level": places.level_of(session, incident.area_id),
        "waited_minutes": (clock.now(session) - since).total_seconds() / 60 if since else 0.0,
        "own": who.actor in (notice.created_by, notice.submitted_by),
    }


def may_approve_now(session: Session, incident: Incident, notice: Notice, who: Principal) -> bool:
    """Whether a submitted notice waits for somebody like them: they may let it leave without overriding anything."""
    if not people.may(who, "approve_notice"):
        return False
    return permitted(people.ruling(who, "approve_notice", **_case(session, incident, notice, who)))
