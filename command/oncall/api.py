"""Pages and duty rotations over HTTP."""

from datetime import UTC, datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.oncall import rotation
from command.oncall.models import Escalation, Page, PageState, Schedule
from command.oncall.responses import Response
from command.oncall.schedules import find, member_ids, rotation_of
from command.people.access import Principal, access, here, principal
from command.people.models import Person

api = APIBlueprint("oncall", __name__, url_prefix="/api/v1", tag="On call")
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _within(at: datetime) -> datetime:
    if not FIRST <= at <= LAST:
        raise ValueError(f"give a time between {FIRST:%Y} and {LAST:%Y}")
    return at


class PersonOut(BaseModel):
    id: int
    name_zh: str
    name_en: str


class PageOut(BaseModel):
    """One call to one person. `answered_via` is sms, link or api; `reason` why it stopped, or the provider's code where it failed.

    `response` is what they do about it since `response_at`, `eta_minutes` how long their way takes from then; `help_at` since when they
    wait for help, which has come once `help_answered`."""

    id: int
    incident: str
    exercise: bool
    person: PersonOut
    target: str
    step: int
    state: PageState
    created_at: datetime
    submitted_at: datetime | None
    answered_at: datetime | None
    answered_via: str | None
    reason: str | None
    response: Response | None
    response_at: datetime | None
    eta_minutes: int | None
    help_at: datetime | None
    help_answered: bool


class PageList(BaseModel):
    items: list[PageOut]
    next: int | None


class PagesIn(BaseModel):
    """`incident` is a number; `after` the `next` of the list before. The oldest page comes first."""

    model_config = ConfigDict(extra="forbid")
    incident: str | None = Field(default=None, max_length=64)
    state: PageState | None = None
    after: int = Field(default=0, ge=0, lt=2**63)
    limit: int = Field(default=100, ge=1, le=500)


class ScheduleOut(BaseModel):
    """A rotation; `members` take turns of `period_days` in this order, handing over at `handover` in `zone`."""

    code: str
    name_zh: str
    name_en: str
    department: str
    zone: str
    starts_on: str
    handover: str
    period_days: int
    members: list[PersonOut]


class ScheduleList(BaseModel):
    items: list[ScheduleOut]
    next: None = None


class AtIn(BaseModel):
    """`at` with its zone; now, where it is left out."""

    model_config = ConfigDict(extra="forbid")
    at: Annotated[AwareDatetime, AfterValidator(_within)] | None = None


class DutyOut(BaseModel):
    """Who holds a duty at an instant, and for how long: from `since` (inclusive) to `until` (exclusive)."""

    schedule: str
    at: datetime
    person: PersonOut
    since: datetime
    until: datetime


@api.get("/pages")
@api.input(PagesIn, location="query", arg_name="asked")
@api.output(PageList)
@access("read")
def pages(asked: PagesIn) -> dict[str, Any]:
    """Pages, the oldest first."""
    wanted = [Page.id > asked.after, _visible(principal())]
    if asked.incident is not None:
        wanted.append(Page.incident_number == asked.incident)
    if asked.state is not None:
        wanted.append(Page.state == asked.state)
    query = _pages().where(and_(*wanted)).order_by(Page.id).limit(asked.limit)
    with here().database.read() as session:
        found = [page_out(page, person) for page, person in session.execute(query).tuples()]
    return {"items": found, "next": found[-1].id if len(found) == asked.limit else None}


def _pages() -> Any:
    joined = select(Page, Person).join(Person, Person.id == Page.person_id)
    return joined.join(Escalation, Escalation.id == Page.escalation_id)


def _visible(who: Principal) -> ColumnElement[bool]:
    """Pages of a restricted incident are listed to the person paged only: they name who works on it."""
    return or_(Escalation.restricted.is_(False), Page.person_id == who.person_id)


@api.get("/schedules")
@api.output(ScheduleList)
@access("read")
def schedules() -> dict[str, Any]:
    """All duty rotations, by code."""
    with here().database.read() as session:
        rows = session.scalars(select(Schedule).order_by(Schedule.code)).all()
        return {"items": [_schedule_out(session, row) for row in rows]}


@api.get("/schedules/<code>/on-duty")
@api.input(AtIn, location="query", arg_name="asked")
@api.output(DutyOut)
@access("read")
def on_duty(code: str, asked: AtIn) -> DutyOut:
    """Who holds a duty at an instant."""
    with here().database.read() as session:
        at = asked.at or clock.now(session)
        turns = rotation_of(session, find(session, code))
        shift = rotation.shift(turns, at)
        person = _person_out(session.get_one(Person, shift.member))
    return DutyOut(schedule=code, at=at, person=person, since=shift.start, until=shift.end)


def page_out(page: Page, person: Person) -> PageOut:
    """A page as the interface shows it."""
    return PageOut(
        id=page.id,
        incident=page.incident_number,
        exercise=page.exercise,
        person=_person_out(person),
        target=page.target,
        step=page.step,
        state=PageState(page.state),
        created_at=page.created_at,
        submitted_at=page.submitted_at,
        answered_at=page.answered_at,
        answered_via=page.answered_via,
        reason=page.reason,
        response=Response(page.response) if page.response else None,
        response_at=page.response_at,
        eta_minutes=page.eta_minutes,
        help_at=page.help_at,
        help_answered=page.help_by is not None,
    )


def _person_out(person: Person) -> PersonOut:
    return PersonOut(id=person.id, name_zh=person.name_zh, name_en=person.name_en)


def _schedule_out(session: Session, schedule: Schedule) -> ScheduleOut:
    ids = member_ids(session, schedule)
    return ScheduleOut(
        code=schedule.code,
        name_zh=schedule.name_zh,
        name_en=schedule.name_en,
        department=schedule.department,
        zone=schedule.zone,
        starts_on=schedule.starts_on.isoformat(),
        handover=schedule.handover.isoformat("minutes"),
        period_days=schedule.period_days,
        members=[_person_out(session.get_one(Person, person_id)) for person_id in ids],
    )
