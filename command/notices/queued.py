"""What a wave does to messages that are queued already: those that are no longer true are taken back, those that may not wait for the
morning any more leave at once. Chunk by chunk, as all of a wave."""

from datetime import timedelta

from sqlalchemy import and_, delete, literal, select, update

from command.messages import service as messages
from command.messages.models import TOLD, State
from command.notices import slices
from command.notices.models import Kind
from command.notices.recipients import Pass
from command.notices.story import QUEUED, Condition, D, P, S

NO_LONGER_AFFECTED = "service_returned"
AFFECTED_AGAIN = "affected_again"


def release(at: Pass) -> tuple[int, bool]:
    """Let queued messages leave now that were to wait for the morning."""
    (after,) = at.wave.cursor or (0,)
    bound = slices.told_bound(at.session, at.notice.id, after, at.size)
    if bound is None:
        at.stand(-1)
        return 0, False
    valid = at.now + timedelta(minutes=at.notice.validity_minutes)
    rows = messages.let_go(at.session, at.notice.id, (after, bound), at.now, valid)
    at.stand(bound)
    return rows, True


def recall(at: Pass) -> tuple[int, bool]:
    """Take back queued messages that are no longer true: outage news for those who recovered, all-clears for those cut off again."""
    stage, after = at.wave.cursor or (0, 0)
    if stage == 1:
        return _recall_passes(at, after)
    size = min(at.size, messages.AT_ONCE)
    bound = slices.told_bound(at.session, at.notice.id, after, size)
    if bound is None:
        at.stand(1, 0) if at.notice.kind == Kind.ALL_CLEAR else at.stand(-1)
        return 0, at.notice.kind == Kind.ALL_CLEAR
    where = and_(D.c.addressee > after, D.c.addressee <= bound)
    clear = at.notice.kind == Kind.ALL_CLEAR
    untrue = at.story.affected() if clear else at.story.concluded(at.notice.id)
    rows = take_back(at, at.notice.id, where, untrue, AFFECTED_AGAIN if clear else NO_LONGER_AFFECTED)
    if clear and rows:
        _owe_again(at, after, bound)
    at.stand(0, bound)
    return rows, True


def take_back(at: Pass, notice_id: int, where: Condition, untrue: Condition, reason: str) -> int:
    people = (
        select(D.c.addressee)
        .select_from(D.join(S, S.c.id == D.c.addressee))
        .where(D.c.notice_id == notice_id, D.c.state.in_(QUEUED), where, untrue)
    )
    if at.session.execute(people.limit(1)).first() is None:
        return 0
    return messages.withdraw_some(at.session, notice_id, people, reason, limit=max(at.size, messages.AT_ONCE))


def _owe_again(at: Pass, after: int, bound: int) -> None:
    """An all-clear taken back leaves the debt of those passed to this incident open."""
    gone = select(literal(1)).where(
        D.c.notice_id == at.notice.id, D.c.addressee == P.c.addressee, D.c.state == State.WITHDRAWN
    )
    range_ = (P.c.addressee > after, P.c.addressee <= bound)
    at.session.execute(
        update(P)
        .where(P.c.incident_id == at.story.incident_id, P.c.notice_id == at.notice.id, *range_, gone.exists())
        .values(notice_id=None)
    )


def _recall_passes(at: Pass, after: int) -> tuple[int, bool]:
    """Whom this incident told and passed on, and now cuts off again, is its own once more."""
    mine = and_(P.c.from_notice_id == at.notice.id, P.c.notice_id.is_(None))
    bound = slices.passed_bound(at.session, mine, after, at.size)
    if bound is None:
        at.stand(-1)
        return 0, False
    s = S.alias("again")
    affected = select(literal(1)).where(s.c.id == P.c.addressee, at.story.affected(s)).exists()
    told = select(literal(1)).where(
        D.c.notice_id.in_(at.story.firsts), D.c.addressee == P.c.addressee, D.c.state.in_(TOLD)
    )
    range_ = (P.c.addressee > after, P.c.addressee <= bound)
    at.session.execute(delete(P).where(mine, *range_, affected, told.exists()))
    at.stand(1, bound)
    return 0, True
