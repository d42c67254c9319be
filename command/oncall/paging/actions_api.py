"""What the person paged does about their page, over HTTP. Each action is safe to repeat and belongs to the person paged alone."""

from collections.abc import Callable

from apiflask import APIBlueprint
from pydantic import Field
from sqlalchemy.orm import Session

from command.oncall.duties.asked import NothingIn, Strict
from command.oncall.models import Page
from command.oncall.paging import responding, service
from command.oncall.paging.api import PageOut, page_out
from command.people.access import access, principal, unit
from command.people.models import Person

api = APIBlueprint("oncall_actions", __name__, url_prefix="/api/v1/pages/<int:page_id>/actions", tag="On call")


class WayIn(Strict):
    """`minutes` until they are there, where they say."""

    minutes: int | None = Field(default=None, ge=1, le=responding.LONGEST)


class SaidIn(Strict):
    """`note`: what they say with it."""

    note: str = Field(default="", max_length=2000)


class ReasonIn(Strict):
    reason: str = Field(default="", max_length=2000)


def _mine(verb: Callable[[Session, int], Page]) -> PageOut:
    """Do it as whoever asks, and answer with the page."""

    def work(session: Session) -> PageOut:
        page = verb(session, principal().person_id)
        return page_out(page, session.get_one(Person, page.person_id))

    return unit(work)


@api.post("/acknowledge")
@api.input(NothingIn)
@api.output(PageOut)
@access("read")
def acknowledge(page_id: int, json_data: NothingIn) -> PageOut:
    """Acknowledge a page that went to you. Doing it twice changes nothing."""
    return _mine(lambda session, me: service.acknowledge(session, page_id, me, "api"))


@api.post("/en_route")
@api.input(WayIn)
@api.output(PageOut)
@access("read")
def en_route(page_id: int, json_data: WayIn) -> PageOut:
    """You are on the way; an open page is acknowledged too."""
    return _mine(lambda session, me: responding.en_route(session, page_id, me, "api", json_data.minutes))


@api.post("/on_scene")
@api.input(NothingIn)
@api.output(PageOut)
@access("read")
def on_scene(page_id: int, json_data: NothingIn) -> PageOut:
    """You have arrived; an open page is acknowledged too."""
    return _mine(lambda session, me: responding.on_scene(session, page_id, me, "api"))


@api.post("/help")
@api.input(SaidIn)
@api.output(PageOut)
@access("read")
def ask_for_help(page_id: int, json_data: SaidIn) -> PageOut:
    """You need help: boards show it, and the next step is paged at once."""
    return _mine(lambda session, me: responding.ask_for_help(session, page_id, me, "api", json_data.note))


@api.post("/decline")
@api.input(ReasonIn)
@api.output(PageOut)
@access("read")
def decline(page_id: int, json_data: ReasonIn) -> PageOut:
    """You cannot come: the next step is paged at once."""
    return _mine(lambda session, me: responding.decline(session, page_id, me, "api", json_data.reason))


@api.post("/done")
@api.input(SaidIn)
@api.output(PageOut)
@access("read")
def done(page_id: int, json_data: SaidIn) -> PageOut:
    """You have done your part. It restores nothing and finishes no task."""
    return _mine(lambda session, me: responding.done(session, page_id, me, "api", json_data.note))
