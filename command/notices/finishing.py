"""The end of a notice: its waves are done and none of its messages is on the way to a gateway."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import service as messages
from command.messages.models import Tally
from command.notices import living
from command.notices.entries import NoticeFinished
from command.notices.living import record
from command.notices.models import Notice, NoticeState, Wave


def finish_due(session: Session) -> int:
    """Mark as sent the notices whose waves are done and whose messages have all left or ended; returns how many."""
    finished = session.scalars(_finished().with_for_update(skip_locked=True)).all()
    for notice in finished:
        counts = messages.tally(session, notice.id)
        notice.state, notice.finished_at = NoticeState.SENT, clock.now(session)
        figures = {str(state): number for state, number in sorted(counts.items())}
        record(session, notice, NoticeFinished(notice_id=notice.id, notice_kind=notice.kind, counts=figures))
    session.flush()
    return len(finished)


def any_finished(session: Session) -> bool:
    """Whether `finish_due` has something to do."""
    return session.scalars(_finished()).first() is not None


def _finished() -> Select[Notice]:
    open_waves = select(Wave.id).where(Wave.notice_id == Notice.id, Wave.done_at.is_(None)).exists()
    left = select(Tally.count).where(Tally.notice_id == Notice.id, Tally.count > 0, Tally.state.in_(living.UNDECIDED))
    live = Notice.state.in_((NoticeState.APPROVED, NoticeState.SENDING))
    return select(Notice).where(live, ~open_waves, ~left.exists()).order_by(Notice.id).limit(100)
