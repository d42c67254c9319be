"""Keeping series: added, changed, found. Each change is on record with its version."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import count_up
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.incidents import intake as reports
from command.incidents import places
from command.measurements import entries
from command.measurements.asked import SeriesIn
from command.measurements.course import Rule
from command.measurements.models import Series
from command.network import service as network
from command.network.models import Service
from command.people import access
from command.people.access import Principal

ACT = "assess"
"""Thresholds say what is bad: whoever judges nature, scope and harm sets them."""
TAKEN = ("new", "import")
"""Codes that are addresses of pages."""
PLAIN = ("metric", "unit", "low", "high", "warn", "bad", "recover", "bad_minutes", "recover_minutes", "gap_minutes")


@dataclass(frozen=True, slots=True)
class Columns:
    """What is said of a series, as it is stored."""

    name_zh: str
    name_en: str
    service_id: int
    area_id: int
    metric: str
    unit: str
    below: bool
    low: float | None
    high: float | None
    warn: float
    bad: float
    recover: float
    bad_minutes: int
    recover_minutes: int
    gap_minutes: int
    none_at: float
    all_at: float
    users: int | None
    active: bool


def rule(series: Series) -> Rule:
    """The thresholds of a series."""
    names = ("below", "warn", "bad", "recover", "bad_minutes", "recover_minutes", "gap_minutes", "none_at", "all_at")
    return Rule(**{name: getattr(series, name) for name in names})


def baseline(session: Session, series: Series) -> int:
    """The users of whom a share has it worse: those given, or the subscribers of the service in the area."""
    if series.users is not None:
        return series.users
    bit = session.get_one(Service, series.service_id).bit
    return network.users_of(session, series.area_id, bit)


def find(session: Session, code: str, *, locked: bool = False) -> Series:
    """The series of a code; raise NotFound."""
    query = select(Series).where(Series.code == code)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound(
            N_("There is no series %(code)s."),
            remedy=N_("Look at the list of measurements for its code."),
            code=code[:64],
        )
    return found


def add(session: Session, code: str, said: SeriesIn, by: Principal) -> Series:
    """Keep a new series; raise Conflict where its code is taken, Invalid naming the field, or Denied."""
    access.must(by, ACT)
    values = columns(session, said)
    if masked_words(code) != code:
        raise Invalid(N_("This code looks like a phone number."), field="code", remedy=N_("Choose another one."))
    count_up(session, "measurement-series")  # two at once with one code: the second is told that it is taken
    if code in TAKEN or session.scalar(select(Series.id).where(Series.code == code)) is not None:
        raise Conflict(N_("This code is taken."), field="code", remedy=N_("Choose another one."))
    made = Series(code=code, state="unknown", version=1, changed_at=clock.now(session), **asdict(values))
    session.add(made)
    session.flush()
    fields = tuple(asdict(values))
    entries.record(session, entries.SeriesSet(series_id=made.id, code=code, version=1, fields=fields))
    return made


def change(session: Session, series: Series, said: SeriesIn, by: Principal, version: int | None = None) -> None:
    """Say something else of a locked series; what is the same changes nothing. Raise Conflict where somebody changed it since `version`."""
    access.must(by, ACT)
    if version is not None and version != series.version:
        raise Conflict(
            N_("Somebody has changed this series since you opened it."),
            remedy=N_("Look at what they wrote, and enter yours again."),
        )
    values = asdict(columns(session, said))
    changed = tuple(name for name, value in values.items() if getattr(series, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(series, name, values[name])
    series.version += 1
    series.changed_at = clock.now(session)
    told = entries.SeriesSet(series_id=series.id, code=series.code, version=series.version, fields=changed)
    entries.record(session, told)


def columns(session: Session, said: SeriesIn) -> Columns:
    """What somebody said, checked; raise Invalid naming the field."""
    if not (said.name_zh or said.name_en):
        raise Invalid(N_("This series has no name."), field="name_zh", remedy=N_("Name it in one language at least."))
    below = said.bad_when == "below"
    _in_order(said, below)
    none_at = said.recover if said.none_at is None else said.none_at
    all_at = _all_at(said, below) if said.all_at is None else said.all_at
    if (none_at <= all_at) if below else (none_at >= all_at):
        raise Invalid(
            N_("Nobody is affected at the good end, everybody at the bad one; here it is the other way round."),
            field="all_at",
            remedy=N_("Correct the two values, or leave both out."),
        )
    plain: dict[str, Any] = {name: getattr(said, name) for name in PLAIN}
    return Columns(
        name_zh=said.name_zh or said.name_en,
        name_en=said.name_en or said.name_zh,
        service_id=_service(session, said.service),
        area_id=places.named(session, said.area).id,
        below=below,
        none_at=none_at,
        all_at=all_at,
        users=said.users,
        active=said.active,
        **plain,
    )


def _service(session: Session, code: str) -> int:
    try:
        return reports.services_named(session, [code])[0].id
    except Invalid as error:
        raise Invalid(error.detail, field="service", remedy=error.remedy, **error.values) from error


def _all_at(said: SeriesIn, below: bool) -> float:
    if below:
        return said.low if said.low is not None else min(0.0, said.bad - 1)
    return said.high if said.high is not None else said.bad + abs(said.bad - said.recover)


def _in_order(said: SeriesIn, below: bool) -> None:
    worst_first = (said.bad, said.warn, said.recover) if below else (said.recover, said.warn, said.bad)
    if list(worst_first) != sorted(worst_first) or said.bad == said.recover:
        raise Invalid(
            N_("The thresholds are out of order."),
            field="warn",
            remedy=N_("Where low values are bad: bad ≤ warn ≤ recover. Where high ones are: recover ≤ warn ≤ bad."),
        )
    low, high = said.low, said.high
    if low is not None and high is not None and low >= high:
        raise Invalid(
            N_("The range is empty."), field="high", remedy=N_("Make the highest value more than the lowest.")
        )
    for name in ("bad", "warn", "recover"):
        value = getattr(said, name)
        if (low is not None and value < low) or (high is not None and value > high):
            raise Invalid(
                N_("This threshold is outside the range of what is possible."),
                field=name,
                remedy=N_("Correct it, or the range."),
            )
