"""Whoever was not reached by one road is tried once by another.

One row stays one message to one person: its next call goes by another channel or gateway, and the row remembers the first road and why
it did not reach. Never a third time; never where it is not certain that the first did not reach (I2); never for what is no notice.
A road that is closed before the first call counts as the first road too: nobody waits for a broken gateway while another works."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, select, update
from sqlalchemy.orm import Session

from command.core import clock
from command.messages import outbox
from command.messages.handlers import Handlers
from command.messages.models import SMS, Lane, Purpose, State
from command.messages.ways import OtherRoads, Unreached
from notifiers import smpp_codes
from notifiers.base import Channel
from notifiers.twilio_codes import FINAL, STOP

ALREADY = "other_road"
"""The reason of a row that waits for its second road."""
CLOSED = "no_road"
"""The code of a first road that could carry nothing when the message was due: it was never called."""
LANDLINE = "30006"
PASSING = frozenset({"30001", "30003", "30008", "30500"})
"""Codes of a message that failed through no fault of the number or the text, so that another road may do better."""
SPOKEN = frozenset({Lane.CORRECTION, Lane.FIRST, Lane.ALL_CLEAR})
"""What is worth a call: an update of what somebody knows already is not."""
LEAST_TIME = timedelta(seconds=30)
"""What must be left of a message's validity for a second road to make sense."""
TURNED_AT_ONCE = 200
TURNING: tuple[Channel, ...] = ("voice", "push")
"""Channels of notices that are not waited for: SMS does as well."""
_c = outbox.deliveries.c
_KNOWN = (
    *(_c.addressee, _c.channel, _c.lane, _c.gateway, _c.exercise, _c.number, _c.valid_until),
    *(_c.first_channel, _c.resent),
)


def another(
    channel: str, gateway: str | None, code: str | None, lane: int, roads: Collection[tuple[str, Channel]], able: str
) -> Channel | None:
    """The channel of the second road, None where there is none. Pure.

    `roads` are the live gateways by name and channel. `able` are the letters of the ways a person has besides a number for SMS: p for the
    app, c for a critical customer, who may be called."""
    channels = {each for name, each in roads if name != gateway}
    if channel != SMS:
        return SMS if SMS in channels else None
    if code == LANDLINE:
        return "voice" if "voice" in channels and lane in (Lane.CORRECTION, Lane.FIRST) else None
    if SMS in channels:
        return SMS
    if "push" in channels and "p" in able:
        return "push"
    return "voice" if "voice" in channels and "c" in able and lane in SPOKEN else None


def hopeful(channel: str, state: str, code: str | None) -> bool:
    """Whether what ended so may reach by another road. Pure. Another channel may always; another gateway of the same channel only where
    neither the number nor the text was at fault."""
    if channel != SMS or code == LANDLINE:
        return True
    if code in FINAL or code in STOP:
        return False
    whose = smpp_codes.fault(code) if code else None
    if whose is not None:
        return whose != "number"
    return state == State.UNDELIVERED or code in PASSING


def turn(
    session: Session, locked: Sequence[Row[Any]], changes: dict[int, dict[str, Any]], roads: OtherRoads | None
) -> None:
    """Among changes that end locked deliveries, turn those not reached to their second road instead."""
    if roads is None:
        return
    ended = [
        row.id
        for row in locked
        if row.purpose == Purpose.NOTICE
        and row.state != State.UNKNOWN
        and (change := changes.get(row.id)) is not None
        and change.get("state") in (State.UNDELIVERED, State.FAILED)
    ]
    if ended:
        notices = {row.id: row.notice_id for row in locked}
        codes = {id: (str(changes[id]["state"]), changes[id].get("code")) for id in ended}
        _turn(session, notices, codes, changes, roads)


def _turn(
    session: Session,
    notices: Mapping[int, int],
    ended: Mapping[int, tuple[str, str | None]],
    changes: dict[int, dict[str, Any]],
    roads: OtherRoads,
) -> None:
    now = clock.now(session)
    rows = session.execute(select(_c.id, *_KNOWN).where(_c.id.in_(ended))).all()
    found = {
        row.id: row
        for row in rows
        if row.first_channel is None
        and not (row.exercise or row.resent)
        and (row.valid_until is None or row.valid_until > now + LEAST_TIME)
        and hopeful(row.channel, *ended[row.id])
    }
    if not found:
        return
    unreached = [
        Unreached(id, notices[id], row.addressee, row.channel, row.gateway, row.lane, ended[id][1])
        for id, row in found.items()
    ]
    moved = []
    for id, way in roads.ways(session, unreached).items():
        row = found[id]
        if "push" in (way.channel, row.channel):
            moved.append({"its_id": id, "its_number": way.address})
        changes[id] = {
            "id": id,
            "state": State.READY,
            "channel": way.channel,
            "first_channel": row.channel,
            "first_gateway": row.gateway,
            "first_code": ended[id][1],
            **_UNCALLED,
            "due_at": now,
        }
    if moved:
        session.connection().execute(_MOVE, moved)


_UNCALLED: dict[str, Any] = {
    **dict.fromkeys(("gateway", "attempt", "provider_id", "submitted_at", "settled_at", "lease_until", "code")),
    "reason": ALREADY,
    "tries": 0,
}
"""As if never called: a receipt that still comes for the first call finds nothing it could change."""


_MOVE = (
    update(outbox.deliveries)
    .where(_c.id == bindparam("its_id"))
    .values(number=bindparam("its_number", type_=_c.number.type))
)


def waiting(session: Session, due: ColumnElement[bool]) -> bool:
    """Whether a notice waits, due, that may be turned."""
    return session.scalar(select(_c.id).where(due, _turnable()).limit(1)) is not None


def _turnable() -> ColumnElement[bool]:
    return (_c.purpose == Purpose.NOTICE) & _c.first_channel.is_(None)


def turn_waiting(session: Session, due: ColumnElement[bool], roads: OtherRoads) -> int:
    """Turn notices that wait for a road that is closed, never called by it; how many."""
    locked = outbox.lock(session, due & _turnable(), limit=TURNED_AT_ONCE)
    changes: dict[int, dict[str, Any]] = {}
    if locked:
        closed = {row.id: (str(State.READY), CLOSED) for row in locked}
        _turn(session, {row.id: row.notice_id for row in locked}, closed, changes, roads)
        outbox.change(session, locked, changes, Handlers())
    return len(changes)


def no_road(session: Session, leased: Sequence[Row[Any]], handlers: Handlers) -> None:
    """End leased messages that no gateway of their channel can ever carry, but for those who can be told by another road."""
    fences = {row.id: row.fence for row in leased}
    locked = outbox.lock(session, outbox.among(session, "id", fences))
    mine = [row for row in locked if row.state == State.LEASED and row.fence == fences[row.id]]
    now = clock.now(session)
    ended = {"state": State.FAILED, "reason": CLOSED, "code": None, "lease_until": None, "settled_at": now}
    changes = {row.id: {"id": row.id, **ended} for row in mine}
    turn(session, mine, changes, handlers.roads)
    outbox.change(session, mine, changes, handlers)
