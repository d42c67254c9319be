"""What the journal keeps of pools (`pool:<id>:<month>`, `pools:<month>`) and of what an incident asked for and got (its own stream)."""

from datetime import datetime
from typing import Literal

from command.core.journal import Payload
from command.resources.states import Bucket, State


class Defined(Payload, kind="pool.resource_set"):
    """A thing that pools can hold is as it is from now on."""

    resource_id: int
    resource_kind: str
    serial: bool


class PoolSet(Payload, kind="pool.set"):
    """A pool was opened, or is so from now on."""

    pool_id: int
    area_id: int
    opened: bool


class PoolClosed(Payload, kind="pool.closed"):
    pool_id: int


class Moved(Payload, kind="pool.moved"):
    """A line of the ledger; `source` null: the pieces came in."""

    movement_id: int
    stock_id: int
    unit_id: int | None
    verb: str
    source: Bucket | None
    target: Bucket
    quantity: int
    note_id: int | None
    note_hash: str | None


class Counted(Payload, kind="pool.counted"):
    """Stock was taken: so many pieces should have been in the pool, so many were."""

    stock_id: int
    expected: int
    found: int
    note_id: int | None
    note_hash: str | None


class CountRuled(Payload, kind="pool.count_ruled"):
    """Stock is taken of a pool every `days` from now on; null: no rule."""

    pool_id: int
    days: int | None


class StockTaken(Payload, kind="pool.stock_taken"):
    """Stock was taken of a whole pool: so many stocks of counted pieces and units were looked at, so many of them differed."""

    pool_id: int
    stocks: int
    units: int
    differences: int
    note_id: int | None
    note_hash: str | None


class MinimumSet(Payload, kind="pool.minimum_set"):
    stock_id: int
    minimum: int


class UnitKept(Payload, kind="pool.unit_kept"):
    """A unit's record was renewed: its next service, a certificate, or information that was checked."""

    unit_id: int
    what: Literal["serviced", "certified", "certificate_removed", "checked"]
    until: str | None


class ContactSet(Payload, kind="pool.contact_set"):
    """Whom a unit is called by from now on: a person of the register, somebody from outside, or nobody. Never a number."""

    unit_id: int
    who: Literal["person", "outside", "nobody"]
    person_id: int | None


class Asked(Payload, kind="request.asked"):
    request_id: int
    resource_id: int
    type: int
    quantity: int
    need_by: datetime
    tier: int
    note_id: int | None
    note_hash: str | None


class Decided(Payload, kind="request.decided"):
    """`how` approved, refused or cancelled."""

    request_id: int
    resource_id: int
    quantity: int
    how: Literal["approved", "refused", "cancelled"]
    person_id: int
    note_id: int | None
    note_hash: str | None


class Closed(Payload, kind="request.closed"):
    """`covered` pieces of `quantity` were got."""

    request_id: int
    resource_id: int
    quantity: int
    covered: int


class PassedOn(Payload, kind="request.passed_on"):
    """An incident (`other`) was merged `into` another: its open requests go on for that one, with `out` pieces that are out."""

    other: str
    into: str
    requests: int
    out: int


class Ordered(Payload, kind="request.ordered"):
    order_id: int
    request_id: int
    resource_id: int
    source: Literal["mutual_aid", "vendor"]
    quantity: int
    eta_at: datetime | None


class OrderTurned(Payload, kind="request.order_changed"):
    order_id: int
    request_id: int
    resource_id: int
    quantity: int
    state: Literal["confirmed", "arrived", "cancelled"]


class Turned(Payload, kind="resource.changed"):
    """Something taken for this incident is now held, assigned, under way, on scene, released, …"""

    allocation_id: int
    request_id: int
    resource_id: int
    quantity: int
    state: State
    eta_at: datetime | None


class CrewCalled(Payload, kind="resource.crew_called"):
    """An SMS sends a unit's crew out; `person_id` null: a contact from outside."""

    call_id: int
    allocation_id: int
    request_id: int
    resource_id: int
    unit_id: int
    person_id: int | None


class CrewAnswered(Payload, kind="resource.crew_answered"):
    """What the crew replied."""

    call_id: int
    allocation_id: int
    request_id: int
    resource_id: int
    unit_id: int
    answer: Literal["confirmed", "on_scene", "done", "declined"]
    note_id: int | None
    note_hash: str | None


class TakenAway(Payload, kind="resource.preempted"):
    """Pieces of this incident's request went to another's, of a higher `tier`, on somebody's decision. `other` is that incident's number,
    "restricted" where not everybody may know of it."""

    allocation_id: int
    request_id: int
    resource_id: int
    quantity: int
    other: str
    tier: int
    person_id: int
    note_id: int | None
    note_hash: str | None


class TakenOver(Payload, kind="resource.preempts"):
    """The same for the incident that got them: `other` lost them, of tier `lower_tier`."""

    allocation_id: int
    request_id: int
    resource_id: int
    quantity: int
    other: str
    lower_tier: int
    person_id: int
    note_id: int | None
    note_hash: str | None


class CameBack(Payload, kind="resource.returned"):
    allocation_id: int
    request_id: int
    resource_id: int
    good: int
    damaged: int
    used: int
    lost: int
    note_id: int | None
    note_hash: str | None


class Rated(Payload, kind="resource.rated"):
    """What its use was worth, 1 (poor) to 5."""

    allocation_id: int
    request_id: int
    resource_id: int
    rating: int
    note_id: int | None
    note_hash: str | None
