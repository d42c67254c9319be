"""Planning one drill: what it needs, what is refused, and what whoever plans it should know beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.names import Words
from command.core.problems import N_, Invalid, NotFound
from command.drills import entries
from command.drills.models import Drill, Late
from command.drills.programme import cast, freezes, laying, series_entries
from command.drills.programme.laying import Laid
from command.drills.runs import obstacles
from command.drills.scenarios import library
from command.incidents import entries as notes
from command.incidents import places
from command.oncall.phone_drill.recurrence import instant
from command.people.access import Principal, must
from command.people.posts import DEPARTMENTS
from playbooks.scenario import Scenario

ACT = "run_drill"
LONGEST_MINUTES, LONGEST_WINDOW, LONGEST_GRACE = 1440, 90, 1440
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Draft:
    """A drill as somebody writes it (see Drill). `due_at` has no zone: it is on the wall clock of `zone`. `parts`: targets by role of
    the scenario, controller or evaluator. `departments` left out are the scenario's, as is the duration. With a `freeze_reason` it may lie
    inside a freeze."""

    name: str
    scenario: str
    mode: str
    area: str
    due_at: datetime
    zone: str
    supervisors: Sequence[str]
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    departments: Sequence[str] = ()
    duration_minutes: int | None = None
    announced: bool = True
    window_days: int = 7
    late: str = Late.MISS
    grace_minutes: int = 15
    freeze_reason: str = ""


@dataclass(frozen=True, slots=True)
class Warning:
    """What does not stand against a plan but should be known: `field`, what, and the way out."""

    field: str
    detail: str
    remedy: str
    values: Mapping[str, Any]


def plan(session: Session, draft: Draft, who: Principal) -> Drill:
    """Keep a drill; raise Denied, or Invalid at the field that cannot be used."""
    must(who, ACT)
    laid = prepared(session, draft, who.person_id)
    if laid.due_at <= clock.now(session):
        raise Invalid(
            N_("This time is past."), field="due_at", remedy=N_("Give a time to come, on the clock of the zone chosen.")
        )
    end = laid.due_at + timedelta(minutes=laid.duration_minutes)
    frozen = freezes.met(session, laid.area_id, laid.due_at, end)
    if frozen is not None and not draft.freeze_reason.strip():
        raise Invalid(
            N_("This time lies inside a freeze, until %(until)s."),
            field="due_at",
            remedy=N_("Choose another time, or give a reason why it must be held."),
            until=f"{frozen.until_at.astimezone(ZoneInfo(draft.zone)):%Y-%m-%d %H:%M}",
        )
    require_alone(session, laid.area_id, laid.due_at, laid.duration_minutes)
    row = laying.lay(session, laid)
    if frozen is not None and (reason := notes.note(session, draft.freeze_reason)) is not None:
        said = series_entries.FreezeOverridden(freeze_id=frozen.id, reason=reason)
        entries.record(session, row, said)
    return row


def require_alone(session: Session, area_id: int, at: datetime, minutes: int, but: int | None = None) -> None:
    """Raise Invalid where another drill goes on at the same time on the same ground. It is not named: it may be without notice."""
    if laying.in_the_way(session, area_id, at, minutes, but) is not None:
        raise Invalid(
            N_("Another drill is planned in this area at the same time."),
            field="due_at",
            remedy=N_("Choose another time or area."),
        )


def prepared(session: Session, draft: Draft, trainer_id: int) -> Laid:
    """A draft as it would become rows; raise Invalid at the field that cannot be used. Whether its time is free is not looked at."""
    zone = zone_of(draft.zone, draft.due_at, "due_at")
    _require_name(draft.name)
    scenario = scenario_of(session, draft.scenario)
    minutes = draft.duration_minutes if draft.duration_minutes is not None else scenario.duration_minutes
    _require_fits(scenario, draft, minutes)
    for name, value, least, most in (
        ("window_days", draft.window_days, 0, LONGEST_WINDOW),
        ("grace_minutes", draft.grace_minutes, 0, LONGEST_GRACE),
    ):
        require_number(name, value, least, most)
    local = draft.due_at.replace(second=0, microsecond=0)
    area = places.named(session, draft.area)
    pair = cast.supervisors(session, draft.supervisors, trainer_id)
    parts = cast.kept(session, scenario, draft.parts)
    cast.require_numbers(session, draft.mode, cast.people(session, parts))
    return Laid(
        name=draft.name.strip(),
        scenario=scenario,
        mode=draft.mode,
        area_id=area.id,
        departments=list(dict.fromkeys(draft.departments)) or [str(each) for each in scenario.departments],
        due_at=instant(local, zone),
        local_date=local.date(),
        slot=local.hour * 60 + local.minute,
        duration_minutes=minutes,
        announced=draft.announced,
        window_days=draft.window_days,
        supervisors=pair,
        late=Late(draft.late),
        grace_minutes=draft.grace_minutes,
        trainer_id=trainer_id,
        parts=parts,
    )


def warnings(session: Session, laid: Laid) -> list[Warning]:
    """What whoever plans this should know: people who are busy in a live incident of tier I or II, and players without a post of their
    role."""
    people = cast.people(session, laid.parts)
    found = [
        Warning(
            f"parts.{role}",
            N_("%(people)s hold none of the posts the scenario wants for %(role)s."),
            N_("Choose others, or let it be: the drill can be held."),
            {"people": cast.words(players), "role": role},
        )
        for role, players in cast.unsuited(laid.scenario, people).items()
    ]
    everybody = {person.id for players in people.values() for person in players}
    if busy := dict.fromkeys(person.username for person, _ in obstacles.busy(session, everybody)):
        found.append(
            Warning(
                "parts",
                N_("Busy in a live incident of tier I or II now: %(people)s."),
                N_("Choose others or a later time; it is asked again at the start."),
                {"people": Words(busy)},
            )
        )
    return found


def zone_of(name: str, local: datetime, field: str) -> ZoneInfo:
    """The zone of a name, for a time on its wall clock; raise Invalid."""
    if name not in available_timezones():
        raise Invalid(N_("This is no time zone."), field="zone", remedy=N_("Use an IANA name such as Asia/Shanghai."))
    if local.tzinfo is not None or not 1970 <= local.year < 2200:
        raise Invalid(
            N_("This is no time on a wall clock."),
            field=field,
            remedy=N_("Write it without a zone, such as 2026-12-07T10:00; the zone has a field of its own."),
        )
    return ZoneInfo(name)


def scenario_of(session: Session, code: str) -> Scenario:
    """The scenario of a code; raise Invalid."""
    try:
        return library.find(session, code)
    except NotFound as problem:
        raise Invalid(problem.detail, field="scenario", remedy=problem.remedy, **problem.values) from problem


def _require_name(name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Invalid(
            N_("A drill needs a name of up to %(most)s characters."),
            field="name",
            remedy=N_("Name it; everybody who takes part reads it."),
            most=LONGEST_NAME,
        )
    if masked_words(name) != name:
        raise Invalid(
            N_("This holds a phone number."), field="name", remedy=N_("Leave it out: everybody called reads it.")
        )


def _require_fits(scenario: Scenario, draft: Draft, minutes: int) -> None:
    """Raise Invalid where the scenario cannot be held like this."""
    if draft.mode not in {str(each) for each in scenario.modes}:
        raise Invalid(
            N_("This scenario cannot be held in this mode."),
            field="mode",
            remedy=N_("Use one of: %(expected)s."),
            expected=", ".join(scenario.modes),
        )
    for each in draft.departments:
        if each not in DEPARTMENTS or each not in {str(known) for known in scenario.departments}:
            raise Invalid(
                N_("This scenario does not train %(department)s."),
                field="departments",
                remedy=N_("Use departments of the scenario: %(expected)s."),
                department=each[:40],
                expected=", ".join(scenario.departments),
            )
    require_number("duration_minutes", minutes, 5, LONGEST_MINUTES)
    last = max((each.at_minutes for each in scenario.injects if each.at_minutes is not None), default=0)
    if minutes < last:
        raise Invalid(
            N_("The last inject is due after %(last)s minutes, when the drill is over."),
            field="duration_minutes",
            remedy=N_("Give it at least that long."),
            last=f"{last:g}",
        )


def require_number(field: str, value: int, least: int, most: int) -> None:
    """Raise Invalid for a number that is too small or too large."""
    if not least <= value <= most:
        raise Invalid(
            N_("This must be a whole number from %(least)s to %(most)s."),
            field=field,
            remedy=N_("Correct it."),
            least=least,
            most=most,
        )
