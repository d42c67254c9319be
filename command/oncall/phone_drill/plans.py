"""Planning phone drills: whom they call, when, how long answers are awaited; and calling one off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import N_, Conflict, Invalid, NotFound
from command.oncall.phone_drill import drill_entries, groups, recurrence
from command.oncall.phone_drill.drill_models import By, Every, PhoneDrill, PhoneDrillRun, RunState
from command.oncall.phone_drill.recurrence import Rhythm
from command.people.access import Principal, may, must
from command.people.models import Person

ACT = "plan_drill"
WAIT_MINUTES, LONGEST_WAIT = 30, 1440
COMPARED = 60
"""Times ahead of two plans that are compared: more than a year of weekly ones."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plan as somebody writes it (see PhoneDrill); `starts` has no zone: it is on the wall clock of `zone`."""

    name: str
    targets: Sequence[str]
    starts: datetime
    zone: str
    every: Every = Every.ONCE
    by: By = By.RECORD
    announced: bool = True
    wait_minutes: int = WAIT_MINUTES
    said: str = ""


def plan(session: Session, draft: Draft, who: Principal) -> PhoneDrill:
    """Keep a plan; raise Denied, or Invalid at the field that cannot be used."""
    must(who, ACT)
    rhythm = _rhythm(draft)
    if not 1 <= draft.wait_minutes <= LONGEST_WAIT:
        raise Invalid(
            N_("Answers are awaited for 1 to %(most)s minutes."),
            field="wait_minutes",
            remedy=N_("Give a number of minutes in between."),
            most=LONGEST_WAIT,
        )
    now = clock.now(session)
    first = recurrence.instant(rhythm.starts, rhythm.zone)
    if first <= now:
        raise Invalid(
            N_("This time is past."), field="starts", remedy=N_("Give a time to come, on the clock of the zone chosen.")
        )
    targets = list(dict.fromkeys(groups.kept(session, each.strip()) for each in draft.targets if each.strip()))
    called = _called(session, targets)
    for field, text in (("name", draft.name), ("said", draft.said)):
        _require_no_number(field, text)
    _require_alone(session, rhythm, first, timedelta(minutes=draft.wait_minutes), called)
    row = PhoneDrill(
        name=draft.name.strip(),
        targets=targets,
        said=" ".join(draft.said.split()),
        starts=rhythm.starts.isoformat(timespec="minutes"),
        zone=rhythm.zone.key,
        every=draft.every,
        by_ways=draft.by,
        announced=draft.announced,
        wait_minutes=draft.wait_minutes,
        next_at=first,
        made_by=who.person_id,
        made_at=now,
        exercise=True,
    )
    session.add(row)
    session.flush()
    _record(session, row, len(called), first)
    return row


def _record(session: Session, row: PhoneDrill, people: int, first: datetime) -> None:
    said = drill_entries.Planned(
        drill_id=row.id,
        targets=row.targets,
        people=people,
        next_at=first,
        every=row.every,
        wait_minutes=row.wait_minutes,
    )
    drill_entries.record(session, row.id, said)


def _rhythm(draft: Draft) -> Rhythm:
    if draft.zone not in available_timezones():
        raise Invalid(N_("This is no time zone."), field="zone", remedy=N_("Use an IANA name such as Asia/Shanghai."))
    if draft.starts.tzinfo is not None or not 1970 <= draft.starts.year < 2200:
        raise Invalid(
            N_("This is no time on a wall clock."),
            field="starts",
            remedy=N_("Write it without a zone, such as 2026-12-07T10:00; the zone has a field of its own."),
        )
    if not draft.name.strip():
        raise Invalid(N_("A drill needs a name."), field="name", remedy=N_("Name it; everybody called reads it."))
    return Rhythm(draft.starts.replace(second=0, microsecond=0), ZoneInfo(draft.zone), draft.every)


def _require_no_number(field: str, text: str) -> None:
    """Raise Invalid where a text that pages show holds somebody's number."""
    if masked_words(text) != text:
        raise Invalid(
            N_("This holds a phone number."), field=field, remedy=N_("Leave it out: everybody called reads it.")
        )


def _called(session: Session, targets: Sequence[str]) -> list[Person]:
    found = groups.people(session, targets) if targets else []
    if not found:
        raise Invalid(
            N_("This calls nobody."), field="targets", remedy=N_("Choose a group that has members, or name people.")
        )
    if len(found) > groups.MOST_PEOPLE:
        raise Invalid(
            N_("This calls %(count)s people; one drill calls at most %(most)s."),
            field="targets",
            remedy=N_("Plan several drills."),
            count=len(found),
            most=groups.MOST_PEOPLE,
        )
    return found


def _require_alone(
    session: Session, rhythm: Rhythm, first: datetime, lasts: timedelta, called: Sequence[Person]
) -> None:
    """Raise Invalid where another drill calls one of these people at the same time: nobody could tell which one an answer means."""
    mine = recurrence.ahead(rhythm, first, COMPARED)
    ids = {person.id for person in called}
    going_on = select(PhoneDrillRun.drill_id).where(PhoneDrillRun.state.in_([RunState.RUNNING, RunState.PAUSED]))
    open_ones = or_(PhoneDrill.next_at.is_not(None), PhoneDrill.id.in_(going_on))
    for other in session.scalars(select(PhoneDrill).where(open_ones).order_by(PhoneDrill.id)):
        at = recurrence.clash(mine, lasts, _times(session, other), timedelta(minutes=other.wait_minutes))
        if at is not None and ids & {person.id for person in groups.people(session, other.targets)}:
            raise Invalid(
                N_("Another drill (%(name)s) calls some of these people at the same time, on %(day)s."),
                field="starts",
                remedy=N_("Choose another time, or call the other one off."),
                name=other.name,
                day=f"{at.astimezone(rhythm.zone):%Y-%m-%d}",
            )


def _times(session: Session, other: PhoneDrill) -> list[datetime]:
    """When another drill goes on now and will next."""
    states = [RunState.RUNNING, RunState.PAUSED]
    runs = select(PhoneDrillRun.until).where(PhoneDrillRun.drill_id == other.id, PhoneDrillRun.state.in_(states))
    lasts = timedelta(minutes=other.wait_minutes)
    now = [until - lasts for until in session.scalars(runs)]
    return now + (recurrence.ahead(rhythm_of(other), other.next_at, COMPARED) if other.next_at else [])


def rhythm_of(row: PhoneDrill) -> Rhythm:
    """When a plan is held."""
    return Rhythm(datetime.fromisoformat(row.starts), ZoneInfo(row.zone), Every(row.every))


def find(session: Session, drill_id: int, who: Principal | None = None, *, locked: bool = False) -> PhoneDrill:
    """A plan; raise NotFound, also for `who` may not know of it yet."""
    query = select(PhoneDrill).where(PhoneDrill.id == drill_id)
    row = session.scalar(query.with_for_update() if locked else query)
    if row is None or (who is not None and not shown_to(session, row, who)):
        raise NotFound(N_("There is no such drill."), remedy=N_("List the drills to see their ids."))
    return row


def shown_to(session: Session, row: PhoneDrill, who: Principal) -> bool:
    """Whether somebody may know of a plan: planners and auditors always, others once it is announced or has begun."""
    if row.announced or sees_people(who):
        return True
    return session.scalar(select(PhoneDrillRun.id).where(PhoneDrillRun.drill_id == row.id).limit(1)) is not None


def sees_people(who: Principal) -> bool:
    """Whether somebody sees how each person did; others see themselves."""
    return may(who, ACT) or may(who, "export")


def cancel(session: Session, drill_id: int, who: Principal) -> PhoneDrill:
    """Call a plan off: it is held no more. What goes on is stopped by itself (runs.stop). Raise Conflict where nothing is planned."""
    must(who, ACT)
    row = find(session, drill_id, locked=True)
    if row.next_at is None:
        raise Conflict(
            N_("Nothing of this drill is planned any more."), remedy=N_("A run that goes on can be stopped.")
        )
    row.next_at, row.cancelled_at = None, clock.now(session)
    drill_entries.record(session, row.id, drill_entries.Cancelled(drill_id=row.id))
    return row
