"""Marked numbers over JSON: a page of them and their sums, the operator's references as CSV, and marks cleared and set again."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy.orm import Session

from command.cleaning import asked as reading
from command.cleaning import clearing, entries, export, listing
from command.cleaning.asked import FilterIn, PageIn, ReasonIn
from command.cleaning.listing import Filter, Marked
from command.incidents.api import Strict
from command.people.access import access, here, principal, unit

api = APIBlueprint("bad_numbers_api", __name__, url_prefix="/api/v1/numbers/bad", tag="Numbers")


CSV: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {"description": "A CSV file.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


class MarkedOut(BaseModel):
    """A subscriber whose number takes no SMS: `number` masked, `reference` the operator's own, what was said by which `roads`, `times` in
    all. `clearing`: the act by which a person cleared the mark."""

    subscriber_id: int
    number: str
    reference: str
    critical: bool
    area: str
    reason: str
    roads: list[str]
    times: int
    first_on: date | None
    last_on: date | None
    marked_at: datetime
    cleared_at: datetime | None
    cleared_by: str | None
    clearing: int | None


class ListOut(BaseModel):
    """`next`: what to give as `after` for the next page."""

    items: list[MarkedOut]
    next: int | None


class SumOut(BaseModel):
    """How many numbers have a value."""

    value: str
    count: int


class SumsOut(BaseModel):
    """How many there are, by reason, road and area (codes; `elsewhere`: in all other areas)."""

    count: int
    reasons: list[SumOut]
    roads: list[SumOut]
    areas: list[SumOut]
    elsewhere: int


class ClearAllIn(FilterIn):
    """Clears all that match: `count`, as the sums show it, and `why`."""

    count: Annotated[int, Field(ge=1, le=2**31)]
    why: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class ClearingIn(Strict):
    """The act of clearing that is undone."""

    clearing: Annotated[int, Field(ge=1, le=2**62)]


class ClearedOut(BaseModel):
    """The act of clearing, by which it can be undone, and how many numbers it was of."""

    clearing: int
    count: int


class CountOut(BaseModel):
    """How many marks stand again."""

    count: int


@api.get("")
@api.input(PageIn, location="query", arg_name="given")
@api.output(ListOut)
@access("read")
def listed(given: PageIn) -> Any:
    """Numbers that ordinary notices leave out, those marked last first."""
    with here().database.read() as session:
        found = listing.page(session, here().keyring, reading.read(session, given), given.after, listing.PAGE + 1)
    more = found[listing.PAGE - 1].subscriber_id if len(found) > listing.PAGE else None
    return ListOut(items=[_out(each) for each in found[: listing.PAGE]], next=more)


@api.get("/sums")
@api.input(FilterIn, location="query", arg_name="given")
@api.output(SumsOut)
@access("read")
def sums(given: FilterIn) -> Any:
    """How many there are, and by what."""
    with here().database.read() as session:
        found = listing.sums(session, reading.read(session, given))
    return SumsOut(
        count=found.count,
        reasons=[SumOut(value=value, count=count) for value, count in found.reasons],
        roads=[SumOut(value=value, count=count) for value, count in found.roads],
        areas=[SumOut(value=code, count=count) for code, _, _, count in found.areas],
        elsewhere=found.elsewhere,
    )


@api.get("/<int:subscriber_id>")
@api.output(MarkedOut)
@access("read")
def read(subscriber_id: int) -> Any:
    """What is known of the number of one subscriber."""
    with here().database.read() as session:
        return _out(listing.one(session, here().keyring, subscriber_id))


@api.post("/export")
@api.input(FilterIn, arg_name="given")
@api.doc(responses=CSV)
@access("export")
def exported(given: FilterIn) -> Response:
    """The operator's references of those that match, as CSV; that it was taken is on record."""
    return file(given)


def file(given: FilterIn) -> Response:
    """The file of an export, put on record."""

    def work(session: Session) -> str:
        wanted = reading.read(session, given)
        found = list(listing.every(session, wanted))
        entries.record(session, entries.Exported(count=len(found), filter=wanted.kept))
        return export.text(found)

    headers = {"Content-Disposition": 'attachment; filename="bad-numbers.csv"', "Cache-Control": "no-store"}
    return Response(unit(work), content_type="text/csv; charset=utf-8", headers=headers)


@api.post("/<int:subscriber_id>/actions/clear")
@api.input(ReasonIn, arg_name="given")
@api.output(ClearedOut)
@access(clearing.ACT)
def clear(subscriber_id: int, given: ReasonIn) -> Any:
    """The mark of one number is wrong: it is told again."""
    by = principal().actor
    return ClearedOut(clearing=unit(lambda session: clearing.clear(session, subscriber_id, given.reason, by)), count=1)


@api.post("/<int:subscriber_id>/actions/restore")
@api.output(CountOut)
@access(clearing.ACT)
def restore(subscriber_id: int) -> Any:
    """The mark of one number stands again."""
    return CountOut(count=unit(lambda session: clearing.undo(session, subscriber_id)))


@api.post("/actions/clear")
@api.input(ClearAllIn, arg_name="given")
@api.output(ClearedOut)
@access(clearing.ACT)
def clear_all(given: ClearAllIn) -> Any:
    """The marks of all that match are wrong: what one road said by mistake, say."""
    return ClearedOut(clearing=cleared(given), count=given.count)


def cleared(given: ClearAllIn) -> int:
    """Clear all that match; the act of clearing."""
    by = principal().actor

    def work(session: Session) -> int:
        wanted: Filter = reading.read(session, given)
        return clearing.clear_all(session, wanted, given.count, given.why, by)

    return unit(work)


@api.post("/actions/restore")
@api.input(ClearingIn, arg_name="given")
@api.output(CountOut)
@access(clearing.ACT)
def restore_all(given: ClearingIn) -> Any:
    """The marks that one act cleared stand again."""
    return CountOut(count=unit(lambda session: clearing.undo_all(session, given.clearing)))


def _out(found: Marked) -> MarkedOut:
    return MarkedOut(**{name: value for name, value in asdict(found).items() if name in MarkedOut.model_fields})
