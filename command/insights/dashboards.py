"""The dashboards: what each is called, what it may be asked, and how it is drawn for one reader. Page, interface and files all use this."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta, tzinfo
from typing import Literal

from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Invalid
from command.incidents import house
from command.insights import (
    addresses,
    area_board,
    behind,
    calendar_board,
    cause_board,
    comparison,
    filters,
    grounds,
    overview_plates,
    restoration_board,
    weak_points,
    weak_reading,
)
from command.insights.charts import Say
from command.insights.filters import Filters
from command.insights.groups import Ground
from command.insights.periods import period
from command.insights.population import areas_within
from command.insights.sheets import Board
from command.people.access import Principal

Option = Literal["measure", "sort", "by", "periods", "narrow"]
YEAR = 365


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and how: the same address may show two people different figures."""

    who: Principal
    zone: tzinfo
    language: str
    say: Say


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks a dashboard for: `narrow` leaves the incidents of one mark, `whole` lists all of them."""

    wanted: Filters
    options: Mapping[str, str]
    periods: comparison.Asked | None = None
    narrow: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False

    @property
    def given(self) -> dict[str, str]:
        """Everything as it stands in an address."""
        if self.periods:
            return {**self.periods.query, **self.wanted.chosen}
        days = {"from": self.wanted.first.isoformat(), "to": self.wanted.last.isoformat()}
        by = {"by": self.wanted.step} if "by" in self.options else {}
        return {**days, **self.wanted.chosen, **self.options, **by, **self.narrow}


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`days` is how far it looks back where no period is asked for; `options` are what it may be asked besides the filters.
    `pairs`: its charts stand two in a row, not three."""

    code: str
    title: str
    note: str
    draw: Callable[[Session, Asked, Reader], Board]
    days: int = YEAR
    pairs: bool = True
    options: tuple[Option, ...] = ()


CHOICES: dict[str, tuple[str, ...]] = {"measure": tuple(area_board.MEASURES), "sort": weak_points.SORTS}
"""What an option may say; the first is meant where nothing is said."""


def read(board: Dashboard, asked: Mapping[str, str], today: date, *, whole: bool = False) -> Asked:
    """What an address asks for. Raise Invalid naming the parameter that cannot be used."""
    if "periods" in board.options:
        both = comparison.read(asked, today)
        return Asked(both.a, {}, both)
    given = dict(asked)
    if not given.get("from", "").strip() and not given.get("to", "").strip():
        given["from"] = (today - timedelta(days=board.days - 1)).isoformat()
    options: dict[str, str] = {name: _choice(name, asked) for name in board.options if name in CHOICES}
    if "by" in board.options:
        options["by"] = asked.get("by", "")
    narrow = addresses.narrowing(asked) if "narrow" in board.options else {}
    return Asked(filters.read(given, today), options, narrow=narrow, whole=whole)


def _choice(name: str, asked: Mapping[str, str]) -> str:
    value = asked.get(name, "").strip() or CHOICES[name][0]
    if value not in CHOICES[name]:
        expected = ", ".join(CHOICES[name])
        raise Invalid(
            N_("This value is not allowed."), field=name, remedy=N_("Use one of: %(expected)s."), expected=expected
        )
    return value


def _overview(session: Session, asked: Asked, reader: Reader) -> Board:
    return overview_plates.board(period(session, asked.wanted, reader.zone, reader.who), reader.say)


def _causes(session: Session, asked: Asked, reader: Reader) -> Board:
    ground = grounds.read(session, asked.wanted, reader.zone, reader.who, reader.say, reader.language)
    return cause_board.board(ground, asked.wanted, reader.say)


def _weak_points(session: Session, asked: Asked, reader: Reader) -> Board:
    ground, network = weak_reading.read(session, asked.wanted, reader.zone, reader.who, reader.say, reader.language)
    return weak_points.board(ground, network, asked.wanted, asked.options["sort"], reader.say)


def _areas(session: Session, asked: Asked, reader: Reader) -> Board:
    if asked.wanted.area is not None:
        areas_within(session, asked.wanted.area)
    return area_board.board(_light(session, asked, reader), asked.wanted, asked.options["measure"], reader.say)


def _calendar(session: Session, asked: Asked, reader: Reader) -> Board:
    return calendar_board.board(_light(session, asked, reader), asked.wanted, asked.options["measure"], reader.say)


def _restoration(session: Session, asked: Asked, reader: Reader) -> Board:
    ground, now = _light(session, asked, reader, targets=True), clock.now(session).timestamp()
    return restoration_board.board(ground, asked.wanted, targets(), now, reader.say)


def _compare(session: Session, asked: Asked, reader: Reader) -> Board:
    assert asked.periods is not None
    a, b = (period(session, each, reader.zone, reader.who) for each in (asked.periods.a, asked.periods.b))
    return comparison.board(asked.periods, a, b, reader.say)


def _incidents(session: Session, asked: Asked, reader: Reader) -> Board:
    elements = any(name in asked.narrow for name in ("element", "element_kind", "site"))
    ground = grounds.read(
        session, asked.wanted, reader.zone, reader.who, reader.say, reader.language, elements=elements
    )
    return behind.board(ground, asked.narrow, reader.say, None if asked.whole else behind.SHOWN)


def _light(session: Session, asked: Asked, reader: Reader, *, targets: bool = False) -> Ground:
    return grounds.read(
        session, asked.wanted, reader.zone, reader.who, reader.say, reader.language, elements=False, targets=targets
    )


def targets() -> dict[int, float]:
    """Hours in which service has to be back, by tier, as the table of clocks has them."""
    return {tier: each.resolve / 60 for each in house.clocks().sla_classes for tier in each.tiers}


OVERVIEW = Dashboard("overview", N_("Overview"), "", _overview, filters.DAYS, options=("by",))
DASHBOARDS = (
    Dashboard("causes", N_("Causes"), N_("The few causes that make most incidents."), _causes, pairs=False),
    Dashboard(
        "weak-points",
        N_("Weak points"),
        N_("What fails most, costs users most, takes longest, and fails again."),
        _weak_points,
        options=("sort",),
    ),
    Dashboard("areas", N_("Areas"), N_("Where incidents fell, month by month."), _areas, options=("measure",)),
    Dashboard(
        "calendar",
        N_("Calendar"),
        N_("On which days and at which hours they were reported."),
        _calendar,
        options=("measure",),
    ),
    Dashboard(
        "restoration",
        N_("Restoration"),
        N_("How long it took until service was back, against the targets."),
        _restoration,
        options=("by",),
    ),
    Dashboard(
        "compare", N_("Comparison"), N_("Two periods side by side."), _compare, pairs=False, options=("periods",)
    ),
)
"""In the order of the tabs."""
BEHIND = Dashboard(
    "incidents",
    N_("Incidents"),
    N_("The incidents behind a mark, the newest first."),
    _incidents,
    filters.DAYS,
    options=("narrow",),
)
BY_CODE = {board.code: board for board in (OVERVIEW, *DASHBOARDS, BEHIND)}
