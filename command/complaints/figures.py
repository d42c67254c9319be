"""What complaints are judged by (R20), over those that came in during a period; exercises never count. A figure of nothing is None."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.complaints.models import CLOSED, Case, CaseStep
from command.network import service as network

FIRST_RESPONSE, FIRST_PLAN = timedelta(minutes=30), timedelta(hours=1)
HANDLING = 45
"""Mean minutes from acceptance to the answer, at most."""
MOST = 200_000
"""Complaints of one period that figures are made of; of more, the newest."""


@dataclass(frozen=True, slots=True)
class One:
    """A complaint as figures see it: its times, whether it had another owner, what the customer said."""

    opened_at: datetime
    closed: bool
    accepted_at: datetime | None = None
    enquired_at: datetime | None = None
    answered_at: datetime | None = None
    followed_at: datetime | None = None
    passed_on: bool = False
    satisfied: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares are 0 to 1, of what is due by then: `first_response` accepted in 30 min (100 %), `first_plan` enquired into in 1 h (100 %),
    `first_contact` settled by whoever accepted it, of those followed up (≥ 90 %), `handling_minutes` (≤ 45), `resolved` closed, of those
    whose answer is out (≥ 90 %), `complete` closed with every step on record (100 %), `complaint_rate` of all subscribers (< 5 %, the house
    wants < 1 %). `counts` has the numbers that each share comes from: so many of so many."""

    complaints: int
    open: int
    first_response: float | None
    first_plan: float | None
    first_contact: float | None
    handling_minutes: float | None
    resolved: float | None
    complete: float | None
    complaint_rate: float | None
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def of(rows: Sequence[One], subscribers: int, now: datetime) -> Figures:
    """Figures of complaints. Pure. What is not due yet and not done counts neither way."""
    followed = [one for one in rows if one.followed_at is not None]
    answered = [one for one in rows if one.answered_at is not None]
    closed = [one for one in rows if one.closed]
    handled = [
        (one.answered_at - one.accepted_at).total_seconds() / 60
        for one in answered
        if one.answered_at is not None and one.accepted_at is not None
    ]
    counts = {
        "first_response": _in_time([(one.opened_at, one.accepted_at) for one in rows], FIRST_RESPONSE, now),
        "first_plan": _in_time([(one.opened_at, one.enquired_at) for one in rows], FIRST_PLAN, now),
        "first_contact": (sum(not one.passed_on and one.satisfied != "no" for one in followed), len(followed)),
        "resolved": (sum(one.closed for one in answered), len(answered)),
        "complete": (sum(_complete(one) for one in closed), len(closed)),
        "complaint_rate": (len(rows), subscribers),
    }
    return Figures(
        complaints=len(rows),
        open=len(rows) - len(closed),
        first_response=_share(counts, "first_response"),
        first_plan=_share(counts, "first_plan"),
        first_contact=_share(counts, "first_contact"),
        handling_minutes=sum(handled) / len(handled) if handled else None,
        resolved=_share(counts, "resolved"),
        complete=_share(counts, "complete"),
        complaint_rate=_share(counts, "complaint_rate"),
        counts=counts,
    )


def _complete(one: One) -> bool:
    return None not in (one.accepted_at, one.enquired_at, one.answered_at, one.followed_at)


def _in_time(pairs: Sequence[tuple[datetime, datetime | None]], within: timedelta, now: datetime) -> tuple[int, int]:
    due = [(begun, done) for begun, done in pairs if done is not None or now - begun > within]
    return sum(done is not None and done - begun <= within for begun, done in due), len(due)


def _share(counts: Mapping[str, tuple[int, int]], name: str) -> float | None:
    part, whole = counts[name]
    return part / whole if whole else None


def between(session: Session, begins: datetime, ends: datetime, now: datetime | None = None) -> Figures:
    """The figures of complaints that came in after `begins` and up to `ends`. What is overdue is judged `now`, or as it was at the end."""
    query = select(Case).where(
        Case.complaint,
        Case.exercise.is_(False),
        Case.opened_at > begins,
        Case.opened_at <= ends,
        Case.kind.is_not(None),
    )
    chosen = query.order_by(Case.id.desc()).limit(MOST).subquery()
    rows = session.execute(
        select(chosen.c.id, chosen.c.opened_at, chosen.c.state, chosen.c.passed_on, chosen.c.satisfied)
    ).all()
    steps = select(CaseStep.case_id, CaseStep.step, CaseStep.done_at).join(chosen, chosen.c.id == CaseStep.case_id)
    done = {(case_id, step): at for case_id, step, at in session.execute(steps).tuples()}
    found = [
        One(
            row.opened_at,
            row.state == CLOSED,
            done.get((row.id, "accept")),
            done.get((row.id, "enquire")),
            done.get((row.id, "answer")),
            done.get((row.id, "follow_up")),
            bool(row.passed_on),
            row.satisfied,
        )
        for row in rows
    ]
    return of(found, network.subscribers_total(session, None), now or ends)
