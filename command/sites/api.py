"""Sites over JSON: the register with how each stands, what falls next, and states as telemetry and people report them."""

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.sites import falling, intake, listing, register, views
from command.sites.asked import ListIn, NextIn, StatesIn, UnmaskIn
from command.sites.listing import Wanted
from command.sites.views import AheadOut, ContactOut, SiteOut

api = APIBlueprint("sites_api", __name__, url_prefix="/api/v1/sites", tag="Sites")


class SitesOut(BaseModel):
    items: list[SiteOut]
    next: str | None


class FaultOut(BaseModel):
    """What is wrong with one state (`index` from 0), and the remedy."""

    index: int
    site: str
    field: str
    detail: str
    remedy: str


class TakenOut(BaseModel):
    """How many states were kept, how many of these had a figure older than what is known, and what was wrong with the others."""

    kept: int
    late: int
    errors: list[FaultOut]


class ReportOut(BaseModel):
    """A report as it came; `late` are figures that did not count, for later ones were known."""

    at: datetime
    received_at: datetime
    by: str
    said: dict[str, Any]
    late: list[str]
    exercise: bool


class TurnOut(BaseModel):
    """A line of the history."""

    seq: int
    at: datetime
    by: str
    kind: str
    text: str


class WholeOut(SiteOut):
    """A site with its elements, the power company's contact (masked), the newest reports and its history, the newest first."""

    name_zh: str
    name_en: str
    elements: list[str]
    contact: ContactOut | None
    reports: list[ReportOut]
    history: list[TurnOut]


class NumberOut(BaseModel):
    number: str


@api.get("")
@api.input(ListIn, location="query")
@api.output(SitesOut)
@access("read")
def listed(query_data: ListIn) -> Any:
    """Sites by code."""
    given = query_data
    with here().database.read() as session:
        wanted = wanted_of(given)
        found = listing.sites(session, wanted)
        page, now = found[: given.limit], clock.now(session)
        items = views.sites_out(session, page, now, principal(), language(), exercise=given.exercise)
    return SitesOut(items=items, next=page[-1].code if len(found) > len(page) else None)


def wanted_of(given: ListIn) -> Wanted:
    """The filter that a query holds."""
    site_class = given.site_class.value if given.site_class else None
    return Wanted(given.area, given.q, given.mains, site_class, given.exercise, given.after, given.limit)


@api.get("/next-to-fall")
@api.input(NextIn, location="query")
@api.output(AheadOut)
@access("read")
def next_to_fall(query_data: NextIn) -> Any:
    """Sites without mains that still stand, the next to fall first, with the users each would cut off."""
    given = query_data
    with here().database.read() as session:
        ids = None
        if given.area:
            ids = set(falling.of_area(session, listing.area_ids(session, given.area)))
        now = clock.now(session)
        return views.next_out(session, now, principal(), language(), exercise=given.exercise, site_ids=ids)


@api.post("/states")
@api.input(StatesIn)
@api.output(TakenOut)
@access("sites.write")
def states(json_data: StatesIn) -> Any:
    """Take states of sites. Each is kept by itself: what is wrong with one is named, and the others count. A figure that is older than
    what is known is kept on record and does not count."""
    return taken(json_data.items, exercise=json_data.exercise)


def taken(items: list[dict[str, Any]], *, exercise: bool) -> TakenOut:
    """Keep states and answer with what became of them."""
    outcome = unit(lambda session: intake.take(session, items, exercise=exercise))
    faults = [FaultOut.model_validate(fault, from_attributes=True) for fault in outcome.faults]
    return TakenOut(kept=outcome.kept, late=outcome.late, errors=faults)


@api.get("/<code>")
@api.output(WholeOut)
@access("read")
def one(code: str) -> Any:
    """A site with its history."""
    return shown(code)


def shown(code: str, *, exercise: bool = False) -> WholeOut:
    """A site as it stands on record; raise NotFound."""
    with here().database.read() as session:
        return whole(session, code, exercise=exercise)


def whole(session: Session, code: str, *, exercise: bool) -> WholeOut:
    """All of a site."""
    site, tongue = register.find(session, code), language()
    (short,) = views.sites_out(session, [site], clock.now(session), principal(), tongue, exercise=exercise)
    told = [
        TurnOut(seq=line.seq, at=line.at, by=line.actor, kind=line.kind, text=line.zh if tongue == "zh" else line.en)
        for line in listing.history(session, site)
    ]
    return WholeOut(
        **short.model_dump(),
        name_zh=site.name_zh,
        name_en=site.name_en,
        elements=views.elements_out(session, site),
        contact=views.contact_out(here().keyring, site),
        reports=[
            ReportOut(
                at=each.at,
                received_at=each.received_at,
                by=each.actor,
                said=each.said,
                late=each.late,
                exercise=each.exercise,
            )
            for each in listing.reported(session, site)
        ],
        history=told,
    )


@api.post("/<code>/actions/unmask")
@api.input(UnmaskIn)
@api.output(NumberOut)
@access("unmask")
def unmask(code: str, json_data: UnmaskIn) -> Any:
    """The whole number of the power company's contact, for a reason that is kept, on record."""
    return NumberOut(number=number_of(code, json_data.reason))


def number_of(code: str, reason: str) -> str:
    """Unmask a number as whoever asks."""
    who, keyring = principal(), here().keyring
    return unit(lambda session: register.unmask(session, keyring, register.find(session, code), reason, who))
