"""Summaries looked over: counted once more from the rows of incidents and compared, or forgotten, so that they are made anew."""

from collections.abc import Sequence
from datetime import UTC, date

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from command.incidents.models import Incident
from command.insights import blocks, buckets, kin, ledger, population, summing
from command.insights.blocks import Block
from command.insights.models import SummaryBlock


def months(session: Session) -> list[str]:
    """Every month of which there is a block or may be one, the oldest first."""
    found = set(session.scalars(select(SummaryBlock.month)))
    first, last = session.execute(select(func.min(Incident.reported_at), func.max(Incident.reported_at))).one()
    if first is not None:
        split = buckets.split(first.astimezone(UTC).date(), last.astimezone(UTC).date(), "month")
        found |= {f"{each.first:%Y-%m}" for each in split}
    return sorted(found)


def forget(session: Session, name: str) -> None:
    """Drop the block of a month; its incidents are counted from their rows until they are summed up again."""
    opened = update(Incident).where(*_within(name), Incident.summed.is_(True)).values(summed=False)
    session.execute(opened.execution_options(synchronize_session=False))
    session.execute(delete(SummaryBlock).where(SummaryBlock.month == name))


def differing(session: Session, name: str) -> Sequence[str]:
    """The numbers of incidents of a month of which the summaries say something else than the rows, or which should be in none."""
    held = set(session.scalars(select(Incident.id).where(*_within(name), Incident.summed.is_(True))))
    inner = population.within(session, select(Incident.id).where(*_within(name), Incident.summed.is_(True)))
    fresh = summing.made(session, sorted(held | inner)).get(name, blocks.empty()) if held else blocks.empty()
    wrong = blocks.differing(_counting(session, name), fresh)
    wrong |= set(session.scalars(select(Incident.id).where(Incident.id.in_(held), ~kin.settled())))
    return session.scalars(select(Incident.number).where(Incident.id.in_(wrong)).order_by(Incident.number)).all()


def _counting(session: Session, name: str) -> Block:
    """The block of a month as it is counted: without incidents that were opened again."""
    data = session.scalar(select(SummaryBlock.data).where(SummaryBlock.month == name))
    block = blocks.unpacked(data) if data is not None else blocks.empty()
    ids = block["incidents"]["id"].tolist()
    return blocks.without(
        block, ledger.ints(session.scalars(select(Incident.id).where(Incident.id.in_(ids), *population.UNSUMMED)))
    )


def _within(name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Reported in a month."""
    first = date.fromisoformat(f"{name}-01")
    begin, end = buckets.instants(first, buckets.last_day(first, "month"), UTC)
    return Incident.reported_at >= begin, Incident.reported_at < end


def counts(session: Session) -> tuple[int, int]:
    """How many incidents are summed up, and how many are in no summary. Exercises are neither."""
    query = select(Incident.summed, func.count()).where(Incident.exercise.is_(False)).group_by(Incident.summed)
    found = dict(session.execute(query).tuples().all())
    return found.get(True, 0), found.get(False, 0)
