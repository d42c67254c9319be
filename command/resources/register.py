"""The register: what pools there are and what is in them. Every verb is the act of whoever manages resources; none commits."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid
from command.people.posts import DEPARTMENTS
from command.resources import finding, ledger
from command.resources.entries import Counted, Defined, MinimumSet, PoolClosed, PoolSet
from command.resources.ledger import Move
from command.resources.models import Resource, ResourcePool, ResourceStock, ResourceUnit
from command.resources.states import Bucket, Kind

MOST = 1_000_000
"""Pieces of one resource that come in at once at most."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A thing that pools can hold (see models.Resource)."""

    code: str
    kind: Kind
    name_zh: str
    name_en: str
    serial: bool
    measure_zh: str = ""
    measure_en: str = ""
    types: Mapping[str, Any] = field(default_factory=dict)
    rest_hours: int = 0
    fresh_days: int | None = None
    plan_lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """What a pool is: where it is, and whose; a department or a partner, one of the two."""

    name_zh: str
    name_en: str
    area: str
    place: str
    department: str = ""
    partner: str = ""


def define(session: Session, given: Definition) -> Resource:
    """Set a resource up, or change the words and rules of the one with this code. Whether its pieces have serial numbers stays as it
    was. Raise Invalid."""
    found = session.scalar(select(Resource).where(Resource.code == given.code).with_for_update())
    values = {name: value for name, value in asdict(given).items() if name != "code"}
    values["plan_lines"] = sorted(set(given.plan_lines))
    for name in ("name_zh", "name_en"):
        values[name] = finding.words(values[name], name)
    if found is None:
        found = Resource(code=given.code, **values)
        session.add(found)
    else:
        if (found.serial, found.kind) != (given.serial, given.kind):
            raise Invalid(
                N_("The kind of a resource, and whether its pieces have serial numbers, cannot change."),
                field="kind",
                remedy=N_("Set up another resource with a code of its own."),
            )
        for name, value in values.items():
            setattr(found, name, value)
    session.flush()
    payload = Defined(resource_id=found.id, resource_kind=found.kind, serial=found.serial)
    journal.record(session, journal.month("pools", clock.now(session)), payload)
    return found


def open_pool(session: Session, code: str, home: Home) -> ResourcePool:
    """Open a pool, or change the one of this code. Raise Invalid, or Conflict where it was closed."""
    found = session.scalar(select(ResourcePool).where(ResourcePool.code == code).with_for_update())
    opened = found is None
    if found is None:
        found = ResourcePool(code=code)
    elif found.closed_at is not None:
        raise Conflict(
            N_("This resource pool is closed."), field="code", remedy=N_("Use another pool, or open a new one.")
        )
    _set(session, found, home)
    session.add(found)
    session.flush()
    payload = PoolSet(pool_id=found.id, area_id=found.area_id, opened=opened)
    journal.record(session, ledger.stream(session, found.id), payload)
    return found


def _set(session: Session, pool: ResourcePool, home: Home) -> None:
    if bool(home.department) == bool(home.partner):
        raise Invalid(
            N_("A resource pool belongs to a department or to a partner."),
            field="department",
            remedy=N_("Name one of the two, and leave the other empty."),
        )
    if home.department and home.department not in DEPARTMENTS:
        raise Invalid(
            N_("There is no department %(code)s."),
            field="department",
            remedy=N_("The departments are: %(known)s."),
            code=home.department,
            known=", ".join(DEPARTMENTS),
        )
    pool.area_id = finding.area(session, home.area).id
    pool.name_zh, pool.name_en = finding.words(home.name_zh, "name_zh"), finding.words(home.name_en, "name_en")
    pool.place = finding.words(home.place, "place")
    pool.department, pool.partner = home.department, masked_words(home.partner)


def close_pool(session: Session, pool_id: int) -> ResourcePool:
    """Close a pool that holds nothing and has nothing out; its record stays. Raise Conflict while it is in use."""
    pool = finding.open_pool(session, pool_id)
    inside = out = 0
    query = select(ResourceStock).where(ResourceStock.pool_id == pool.id).order_by(ResourceStock.id).with_for_update()
    for stock in session.scalars(query.execution_options(populate_existing=True)):
        inside, out = inside + ledger.in_pool(stock), out + stock.out
    if inside or out:
        raise Conflict(
            N_("This resource pool is in use: %(inside)d pieces are in it, %(out)d are out."),
            field="pool",
            remedy=N_("Have back what is out, move the rest to another pool or write it off, then close it."),
            code="in-use",
            inside=inside,
            out=out,
        )
    pool.closed_at = clock.now(session)
    journal.record(session, ledger.stream(session, pool.id), PoolClosed(pool_id=pool.id))
    return pool


def stock_of(session: Session, pool: ResourcePool, resource: Resource, capability: int) -> ResourceStock:
    """The stock of a resource and type in a pool whose row is locked; made where there was none. Raise Invalid."""
    if not 1 <= capability <= 4:
        raise Invalid(
            N_("A capability type is 1, 2, 3 or 4."),
            field="type",
            remedy=N_("Write 1 for the most capable, 4 for the least."),
        )
    key = {"pool_id": pool.id, "resource_id": resource.id, "type": capability}
    found = session.scalar(select(ResourceStock).filter_by(**key))
    if found is None:
        found = ResourceStock(**key)
        session.add(found)
        session.flush()
    return found


def receive(
    session: Session,
    pool_id: int,
    resource_code: str,
    capability: int,
    *,
    quantity: int = 0,
    serials: Sequence[str] = (),
    ready: bool = True,
    note: str = "",
) -> ResourceStock:
    """Pieces come into a pool: by `serials` where each is a unit of its own, otherwise `quantity` of them; available at once, or in
    reserve until they are made `ready`. Raise Invalid or Conflict."""
    pool = finding.open_pool(session, pool_id)
    resource = finding.resource(session, resource_code)
    stock = stock_of(session, pool, resource, capability)
    target = Bucket.AVAILABLE if ready else Bucket.IN_RESERVE
    cited = ledger.said(session, note)
    if not resource.serial:
        _only_counted(serials)
        move = Move("receive", None, target, _not_too_many(finding.pieces(quantity)))
        ledger.move(session, stock, move, cited)
        return stock
    if quantity not in (0, len(serials)) or not serials:
        raise Invalid(
            N_("Each piece of this resource has a serial number."),
            field="serials",
            remedy=N_("Give the serial numbers, each once, instead of a count."),
        )
    for unit in _new_units(session, stock, serials, target):
        ledger.move(session, stock, Move("receive", None, target, 1, unit), cited)
    return stock


def _only_counted(serials: Sequence[str]) -> None:
    if serials:
        raise Invalid(
            N_("Pieces of this resource are counted; they have no serial numbers."),
            field="serials",
            remedy=N_("Leave the serial numbers out and give the count."),
        )


def _not_too_many(quantity: int) -> int:
    if quantity > MOST:
        raise Invalid(
            N_("That is more than can come in at once."),
            field="quantity",
            remedy=N_("Give %(most)d at most."),
            most=MOST,
        )
    return quantity


def _new_units(session: Session, stock: ResourceStock, serials: Sequence[str], target: Bucket) -> list[ResourceUnit]:
    """Units of these serial numbers; raise Invalid for one given twice, Conflict for one that is known."""
    wanted = [serial.strip() for serial in serials]
    for serial in wanted:
        if not serial or masked_words(serial) != serial:
            raise Invalid(
                N_("This is no serial number."),
                field="serials",
                remedy=N_("Write letters and figures that are not a phone number."),
            )
        if wanted.count(serial) > 1:
            raise Invalid(
                N_("The serial number %(serial)s is given twice."),
                field="serials",
                remedy=N_("Give each unit once."),
                serial=serial,
            )
    query = select(ResourceUnit.serial).where(
        ResourceUnit.resource_id == stock.resource_id, ResourceUnit.serial.in_(wanted)
    )
    if (known := session.scalar(query.limit(1))) is not None:
        raise Conflict(
            N_("A unit with the serial number %(serial)s is on record already."),
            field="serials",
            remedy=N_("Look at that unit's page; give the new one another serial number."),
            serial=known,
        )
    now = clock.now(session)
    made = [
        ResourceUnit(stock_id=stock.id, resource_id=stock.resource_id, serial=serial, bucket=target, checked_at=now)
        for serial in wanted
    ]
    session.add_all(made)
    session.flush()
    return made


def set_minimum(session: Session, stock_id: int, minimum: int) -> ResourceStock:
    """How many pieces should be in the pool, fit for use; 0 for no minimum. Raise Invalid."""
    if minimum < 0:
        raise Invalid(
            N_("A minimum is a whole number, zero or more."), field="minimum", remedy=N_("Write 0 for no minimum.")
        )
    stock = finding.stock_to_change(session, stock_id)
    if stock.minimum != minimum:
        stock.minimum = minimum
        payload = MinimumSet(stock_id=stock.id, minimum=minimum)
        journal.record(session, ledger.stream(session, stock.pool_id), payload)
    return stock


def count(session: Session, stock_id: int, found: Mapping[Bucket, int], note: str = "") -> ResourceStock:
    """Take stock of counted pieces: how many were `found` in each bucket of the pool. What is missing is lost, what is too many came in;
    both are lines of the ledger, with the `note`. Raise Invalid for a count below zero, for serial numbers, or a difference without a
    note."""
    stock = finding.stock_to_change(session, stock_id)
    if session.get_one(Resource, stock.resource_id).serial:
        raise Invalid(
            N_("Units are counted one by one."),
            field="found",
            remedy=N_("Say of each unit that is missing that it is lost, on its page."),
        )
    expected = {bucket: getattr(stock, bucket) for bucket in found}
    if any(number < 0 or number > MOST for number in found.values()):
        raise Invalid(
            N_("A count is a whole number, zero or more."), field="found", remedy=N_("Write how many were found.")
        )
    differs = any(found[bucket] != expected[bucket] for bucket in found)
    cited = ledger.said(session, finding.reason(note) if differs else note)
    for bucket, number in sorted(found.items()):
        missing = expected[bucket] - number
        if missing > 0:
            ledger.move(session, stock, Move("count", bucket, Bucket.LOST, missing), cited)
        elif missing < 0:
            ledger.move(session, stock, Move("count", None, bucket, -missing), cited)
    stock.counted_at = clock.now(session)
    payload = Counted(
        stock_id=stock.id,
        expected=sum(expected.values()),
        found=sum(found.values()),
        note_id=cited.note_id,
        note_hash=cited.note_hash,
    )
    journal.record(session, ledger.stream(session, stock.pool_id), payload)
    return stock
