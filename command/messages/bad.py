"""Keeping what providers say of subscribers' numbers, in the transaction that ends their messages: answers that count towards a mark, the
mark itself, and its end once a message was delivered.

Only SMS of live notices count: an exercise never marks (I3; the table refuses its gateway too), and neither a call nor the carrier's app
says anything of what takes an SMS. The row of a number is locked before its answers are read, so that two engines that hear of one
number at once see each other's. A receipt that comes twice ends nothing twice, so that each call counts once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Select, Table, case, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import policy, rows
from command.messages.bad_models import BadAnswer, BadNumber, Standing
from command.messages.bad_rules import Answers, BadNumbers, reason_of
from command.messages.models import EXERCISE_GATEWAY, SMS, Delivery, Purpose, State

B, W = cast(Table, BadNumber.__table__), cast(Table, BadAnswer.__table__)
_d = cast(Table, Delivery.__table__).c
_ENDED = (State.FAILED, State.UNDELIVERED)
FORGOTTEN_AT_ONCE = 1000


def heed(session: Session, before: Mapping[int, str], changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Learn of numbers from deliveries (by id, with their states before) whose changes have been written."""
    moved = {id: new for id, new in changes.items() if new.get("state", before[id]) != before[id]}
    refused = {
        id: str(new["code"]) for id, new in moved.items() if new["state"] in _ENDED and reason_of(new.get("code"))
    }
    if refused:
        _suspect(session, refused)
    if taken := [id for id, new in moved.items() if new["state"] == State.DELIVERED]:
        _forget_reached(session, taken)


def any_marked(session: Session) -> bool:
    """Whether any number is marked: where none is, nobody has to look."""
    return session.scalar(select(B.c.addressee).where(B.c.state == Standing.MARKED).limit(1)) is not None


def _suspect(session: Session, refused: Mapping[int, str]) -> None:
    mine = (_d.id.in_(refused), _d.purpose == Purpose.NOTICE, _d.channel == SMS, _d.exercise.is_(False))
    called = (_d.gateway.is_not(None), _d.gateway != EXERCISE_GATEWAY)
    query = select(_d.id, _d.recipient, _d.addressee, _d.gateway, _d.due_at).where(*mine, *called)
    found = session.execute(query.order_by(_d.recipient, _d.id)).all()
    if not found:
        return
    _lock(session, found)
    zone = policy.settings(session).tz
    for row in found:
        _count(session, row, refused[row.id], row.due_at.astimezone(zone).date().isoformat())
    judge(session, sorted({row.recipient for row in found}))


def _lock(session: Session, found: Sequence[Any]) -> None:
    """Rows of the numbers, new or held, in ascending order so that two engines cannot wait for each other."""
    last: dict[bytes, Any] = {}
    for row in found:
        if row.recipient not in last or row.due_at > last[row.recipient].due_at:
            last[row.recipient] = row
    made = _insert(session, B)
    later = case((made.excluded.last_at > B.c.last_at, made.excluded.last_at), else_=B.c.last_at)
    again = {"last_at": later, "addressee": made.excluded.addressee}
    given = [
        {"recipient": each, "addressee": row.addressee, "state": Standing.SUSPECTED, "last_at": row.due_at}
        for each, row in sorted(last.items())
    ]
    session.execute(made.on_conflict_do_update(index_elements=["recipient"], set_=again), given)


def _count(session: Session, row: Any, code: str, day: str) -> None:
    at = row.due_at
    made = _insert(session, W).values(
        recipient=row.recipient, gateway=row.gateway, day=day, code=code, times=1, first_at=at, last_at=at
    )
    again = {
        "times": W.c.times + 1,
        "first_at": case((made.excluded.first_at < W.c.first_at, made.excluded.first_at), else_=W.c.first_at),
        "last_at": case((made.excluded.last_at > W.c.last_at, made.excluded.last_at), else_=W.c.last_at),
    }
    session.execute(made.on_conflict_do_update(index_elements=["recipient", "gateway", "day", "code"], set_=again))


def judge(session: Session, recipients: Collection[bytes]) -> None:
    """Mark those of these numbers (their rows locked) of which enough was said."""
    rule, now = policy.current(session).bad_numbers, clock.now(session)
    kept = select(BadNumber).where(BadNumber.recipient.in_(recipients)).order_by(BadNumber.recipient)
    standing = session.scalars(kept.execution_options(populate_existing=True)).all()
    said = said_of(session, recipients)
    for number in standing:
        _judge(number, said.get(number.recipient, ()), rule, now)
    session.flush()


def _judge(number: BadNumber, said: Sequence[Answers], rule: BadNumbers, now: datetime) -> None:
    if number.state == Standing.CLEARED and number.cleared_at is not None:
        since = number.cleared_at
        said = [each for each in said if each.last_at > since]
    reason = rule.mark(said)
    if reason is None:
        return
    number.reason = reason
    if number.state != Standing.MARKED:
        number.state, number.marked_at = Standing.MARKED, now
        number.cleared_at = number.cleared_by = number.note_id = None


def said_of(session: Session, recipients: Collection[bytes]) -> Mapping[bytes, Sequence[Answers]]:
    """What was said of each number, the oldest first."""
    query = select(BadAnswer).where(BadAnswer.recipient.in_(recipients))
    found: dict[bytes, list[Answers]] = defaultdict(list)
    for each in session.scalars(query.order_by(BadAnswer.day, BadAnswer.gateway, BadAnswer.code)):
        reason = reason_of(each.code)
        if reason is not None:
            found[each.recipient].append(
                Answers(each.gateway, each.on, reason, each.times, each.first_at, each.last_at)
            )
        session.expunge(each)
    return found


def _forget_reached(session: Session, taken: Sequence[int]) -> None:
    """A number that took a message takes messages: what was said of it before that call is void."""
    given = rows.table(session, ["id"], [{"id": each} for each in taken])
    reached = (
        select(B.c.recipient)
        .select_from(B.join(Delivery, Delivery.addressee == B.c.addressee))
        .where(_d.id.in_(select(given.c.id)), _d.purpose == Purpose.NOTICE, _d.channel == SMS, _d.exercise.is_(False))
        .where(B.c.recipient == _d.recipient, B.c.last_at <= _d.due_at)
    )
    if found := session.scalars(reached).all():
        forget(session, found)


def forget(session: Session, recipients: Collection[bytes]) -> int:
    """Nothing is known of these numbers any more; how many were marked, or suspected."""
    gone = 0
    ordered = sorted(set(recipients))
    for at in range(0, len(ordered), FORGOTTEN_AT_ONCE):
        some = ordered[at : at + FORGOTTEN_AT_ONCE]
        held = session.scalars(
            select(B.c.recipient).where(B.c.recipient.in_(some)).order_by(B.c.recipient).with_for_update()
        )
        mine = held.all()
        session.execute(delete(W).where(W.c.recipient.in_(mine)))
        result: Any = session.execute(delete(B).where(B.c.recipient.in_(mine)))
        gone += int(result.rowcount)
    return gone


def forget_old(session: Session, limit: int = FORGOTTEN_AT_ONCE) -> int:
    """What was said too long ago to count, of numbers that are not marked, goes; how many numbers that were. Nobody needs it."""
    return forget(session, session.scalars(_old(session).limit(limit)).all())


def too_old(session: Session) -> bool:
    """Whether there is any such."""
    return session.scalar(_old(session).limit(1)) is not None


def _old(session: Session) -> Select[bytes]:
    since = clock.now(session) - timedelta(days=policy.current(session).bad_numbers.within_days)
    unmarked = (B.c.state.in_((Standing.SUSPECTED, Standing.CLEARED)), B.c.last_at < since)
    return select(B.c.recipient).where(*unmarked, or_(B.c.cleared_at.is_(None), B.c.cleared_at < since))


def _insert(session: Session, table: Table) -> Any:
    return (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert(table)
