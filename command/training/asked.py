"""What a session, attendance and the filters of the matrix look like coming in, over HTTP or from a form."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints
from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session

from command.core.problems import N_, Invalid
from command.people.authority import Post
from command.people.models import Person, PersonPost
from command.people.posts import DEPARTMENTS
from command.resources import finding
from command.resources.asked import Maybe, Strict
from command.training import visible
from command.training.models import Attendance
from command.training.rules import Topic
from command.training.standing import Stands

MOST_TARGETS, MOST_PEOPLE = 100, 500
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Link = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^(https?://[^\s\"'<>]{3,500})?$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Score = Annotated[int, Field(ge=0, le=100)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


class MaterialIn(Strict):
    """Something to read, behind a link."""

    title: Title
    link: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^https?://[^\s\"'<>]{3,500}$")]


class SessionIn(Strict):
    """A session. `starts` has no zone: it is on the wall clock of `zone`. `place` or `link` says where; `teacher` is a username,
    `teacher_name` somebody from outside. `targets` as phone drills take them; `capacity` null: as many as like."""

    title: Title
    topics: Annotated[list[Topic], Field(min_length=1, max_length=5)]
    place: Maybe = ""
    link: Link = ""
    starts: datetime
    zone: Name
    minutes: Annotated[int, Field(ge=10, le=1440)]
    teacher: Maybe = ""
    teacher_name: Maybe = ""
    capacity: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] | None = None
    targets: Annotated[list[Name], Field(max_length=MOST_TARGETS)] = []
    materials: Annotated[list[MaterialIn], Field(max_length=10)] = []


class ChangeIn(SessionIn):
    """The same over a session as it was read in `version`."""

    version: Annotated[int, Field(ge=1)]


class ReasonIn(Strict):
    reason: Reason = ""


class CodeIn(Strict):
    code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=12)]


class MarkIn(Strict):
    """Whether somebody, by username, was there; `score` of 100."""

    person: Name
    attendance: Attendance
    score: Score | None = None


class AttendanceIn(Strict):
    items: Annotated[list[MarkIn], Field(min_length=1, max_length=MOST_PEOPLE)]


class FileIn(Strict):
    """The text of a CSV file."""

    csv: Annotated[str, Field(min_length=1, max_length=2_000_000)]


class MatrixIn(Strict):
    """Filters of the matrix: `area` holds all that lie in it; `topic` and `stands` keep people with such a cell."""

    department: Maybe = ""
    post: Maybe = ""
    area: Maybe = ""
    topic: Topic | None = None
    stands: Stands | None = None


def condition(session: Session, given: MatrixIn) -> ColumnElement[bool]:
    """The filters as a condition on Person; raise Invalid for what there is not."""
    parts: list[ColumnElement[bool]] = [true()]
    if given.department:
        if given.department not in DEPARTMENTS:
            raise Invalid(
                N_("There is no department %(code)s."),
                field="department",
                remedy=N_("The departments are: %(known)s."),
                code=given.department,
                known=", ".join(DEPARTMENTS),
            )
        parts.append(Person.department == given.department)
    if given.post:
        if given.post not in set(Post):
            raise Invalid(
                N_("There is no such post."),
                field="post",
                remedy=N_("The posts are: %(known)s."),
                known=", ".join(Post),
            )
        parts.append(Person.id.in_(select(PersonPost.person_id).where(PersonPost.post == given.post)))
    if given.area:
        finding.area(session, given.area)
        parts.append(Person.area_code.in_(visible.within(session, given.area)))
    return and_(*parts)
