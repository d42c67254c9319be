"""The whole journal of an incident with filters and comments, and the briefing to print. Both work without JavaScript."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.incidents import action_words, briefing, command_roles, comments, reading, service, views
from command.incidents.models import Incident
from command.incidents.reading import Wanted
from command.incidents.room_pages import found
from command.people.access import access, here, principal, unit
from command.people.language import language, zone
from command.people.models import Person

pages = Blueprint("incident_journal", __name__)

FILTERS = ("group", "actor", "since", "until", "words")


@pages.get("/incidents/<number>/journal-page")
@access("read")
def journal(number: str) -> str:
    """The journal, newest first, filtered by the address; htmx asks for the next lines only."""
    with here().database.read() as session:
        return _journal(session, found(session, number))


@pages.post("/incidents/<number>/comments")
@access("report_incident")
def comment(number: str) -> Any:
    """Put a remark into the journal; a refusal keeps what was typed."""
    who, text = principal(), request.form.get("text", "")
    try:
        unit(
            lambda session: comments.add(
                session, service.seen_by(session, service.lock(session, number), who), text, who
            )
        )
    except Problem as problem:
        with here().database.read() as session:
            return _journal(session, found(session, number), problem), problem.status
    return redirect(f"/incidents/{number}/journal-page", 303)


def _journal(session: Session, incident: Incident, problem: Problem | None = None) -> str:
    only_lines = "HX-Request" in request.headers and problem is None
    given = {name: request.args.get(name, "") for name in FILTERS}
    try:
        wanted = _wanted(given)
    except Invalid as error:
        problem, wanted = error, Wanted()
    sheet = reading.read(session, incident.number, wanted)
    acting = reading.actors(session, incident.number)
    people = _people(session, [*acting, *(line.actor for line in sheet.lines)])
    more = {name: value for name, value in given.items() if value} | {"before": sheet.before}
    return render_template(
        "incidents/journal_lines.html" if only_lines else "incidents/journal.html",
        number=incident.number,
        incident=incident,
        lines=sheet.lines,
        more=f"/incidents/{incident.number}/journal-page?{urlencode(more)}" if sheet.before else None,
        given=given,
        typed=request.form.get("text", ""),
        groups=action_words.GROUPS,
        actors=[(actor, people.get(actor, actor)) for actor in acting],
        people=people,
        problem=document(problem, "") if problem else None,
        filtered=any(given.values()),
    )


def _wanted(given: dict[str, str]) -> Wanted:
    before = request.args.get("before", "")
    return Wanted(
        group=given["group"] or None,
        actor=given["actor"] or None,
        since=_time(given["since"], "since"),
        until=_time(given["until"], "until"),
        words=given["words"],
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
    )


def _time(typed: str, field: str) -> datetime | None:
    """A time on the reader's wall clock; raise Invalid."""
    if not typed:
        return None
    try:
        at = datetime.fromisoformat(typed)
        return at if at.tzinfo else at.replace(tzinfo=zone())
    except ValueError:
        raise Invalid(N_("This is not a time."), field=field, remedy=N_("Choose day and time.")) from None


def _people(session: Session, actors: list[str]) -> dict[str, str]:
    """Names by actor: people as they are called, whoever else as the journal names them."""
    ids = {int(rest) for actor in actors if actor.startswith("person:") and (rest := actor[7:]).isdigit()}
    known = session.scalars(select(Person).where(Person.id.in_(ids)))
    called = {}
    for person in known:
        called[f"person:{person.id}"] = called[person.username] = names.of(person, language())
    return called


@pages.get("/incidents/<number>/briefing")
@access("read")
def briefing_page(number: str) -> str:
    """The 201 briefing as of now, to print; and those with which roles were handed over."""
    tongue = briefing.tongue(language())
    with here().database.read() as session:
        incident = found(session, number)
        handed = [role for role in command_roles.of(session, incident) if role.briefing_note_id is not None]
        return render_template(
            "incidents/briefing.html",
            number=number,
            incident=incident,
            sections=briefing.sections(session, incident, tongue),
            as_of=briefing.as_of(session, tongue),
            made_by=principal().username,
            at=clock.now(session),
            roles=action_words.ROLES,
            handed=[
                (
                    role,
                    views.person(session, role.person_id, language()),
                    views.note_text(session, role.briefing_note_id),
                )
                for role in handed
            ],
        )
