"""What the addresses of resource pools take."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from command.resources import register
from command.resources.reading import Wanted
from command.resources.states import Bucket, Kind

Code = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Maybe = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Serial = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]
PlanLine = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z][a-z0-9_]{0,63}$")]
Type = Annotated[int, Field(ge=1, le=4)]
Pieces = Annotated[int, Field(ge=1, le=register.MOST)]
Found = Annotated[int, Field(ge=0, le=register.MOST)]


class Strict(BaseModel):
    """An input: a field nobody knows is an error, not a guess."""

    model_config = ConfigDict(extra="forbid")


class TypeIn(Strict):
    """What a capability type means, in both languages."""

    zh: Maybe = ""
    en: Maybe = ""


class ResourceIn(Strict):
    """A thing that pools can hold. The one with this code takes these words and rules; `kind` and `serial` stay as they were.
    `plan_lines`: ids of the playbooks' resource lines that it serves, besides the one called like its code."""

    code: Code
    kind: Kind
    name_zh: Name
    name_en: Name
    serial: bool
    measure_zh: Maybe = ""
    measure_en: Maybe = ""
    types: dict[Literal["1", "2", "3", "4"], TypeIn] = {}
    rest_hours: Annotated[int, Field(ge=0, le=168)] = 0
    fresh_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    plan_lines: Annotated[list[PlanLine], Field(max_length=50)] = []


class PoolIn(Strict):
    """A pool; the one with this code is changed. It belongs to a `department` or to a `partner`."""

    code: Code
    name_zh: Name
    name_en: Name
    area: Name
    place: Name
    department: Maybe = ""
    partner: Maybe = ""


class ReceiveIn(Strict):
    """Pieces that come in: `serials` where each has one, otherwise `quantity`. Unless `ready` they are in reserve."""

    resource: Name
    type: Type
    quantity: Found = 0
    serials: Annotated[list[Serial], Field(max_length=1000)] = []
    ready: bool = True
    note: Words = ""


class WorkIn(Strict):
    """Which bucket the pieces are in, and how many; what takes pieces away takes a reason."""

    source: Bucket
    quantity: Pieces
    reason: Words = ""


class ReasonIn(Strict):
    reason: Words = ""


class CountIn(Strict):
    """How many pieces were found; what is left out was not counted. A difference takes a note."""

    in_reserve: Found | None = None
    available: Found | None = None
    out_of_service: Found | None = None
    note: Words = ""


class MinimumIn(Strict):
    minimum: Found


class ServiceIn(Strict):
    """When the next service is due."""

    due_on: date


class CertifyIn(Strict):
    """A certificate, valid to the end of `expires_on`."""

    name: Name
    expires_on: date


class FilterIn(Strict):
    """Filters: `area` holds all that lie in it, `department` is the owner, `q` words of names or serial numbers."""

    kind: Kind | None = None
    resource: Name | None = None
    pool: Annotated[int, Field(ge=1, le=2**62)] | None = None
    area: Name | None = None
    department: Name | None = None
    q: Maybe = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ListIn(FilterIn):
    """The same; read on with `after`."""

    after: Annotated[int, Field(ge=0, le=2**62)] = 0


class PageIn(Strict):
    after: Annotated[int, Field(ge=0, le=2**62)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


def wanted(given: FilterIn) -> Wanted:
    """The filter that a query holds."""
    kind = given.kind.value if given.kind else None
    return Wanted(kind, given.resource, given.pool, given.area, given.department, given.q)
