"""What a table says of a case, with the people it means: who may at once, who of them is on duty then, who asks whom, whose turn comes
when, who may override. Nothing is done by asking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import NotFound
from command.incidents import house, places
from command.network.models import Area
from command.oncall.duties.rotation import RotationError
from command.oncall.duties.schedules import on_duty
from command.oncall.models import Schedule
from command.people.authority import Act, Authority, Level, Post, Row, Tier
from command.people.models import Person
from playbooks.notices import NoticeKind
from playbooks.texts import Text

NOTICES = frozenset({Act.SUBMIT_NOTICE, Act.APPROVE_NOTICE})
SHOWN = 12
"""People named for each way; more are counted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A case: an act, at a tier, in an area, at a time; for a notice to so many (`audience`); to one's `own` work or another's."""

    act: Act
    tier: Tier
    area: Area
    at: datetime
    audience: int | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody a way leads to: by which post, with the duties they hold at that time. `near`: their area contains the area asked for, or is
    it; people of other places come after them."""

    person: Person
    post: Post
    duties: tuple[Schedule, ...]
    near: bool


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which it may happen, with everybody it leads to. `at` is from when."""

    posts: tuple[Post, ...]
    people: tuple[Able, ...]
    at: datetime

    @property
    def on_duty(self) -> tuple[Able, ...]:
        return tuple(each for each in self.people if each.duties)


@dataclass(frozen=True, slots=True)
class Cap:
    """A plan that lets a first notice of so many leave by itself, and whether this audience is within it."""

    title: Text
    kind: str
    cap: int
    within: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a table says. Ways that the rule does not have are None. `caps` are of plans that pre-approve a first notice."""

    asked: Asked
    level: Level
    rule: Row
    alone: Way | None
    propose: Way | None
    approve: Way | None
    deputy: Way | None
    deputy_minutes: int
    override: Way | None
    caps: tuple[Cap, ...]

    @property
    def blocked(self) -> bool:
        """It is their own work, which another person has to agree to."""
        return self.asked.own and self.rule.second_person

    @property
    def nobody(self) -> bool:
        """Whether no active person could make it happen by any way."""
        return not any(way and way.people for way in (self.alone, self.deputy, self.override, self.approve))


def simulate(session: Session, table: Authority, asked: Asked) -> Answer:
    """What `table` says of a case, with people as they are now and duties as they are at the time asked for."""
    level: Level = places.level_of(session, asked.area.id) or "country"
    rule = table.row(asked.act, asked.tier, level)
    everybody = _everybody(session, asked)
    blocked = asked.own and rule.second_person
    later = asked.at + timedelta(minutes=rule.deputy.after_minutes) if rule.deputy else asked.at

    def way(posts: Sequence[Post], at: datetime = asked.at) -> Way | None:
        return Way(tuple(posts), tuple(_holding(everybody, posts)), at) if posts else None

    return Answer(
        asked=asked,
        level=level,
        rule=rule,
        alone=None if blocked else way(rule.alone),
        propose=way(rule.propose),
        approve=way(rule.alone if blocked else rule.approve),
        deputy=way(rule.deputy.posts, later) if rule.deputy and not blocked else None,
        deputy_minutes=rule.deputy.after_minutes if rule.deputy else 0,
        override=way(rule.override),
        caps=tuple(_caps(session, asked)) if asked.act in NOTICES else (),
    )


def _everybody(session: Session, asked: Asked) -> list[tuple[Person, tuple[Schedule, ...], bool]]:
    """Active people with the duties they hold then: those on duty first, then those of the place."""
    around = set(places.codes_upward(session, asked.area.id))
    duties = _duties(session, asked.at)
    people = session.scalars(select(Person).where(Person.active).order_by(Person.id)).all()
    found = [(each, tuple(duties.get(each.id, ())), each.area_code in around) for each in people]
    return sorted(found, key=lambda each: (not each[2], not each[1]))


def _duties(session: Session, at: datetime) -> dict[int, list[Schedule]]:
    held: dict[int, list[Schedule]] = {}
    for schedule in session.scalars(select(Schedule).order_by(Schedule.code)):
        try:
            person = on_duty(session, schedule.code, at)
        except (NotFound, RotationError):
            continue
        if person is not None:
            held.setdefault(person.id, []).append(schedule)
    return held


def _holding(everybody: Iterable[tuple[Person, tuple[Schedule, ...], bool]], posts: Sequence[Post]) -> Iterable[Able]:
    for person, duties, near in everybody:
        held = {each.post for each in person.posts}
        post = next((each for each in posts if each in held), None)
        if post is not None:
            yield Able(person, post, duties, near)


def _caps(session: Session, asked: Asked) -> Iterable[Cap]:
    """The plans that pre-approve a first notice, the newest version of each."""
    newest = {}
    for sheet in sorted(house.library(session).sheets, key=lambda each: each.playbook.version):
        newest[sheet.playbook.code] = sheet.playbook
    for plan in newest.values():
        if NoticeKind.first not in plan.pre_approved.notices:
            continue
        cap = plan.pre_approved.audience_cap
        yield Cap(plan.title, plan.kind, cap, asked.audience is not None and asked.audience <= cap)
