"""Filters of marked numbers as addresses and forms give them."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.cleaning.listing import Filter
from command.core.problems import N_, Invalid
from command.incidents.api import Strict
from command.network.models import Area

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
FIELDS = ("state", "reason", "road", "alone", "area", "reference")


class FilterIn(Strict):
    """Which numbers: `marked` (the default) or `cleared` ones; said to be `absent`, `not_mobile` or `barred`; by a `road`, or by it
    `alone`; in an `area` (its code) and within it; whose `reference` begins so."""

    state: Literal["marked", "cleared"] = "marked"
    reason: Literal["", "absent", "not_mobile", "barred"] = ""
    road: Short = ""
    alone: bool = False
    area: Short = ""
    reference: Short = ""


class PageIn(FilterIn):
    """The same, and after which subscriber the page begins."""

    after: Annotated[int, Field(ge=1, le=2**62)] | None = None


class ReasonIn(Strict):
    """Why the mark is wrong."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


def read(session: Session, asked: FilterIn) -> Filter:
    """The filter; raise Invalid for an area there is not, and for `alone` without a road."""
    if asked.area and session.scalar(select(Area.id).where(Area.code == asked.area)) is None:
        raise Invalid(
            N_("There is no area %(code)s."),
            field="area",
            remedy=N_("Give the code of an area, as the register writes it."),
            code=asked.area,
        )
    if asked.alone and not asked.road:
        raise Invalid(
            N_("“Only this road” needs a road."), field="road", remedy=N_("Choose the road that alone said so.")
        )
    return Filter(asked.state, asked.reason, asked.road, asked.alone, asked.area, asked.reference)
