"""What the addresses of sites take."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from command.resources.asked import Maybe, Name, Strict, Words
from command.sites.imports import LONGEST_BATTERY
from command.sites.models import Generator, Mains, Reach, SiteClass
from command.sites.restoration import MOST as PLACES

MOST_STATES = 1000
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Km = Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]
Fibres = Annotated[int, Field(ge=1, le=10_000)]
Spliced = Annotated[int, Field(ge=0, le=10_000)]


class StateIn(Strict):
    """How a site was when it was measured (`at`): at least one of its five figures. `battery_minutes` and `fuel_hours` are what is left;
    `fuel_hours` at the load it carries."""

    site: Code
    at: AwareDatetime
    mains: Mains | None = None
    battery_minutes: Annotated[int, Field(ge=0, le=LONGEST_BATTERY)] | None = None
    generator: Generator | None = None
    fuel_hours: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] | None = None
    access: Reach | None = None
    words: Words = ""


class StatesIn(Strict):
    """States of sites, each as StateIn says: `site`, `at`, and some of `mains` (on, off, unknown), `battery_minutes`, `generator` (none,
    standby, running, unknown), `fuel_hours`, `access` (reachable, blocked, unsafe, unknown), `words`. One that cannot be used is named in
    the answer; the others are kept. `exercise`: they are made up for a drill."""

    items: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=MOST_STATES)]
    exercise: bool = False


class ListIn(Strict):
    """Filters: `area` holds all that lie in it, `q` words of codes or names, `mains` as reported; read on with `after` (a code).
    `exercise`: as drills have them."""

    area: Name | None = None
    q: Maybe = ""
    mains: Mains | None = None
    site_class: SiteClass | None = None
    exercise: bool = False
    after: Annotated[str, Field(max_length=40)] = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class NextIn(Strict):
    """`area` holds all that lie in it; `exercise`: as drills have them."""

    area: Name | None = None
    exercise: bool = False


class UnmaskIn(Strict):
    """Why the whole number is needed."""

    reason: Words


class PlaceIn(Strict):
    """Another place in the order, from 1 (null: where the rule puts it), with a reason."""

    site: Code
    place: Annotated[int, Field(ge=1, le=PLACES)] | None = None
    reason: Words


class OwnerIn(Strict):
    """Who sees to a site's restoration (username); empty: nobody."""

    site: Code
    owner: Maybe = ""


class CableIn(Strict):
    """A damaged cable: the segment, the damaged length `km`, and where it broke: at `break_km` of the segment, at coordinates, or in words
    (`place`)."""

    segment_from: Name
    segment_to: Name
    fibres_total: Fibres
    km: Km = 0.0
    break_km: Km | None = None
    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    place: Maybe = ""
    crew: Maybe = ""
    eta_at: AwareDatetime | None = None


class ProgressIn(Strict):
    """How many fibres are spliced, of the cable as it was at `version`; who does it, when it should be done, and a remark."""

    fibres_done: Spliced
    version: Annotated[int, Field(ge=1)]
    crew: Maybe = ""
    eta_at: AwareDatetime | None = None
    words: Words = ""


class SafetyIn(Strict):
    """Whether crews may go: `decision` go or no_go, for all of the incident or an `area` (code), for all crews or one `unit`; with the
    reason, the weather, and until when it holds."""

    decision: Literal["go", "no_go"]
    reason: Words
    weather: Words = ""
    valid_until: AwareDatetime
    area: Maybe = ""
    unit: Annotated[int, Field(ge=1, le=2**62)] | None = None
