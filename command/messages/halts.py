"""Ending deliveries that must not leave any more: a withdrawn notice, a notice the provider refuses, a page that is over."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import outbox
from command.messages.handlers import Handlers
from command.messages.models import Delivery, Halt, State

WAITING = (State.READY, State.LEASED)
_NOBODY = Handlers()
_c = outbox.deliveries.c


def halt(session: Session, notice_id: int, state: State, reason: str, code: str | None = None) -> None:
    """From this commit on no delivery of the notice is called. The first halt of a notice stays: its reason is the true one."""
    insert = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    session.execute(
        insert(Halt)
        .values(notice_id=notice_id, state=state, reason=reason, code=code, cursor=-1, at=clock.now(session))
        .on_conflict_do_nothing(index_elements=["notice_id"])
    )


def end(
    session: Session,
    where: ColumnElement[bool],
    state: State,
    reason: str,
    code: str | None = None,
    *,
    limit: int | None = None,
) -> int:
    """End the deliveries for which `where` holds and that were not called; return how many.

    The fence rises: an engine that had leased one loses it when it writes its intent."""
    locked = outbox.lock(session, where & outbox.in_state(*WAITING), limit=limit)
    now = clock.now(session)
    ended = {
        row.id: {"id": row.id, "state": state, "reason": reason, "code": code, "lease_until": None, "settled_at": now}
        for row in locked
    }
    outbox.change(session, locked, ended, _NOBODY)
    return len(ended)


def end_some(session: Session, halted: Halt, limit: int) -> int:
    """End the next `limit` addressees of a halted notice and move its cursor; return how many deliveries were ended."""
    span = session.scalars(
        select(Delivery.addressee)
        .where(Delivery.notice_id == halted.notice_id, Delivery.addressee > halted.cursor)
        .order_by(Delivery.addressee)
        .limit(limit)
    ).all()
    if len(span) < limit:
        halted.done_at = clock.now(session)
    if not span:
        return 0
    mine = (_c.notice_id == halted.notice_id) & _c.addressee.between(span[0], span[-1])
    halted.cursor = span[-1]
    session.flush()
    return end(session, mine, State(halted.state), halted.reason, halted.code)


def waiting(session: Session) -> bool:
    """Whether a halted notice has deliveries that may not be ended yet."""
    return session.scalar(select(Halt.notice_id).where(Halt.done_at.is_(None)).limit(1)) is not None


def unfinished(session: Session, limit: int = 20) -> Sequence[Halt]:
    """Halts whose deliveries are not all ended, locked; those another engine works on are left out."""
    query = select(Halt).where(Halt.done_at.is_(None)).order_by(Halt.notice_id).limit(limit)
    return session.scalars(query.with_for_update(skip_locked=True)).all()
