"""The network's verbs: the topology of now, what a set of failures cuts off, and which elements an incident holds cut off."""

import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Select, Subquery, Text, cast, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from command.core.database import Database
from command.network.census import census
from command.network.models import CutOff, Element, Link
from command.network.revision import database_of, revision
from command.network.topology import Topology

_SLICE = 5000

_lock = threading.Lock()
_topologies: dict[str, tuple[int, Topology]] = {}
_LOOK_AGAIN = 1.0
"""Seconds after which `warm` looks again whether the network's records changed."""
_warm_until: dict[str, float] = {}


def topology(session: Session) -> Topology:
    """The graph of elements and links, built once per revision and process."""
    place, now = database_of(session), revision(session)
    with _lock:
        known = _topologies.get(place)
        if known is None or known[0] != now:
            known = _topologies[place] = (now, _build(session))
        return known[1]


def _build(session: Session) -> Topology:
    elements = session.execute(select(Element.id, Element.core).order_by(Element.id)).tuples()
    links = session.execute(select(Link.a_id, Link.b_id)).tuples()
    return Topology.build(elements.all(), links.all())


def warm(database: Database) -> None:
    """Have the graph and the census at hand before a unit of work asks for them: counting millions of subscribers would hold SQLite's
    lock for seconds. Costs next to nothing while the records stay as they are."""
    now = time.monotonic()
    if now < _warm_until.get(database.url, 0.0):
        return
    _warm_until[database.url] = now + _LOOK_AGAIN
    with database.read() as session:
        topology(session)
        census(session)


def subscribers_total(session: Session, area_id: int | None) -> int:
    """Subscribers in an area and all below it; everybody for None. Counted once per revision."""
    return census(session).total(area_id)


def users_of(session: Session, area_id: int, bit: int) -> int:
    """Subscribers of one service (its bit) in an area and all below it."""
    known = census(session)
    return sum(count for (area, its), count in known.users.items() if its == bit and area_id in known.above(area))


def cut_off(session: Session, failed: Collection[int]) -> frozenset[int]:
    """The failed elements and those they leave without a path to the core."""
    return topology(session).cut_off(failed)


@dataclass(frozen=True, slots=True)
class CutOffChange:
    """What setting an incident's failures changed: ids of elements newly cut off and of those that have their way back."""

    added: tuple[int, ...]
    restored: tuple[int, ...]


def set_cut_off(
    session: Session, incident_id: int, failed: Collection[int], at: datetime, exercise: bool
) -> CutOffChange:
    """Make the incident's open cut-offs those that `failed` (element ids) causes, from `at`.

    Rows are opened for the newly cut off and closed for the restored; one that stays cut off keeps its row and its start, whether
    it failed itself or was isolated. Ids that no element has are ignored: they cut off nobody."""
    wanted = _masks(session, cut_off(session, failed)) if failed else {}
    open_now = dict(
        session.execute(
            select(CutOff.element_id, CutOff.failed).where(CutOff.incident_id == incident_id, CutOff.until_at.is_(None))
        )
        .tuples()
        .all()
    )
    added = tuple(sorted(wanted.keys() - open_now.keys()))
    restored = tuple(sorted(open_now.keys() - wanted.keys()))
    _close(session, incident_id, restored, at)
    _open(session, incident_id, {element: wanted[element] for element in added}, frozenset(failed), at, exercise)
    for value in (True, False):
        turned = [e for e in wanted.keys() & open_now.keys() if (e in failed) is value and open_now[e] is not value]
        _turn(session, incident_id, turned, value)
    return CutOffChange(added, restored)


def _masks(session: Session, elements: Collection[int]) -> dict[int, int]:
    query = select(Element.id, Element.services).where(Element.id.in_(ids(session, elements)))
    return dict(session.execute(query).tuples().all())


def _open(
    session: Session, incident_id: int, masks: Mapping[int, int], failed: frozenset[int], at: datetime, exercise: bool
) -> None:
    rows = [
        {
            "incident_id": incident_id,
            "element_id": element,
            "failed": element in failed,
            "services": mask,
            "from_at": at,
            "until_at": None,
            "exercise": exercise,
        }
        for element, mask in masks.items()
    ]
    for start in range(0, len(rows), _SLICE):
        session.execute(insert(CutOff), rows[start : start + _SLICE])


def _close(session: Session, incident_id: int, elements: Sequence[int], at: datetime) -> None:
    if elements:
        _change(session, incident_id, elements, {"until_at": at})


def _turn(session: Session, incident_id: int, elements: Sequence[int], failed: bool) -> None:
    if elements:
        _change(session, incident_id, elements, {"failed": failed})


def _change(session: Session, incident_id: int, elements: Sequence[int], values: dict[str, Any]) -> None:
    session.execute(
        update(CutOff)
        .where(
            CutOff.incident_id == incident_id,
            CutOff.until_at.is_(None),
            CutOff.element_id.in_(ids(session, elements)),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def ids(session: Session, given: Collection[int]) -> Select[tuple[int]]:
    """Any number of ids as a subquery: one JSON parameter, so that no database's limit on parameters is met."""
    return select(id_table(session, given).c.id)


def id_table(session: Session, given: Collection[int]) -> Subquery:
    """The same as a table of one column, `id`."""
    document = orjson.dumps(sorted(given)).decode()
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(document).table_valued("value")
    else:
        each = func.jsonb_array_elements_text(cast(literal(document, Text), JSONB)).table_valued("value")
    return select(cast(each.c.value, BigInteger).label("id")).subquery()
