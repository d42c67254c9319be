"""Orders about roads: pause one, slow it, divert a lane or a notice to it, each with a reason and a time limit; and what is ordered now.

Every engine obeys within the half second for which it believes what it knows of roads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.installation import count_up
from command.core.journal import Payload
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.messages import holds
from command.messages import road_entries as entries
from command.messages.models import Lane
from command.messages.road_models import RoadOrder
from command.people import access
from command.people.access import Principal
from command.people.authority import Override

Act = Literal["pause", "slow", "divert"]
PAUSED = "paused"
"""Why a gateway that somebody paused is no road."""
LOCK = "road-orders"
"""Whoever orders is the only one until their unit of work ends: two could each leave the other's road as the last one."""
LONGEST = holds.LONGEST


@dataclass(frozen=True, slots=True)
class Orders:
    """What is ordered now: gateways that are `paused`, messages a second of those slowed, and where lanes and notices are diverted to."""

    paused: frozenset[str] = frozenset()
    rates: Mapping[str, int] = field(default_factory=dict)
    lanes: Mapping[int, str] = field(default_factory=dict)
    notices: Mapping[int, str] = field(default_factory=dict)

    def diverted(self, lane: int, notice_id: int | None) -> str | None:
        """The gateway that a message of this lane and notice is diverted to: the notice's own order goes before that of its lane."""
        return self.notices.get(notice_id or 0) or self.lanes.get(lane)


def now(session: Session) -> Orders:
    """What is ordered at this moment; of two orders about the same thing the later one."""
    found = list(session.scalars(select(RoadOrder).where(_on(session)).order_by(RoadOrder.id)))
    return Orders(
        paused=frozenset(each.gateway for each in found if each.act == "pause"),
        rates={each.gateway: each.rate for each in found if each.rate is not None},
        lanes={each.lane: each.gateway for each in found if each.lane is not None},
        notices={each.notice_id: each.gateway for each in found if each.notice_id is not None},
    )


def on(session: Session) -> list[RoadOrder]:
    """The orders that hold now, oldest first."""
    return list(session.scalars(select(RoadOrder).where(_on(session)).order_by(RoadOrder.id)))


def _on(session: Session) -> ColumnElement[bool]:
    return RoadOrder.ended_at.is_(None) & (RoadOrder.until_at > clock.now(session))


def order(
    session: Session,
    gateway: str,
    act: Act,
    reason: str,
    until: datetime,
    by: Principal,
    *,
    roads: Mapping[str, str],
    rate: int | None = None,
    lane: Lane | None = None,
    notice_id: int | None = None,
    override: bool = False,
) -> RoadOrder:
    """Order something about a gateway until a moment; it takes the place of an order about the same thing. `roads` are the live gateways
    there are, and the channel of each. Raise Invalid naming the field, Conflict where no road would be left for pages, or Denied."""
    overridden = isinstance(access.must(by, holds.ACT, override=override), Override)
    count_up(session, LOCK)
    at = clock.now(session)
    _check(session, gateway, act, at, until, roads, rate, lane, notice_id)
    if not reason.strip():
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    _replace(session, gateway, act, lane, notice_id, at, by.actor)
    note_id, digest = journal.add_note(session, reason.strip(), by.actor)
    made = RoadOrder(
        gateway=gateway,
        act=act,
        rate=rate,
        lane=None if lane is None else int(lane),
        notice_id=notice_id,
        reason_note_id=note_id,
        by=by.actor,
        from_at=at,
        until_at=until,
    )
    session.add(made)
    session.flush()
    _record(
        session,
        entries.Ordered(
            order_id=made.id,
            gateway=gateway,
            act=act,
            rate=rate,
            lane=made.lane,
            notice_id=notice_id,
            until=until,
            override=overridden,
            reason_note_id=note_id,
            reason_hash=digest,
        ),
    )
    return made


def _check(
    session: Session,
    gateway: str,
    act: Act,
    at: datetime,
    until: datetime,
    roads: Mapping[str, str],
    rate: int | None,
    lane: Lane | None,
    notice_id: int | None,
) -> None:
    if gateway not in roads:
        raise Invalid(
            N_("Unknown gateways: %(names)s."),
            field="gateway",
            remedy=N_("Use some of: %(known)s."),
            names=gateway[:200],
            known=", ".join(sorted(roads)),
        )
    if not at < until <= at + LONGEST:
        raise Invalid(
            N_("An order about a road ends within %(hours)d hours."),
            field="minutes",
            remedy=N_("Give a time limit of 1 to %(minutes)d minutes; it may be ordered again."),
            hours=LONGEST // timedelta(hours=1),
            minutes=LONGEST // timedelta(minutes=1),
        )
    if (act == "slow") != (rate is not None):
        raise Invalid(
            N_("Only a road that is slowed has a rate."),
            field="rate",
            remedy=N_("Give messages a second, at least 1, to slow a road; leave it out otherwise."),
        )
    if act == "divert" and (lane is None) == (notice_id is None):
        raise Invalid(
            N_("Either a lane or a notice is diverted."), field="lane", remedy=N_("Name one lane, or one notice.")
        )
    if act == "pause":
        _leaves_pages(session, gateway, roads)


def _leaves_pages(session: Session, gateway: str, roads: Mapping[str, str]) -> None:
    """Pages keep a road: one that nobody paused or keeps out of use."""
    out = {gateway, *now(session).paused, *holds.now(session).get(False, holds.NOTHING).avoid}
    if roads[gateway] in holds.PAGING and {name for name, channel in roads.items() if channel in holds.PAGING} <= out:
        raise Conflict(
            N_("No gateway would be left for pages."),
            field="gateway",
            remedy=N_(
                "Leave at least one gateway for SMS or calls in use; mass messages alone are held by their own switch."
            ),
        )


def _replace(
    session: Session, gateway: str, act: Act, lane: Lane | None, notice_id: int | None, at: datetime, by: str
) -> None:
    same = [RoadOrder.act == act]
    if act == "divert":
        same += [RoadOrder.lane == lane if lane is not None else RoadOrder.notice_id == notice_id]
    else:
        same += [RoadOrder.gateway == gateway]
    for each in session.scalars(select(RoadOrder).where(_on(session), *same).with_for_update()):
        each.ended_at, each.ended_by = at, by
        _record(session, entries.Ended(order_id=each.id, gateway=each.gateway, replaced=True, override=False))
    session.flush()


def end(session: Session, order_id: int, by: Principal, *, override: bool = False) -> RoadOrder:
    """End an order before its time; raise NotFound, Conflict where it is over already, or Denied."""
    overridden = isinstance(access.must(by, holds.ACT, override=override), Override)
    query = select(RoadOrder).where(RoadOrder.id == order_id).with_for_update()
    found = session.scalar(query) if 0 < order_id < 2**62 else None
    if found is None:
        raise NotFound(N_("There is no such order."), remedy=N_("Look at the page of roads for what is ordered."))
    if found.ended_at is not None or found.until_at <= clock.now(session):
        raise Conflict(N_("This order is over."), remedy=N_("Look at the page of roads for what is ordered."))
    found.ended_at, found.ended_by = clock.now(session), by.actor
    _record(session, entries.Ended(order_id=found.id, gateway=found.gateway, replaced=False, override=overridden))
    return found


def lapsed(session: Session) -> bool:
    """Whether an order has ended by itself and that is not on record."""
    over = (RoadOrder.ended_at.is_(None), RoadOrder.until_at <= clock.now(session))
    return session.scalar(select(RoadOrder.id).where(*over).limit(1)) is not None


def lapse(session: Session) -> None:
    """Put on record that orders ended by themselves."""
    over = (RoadOrder.ended_at.is_(None), RoadOrder.until_at <= clock.now(session))
    for each in session.scalars(
        select(RoadOrder).where(*over).order_by(RoadOrder.id).with_for_update(skip_locked=True)
    ):
        each.ended_at, each.ended_by = each.until_at, "system:holds"
        _record(session, entries.Lapsed(order_id=each.id, gateway=each.gateway, until=each.until_at))


def _record(session: Session, payload: Payload) -> None:
    journal.record(session, journal.month("audit", clock.now(session)), payload)


def gateways_of(found: Iterable[RoadOrder]) -> dict[str, list[RoadOrder]]:
    """Orders by the gateway they are about."""
    by: dict[str, list[RoadOrder]] = {}
    for each in found:
        by.setdefault(each.gateway, []).append(each)
    return by
