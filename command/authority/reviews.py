"""Every override is looked at afterwards by somebody else: justified, or not. What is owed follows from the journal, whichever room wrote
the entry, so that none is missed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.authority import entries
from command.authority.models import OverrideReview
from command.core import clock, journal
from command.core.problems import N_, Conflict, Denied, NotFound
from command.incidents import house, visibility
from command.incidents.entries import note
from command.incidents.entries import record as incident_record
from command.incidents.models import Incident
from command.people.access import Principal, must
from command.people.entries import audit

ACT = "review_override"
OVERRIDDEN, APPROVAL, UNMASKED = "authority.overridden", "notice.approval_overridden", "people.unmasked"
KINDS = (OVERRIDDEN, APPROVAL, UNMASKED)
OF_INCIDENT = "incident:"
Verdict = Literal["justified", "not_justified"]


@dataclass(frozen=True, slots=True)
class Found:
    """An override as the journal tells it."""

    act: str
    person_id: int
    note_id: int | None
    incident_id: int | None = None


def meant(kind: str, data: dict[str, Any], actor: str) -> Found | None:
    """The override that an entry is, or None. Pure."""
    if kind == OVERRIDDEN:
        return Found(data["act"], data["person_id"], (data.get("reason") or {}).get("id"))
    scheme, _, person = actor.partition(":")
    if scheme != "person" or not person.isdigit():
        return None
    if kind == APPROVAL:
        return Found("approve_notice", int(person), data["reason_note_id"], data["incident_id"])
    if kind == UNMASKED and data.get("how") == "override":
        return Found("unmask", int(person), data.get("note_id"))
    return None


def follow(session: Session, _: frozenset[str]) -> None:
    """Owe a review of each override that this unit of work records. Runs when the unit ends, before it commits."""
    recorded = [each for each in journal.recorded(session) if each.kind in KINDS]
    for each in recorded:
        doubled = each.kind == APPROVAL and any(other.kind == OVERRIDDEN for other in recorded)
        found = None if doubled else meant(each.kind, orjson.loads(each.data), session.info.get("actor", ""))
        if found is not None:
            _owe(session, each, found)


def _owe(session: Session, recorded: journal.Recorded, found: Found) -> None:
    now = clock.now(session)
    row = OverrideReview(
        act=found.act,
        kind=recorded.kind,
        stream=recorded.stream,
        incident_id=_incident(session, recorded.stream) or found.incident_id,
        person_id=found.person_id,
        at=now,
        due_at=now + timedelta(days=house.settings(session).review_days),
        note_id=found.note_id,
        exercise=recorded.exercise,
    )
    session.add(row)


def _incident(session: Session, stream: str) -> int | None:
    if not stream.startswith(OF_INCIDENT):
        return None
    return session.scalar(select(Incident.id).where(Incident.number == stream.removeprefix(OF_INCIDENT)))


def listed(
    session: Session,
    who: Principal,
    *,
    waiting: bool | None = None,
    late: bool = False,
    after: int = 0,
    limit: int = 200,
) -> list[OverrideReview]:
    """Overrides that `who` may know of: those that wait first, the one due first first; of an incident that is restricted only where they
    may know of it. `late`: those whose time is over alone."""
    known = visibility.only_visible(session, select(Incident), who).with_only_columns(Incident.id)
    query = select(OverrideReview).where(
        or_(OverrideReview.incident_id.is_(None), OverrideReview.incident_id.in_(known))
    )
    if waiting is not None:
        undecided = OverrideReview.decided_at.is_(None)
        query = query.where(undecided if waiting else ~undecided)
    if late:
        query = query.where(OverrideReview.decided_at.is_(None), OverrideReview.due_at < clock.now(session))
    ordered = query.order_by(OverrideReview.decided_at.is_not(None), OverrideReview.due_at, OverrideReview.id)
    return list(session.scalars(ordered.offset(after).limit(limit)))


def seen(session: Session, review_id: int, who: Principal, *, lock: bool = False) -> OverrideReview:
    """One that `who` may know of; raise NotFound."""
    query = select(OverrideReview).where(OverrideReview.id == review_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is not None and found.incident_id is not None:
        incident = session.get_one(Incident, found.incident_id)
        found = found if visibility.visible(session, incident, who) else None
    if found is None:
        raise NotFound(N_("There is no such override."), remedy=N_("Look at the list of overrides."))
    return found


def decide(session: Session, review_id: int, verdict: Verdict, words: str, by: Principal) -> OverrideReview:
    """Say whether an override was justified; one's own is for somebody else. It is said once. Raise Denied, NotFound or Conflict."""
    must(by, ACT)
    found = seen(session, review_id, by, lock=True)
    if found.person_id == by.person_id:
        raise Denied(
            N_("Nobody looks at their own override."),
            remedy=N_("Leave it to somebody else who may: a commander, a deputy or an auditor."),
        )
    if found.verdict is not None:
        raise Conflict(N_("This override was looked at already."), remedy=N_("Read what was said about it."))
    cited = note(session, words)
    found.verdict, found.decided_by, found.decided_at = verdict, by.person_id, clock.now(session)
    found.words_id = cited.id if cited else None
    payload = entries.OverrideReviewed(
        review_id=found.id,
        act=found.act,
        person_id=found.person_id,
        decided_by=by.person_id,
        verdict=verdict,
        words=cited,
    )
    if found.incident_id is None:
        audit(session, payload)
    else:
        incident_record(session, session.get_one(Incident, found.incident_id), payload)
    return found


def overdue(session: Session, again: timedelta) -> Sequence[OverrideReview]:
    """Overrides of real events whose time is over and of which nobody was reminded for `again`."""
    now = clock.now(session)
    silent = or_(OverrideReview.reminded_at.is_(None), OverrideReview.reminded_at <= now - again)
    query = select(OverrideReview).where(
        OverrideReview.decided_at.is_(None), OverrideReview.due_at <= now, ~OverrideReview.exercise, silent
    )
    return session.scalars(query.order_by(OverrideReview.due_at).limit(50)).all()
