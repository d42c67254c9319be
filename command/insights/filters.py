"""What a reader asks the overview for: a period on their own calendar, and which incidents. The same words stand in the address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast, get_args
from urllib.parse import urlencode

from command.core.problems import N_, Invalid
from command.incidents.models import KINDS
from command.insights.buckets import Step, step_for

DAYS = 30
"""Days of the period that is shown when nobody asks for one, today included."""
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
NAMES = ("from", "to", "tier", "kind", "area", "service", "by")


@dataclass(frozen=True, slots=True)
class Filters:
    """Incidents reported from `first` to `last`, both included; None leaves a choice open. `area` includes all areas within it."""

    first: date
    last: date
    step: Step
    tier: int | None = None
    kind: str | None = None
    area: str | None = None
    service: str | None = None

    @property
    def chosen(self) -> dict[str, str]:
        """The choices besides the period, as they stand in an address."""
        given = {"tier": self.tier, "kind": self.kind, "area": self.area, "service": self.service}
        return {name: str(value) for name, value in given.items() if value is not None}

    def behind(self, first: date | None = None, last: date | None = None, **more: str) -> str:
        """The address of the list of incidents behind a mark: these filters, for a part of the period, narrowed by `more`."""
        period = {"from": (first or self.first).isoformat(), "to": (last or self.last).isoformat()}
        return "/archive?" + urlencode({**period, **self.chosen, **more})

    def over(self, days: int, today: date) -> str:
        """The query of the same filters over the last `days` days."""
        period = {"from": (today - timedelta(days=days - 1)).isoformat(), "to": today.isoformat()}
        return urlencode({**period, **self.chosen})


def read(asked: Mapping[str, str], today: date) -> Filters:
    """The filters of an address; what is empty is left open. Raise Invalid naming the parameter."""
    given = {name: asked[name].strip() for name in NAMES if asked.get(name, "").strip()}
    last = _day(given, "to") or max(today, _day(given, "from") or today)
    first = _day(given, "from") or last - timedelta(days=DAYS - 1)
    if first > last:
        raise Invalid(
            N_("The period ends before it begins."),
            field="to",
            remedy=N_("Give a last day that is not before the first."),
        )
    return Filters(
        first,
        last,
        step_for(first, last, cast(Step | None, _one_of(given, "by", get_args(Step)))),
        tier=int(tier) if (tier := _one_of(given, "tier", ("1", "2", "3", "4"))) else None,
        kind=_one_of(given, "kind", KINDS),
        area=given.get("area"),
        service=given.get("service"),
    )


def _day(given: Mapping[str, str], name: str) -> date | None:
    if name not in given:
        return None
    try:
        day = date.fromisoformat(given[name])
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        raise Invalid(N_("This is no day of this century."), field=name, remedy=N_("Write a date such as 2026-11-21."))
    return day


def _one_of(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str | None:
    if name in given and given[name] not in allowed:
        raise Invalid(
            N_("This value is not allowed."),
            field=name,
            remedy=N_("Use one of: %(expected)s."),
            expected=", ".join(allowed),
        )
    return given.get(name)
