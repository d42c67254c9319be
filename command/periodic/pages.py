"""Pages of periodic reports: the archive, one edition, making one, who gets them. All work without scripts."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document
from command.core.problems import Problem
from command.incidents import house
from command.people import authority_versions
from command.people.access import access, here, may, principal, unit
from command.people.language import language
from command.people.models import Person
from command.periodic import api, reading, subscribing, views
from command.periodic.asked import FORMS, CopyIn, ListIn, MakeIn, SubscribeIn, UnsubscribeIn
from command.periodic.models import PeriodicSchedule
from command.periodic.rhythm import Days, Rhythm
from command.periodic.table import table
from command.resources.forms import given, valid

pages = Blueprint("periodic", __name__)
WITHIN = timedelta(hours=1)
"""A report made later than this after its time is marked late."""


@pages.get("/reports")
@access("read")
def listed() -> Any:
    """The archive, what waits for the reader, and when the next reports are made."""
    problem, asked = None, ListIn()
    try:
        asked = valid(ListIn, given(request.args, "code", "before"))
    except Problem as wrong:
        problem = wrong
    who = principal()
    with here().database.read() as session:
        rows = reading.listed(session, asked.code, asked.before, asked.limit)
        page = render_template(
            "periodic/list.html",
            reports=views.reports(session, rows, language()),
            unread=views.reports(session, subscribing.unread(session, who.person_id), language()),
            kinds=_kinds(session),
            chosen=asked.code,
            next=f"/reports?code={asked.code}&before={rows[-1].id}" if len(rows) == asked.limit else "",
            back=f"/reports?code={asked.code}" if asked.before else "",
            coming=_coming(session),
            managing=may(who, subscribing.ACT),
            late_from=WITHIN.total_seconds() / 60,
            **_problem(problem),
        )
    return page, problem.status if problem else 200


def _kinds(session: Session) -> list[tuple[str, str]]:
    """Codes and names of reports: those of the table, then those that are only in the archive."""
    known = dict(api.names_of(language()))
    return list({**known, **{code: known.get(code, code) for code in reading.codes(session)}}.items())


def _coming(session: Session) -> list[tuple[str, Any]]:
    """When each report is made next; left out where no engine has looked at it yet."""
    zone, known = house.settings(session).tz, api.names_of(language())
    rows = dict(session.execute(select(PeriodicSchedule.code, PeriodicSchedule.next_on)).tuples().all())
    return [(known[each.code], each.due(rows[each.code], zone)) for each in table().reports if each.code in rows]


@pages.get("/reports/new")
@access("manage_reports")
def new() -> Any:
    """The form, with the days of the last whole period unless the address names others."""
    with here().database.read() as session:
        today = house.today(session, clock.now(session))
    kind = table().find(request.args.get("code", "")) or table().reports[0]
    last = _last(kind.rhythm, today)
    typed = {"code": kind.code, "from": last.first.isoformat(), "to": last.last.isoformat()}
    return _form({**typed, **request.args.to_dict()}, today)


def _last(rhythm: Rhythm, today: date) -> Days:
    """The newest days that such a report covers and that are over: the calendar's own, so that the edition stands beside its."""
    return rhythm.covers(rhythm.last(today))


@pages.post("/reports/new")
@access("manage_reports")
def make() -> Any:
    """Make an edition; a refusal keeps what was typed."""
    try:
        fields = given(request.form, "code", "from", "to", "reason")
        report_id = api.made(valid(MakeIn, {**fields, "tell": bool(request.form.get("tell"))}))
    except Problem as refused:
        with here().database.read() as session:
            today = house.today(session, clock.now(session))
        return _form(request.form, today, refused), refused.status
    return redirect(f"/reports/{report_id}", 303)


def _form(typed: Mapping[str, str], today: date, refused: Problem | None = None) -> str:
    return render_template(
        "periodic/form.html",
        given=typed,
        today=today,
        kinds=[(each.code, api.names_of(language())[each.code]) for each in table().reports],
        spans=[(each.code, api.names_of(language())[each.code], _last(each.rhythm, today)) for each in table().reports],
        **_problem(refused),
    )


@pages.get("/reports/<int:report_id>")
@access("read")
def one(report_id: int) -> Any:
    """An edition: what it says, its copies, its other editions, who got it and who has read it."""
    found, who = api.shown(report_id), principal()
    mine = next((each for each in found.recipients if each.username == who.username), None)
    return render_template(
        "periodic/one.html",
        found=found,
        mine=mine,
        subscribed=any(each.code == found.code and each.username == who.username for each in api.subscribed()),
        forms=FORMS,
        managing=may(who, subscribing.ACT) and table().find(found.code) is not None,
        late_from=WITHIN.total_seconds() / 60,
    )


@pages.post("/reports/<int:report_id>/read")
@access("read")
def read(report_id: int) -> Any:
    """Say that one has read it."""
    who = principal()
    unit(lambda session: subscribing.confirm(session, report_id, who))
    return redirect(f"/reports/{report_id}", 303)


@pages.get("/reports/<int:report_id>/export/<form>")
@access("read")
def export(report_id: int, form: str) -> Any:
    """A copy in the reader's language, or in the one asked for."""
    asked = valid(CopyIn, given(request.args, "language"))
    return api.copy(report_id, form, asked.language or language())


@pages.get("/reports/subscriptions")
@access("read")
def subscriptions() -> Any:
    """Who gets which report."""
    return _subscriptions({})


@pages.post("/reports/subscriptions")
@access("manage_reports")
def subscribe() -> Any:
    """Put somebody on a list; a refusal keeps what was typed."""
    try:
        api.added(valid(SubscribeIn, given(request.form, *SubscribeIn.model_fields)))
    except Problem as refused:
        return _subscriptions(request.form, refused), refused.status
    return redirect("/reports/subscriptions", 303)


@pages.post("/reports/subscriptions/end")
@access("read")
def unsubscribe() -> Any:
    """Take oneself, or for whoever manages reports anybody, off a list; back to where one came from."""
    back = "/reports/subscriptions"
    try:
        api.removed(valid(UnsubscribeIn, given(request.form, *UnsubscribeIn.model_fields)))
    except Problem as refused:
        return _subscriptions({}, refused), refused.status
    return redirect(back, 303)


def _subscriptions(typed: Mapping[str, str], refused: Problem | None = None) -> str:
    who = principal()
    managing = may(who, subscribing.ACT)
    with here().database.read() as session:
        people = _readers(session) if managing else []
    return render_template(
        "periodic/subscriptions.html",
        rows=api.subscribed(),
        me=who.username,
        managing=managing,
        people=people,
        kinds=list(api.names_of(language()).items()),
        given=typed,
        **_problem(refused),
    )


def _readers(session: Session) -> list[tuple[str, str]]:
    """Everybody who may read reports, by username."""
    rules = authority_versions.current(session)
    people = session.scalars(select(Person).where(Person.active).order_by(Person.username))
    readers = [each for each in people if rules.may_ever("read", frozenset(held.post for held in each.posts))]
    return [(each.username, f"{names.of(each, language())} · {each.username}") for each in readers]


def _problem(refused: Problem | None) -> dict[str, Any]:
    return {"problem": document(refused, "") if refused else None}
