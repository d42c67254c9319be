"""Rows of this room by what people call them, and what may be said of them; each refusal names its field and the way out."""

from datetime import date, datetime, tzinfo
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.core.settings import Settings
from command.network.models import Area
from command.resources.models import (
    Resource,
    ResourceAllocation,
    ResourceOrder,
    ResourcePool,
    ResourceRequest,
    ResourceStock,
    ResourceUnit,
)

Row = TypeVar("Row")


def today(session: Session) -> date:
    """The day on the operator's calendar."""
    return clock.now(session).astimezone(zone(session)).date()


def zone(session: Session) -> tzinfo:
    """The operator's zone."""
    found = session.info.get("settings")
    return (found if isinstance(found, Settings) else Settings()).tz


def pool_of_code(session: Session, code: str) -> ResourcePool:
    """The pool of a code; raise NotFound."""
    found = session.scalar(select(ResourcePool).where(ResourcePool.code == code))
    if found is None:
        raise NotFound(
            N_("There is no resource pool %(code)s."),
            field="pool",
            remedy=N_("Look at the list of resource pools for its code."),
            code=code[:64],
        )
    return found


def resource(session: Session, code: str) -> Resource:
    """The resource of a code; raise Invalid."""
    found = session.scalar(select(Resource).where(Resource.code == code))
    if found is None:
        raise Invalid(
            N_("There is no resource %(code)s."),
            field="resource",
            remedy=N_("Use the code of one that the register holds, or set it up first."),
            code=code,
        )
    return found


def area(session: Session, code: str) -> Area:
    """The area of a code; raise Invalid."""
    found = session.scalar(select(Area).where(Area.code == code))
    if found is None:
        raise Invalid(
            N_("There is no area %(code)s."),
            field="area",
            remedy=N_("Use the code of an imported area, such as that of the county or prefecture concerned."),
            code=code,
        )
    return found


def pool(session: Session, pool_id: int) -> ResourcePool:
    """A pool; raise NotFound."""
    found = session.get(ResourcePool, pool_id)
    if found is None:
        raise _none(N_("There is no resource pool %(id)s."), pool_id)
    return found


def open_pool(session: Session, pool_id: int) -> ResourcePool:
    """A pool to change, its row locked; raise NotFound, or Conflict where it is closed."""
    found = _locked(session, ResourcePool, pool_id)
    if found is None:
        raise _none(N_("There is no resource pool %(id)s."), pool_id)
    if found.closed_at is not None:
        raise Conflict(
            N_("This resource pool is closed."), field="pool", remedy=N_("Use another pool, or open a new one.")
        )
    return found


def stock(session: Session, stock_id: int) -> ResourceStock:
    """A stock; raise NotFound."""
    found = session.get(ResourceStock, stock_id)
    if found is None:
        raise _none(N_("There is no stock %(id)s."), stock_id)
    return found


def unit(session: Session, unit_id: int) -> ResourceUnit:
    """A unit; raise NotFound."""
    found = session.get(ResourceUnit, unit_id)
    if found is None:
        raise _none(N_("There is no unit %(id)s."), unit_id)
    return found


def stock_to_change(session: Session, stock_id: int) -> ResourceStock:
    """A stock, its row locked; raise NotFound."""
    found = _locked(session, ResourceStock, stock_id)
    if found is None:
        raise _none(N_("There is no stock %(id)s."), stock_id)
    return found


def unit_to_change(session: Session, unit_id: int) -> tuple[ResourceStock, ResourceUnit]:
    """A unit with its stock, both locked, the stock first; raise NotFound."""
    kept = stock_to_change(session, unit(session, unit_id).stock_id)
    found = _locked(session, ResourceUnit, unit_id)
    assert found is not None  # units are never deleted
    return kept, found


def request_to_change(session: Session, request_id: int) -> ResourceRequest:
    """A request, its row locked; raise NotFound."""
    found = _locked(session, ResourceRequest, request_id)
    if found is None:
        raise unknown_request(request_id)
    return found


def unknown_request(request_id: int) -> NotFound:
    """There is no such request, for whoever asks."""
    return _none(N_("There is no request %(id)s."), request_id)


def allocation(session: Session, allocation_id: int) -> ResourceAllocation:
    """Something taken; raise NotFound."""
    found = session.get(ResourceAllocation, allocation_id)
    if found is None:
        raise _none(N_("Nothing was taken under %(id)s."), allocation_id)
    return found


def allocation_to_change(session: Session, allocation_id: int) -> tuple[ResourceStock, ResourceAllocation]:
    """Something taken with its stock, both locked, the stock first; raise NotFound."""
    kept = stock_to_change(session, allocation(session, allocation_id).stock_id)
    found = _locked(session, ResourceAllocation, allocation_id)
    assert found is not None  # what was taken stays on record
    return kept, found


def order_to_change(session: Session, request: ResourceRequest, order_id: int) -> ResourceOrder:
    """An order of a request, its row locked; raise NotFound."""
    found = _locked(session, ResourceOrder, order_id)
    if found is None or found.request_id != request.id:
        raise _none(N_("There is no order %(id)s."), order_id)
    return found


def _locked(session: Session, model: type[Row], row_id: int) -> Row | None:
    return session.get(model, row_id, with_for_update=True, populate_existing=True)


def _none(detail: str, row_id: int) -> NotFound:
    return NotFound(detail, remedy=N_("Look at the list of resources for it."), id=row_id)


def words(text: str, field: str) -> str:
    """A name or place as it is kept: stripped, phone numbers masked (I10). Raise Invalid for an empty one."""
    kept = masked_words(text.strip())
    if not kept:
        raise Invalid(N_("This must not be empty."), field=field, remedy=N_("Fill it in."))
    return kept


def reason(text: str) -> str:
    """A reason somebody gave; raise Invalid without one."""
    if not text.strip():
        raise Invalid(N_("This takes a reason."), field="reason", remedy=N_("Say why, for whoever reads the record."))
    return text


def pieces(count: int, field: str = "quantity") -> int:
    """A count of pieces; raise Invalid unless it is above zero."""
    if count < 1:
        raise Invalid(
            N_("A count is a whole number above zero."),
            field=field,
            remedy=N_("Write 1, 2, 3 or more, without decimals."),
        )
    return count


def not_past(at: datetime, now: datetime, field: str) -> datetime:
    """An instant that lies ahead; raise Invalid."""
    if at <= now:
        raise Invalid(N_("This time has passed already."), field=field, remedy=N_("Give a time that is still to come."))
    return at
