"""Taking stock of a whole pool in one go: every count and every unit in it; and the rule every how many days that is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.problems import N_, Conflict, Invalid
from command.resources import finding, ledger, register
from command.resources.entries import Counted, CountRuled, StockTaken
from command.resources.ledger import Cited, Move
from command.resources.models import Resource, ResourceMovement, ResourcePool, ResourceStock, ResourceUnit
from command.resources.states import IN_POOL, Bucket

LONGEST = 3650
"""Days between two stock-takings at most."""
Row = tuple[ResourceStock, Resource]


class Seen(StrEnum):
    """How a unit was found."""

    PRESENT = "present"
    DAMAGED = "damaged"  # it is out of service from now on
    MISSING = "missing"  # it is lost


@dataclass(frozen=True, slots=True)
class Taking:
    """What was found: pieces by stock and bucket, units by id. `as_of` is the pool's last movement when the list was printed or shown."""

    pieces: Mapping[int, Mapping[Bucket, int]] = field(default_factory=dict)
    units: Mapping[int, Seen] = field(default_factory=dict)
    note: str = ""
    as_of: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is to be looked at in a pool: stocks of counted pieces, units in it with their stocks, and its last movement."""

    counted: Sequence[Row]
    units: Sequence[tuple[ResourceUnit, Row]]
    as_of: int


def rule(session: Session, pool_id: int, days: int | None) -> ResourcePool:
    """Stock is taken of a pool every so many days, from the last time on, or from now where that was too long ago or never; None:
    no rule. Raise Invalid or Conflict."""
    pool = finding.open_pool(session, pool_id)
    if days is not None and not 1 <= days <= LONGEST:
        raise Invalid(
            N_("Stock is taken every 1 to %(most)d days."),
            field="days",
            remedy=N_("Write a number of days, or leave it empty for no rule."),
            most=LONGEST,
        )
    if pool.count_days != days:
        pool.count_days, before = days, pool.count_days
        late = due_on(session, pool)
        if before is None and (late is None or late <= finding.today(session)):
            pool.count_from = clock.now(session)
        journal.record(session, ledger.stream(session, pool.id), CountRuled(pool_id=pool.id, days=days))
    return pool


def due_on(session: Session, pool: ResourcePool) -> date | None:
    """The day on which stock is to be taken of a pool next; None without a rule."""
    if pool.count_days is None or pool.count_from is None:
        return None
    return pool.count_from.astimezone(finding.zone(session)).date() + timedelta(days=pool.count_days)


def sheet(session: Session, pool_id: int) -> Sheet:
    """What is to be looked at: all that should be in the pool, by resource and type, units by serial number."""
    rows = session.execute(
        select(ResourceStock, Resource)
        .join(Resource, Resource.id == ResourceStock.resource_id)
        .where(ResourceStock.pool_id == pool_id)
        .order_by(Resource.kind, Resource.code, ResourceStock.type)
        .execution_options(populate_existing=True)
    ).tuples()
    held = {stock.id: (stock, resource) for stock, resource in rows}
    serial = [stock_id for stock_id, (_, resource) in held.items() if resource.serial]
    units = session.scalars(
        select(ResourceUnit)
        .where(ResourceUnit.stock_id.in_(serial), ResourceUnit.bucket.in_(IN_POOL))
        .order_by(ResourceUnit.serial)
    ).all()
    place = {stock_id: at for at, stock_id in enumerate(held)}
    ordered = sorted(units, key=lambda unit: (place[unit.stock_id], unit.serial))
    counted = [row for row in held.values() if not row[1].serial and row[0].received]
    return Sheet(counted, [(unit, held[unit.stock_id]) for unit in ordered], _last(session, pool_id))


def _last(session: Session, pool_id: int) -> int:
    query = select(func.max(ResourceMovement.id)).join(ResourceStock, ResourceStock.id == ResourceMovement.stock_id)
    return session.scalar(query.where(ResourceStock.pool_id == pool_id)) or 0


def take(session: Session, pool_id: int, found: Taking) -> ResourcePool:
    """Put a stock-taking on record. Missing pieces and units are lost, damaged units out of service, what is too many came in: each is a
    line of the ledger with the note. Raise Invalid where something was not looked at, or differs without a note; Conflict where
    something moved since `as_of`."""
    pool = finding.open_pool(session, pool_id)
    in_order = select(ResourceStock.id).where(ResourceStock.pool_id == pool.id).order_by(ResourceStock.id)
    session.scalars(in_order.with_for_update()).all()
    listed = sheet(session, pool.id)
    if found.as_of is not None and found.as_of != listed.as_of:
        raise Conflict(
            N_("Something was moved in this pool while stock was taken."),
            field="as_of",
            remedy=N_("Compare what you found with the counts shown now, correct what changed, and send it again."),
            code="moved-meanwhile",
        )
    _all_looked_at(listed, found)
    differing = [stock.id for stock, _ in listed.counted if _differs(stock, found)]
    odd = [unit.id for unit, _ in listed.units if _is_odd(unit, found.units[unit.id])]
    if (differing or odd) and not found.note.strip():
        raise Invalid(
            N_("What was found differs from the record: %(count)d times."),
            field="note",
            remedy=N_("Write a note that says why, for whoever reads the record."),
            count=len(differing) + len(odd),
        )
    for stock, _ in listed.counted:
        register.count(session, stock.id, _pieces(stock, found), found.note if stock.id in differing else "")
    cited = ledger.said(session, found.note)
    _look_at_units(session, listed, found, cited)
    pool.count_from = clock.now(session)
    payload = StockTaken(
        pool_id=pool.id,
        stocks=len(listed.counted),
        units=len(listed.units),
        differences=len(differing) + len(odd),
        note_id=cited.note_id,
        note_hash=cited.note_hash,
    )
    journal.record(session, ledger.stream(session, pool.id), payload)
    return pool


def _all_looked_at(listed: Sheet, found: Taking) -> None:
    known = {stock.id for stock, _ in listed.counted}, {unit.id for unit, _ in listed.units}
    for name, given, there in (("stock", set(found.pieces), known[0]), ("unit", set(found.units), known[1])):
        if strangers := given - there:
            raise Invalid(
                N_("This is not in the pool."),
                field=f"{name}-{min(strangers)}",
                remedy=N_("Look at the pool again; it may have been taken or moved."),
            )
    for stock, _ in listed.counted:
        for bucket in IN_POOL:
            if getattr(stock, bucket) and bucket not in found.pieces.get(stock.id, {}):
                raise _overlooked(f"stock-{stock.id}-{bucket}")
    for unit, _ in listed.units:
        if unit.id not in found.units:
            raise _overlooked(f"unit-{unit.id}")


def _overlooked(field_name: str) -> Invalid:
    return Invalid(
        N_("This was not looked at yet."),
        field=field_name,
        remedy=N_("Write how many were found, 0 for none; of a unit, how it was found."),
    )


def _pieces(stock: ResourceStock, found: Taking) -> dict[Bucket, int]:
    given = found.pieces.get(stock.id, {})
    return {bucket: given.get(bucket, 0) for bucket in IN_POOL}


def _differs(stock: ResourceStock, found: Taking) -> bool:
    return any(getattr(stock, bucket) != number for bucket, number in _pieces(stock, found).items())


def _is_odd(unit: ResourceUnit, seen: Seen) -> bool:
    """Whether the record of a unit changes; one that is out of service already may be damaged."""
    return seen == Seen.MISSING or (seen == Seen.DAMAGED and unit.bucket != Bucket.OUT_OF_SERVICE)


def _look_at_units(session: Session, listed: Sheet, found: Taking, cited: Cited) -> None:
    stocks = {row[0].id: row[0] for _, row in listed.units}
    expected: dict[int, int] = dict.fromkeys(stocks, 0)
    lost: dict[int, int] = dict.fromkeys(stocks, 0)
    for listed_unit, _ in listed.units:
        stock, unit = finding.unit_to_change(session, listed_unit.id)
        seen = found.units[unit.id]
        expected[stock.id] += 1
        lost[stock.id] += seen == Seen.MISSING
        if seen == Seen.DAMAGED:
            unit.condition = "damaged"
        if _is_odd(unit, seen):
            target = Bucket.LOST if seen == Seen.MISSING else Bucket.OUT_OF_SERVICE
            ledger.move(session, stock, Move("count", Bucket(unit.bucket), target, 1, unit), cited)
    for stock_id, number in expected.items():
        stocks[stock_id].counted_at = clock.now(session)
        payload = Counted(
            stock_id=stock_id,
            expected=number,
            found=number - lost[stock_id],
            note_id=cited.note_id if lost[stock_id] else None,
            note_hash=cited.note_hash if lost[stock_id] else None,
        )
        journal.record(session, ledger.stream(session, stocks[stock_id].pool_id), payload)
