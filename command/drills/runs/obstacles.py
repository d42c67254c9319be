"""What stands against the begin of a drill: a shift change, a grave live incident with the people who are busy in it, another drill in the
same area, a player without a number. Each is a clear refusal that names the way out."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict
from command.drills.models import Drill, Part
from command.drills.runs import joining, taking_part
from command.incidents import grave
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import Incident, Role
from command.network.models import Area
from command.oncall.duties import layers, schedules
from command.oncall.models import Page, PageState
from command.people.models import Person
from command.warnings import flags
from playbooks.scenario import Mode

SHIFT_CHANGE = timedelta(minutes=30)
"""How near to the begin of a drill no shift may change."""


def shift_changes(session: Session, drill: Drill, at: datetime) -> list[str]:
    """Codes of the duties that are handed over around an instant: those of departments that train, and those a participant holds."""
    mine = {row.person_id for row in taking_part.participants(session, drill)}
    start, end = at - SHIFT_CHANGE, at + SHIFT_CHANGE
    found = []
    for schedule in schedules.every(session):
        held = layers.spans(schedules.duty(session, schedule, start, end), start, end)
        holders = {span.member for span in held}
        if len(holders) > 1 and (schedule.department in drill.departments or not mine.isdisjoint(holders - {None})):
            found.append(schedule.code)
    return found


def busy(session: Session, people: Collection[int]) -> list[tuple[Person, str]]:
    """Those of `people` (ids) who have a role in a live incident of tier I or II or took a page of it, each with the incident's number:
    of a restricted one a dash."""
    grave_ones = (
        Incident.exercise.is_(False),
        Incident.tier <= grave.TIER,
        Incident.state.in_(list(BEFORE_RESTORATION)),
    )
    what = (Person, Incident.number, Incident.restricted)
    roles = (
        select(*what)
        .join(Role, Role.person_id == Person.id)
        .join(Incident, Incident.id == Role.incident_id)
        .where(*grave_ones, Role.until_at.is_(None), Person.id.in_(people))
    )
    pages = (
        select(*what)
        .join(Page, Page.person_id == Person.id)
        .join(Incident, Incident.id == Page.incident_id)
        .where(*grave_ones, Page.state == PageState.ACKNOWLEDGED, Person.id.in_(people))
    )
    rows = [*session.execute(roles).tuples(), *session.execute(pages).tuples()]
    named = {(person.id, number): (person, "—" if hidden else number) for person, number, hidden in rows}
    return [named[key] for key in sorted(named)]


def suspended(session: Session, drill: Drill, at: datetime) -> tuple[str, ...]:
    """Codes of the live warnings that suspend drills where this one is held, the gravest first."""
    area = session.get_one(Area, drill.area_id)
    return flags.of(session, [area.code], at).drills_suspended


def require_none(session: Session, drill: Drill, *, overridden: bool) -> None:
    """Raise Conflict for the first thing that stands against the begin of a locked drill. `overridden`: a shift change and a warning are
    passed over, for a reason."""
    for refusal in _refusals(session, drill, overridden):
        raise refusal


def _refusals(session: Session, drill: Drill, overridden: bool) -> Iterator[Conflict]:
    everybody = [row.person_id for row in taking_part.participants(session, drill)]
    if found := busy(session, everybody):
        yield Conflict(
            N_("They are busy in a live incident of tier I or II: %(names)s."),
            remedy=N_("Begin once it is restored, or let others play."),
            code="people-busy",
            names=", ".join(f"{person.username} ({number})" for person, number in found[:10]),
        )
    if grave.going_on(session):
        yield Conflict(
            N_("A live incident of tier I or II goes on."),
            remedy=N_("Begin once it is restored."),
            code="live-incident",
        )
    others = [each.code for each in joining.going_on_in(session, drill.area_id) if each.id != drill.id]
    if others:
        yield Conflict(
            N_("Another drill goes on in this area: %(codes)s."),
            remedy=N_("Wait until it is over, or end it."),
            code="area-busy",
            codes=", ".join(others),
        )
    if not overridden and (warned := suspended(session, drill, clock.now(session))):
        yield Conflict(
            N_("Drills are suspended by a warning: %(codes)s."),
            field="override",
            remedy=N_("Begin once it is lifted, or say in `override` why it must be now."),
            code="warning",
            codes=", ".join(warned),
        )
    changing = [] if overridden else shift_changes(session, drill, clock.now(session))
    if changing:
        yield Conflict(
            N_("A shift changes within half an hour: %(codes)s."),
            field="override",
            remedy=N_("Begin later, or say in `override` why it must be now."),
            code="shift-change",
            codes=", ".join(changing),
        )
    yield from _unreachable(session, drill)


def _unreachable(session: Session, drill: Drill) -> Iterator[Conflict]:
    players = taking_part.people(session, drill, part=Part.PLAYER)
    if not players:
        yield Conflict(
            N_("Nobody plays in this drill."),
            remedy=N_("Give its roles to somebody first."),
            code="no-players",
        )
    if drill.mode != Mode.live:
        return
    silent = [each.username for each in players if not each.active or each.number_index is None]
    if silent:
        yield Conflict(
            N_("A live drill needs the number of each player; these have none on record: %(names)s."),
            remedy=N_("Record their numbers, let others play, or hold it as a simulation."),
            code="no-number",
            names=", ".join(silent[:10]),
        )
