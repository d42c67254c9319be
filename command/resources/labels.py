"""QR labels of units: the address a phone opens, as a picture of the page itself, with what stands beside it in words."""

from dataclasses import dataclass

import segno
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.resources.models import Resource, ResourcePool, ResourceStock, ResourceUnit
from command.resources.states import Bucket

SHEET = 24
"""Labels on a sheet of A4: three beside each other, eight rows."""
_PAPER, _INK = "#fff", "#000"
"""A scanner wants dark on light, whatever the page's theme."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a label says."""

    unit_id: int
    serial: str
    resource: str
    type: int
    pool: str
    picture: Markup


def address(origin: str, unit_id: int) -> str:
    """The address that a unit's label opens."""
    return f"{origin}/resources/units/{unit_id}/scan"


def picture(text: str) -> Markup:
    """A text as a QR code, an inline SVG without styles; a quarter of it may be worn off."""
    code = segno.make(text, error="q", micro=False)
    return Markup(code.svg_inline(omitsize=True, svgclass="qr", lineclass=None, dark=_INK, light=_PAPER, border=4))


def of_pool(session: Session, pool_id: int, origin: str, language: str, *, after: int = 0) -> list[Label]:
    """The labels of a pool's units that are not used up or lost, a sheet of them, by the order they came in after the unit `after`."""
    query = (
        select(ResourceUnit, ResourceStock, Resource, ResourcePool)
        .join(ResourceStock, ResourceStock.id == ResourceUnit.stock_id)
        .join(Resource, Resource.id == ResourceStock.resource_id)
        .join(ResourcePool, ResourcePool.id == ResourceStock.pool_id)
        .where(ResourcePool.id == pool_id, ResourceUnit.id > after)
        .where(ResourceUnit.bucket.not_in([Bucket.USED, Bucket.LOST]))
        .order_by(ResourceUnit.id)
        .limit(SHEET)
    )
    return [
        Label(
            unit.id,
            unit.serial,
            names.of(resource, language),
            stock.type,
            names.of(kept, language),
            picture(address(origin, unit.id)),
        )
        for unit, stock, resource, kept in session.execute(query).tuples()
    ]
