"""When the next bulletin of an incident is due, which, and when its draft is made. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from command.bulletins.models import Kind
from command.incidents.clocks import Event
from playbooks.notices import Bulletins, Recipient

LEAD = timedelta(minutes=20)
"""How long before it is due a draft is made, where there is that much time; half of the time otherwise. (Ours.)"""
REPORTS = (Event.REGULATOR_BRIEF_SENT, Event.REGULATOR_REPORT_SENT)
"""What is written to a regulator on the way, in the order in which it falls due."""
ALL = (Event.REGULATOR_INFORMED, *REPORTS, Event.REGULATOR_FINAL_REPORT_SENT)


@dataclass(frozen=True, slots=True)
class Left:
    """A bulletin that was approved, and when."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Course:
    """What has happened: since when the incident is handled, when it ended (restored, or cancelled after something was reported), what has
    left, and which regulator's events are owed until when."""

    since: datetime | None
    ended_at: datetime | None
    left: Sequence[Left]
    owed: Mapping[Event, datetime]


@dataclass(frozen=True, slots=True)
class Due:
    """The next bulletin: due at `at`, its draft made at `draft_at`."""

    kind: Kind
    at: datetime
    draft_at: datetime


def upcoming(plan: Bulletins, course: Course) -> Due | None:
    """The next bulletin; None before the response began, and once the final report has left.

    The plan counts a first report from the activation, a follow-up from the bulletin before it, a final report from the end. A clock of the
    regulator brings it forward where the regulator is among its recipients."""
    if course.since is None:
        return None
    told = [each for each in course.left if each.kind != Kind.UPWARD]
    last = max(told, key=lambda each: each.at, default=None)
    if course.ended_at is not None:
        if last is not None and last.kind == Kind.FINAL and last.at >= course.ended_at:
            return None
        return _due(plan, Kind.FINAL, course.ended_at, course.owed)
    if last is None:
        return _due(plan, Kind.FIRST, course.since, course.owed)
    return _due(plan, Kind.FOLLOW_UP, last.at, course.owed)


def _due(plan: Bulletins, kind: Kind, since: datetime, owed: Mapping[Event, datetime]) -> Due:
    given = {Kind.FIRST: plan.first, Kind.FOLLOW_UP: plan.follow_up, Kind.FINAL: plan.final}[kind]
    at = since + timedelta(minutes=given.within_minutes)
    if Recipient.regulator in given.recipients:
        asked = [owed[event] for event in answers(kind, owed) if event in owed]
        at = max(min([at, *asked]), since)
    return Due(kind, at, at - min(LEAD, (at - since) / 2))


def answers(kind: str, owed: Mapping[Event, datetime]) -> tuple[Event, ...]:
    """The regulator's events that a bulletin of a kind brings about: a first report informs; a follow-up is the next written report that is
    owed, the brief before the report; a final report is all of them."""
    if kind == Kind.FIRST:
        return (Event.REGULATOR_INFORMED,)
    if kind == Kind.FINAL:
        return ALL
    if kind == Kind.UPWARD:
        return ()
    written = next((event for event in REPORTS if event in owed), None)
    return (Event.REGULATOR_INFORMED, *([written] if written else []))
