"""Summaries of incidents that are settled, as the overview reads them in the place of their rows.

What is in no summary is counted from its rows, always; so figures never wait for an engine, and are the same with summaries or without
(docs/adr/0010)."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from threading import Lock
from typing import NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from command.incidents.models import KINDS, Incident
from command.insights import blocks, ledger, population
from command.insights.blocks import Block
from command.insights.buckets import instants
from command.insights.filters import Filters
from command.insights.ledger import Ledger, Mask
from command.insights.models import SummaryBlock
from command.insights.told import Told


class Summed(NamedTuple):
    """What the summaries hold of a period."""

    incidents: Ledger
    told: Mapping[str, Told]


def read(session: Session, wanted: Filters, zone: tzinfo) -> Summed:
    """What the summaries hold of the incidents that `wanted` names. Nothing in a summary is restricted. Raise Invalid for an area or a
    service nobody knows."""
    begin, end = instants(wanted.first, wanted.last, zone)
    months = SummaryBlock.month >= month(begin), SummaryBlock.month <= month(end - timedelta(microseconds=1))
    block = _stacked(session, months, _tables(wanted))
    reported = Incident.reported_at >= begin, Incident.reported_at < end
    opened = ledger.ints(session.scalars(select(Incident.id).where(*population.UNSUMMED, *reported)))
    which = _named(block, wanted, ledger.moment(begin), ledger.moment(end)) & ~np.isin(block["incidents"]["id"], opened)
    if wanted.area is not None:
        which &= blocks.having(block, "areas", population.areas_within(session, wanted.area))
    if wanted.service is not None:
        which &= blocks.having(block, "services", [population.service(session, wanted.service)])
    return Summed(blocks.incidents(block, which), blocks.told(block, which))


def _tables(wanted: Filters) -> tuple[str, ...]:
    """The tables of blocks that are looked into."""
    chosen = {"areas": wanted.area, "services": wanted.service}
    return ("incidents", "notices", *(name for name, value in chosen.items() if value is not None))


_kept: OrderedDict[tuple[tuple[str, ...], tuple[bytes, ...]], Block] = OrderedDict()
_lock = Lock()
KEPT = 4
"""Stacks of blocks that a process remembers. They are known by the digests of what is in them, so that none is ever out of date."""


def _stacked(session: Session, months: tuple[ColumnElement[bool], ...], tables: tuple[str, ...]) -> Block:
    """The blocks of some months as one."""
    known = select(SummaryBlock.digest).where(*months).order_by(SummaryBlock.month)
    key = tables, tuple(session.scalars(known))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    query = select(SummaryBlock.digest, SummaryBlock.data).where(*months).order_by(SummaryBlock.month)
    rows = session.execute(query).tuples().all()
    block = blocks.stacked([blocks.unpacked(data) for _, data in rows], tables)
    with _lock:
        _kept[tables, tuple(digest for digest, _ in rows)] = block
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return block


def _named(block: Block, wanted: Filters, begin: int, end: int) -> Mask:
    """Which incidents of a block were reported from `begin` to `end`, in microseconds, and are of the tier and kind asked for."""
    rows = block["incidents"]
    found = (rows["reported"] >= begin) & (rows["reported"] < end)
    if wanted.tier is not None:
        found &= rows["tier"] == wanted.tier
    if wanted.kind is not None:
        found &= rows["kind"] == KINDS.index(wanted.kind)
    return found


def month(at: datetime) -> str:
    """The block of an incident reported then."""
    return f"{at.astimezone(UTC):%Y-%m}"
