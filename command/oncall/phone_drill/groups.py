"""Whom a drill calls: `schedule:<code>` (all its members), `post:<post>`, `group:<code>`, `department:<code>`, `person:<username>`.

Rows keep people by id. Who is behind a target is asked when the drill begins, so a plan follows those who come and go."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.names import Named
from command.core.problems import N_, Invalid
from command.oncall.duties.plan_models import DutyTurn
from command.oncall.models import DutyLayer, DutyMember, Schedule
from command.people.authority import Post
from command.people.models import EmergencyGroup, GroupMember, Person, PersonPost
from command.people.posts import DEPARTMENTS, POSTS

MOST_PEOPLE = 500
"""People one drill calls at most."""


def kept(session: Session, written: str) -> str:
    """A target as rows keep it; raise Invalid where there is no such thing."""
    scheme, _, name = written.partition(":")
    if scheme == "person":
        found = session.scalar(select(Person.id).where(Person.username == name, Person.active))
        if found is not None:
            return f"person:{found}"
    elif (
        _row(session, written) is not None
        or (scheme == "post" and name in set(Post))
        or (scheme == "department" and name in DEPARTMENTS)
    ):
        return written
    raise Invalid(
        N_("There is no %(target)s."),
        field="targets",
        remedy=N_("Choose from the list: a schedule, a post, a group, a department or a person."),
        target=written,
    )


def written(session: Session, target: str) -> str:
    """A kept target as people write it."""
    scheme, _, name = target.partition(":")
    if scheme == "person" and name.isdigit() and (found := session.get(Person, int(name))) is not None:
        return f"person:{found.username}"
    return target


def named(session: Session, target: str, language: str, translate: Callable[[str], str]) -> str:
    """A kept target in words; as it is written where nothing of that name exists any more."""
    scheme, _, name = target.partition(":")
    if scheme == "post" and name in set(Post):
        return translate(POSTS[Post(name)])
    if scheme == "department" and name in DEPARTMENTS:
        return translate(DEPARTMENTS[name])
    row = _row(session, target)
    return names.of(row, language) if row is not None else target


def _row(session: Session, target: str) -> Named | None:
    scheme, _, name = target.partition(":")
    if scheme == "schedule":
        return session.scalar(select(Schedule).where(Schedule.code == name))
    if scheme == "group":
        return session.scalar(select(EmergencyGroup).where(EmergencyGroup.code == name))
    if scheme == "person" and name.isdigit():
        return session.get(Person, int(name))
    return None


def choices(
    session: Session, language: str, translate: Callable[[str], str]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything a drill may call, as it is written, with its name, by sort."""
    schedules = session.scalars(select(Schedule).order_by(Schedule.code))
    groups = session.scalars(select(EmergencyGroup).order_by(EmergencyGroup.code))
    people = session.scalars(select(Person).where(Person.active).order_by(Person.username).limit(1000))
    return [
        (translate(N_("Schedules")), [(f"schedule:{row.code}", names.of(row, language)) for row in schedules]),
        (translate(N_("Posts")), [(f"post:{post}", translate(word)) for post, word in POSTS.items()]),
        (translate(N_("Emergency groups")), [(f"group:{row.code}", names.of(row, language)) for row in groups]),
        (translate(N_("Departments")), [(f"department:{code}", translate(word)) for code, word in DEPARTMENTS.items()]),
        (translate(N_("People")), [(f"person:{row.username}", names.of(row, language)) for row in people]),
    ]


def people(session: Session, targets: Sequence[str]) -> list[Person]:
    """The active people behind kept targets, each once, by id; also those nothing can reach: that is what a drill finds out."""
    ids: set[int] = set()
    for target in targets:
        query = select(Person.id).where(Person.active, _behind(session, target))
        ids.update(session.scalars(query))
    found = session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id))
    return list(found)


def _behind(session: Session, target: str) -> ColumnElement[bool]:
    scheme, _, name = target.partition(":")
    if scheme == "schedule":
        turns = (Schedule.code == name) & (DutyTurn.end_at > clock.now(session))
        planned = select(DutyTurn.person_id).join(Schedule, Schedule.id == DutyTurn.schedule_id).where(turns)
        return Person.id.in_(_members(name)) | Person.id.in_(planned)
    if scheme == "post":
        return Person.id.in_(select(PersonPost.person_id).where(PersonPost.post == name))
    if scheme == "group":
        members = select(GroupMember.person_id).join(EmergencyGroup, EmergencyGroup.id == GroupMember.group_id)
        return Person.id.in_(members.where(EmergencyGroup.code == name))
    if scheme == "department":
        return Person.department == name
    return Person.id == (int(name) if scheme == "person" and name.isdigit() else -1)


def _members(code: str) -> Select[int]:
    layers = select(DutyMember.person_id).join(DutyLayer, DutyLayer.id == DutyMember.layer_id)
    return layers.join(Schedule, Schedule.id == DutyLayer.schedule_id).where(Schedule.code == code)
