"""Pools of emergency resources: what is in them, what was taken, asked for and ordered, and every movement."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from command.core.columns import Base, BigId, Id, Json, OfExercise
from command.resources.states import Bucket, State

_OPEN = text("unit_id IS NOT NULL AND state NOT IN ('returned', 'let_go')")
_TYPE = "type BETWEEN 1 AND 4"


class Resource(Base):
    """A thing that pools hold, such as generators: `kind` technical, human, material or information. `types` says what capability types
    1 (most capable) to 4 mean, {"1": {"zh", "en"}}. `serial`: each piece is a unit of its own; otherwise pieces are counted in `measure`.

    A person's unit rests `rest_hours` after it came back; information is stale `fresh_days` after it was last checked (None: never).
    `plan_lines`: lines of playbooks (by id) that it serves, besides the line that is called like its code."""

    __tablename__ = "resource"
    __table_args__ = (
        CheckConstraint("kind IN ('technical','human','material','information')", name="kind"),
        CheckConstraint("rest_hours >= 0 AND (fresh_days IS NULL OR fresh_days > 0)", name="spans"),
    )
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    measure_zh: Mapped[str] = mapped_column(default="")
    measure_en: Mapped[str] = mapped_column(default="")
    serial: Mapped[bool]
    types: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    rest_hours: Mapped[int] = mapped_column(default=0)
    fresh_days: Mapped[int | None]
    plan_lines: Mapped[list[str]] = mapped_column(Json, default=list)


class ResourcePool(Base):
    """A place that keeps resources: its home area and place, and its owner, a department or a partner. Closed, it holds nothing.

    Stock is taken of the whole pool every `count_days` (None: no rule); the days run from `count_from`, the last time, or when the rule
    was set."""

    __tablename__ = "resource_pool"
    __table_args__ = (CheckConstraint("(department = '') <> (partner = '')", name="one_owner"),)
    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    area_id: Mapped[int] = mapped_column(BigId, ForeignKey("area.id"), index=True)
    place: Mapped[str]
    department: Mapped[str] = mapped_column(default="")
    partner: Mapped[str] = mapped_column(default="")
    count_days: Mapped[int | None]
    count_from: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class ResourceStock(Base):
    """How many pieces of one resource and type a pool has, by bucket. The database itself holds I6: no count below zero, and their sum
    is what came in. `minimum` is how many should be in the pool, fit for use. Counts are changed by `ledger` only."""

    __tablename__ = "resource_stock"
    __table_args__ = (
        UniqueConstraint("pool_id", "resource_id", "type"),
        CheckConstraint(_TYPE, name="type"),
        CheckConstraint("minimum >= 0", name="minimum"),
        CheckConstraint(
            'in_reserve >= 0 AND available >= 0 AND out_of_service >= 0 AND "out" >= 0 AND used >= 0 AND lost >= 0',
            name="never_below_zero",
        ),
        CheckConstraint(
            'received = in_reserve + available + out_of_service + "out" + used + lost', name="conservation"
        ),
    )
    id: Mapped[Id]
    pool_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource_pool.id"))
    resource_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource.id"), index=True)
    type: Mapped[int]
    minimum: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    in_reserve: Mapped[int] = mapped_column(default=0)
    available: Mapped[int] = mapped_column(default=0)
    out_of_service: Mapped[int] = mapped_column(default=0)
    out: Mapped[int] = mapped_column("out", default=0)
    used: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    uses: Mapped[int] = mapped_column(default=0)
    counted_at: Mapped[datetime | None]


class ResourceUnit(Base):
    """One piece with a serial number (for people: the name of the crew or the staff number). `bucket` is where it is counted; `condition`
    good, worn or damaged. It rests until `rest_until`; its service is due on `service_due_on`; information was `checked_at`."""

    __tablename__ = "resource_unit"
    __table_args__ = (
        UniqueConstraint("resource_id", "serial"),
        CheckConstraint("condition IN ('good','worn','damaged')", name="condition"),
        Index("ix_resource_unit_stock", "stock_id", "bucket"),
    )
    id: Mapped[Id]
    stock_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource_stock.id"))
    resource_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource.id"))
    serial: Mapped[str]
    bucket: Mapped[str] = mapped_column(default=Bucket.AVAILABLE)
    condition: Mapped[str] = mapped_column(default="good")
    service_due_on: Mapped[date | None]
    rest_until: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]


class ResourceCertificate(Base):
    """What a unit must have to be used: a crew's skill, a vehicle's licence. It holds to the end of `expires_on`."""

    __tablename__ = "resource_certificate"
    __table_args__ = (UniqueConstraint("unit_id", "name"),)
    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource_unit.id", ondelete="CASCADE"))
    name: Mapped[str]
    expires_on: Mapped[date] = mapped_column(index=True)


class ResourceRequest(OfExercise, Base):
    """Somebody needs `quantity` pieces of a resource, of `type` or a more capable one, for an incident: asked → approved → closed; asked →
    refused; asked, approved → cancelled. `tier` is the incident's and its priority. Of a `restricted` one only those read who may know
    of the incident."""

    __tablename__ = "resource_request"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint(_TYPE, name="type"),
        CheckConstraint("tier BETWEEN 1 AND 4", name="tier"),
        CheckConstraint("state IN ('asked','approved','refused','cancelled','closed')", name="state"),
        Index("ix_resource_request_open", "state", "tier", "id"),
    )
    id: Mapped[Id]
    incident_id: Mapped[int] = mapped_column(BigId, index=True)
    incident_number: Mapped[str]
    restricted: Mapped[bool] = mapped_column(default=False)
    tier: Mapped[int]
    area_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("area.id"))
    resource_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource.id"))
    type: Mapped[int]
    quantity: Mapped[int]
    need_by: Mapped[datetime]
    place: Mapped[str]
    note_id: Mapped[int | None] = mapped_column(BigId)
    state: Mapped[str] = mapped_column(default="asked")
    asked_by: Mapped[int] = mapped_column(BigId, ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(BigId, ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]
    decision_note_id: Mapped[int | None] = mapped_column(BigId)
    ended_at: Mapped[datetime | None]


class ResourceAllocation(OfExercise, Base):
    """Pieces taken from a stock: one unit, or `quantity` of them; of these `back` came back, `used` were used up and `lost` lost. The
    others are out. Without a request they are held or staged ahead of need. `rating` 1 (poor) to 5 is what their use was worth. What the
    crew last answered to the SMS that sent it out is `crew_answer`: confirmed, on_scene, done or declined."""

    __tablename__ = "resource_allocation"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND (unit_id IS NULL OR quantity = 1)", name="quantity"),
        CheckConstraint("back >= 0 AND used >= 0 AND lost >= 0 AND back + used + lost <= quantity", name="settled"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint(
            "state IN ('held','staged','assigned','en_route','on_scene','released','returned','let_go')", name="state"
        ),
        Index("ix_resource_allocation_unit_open", "unit_id", unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_resource_allocation_stock_state", "stock_id", "state"),
    )
    id: Mapped[Id]
    stock_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource_stock.id"))
    unit_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("resource_unit.id"), index=True)
    request_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("resource_request.id"), index=True)
    quantity: Mapped[int]
    back: Mapped[int] = mapped_column(default=0)
    used: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=State.HELD)
    place: Mapped[str] = mapped_column(default="")
    eta_at: Mapped[datetime | None]
    taken_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    rating: Mapped[int | None]
    rating_note_id: Mapped[int | None] = mapped_column(BigId)
    crew_answer: Mapped[str | None]

    @property
    def still_out(self) -> int:
        """Pieces that are out."""
        return self.quantity - self.back - self.used - self.lost


class ResourceOrder(OfExercise, Base):
    """Help from elsewhere for a request, on record: mutual aid of a `partner` or an order to a vendor. ordered → confirmed → arrived;
    ordered, confirmed → cancelled."""

    __tablename__ = "resource_order"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("source IN ('mutual_aid','vendor')", name="source"),
        CheckConstraint("state IN ('ordered','confirmed','arrived','cancelled')", name="state"),
    )
    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource_request.id"), index=True)
    source: Mapped[str]
    partner: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    quantity: Mapped[int]
    eta_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default="ordered")
    ordered_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class ResourceMovement(Base):
    """One line of the ledger: `quantity` pieces went from a bucket to another (`source` null: they came in). Never changed (guarded by a
    trigger): a stock's counts are the sum of its lines."""

    __tablename__ = "resource_movement"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)
    id: Mapped[Id]
    stock_id: Mapped[int] = mapped_column(BigId, ForeignKey("resource_stock.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("resource_unit.id"), index=True)
    allocation_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("resource_allocation.id"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    verb: Mapped[str]
    source: Mapped[str | None]
    target: Mapped[str]
    quantity: Mapped[int]
    note_id: Mapped[int | None] = mapped_column(BigId)
