"""Where an escalation policy would reach nobody: targets without people, gaps in the schedules, steps that go round in a circle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.oncall.duties import layers, schedules
from command.oncall.duties.layers import Duty, Span
from command.oncall.duties.plan_models import DutyTurn
from command.oncall.escalation import policy, targets
from command.oncall.escalation.policy import Draft
from command.oncall.models import Schedule
from command.people.authority import Post
from command.people.models import EmergencyGroup, Person, PersonPost
from playbooks.schema import Echelon

AHEAD = timedelta(days=28)
"""How far ahead gaps in schedules are looked for."""


class Why(StrEnum):
    UNKNOWN = "unknown"  # there is no such schedule, post, group or person
    NOBODY = "nobody"  # nobody holds the post there, the group is empty, or the person cannot be called
    NO_MEMBERS = "no_members"  # the schedule's rotations have no members
    GAP = "gap"  # at times nobody holds any of the step's duties
    CIRCLE = "circle"  # it calls again whom an earlier step called, with others between


@dataclass(frozen=True, slots=True)
class Hole:
    """What is missing in a step (from 0). `target` is None where it is the step as a whole; `start` and `end` are a gap's; `back_to` is
    the earlier step of a circle."""

    step: int
    why: Why
    target: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    back_to: int = 0


def found(session: Session, draft: Draft, area_codes: Sequence[str], now: datetime) -> list[Hole]:
    """Every hole of a policy as things stand, the first step first. `area_codes` are its area and those that contain it; none where it
    stands for every area."""
    holes = [Hole(step, Why.CIRCLE, back_to=earlier) for step, earlier in policy.returns(draft.steps)]
    for place, step in enumerate(draft.steps):
        dead = [Hole(place, why, target) for target in step.targets if (why := _why(session, target, area_codes))]
        holes += dead
        if not dead and (gap := _first_gap(session, step.targets, now)):
            holes.append(Hole(place, Why.GAP, start=gap.start, end=gap.end))
    return sorted(holes, key=lambda hole: hole.step)


def _why(session: Session, target: str, area_codes: Sequence[str]) -> Why | None:
    """Why nobody could ever be behind a target; None where somebody is."""
    scheme, _, name = target.partition(":")
    match scheme:
        case "oncall":
            return _of_schedule(session, name)
        case "post":
            return _of_post(session, name, area_codes)
        case "group":
            return _of_group(session, target, name, area_codes)
        case "person" if name.isascii() and name.isdigit() and session.get(Person, int(name)) is not None:
            return None if targets.resolve(session, target, (), datetime.min) else Why.NOBODY
    return Why.UNKNOWN


def _of_schedule(session: Session, code: str) -> Why | None:
    row = session.scalar(select(Schedule).where(Schedule.code == code))
    if row is None:
        return Why.UNKNOWN
    members = [id for layer in schedules.layers_of(session, row) for id in schedules.member_ids(session, layer)]
    members += session.scalars(select(DutyTurn.person_id).where(DutyTurn.schedule_id == row.id).distinct())
    callable_ones = select(Person.id).where(Person.id.in_(members), schedules.CALLABLE).limit(1)
    return None if session.scalar(callable_ones) is not None else Why.NO_MEMBERS


def _of_post(session: Session, post: str, area_codes: Sequence[str]) -> Why | None:
    """A post must be held in the policy's area or in one that contains it."""
    if post not in set(Post):
        return Why.UNKNOWN
    holders = select(Person.id).join(PersonPost).where(PersonPost.post == post, schedules.CALLABLE)
    if area_codes:
        holders = holders.where(Person.area_code.in_(list(area_codes)))
    return None if session.scalar(holders.limit(1)) is not None else Why.NOBODY


def _of_group(session: Session, target: str, name: str, area_codes: Sequence[str]) -> Why | None:
    """A group by its code or echelon; where the policy stands for every area, one of the echelon with people is enough."""
    groups = list(session.scalars(select(EmergencyGroup)))
    if name not in {*Echelon, *(group.code for group in groups)}:
        return Why.UNKNOWN
    places = [area_codes] if area_codes else [[group.area_code] for group in groups if name in _names(group)]
    reached = any(targets.resolve(session, target, place, datetime.min) for place in places)
    return None if reached else Why.NOBODY


def _names(group: EmergencyGroup) -> tuple[str, str]:
    return group.code, group.echelon


def _first_gap(session: Session, wanted: Sequence[str], now: datetime) -> Span | None:
    """The first span ahead in which nobody holds any of the duties; None where a target besides is always somebody."""
    codes = [target.removeprefix("oncall:") for target in wanted if target.startswith("oncall:")]
    if len(codes) < len(wanted):
        return None
    rows = session.scalars(select(Schedule).where(Schedule.code.in_(codes))).all()
    duties = [schedules.duty(session, row, now, now + AHEAD) for row in rows]
    return first_gap(duties, now, now + AHEAD)


def first_gap(duties: Sequence[Duty], start: datetime, end: datetime) -> Span | None:
    """The first span of [start, end) in which nobody holds any of several duties. Pure."""
    first, *others = [layers.gaps(layers.spans(duty, start, end)) for duty in duties]
    common = [(gap.start, gap.end) for gap in first]
    for gaps in others:
        common = [
            (max(a, gap.start), min(b, gap.end)) for a, b in common for gap in gaps if a < gap.end and gap.start < b
        ]
    return Span(None, None, *min(common)) if common else None
