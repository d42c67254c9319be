"""The figures of clocks, restoration, availability, tasks and failures, from counted rows. Pure.

Rows come counted from the database: so many are `alike`. What is left out everywhere: exercises, cancelled and merged incidents,
parts of others; what a period holds is what was reported in it, unless a figure says otherwise."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from command.insights.measures import NOTHING, Measure, rate

DECIMALS = 1000
"""Availability is told to thousandths of a percent."""


class Clocks(NamedTuple):
    """Clocks of one code and tier in a state (running, met, breached, void); `overdue`: their time has passed."""

    code: str
    tier: int
    state: str
    overdue: bool
    alike: int


def attainment(clocks: Iterable[Clocks], code: str, tiers: frozenset[int] | None = None) -> Measure:
    """Met ÷ (met + breached) of the clocks of one code, of all incidents or those of `tiers` (an SLA class).

    Exactly on the second is met, one second late breached; a breach stays one, met late or not. Open and overdue is breached, whether
    the engine has noticed or not; open and not due counts neither way; void (cancelled, merged) counts nowhere. A reopened incident
    owes its restoration again. Nothing due: n/a. Source: handbook (10 min, 1 h; R21 classes), field practice for open and overdue."""
    met = breached = running = 0
    for row in clocks:
        if row.code != code or (tiers is not None and row.tier not in tiers) or row.state == "void":
            continue
        if row.state == "met":
            met += row.alike
        elif row.state == "breached" or row.overdue:
            breached += row.alike
        else:
            running += row.alike
    return rate(met, met + breached, breached=breached, running=running)


class Answers(NamedTuple):
    """Incidents that got the same answers (counting.Answer), with their peaks and user-minutes summed."""

    response: str
    restoration: str
    alike: int
    users: int
    user_minutes: float


def in_time(rows: Iterable[Answers], which: str) -> Measure:
    """`response`: report received → handling begins within 30 min. `restoration`: restored by the target of its tier ÷ those whose
    target has passed (the programme rate).

    Errors (negative spans), and what is still within its time, count neither way. Source: national figures (R2), field-notes §7."""
    counts = {"met": 0, "breached": 0, "running": 0, "error": 0, "none": 0}
    for row in rows:
        counts[getattr(row, which)] += row.alike
    more = {name: counts[name] for name in ("breached", "running", "error", "none")}
    return rate(counts["met"], counts["met"] + counts["breached"], **more)


def users_restored(rows: Iterable[Answers], late: Iterable[tuple[int, int]]) -> Measure:
    """The restoration rate: users who had service again when the target of their incident passed ÷ users at the peak, over incidents whose
    target has passed. Of one restored in time all are; of those that were late, `late` has (restored then, peak).

    An incident that affected nobody adds nothing. Source: national figure (R2), field-notes §7."""
    good = of = sum(row.users for row in rows if row.restoration == "met")
    for restored, peak in late:
        good, of = good + min(max(restored, 0), peak), of + peak
    return rate(good, of)


def restored_then(peak: int, affected: int) -> tuple[int, int]:
    """Of one incident: how many of the peak had service again while `affected` had not, and the peak."""
    return max(0, peak - affected), peak


def availability(lost: float, subscribers: int, minutes: float) -> Measure:
    """1 − user-minutes lost ÷ (subscribers × minutes of the period), in percent, rounded down to thousandths.

    Minutes run to now where the period is not over. Outages count, services that are only worse do not; each user of each incident counts,
    so that somebody hit by two at once counts twice; never below 0. No subscriber, or a period ahead: n/a. Source: R21."""
    if subscribers <= 0 or minutes <= 0:
        return NOTHING
    whole = Fraction(subscribers) * Fraction(minutes)
    part = max(Fraction(0), 1 - Fraction(max(lost, 0.0)) / whole)
    value = part * 100 * DECIMALS // 1 / DECIMALS
    return Measure(float(value), more={"user_minutes": lost, "subscribers": subscribers})


class Lost(NamedTuple):
    """A row of impact of one incident, area and service, cut to the period."""

    declared: bool
    area: int
    users: int
    begin: datetime
    end: datetime


def united(rows: Sequence[Lost]) -> float:
    """User-minutes of one incident and service where both the network and a person said who is cut off: in an area they are taken as the
    same people, so at every moment the larger figure counts."""
    areas = {row.area for row in rows}
    return sum(_of_area([row for row in rows if row.area == area]) for area in areas)


def _of_area(rows: Sequence[Lost]) -> float:
    edges = sorted({edge for row in rows if row.begin < row.end for edge in (row.begin, row.end)})
    total = 0.0
    for begin, end in pairwise(edges):
        held = [row for row in rows if row.begin <= begin and end <= row.end]
        users = max(sum(row.users for row in held if row.declared is said) for said in (False, True))
        total += users * (end - begin).total_seconds() / 60
    return total


class Tasks(NamedTuple):
    """Tasks of playbooks that stand alike: `in_time` if they were done by their due time, `overdue` if that has passed."""

    state: str
    in_time: bool
    overdue: bool
    alike: int


def execution(tasks: Iterable[Tasks]) -> Measure:
    """Process execution: tasks of playbooks done by their time ÷ those done, or due and not done.

    Done exactly when due is in time. One that waits for others and is due is not done. One skipped with a reason asks for nothing: it is
    counted beside. Source: handbook (R20, 100 %)."""
    good = late = skipped = 0
    for row in tasks:
        if row.state == "skipped":
            skipped += row.alike
        elif row.state == "done" and row.in_time:
            good += row.alike
        elif row.state == "done" or row.overdue:
            late += row.alike
    return rate(good, good + late, late=late, skipped=skipped)


def failures(failed: int, elements: int) -> Measure:
    """Failures of elements of one kind that began in the period, for each hundred elements of that kind there are.

    One element that fails twice counts twice; cut off by another's failure is no failure. Without elements: n/a. Source: R21."""
    if not elements:
        return NOTHING
    return Measure(failed * 100 / elements, more={"failures": failed, "elements": elements})
