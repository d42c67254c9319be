"""Periodic reports over JSON."""

from collections.abc import Mapping
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.problems import N_, NotFound
from command.people.access import access, here, principal, unit
from command.people.contacts import PersonContact
from command.people.language import language, zone
from command.periodic import copies, making, reading, subscribing, telling, views
from command.periodic.asked import FORMS, CopyIn, ListIn, MakeIn, SubscribeIn, UnsubscribeIn
from command.periodic.copies import CONTENT_TYPES, Form
from command.periodic.table import table
from command.periodic.views import ReportOut, SubscriptionOut, WholeOut

api = APIBlueprint("periodic_api", __name__, url_prefix="/api/v1/reports", tag="Reports")


class ReportsOut(BaseModel):
    items: list[ReportOut]


class SubscriptionsOut(BaseModel):
    items: list[SubscriptionOut]


@api.get("")
@api.input(ListIn, location="query")
@api.output(ReportsOut)
@access("read")
def listed(query_data: ListIn) -> Any:
    """The archive, the newest edition first."""
    with here().database.read() as session:
        rows = reading.listed(session, query_data.code, query_data.before, query_data.limit)
        return {"items": views.reports(session, rows, language())}


@api.post("")
@api.input(MakeIn)
@api.output(WholeOut, status_code=201)
@access("manage_reports")
def make(json_data: MakeIn) -> Any:
    """Count the days now and keep that as an edition; with `tell`, whoever gets the report is told."""
    return shown(made(json_data))


def made(asked: MakeIn) -> int:
    """Make an edition as asked; its id. Counting holds no lock."""
    kind = table().named(asked.code)
    with here().database.read() as session:
        composed = making.compose(session, kind, making.days(session, asked.from_, asked.to))

    def work(session: Session) -> int:
        row = making.keep(session, composed, reason=asked.reason)
        if asked.tell:
            telling.tell(session, row)
        return row.id

    return unit(work)


@api.get("/<int:report_id>")
@api.output(WholeOut)
@access("read")
def one(report_id: int) -> Any:
    """An edition: its figures, its text in the reader's language, its other editions, who got it."""
    return shown(report_id)


def shown(report_id: int) -> WholeOut:
    """An edition as it stands in the archive."""
    with here().database.read() as session:
        return views.whole(session, reading.find(session, report_id), language())


@api.get("/<int:report_id>/export/<form>")
@api.input(CopyIn, location="query")
@access("read")
def export(report_id: int, form: str, query_data: CopyIn) -> Any:
    """A copy as pdf, docx, html, csv or json; that it was taken is on record."""
    return copy(report_id, form, query_data.language or language())


def copy(report_id: int, written_as: str, tongue: str) -> Response:
    """A copy, once it is on record. Raise NotFound."""
    if written_as not in FORMS:
        raise NotFound(N_("There is nothing at this address."), remedy=N_("A copy is a pdf, docx, html, csv or json."))
    form, who, own = Form(written_as), principal(), zone()
    taken = unit(lambda session: copies.take(session, reading.find(session, report_id), form, tongue, who, own))
    headers = {
        "Content-Disposition": f'attachment; filename="{taken.name}-{tongue}.{form}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(copies.written(taken, form, tongue), content_type=CONTENT_TYPES[form], headers=headers)


@api.post("/<int:report_id>/actions/read")
@api.output(WholeOut)
@access("read")
def read(report_id: int) -> Any:
    """Say that one has read an edition that one got."""
    who = principal()
    unit(lambda session: subscribing.confirm(session, report_id, who))
    return shown(report_id)


@api.get("/subscriptions")
@api.output(SubscriptionsOut)
@access("read")
def subscriptions() -> Any:
    """Who gets which report."""
    return {"items": subscribed()}


def subscribed() -> list[SubscriptionOut]:
    """Who gets which report, and whether they can be mailed."""
    known = names_of(language())
    with here().database.read() as session:
        rows = reading.subscriptions(session)
        mailed = PersonContact.person_id.in_([person.id for _, person in rows])
        proved = (PersonContact.kind == "email", PersonContact.active, PersonContact.verified_at.is_not(None))
        boxes = frozenset(session.scalars(select(PersonContact.person_id).where(mailed, *proved)))
        return [views.subscription(row, person, known, boxes, language()) for row, person in rows]


def names_of(tongue: str) -> Mapping[str, str]:
    """What the reports of the table are called, by code."""
    return {each.code: each.name.zh if tongue == "zh" else each.name.en for each in table().reports}


@api.post("/subscriptions")
@api.input(SubscribeIn)
@api.output(SubscriptionsOut)
@access("manage_reports")
def subscribe(json_data: SubscribeIn) -> Any:
    """Let somebody get a report; again changes the language."""
    added(json_data)
    return {"items": subscribed()}


def added(asked: SubscribeIn) -> None:
    """Put somebody on a list."""
    who = principal()
    unit(lambda session: subscribing.subscribe(session, asked.code, asked.username, asked.language, who).code)


@api.post("/subscriptions/actions/end")
@api.input(UnsubscribeIn)
@api.output(SubscriptionsOut)
@access("read")
def unsubscribe(json_data: UnsubscribeIn) -> Any:
    """Take oneself off a list, or (`manage_reports`) anybody."""
    removed(json_data)
    return {"items": subscribed()}


def removed(asked: UnsubscribeIn) -> None:
    """Take somebody off a list."""
    who = principal()
    unit(lambda session: subscribing.unsubscribe(session, asked.code, asked.username or who.username, who))
