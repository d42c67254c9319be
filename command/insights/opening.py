"""Summaries follow what happens: in the unit of work that changes an incident it is opened again, so that it is counted as it is from
the moment on at which the change can be seen. Joined in command/parts.py."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.core import journal
from command.incidents.models import Incident
from command.insights import kin
from command.notices.models import Notice

OF_INCIDENT = "incident:"


def follow(session: Session, _: frozenset[str]) -> None:
    """Open again the incidents of which this unit of work has journaled something. Runs when the unit ends, before it commits, while
    their streams are locked: whoever sums up locks them too, and so reads either nothing of this unit or all."""
    streams = {each.stream for each in journal.recorded(session)}
    numbers = {each.removeprefix(OF_INCIDENT) for each in streams if each.startswith(OF_INCIDENT)}
    if numbers:
        again(session, session.scalars(select(Incident.id).where(Incident.number.in_(numbers))).all())


def tallied(session: Session, notice_ids: Collection[int]) -> None:
    """Open again the incidents of notices of which messages have come further (a receipt may be days late)."""
    with session.no_autoflush:
        query = select(Notice.incident_id).where(Notice.id.in_(notice_ids), Notice.warning_id.is_(None))
        again(session, session.scalars(query.distinct()).all())


def again(session: Session, ids: Collection[int]) -> bool:
    """Count some incidents, and all whose figures hang together with theirs, from their rows until they are summed up again; return
    whether one of them was summed up."""
    known = kin.above(session, ids)
    if not any(known.values()):
        return False
    family = kin.whole(session, known)
    mine = update(Incident).where(Incident.id.in_(family), Incident.summed.is_(True))
    session.execute(mine.values(summed=False).execution_options(synchronize_session=False))
    return True
