"""Pages over HTTP."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, or_, select

from command.oncall.duties.asked import PersonOut, person_out
from command.oncall.models import Escalation, Page, PageState
from command.oncall.paging.responses import Response
from command.people.access import Principal, access, here, principal
from command.people.models import Person

api = APIBlueprint("oncall", __name__, url_prefix="/api/v1", tag="On call")


class PageOut(BaseModel):
    """One call to one person. `answered_via` is sms, link or api; `reason` why it stopped, the provider's code where it failed, or
    quiet where nothing more was heard of whoever acknowledged it.

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


def page_out(page: Page, person: Person) -> PageOut:
    """A page as the interface shows it."""
    return PageOut(
        id=page.id,
        incident=page.incident_number,
        exercise=page.exercise,
        person=person_out(person),
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
