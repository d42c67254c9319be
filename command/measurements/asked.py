"""What the addresses of measurements take."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from command.resources.asked import Code, Maybe, Name, Strict, Words

MOST = 1000
"""Points in one request: each request is one unit of work, so its size is bounded."""
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Figure = Annotated[float, Field(allow_inf_nan=False, ge=-1e15, le=1e15)]
Minutes = Annotated[int, Field(ge=1, le=10_080)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Metric = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class PointIn(Strict):
    """One value of a series (its code) at an instant."""

    series: Name
    at: AwareDatetime
    value: Number


class BatchIn(Strict):
    """Values in any order. Each is judged by itself."""

    measurements: Annotated[list[Any], Field(min_length=1, max_length=MOST)]


class SeriesIn(Strict):
    """All that is said of a series. A name in one language at least; `bad_when` says on which side of the thresholds it is bad. Left out,
    nobody is affected at `recover` (`none_at`), and everybody at the end of what is possible (`all_at`); `users` left out are the
    subscribers of the service in the area."""

    name_zh: Title = ""
    name_en: Title = ""
    service: Name
    area: Name
    metric: Metric
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)] = ""
    bad_when: Literal["below", "above"] = "below"
    low: Figure | None = None
    high: Figure | None = None
    warn: Figure
    bad: Figure
    recover: Figure
    bad_minutes: Minutes = 5
    recover_minutes: Minutes = 15
    gap_minutes: Minutes = 5
    none_at: Figure | None = None
    all_at: Figure | None = None
    users: Annotated[int, Field(ge=1, le=2_000_000_000)] | None = None
    active: bool = True


class AddIn(SeriesIn):
    """A new series; its code stays."""

    code: Code


class ChangeIn(SeriesIn):
    """Another form of it, as of the `version` somebody saw."""

    version: Annotated[int, Field(ge=1)] | None = None


class PointsIn(Strict):
    """Which points: of the last so many hours, the newest first."""

    hours: Annotated[int, Field(ge=1, le=24 * 400)] = 6
    limit: Annotated[int, Field(ge=1, le=5000)] = 1000


class TieIn(Strict):
    """A series (its code) that counts for the incident."""

    series: Name


class AsideIn(Strict):
    """A series that does not count for the incident any more, and why."""

    series: Name
    reason: Words


class DecideIn(Strict):
    """Open an incident for the proposal, or dismiss it, which needs the reason."""

    outcome: Literal["taken", "dismissed"]
    reason: Maybe = ""
