"""The one writer of counts (I6): pieces go from a bucket to another in one conditional statement, or not at all, and each move is a line.

Whatever runs at once, on both databases: of several who want the last piece one gets it, and the others are refused with what is left.
Rows are locked in one order, the stock and then the unit, so that takers wait for each other and never in a circle."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.problems import N_, Conflict
from command.resources.entries import Moved
from command.resources.models import ResourceMovement, ResourceStock, ResourceUnit
from command.resources.states import IN_POOL, Bucket


@dataclass(frozen=True, slots=True)
class Cited:
    """A note that entries cite: its id and salted hash; both None where nothing was said."""

    note_id: int | None = None
    note_hash: str | None = None


NOTHING = Cited()


def said(session: Session, body: str | None) -> Cited:
    """Keep what somebody said as a note."""
    text = (body or "").strip()
    return Cited(*journal.add_note(session, text, session.info["actor"])) if text else NOTHING


@dataclass(frozen=True, slots=True)
class Move:
    """`quantity` pieces go from `source` (None: from outside) to `target`, because of `verb`."""

    verb: str
    source: Bucket | None
    target: Bucket
    quantity: int
    unit: ResourceUnit | None = None
    allocation_id: int | None = None
    exercise: bool = False


def move(session: Session, stock: ResourceStock, made: Move, note: Cited = NOTHING) -> ResourceMovement:
    """Move pieces and write the line. Raise Conflict, with nothing changed, where fewer are in `source`, or the unit is not there."""
    _count(session, stock, made)
    if made.unit is not None and made.source is not None:
        _place(session, made.unit, made.source, made.target)
    session.refresh(stock)
    line = ResourceMovement(
        stock_id=stock.id,
        unit_id=made.unit.id if made.unit else None,
        allocation_id=made.allocation_id,
        at=clock.now(session),
        actor=session.info["actor"],
        verb=made.verb,
        source=made.source,
        target=made.target,
        quantity=made.quantity,
        note_id=note.note_id,
    )
    session.add(line)
    session.flush()
    _record(session, stock, line, note, made.exercise)
    return line


def _count(session: Session, stock: ResourceStock, made: Move) -> None:
    """Take the pieces out of one count and into another, if they are there."""
    target = getattr(ResourceStock, made.target)
    values: dict[Any, Any] = {target: target + made.quantity}
    query = update(ResourceStock).where(ResourceStock.id == stock.id)
    if made.source is None:
        values[ResourceStock.received] = ResourceStock.received + made.quantity
    else:
        source = getattr(ResourceStock, made.source)
        values[source] = source - made.quantity
        query = query.where(source >= made.quantity)
    query = query.values(values).returning(ResourceStock.id).execution_options(synchronize_session=False)
    if session.execute(query).one_or_none() is None and made.source is not None:
        session.refresh(stock)
        if made.unit is not None:
            session.refresh(made.unit)
        require(stock, made.unit, made.source, made.quantity)
        raise _too_few(
            stock, made.source, made.quantity
        )  # They came back in this instant: whoever asks again gets them.


def require(stock: ResourceStock, unit: ResourceUnit | None, source: Bucket, quantity: int) -> None:
    """Raise Conflict unless the unit, or so many pieces, are in a bucket of the stock as it was read."""
    if unit is not None and unit.bucket != source:
        raise not_there(unit)
    if getattr(stock, source) < quantity:
        raise _too_few(stock, source, quantity)


def _too_few(stock: ResourceStock, source: Bucket, wanted: int) -> Conflict:
    left = getattr(stock, source)
    if source == Bucket.AVAILABLE:
        return Conflict(
            N_("%(left)d are available, %(wanted)d were asked for."),
            field="quantity",
            remedy=N_("Take fewer, make ones in reserve ready, take from another pool, or order from a partner."),
            code="not-enough",
            left=left,
            wanted=wanted,
        )
    return Conflict(
        N_("%(left)d are there, %(wanted)d were asked for."),
        field="quantity",
        remedy=N_("Look at the counts of this stock, and give no more than there are."),
        code="not-enough",
        left=left,
        wanted=wanted,
    )


def _place(session: Session, unit: ResourceUnit, source: Bucket, target: Bucket) -> None:
    query = (
        update(ResourceUnit)
        .where(ResourceUnit.id == unit.id, ResourceUnit.bucket == source)
        .values(bucket=target)
        .returning(ResourceUnit.id)
        .execution_options(synchronize_session=False)
    )
    moved = session.execute(query).one_or_none()
    session.refresh(unit)
    if moved is None:
        raise not_there(unit)


def not_there(unit: ResourceUnit) -> Conflict:
    """The unit is not where it would have to be, said with where it is and the way out."""
    return Conflict(
        _NOT_THERE[Bucket(unit.bucket)],
        field="unit",
        remedy=N_("Choose another unit; its page says where it is and who has it."),
        code="not-there",
        unit=unit.serial,
    )


_NOT_THERE = {
    Bucket.IN_RESERVE: N_("%(unit)s is in reserve: it is to be made ready first."),
    Bucket.AVAILABLE: N_("%(unit)s is in its pool, available."),
    Bucket.OUT_OF_SERVICE: N_("%(unit)s is out of service."),
    Bucket.OUT: N_("%(unit)s has been taken already."),
    Bucket.USED: N_("%(unit)s is used up."),
    Bucket.LOST: N_("%(unit)s is lost."),
}


def _record(session: Session, stock: ResourceStock, line: ResourceMovement, note: Cited, exercise: bool) -> None:
    payload = Moved(
        movement_id=line.id,
        stock_id=stock.id,
        unit_id=line.unit_id,
        verb=line.verb,
        source=Bucket(line.source) if line.source else None,
        target=Bucket(line.target),
        quantity=line.quantity,
        note_id=note.note_id,
        note_hash=note.note_hash,
    )
    journal.record(session, stream(session, stock.pool_id), payload, exercise=exercise)


def stream(session: Session, pool_id: int) -> str:
    """The stream of a pool in this month."""
    return journal.month(f"pool:{pool_id}", clock.now(session))


def in_pool(stock: ResourceStock) -> int:
    """Pieces that should be found in the pool."""
    return sum(getattr(stock, bucket) for bucket in IN_POOL)
