"""Summing up: settled incidents are put into the summaries, a few families at a time, each time in one transaction of its own.

An incident is in the summaries when its `summed` says so, which is written in the transaction that writes its block: a crash between the
two is none, and two engines that sum up the same write the same record twice, in one place."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, or_, select, text, update
from sqlalchemy.orm import Session

from command.core.journal import Stream
from command.incidents.guards import FINAL
from command.incidents.models import Impact, Incident
from command.insights import blocks, kin, ledger, population, summaries, told
from command.insights.blocks import Block
from command.insights.ledger import EPOCH
from command.insights.models import SummaryBlock
from command.insights.opening import OF_INCIDENT
from command.insights.told import Told
from command.messages.models import Tally
from command.notices.models import Notice

AT_ONCE = 50
"""Incidents of one transaction, so that on SQLite it is short; a family is never parted, however large."""


def batches(found: Sequence[kin.Member]) -> list[list[list[int]]]:
    """What of the incidents in no summary can be summed up: batches of families, those reported first first. Pure."""
    made: list[list[list[int]]] = []
    room = 0
    for family in kin.settled_families(found):
        if len(family) > room:
            made.append([])
            room = AT_ONCE
        made[-1].append(family)
        room -= len(family)
    return made


def sum_up(session: Session, families: Sequence[Sequence[int]]) -> int:
    """Put settled families into the summaries; return how many incidents that are. Families that have changed meanwhile are left out.

    Locks the incidents, then their streams, then their tallies: whoever changes one of them comes before or afterwards, never between."""
    ids = [each for family in families for each in family]
    _lock(session, ids)
    found = kin.members(session, Incident.id.in_(ids))
    grown = _joined(session, ids)
    mine = [family for family in kin.settled_families(found) if not grown & set(family)]
    settled = sorted(each for family in mine for each in family)
    if settled:
        _write(session, settled)
        flag = update(Incident).where(Incident.id.in_(settled)).values(summed=True)
        session.execute(flag.execution_options(synchronize_session=False))
    return len(settled)


def _lock(session: Session, ids: Collection[int]) -> None:
    mine = Incident.id.in_(ids)
    numbers = session.scalars(select(Incident.number).where(mine).order_by(Incident.id).with_for_update()).all()
    streams = Stream.id.in_([OF_INCIDENT + number for number in numbers])
    session.execute(select(Stream.id).where(streams).order_by(Stream.id).with_for_update()).all()
    notices = select(Notice.id).where(Notice.incident_id.in_(ids))
    tallies = select(Tally.notice_id).where(Tally.notice_id.in_(notices)).order_by(Tally.notice_id, Tally.state)
    session.execute(tallies.with_for_update()).all()


def _joined(session: Session, ids: Collection[int]) -> set[int]:
    """Those of some incidents into which others go that are not among them."""
    into = or_(Incident.merged_into_id.in_(ids), Incident.parent_id.in_(ids))
    query = select(Incident.merged_into_id, Incident.parent_id).where(into, Incident.id.not_in(ids))
    return {each for row in session.execute(query).tuples() for each in row if each is not None}


def _write(session: Session, ids: Sequence[int]) -> None:
    """Put what some incidents add, which may be nothing, into the blocks of their months in the place of what stood there of them."""
    fresh = made(session, ids)
    reported = session.scalars(select(Incident.reported_at).where(Incident.id.in_(ids)))
    for name in sorted({summaries.month(at) for at in reported}):
        block = blocks.without(_taken(session, name), ledger.ints(ids))
        put(session, name, blocks.joined(block, fresh.get(name, blocks.empty())))


def _taken(session: Session, name: str) -> Block:
    """The block of a month, locked until the transaction ends; a new one is empty."""
    session.execute(_NEW, {"month": name, **_written(blocks.empty())})
    query = select(SummaryBlock.data).where(SummaryBlock.month == name).with_for_update()
    return blocks.unpacked(session.execute(query).scalar_one())


_NEW = text(
    "INSERT INTO summary_block (month, incidents, digest, data) VALUES (:month, :incidents, :digest, :data) "
    "ON CONFLICT (month) DO NOTHING"
)


def put(session: Session, name: str, block: Block) -> None:
    """Write the block of a month."""
    written = _written(block)
    if written["incidents"]:
        session.execute(update(SummaryBlock).where(SummaryBlock.month == name).values(**written))
    else:
        session.execute(delete(SummaryBlock).where(SummaryBlock.month == name))


def _written(block: Block) -> dict[str, Any]:
    data = blocks.packed(block)
    digest = hashlib.blake2b(data, digest_size=16).digest()
    return {"incidents": len(block["incidents"]["id"]), "digest": digest, "data": data}


def made(session: Session, ids: Sequence[int]) -> Mapping[str, Block]:
    """What some incidents add to the figures, counted from their rows: a block for each month. Families have to be whole; those of the
    incidents that do not count by themselves add to the one that they go into."""
    counting = select(Incident).where(Incident.id.in_(ids), Incident.state.not_in(FINAL), population.stands_alone())
    cases = population.of(session, counting)
    roots = _roots(session, ids, {one.id for one in cases})
    sums: dict[int, dict[tuple[int, str], Told]] = {}
    for (of, kind), one in told.read(session, Notice.incident_id.in_(ids), Notice.incident_id).items():
        if (root := roots.get(of)) is not None:
            sums.setdefault(root, {}).setdefault((root, kind), Told()).add(one)
    kinds, areas, services = _having(session, [one.id for one in cases])
    found: dict[str, Block] = {}
    for name in {summaries.month(one.reported_at) for one in cases}:
        rows = [one for one in cases if summaries.month(one.reported_at) == name]
        mine = {one.id for one in rows}
        found[name] = blocks.made(
            ledger.of(rows, EPOCH),
            [kinds[one.id] for one in rows],
            [(of, area) for of, area in areas if of in mine],
            [(of, service) for of, service in services if of in mine],
            {key: each for of in mine for key, each in sums.get(of, {}).items()},
        )
    return found


def _roots(session: Session, ids: Sequence[int], counting: Collection[int]) -> dict[int, int]:
    """In whose figures each of some incidents goes; those in nobody's are left out."""
    above = dict(session.execute(select(Incident.id, kin.ABOVE).where(Incident.id.in_(ids))).tuples().all())
    return {each: root for each in ids if (root := _root(each, above, counting)) is not None}


def _root(at: int, above: Mapping[int, int | None], counting: Collection[int]) -> int | None:
    for _ in range(len(above)):
        if at in counting:
            return at
        into = above.get(at)
        if into is None:
            return None
        at = into
    return None


def _having(
    session: Session, ids: Sequence[int]
) -> tuple[dict[int, str], list[tuple[int, int]], list[tuple[int, int]]]:
    """Kinds of incidents, and the areas and services of each as pairs."""
    rows = (
        session.execute(select(Incident.id, Incident.kind, Incident.area_id).where(Incident.id.in_(ids))).tuples().all()
    )
    hit = select(Impact.incident_id, Impact.area_id, Impact.service_id).where(Impact.incident_id.in_(ids)).distinct()
    impacts = session.execute(hit).tuples().all()
    areas = {(of, area) for of, _, area in rows if area is not None} | {(of, area) for of, area, _ in impacts}
    services = {(of, service) for of, _, service in impacts}
    return {of: kind for of, kind, _ in rows}, sorted(areas), sorted(services)
