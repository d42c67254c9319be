"""Pages of bulletins: those of an incident with what is due next, the list of all, one bulletin with its editor, and the part of the
incident's own page. All work without scripts."""

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from command.bulletins import api, approving, diffing, reading, sending, service, upward, views, words
from command.bulletins.asked import DraftIn, EditIn, ListIn, PdfIn
from command.bulletins.models import OPEN, Bulletin, Kind
from command.core import clock, marks, names
from command.core.documents import document, validated
from command.core.problems import N_, NotFound, Problem
from command.incidents import room_pages, standing, visibility
from command.incidents.models import Incident
from command.people.access import access, here, may, principal, unit
from command.people.language import LOCALES, language
from command.people.models import Person
from command.resources.forms import given

pages = Blueprint("bulletins", __name__)
SHOWN = 100
FILTERS = ("incident", "kind", "state", "after")


@pages.app_template_filter("of_words")
def of_words(value: str, table: Mapping[str, str]) -> str:
    """A code in the words of a table; itself where the table has none."""
    return str(gettext(table[value])) if value in table else value


@pages.app_template_filter("figure")
def figure(value: float) -> str:
    """A figure in the language's number form, with its fraction."""
    return str(format_decimal(value, locale=LOCALES[language()]))


@pages.get("/bulletins")
@access("read")
def listed() -> Any:
    """Every bulletin the reader may know of, newest first."""
    asked = {name: request.args.get(name, "") for name in FILTERS}
    refused: Problem | None = None
    with here().database.read() as session:
        try:
            filters = validated(ListIn, {**given(request.args, *FILTERS), "limit": SHOWN})
            rows, following = api.found(session, filters, principal())
        except Problem as problem:
            refused, (rows, following) = problem, api.found(session, ListIn(limit=SHOWN), principal())
        shown = [views.out(session, here(), row, language()) for row in rows]
    return render_template(
        "bulletins/list.html", bulletins=shown, following=following, asked=asked, words=words, **_problem(refused)
    )


@pages.get("/incidents/<number>/bulletins")
@access("read")
def of_incident(number: str) -> Any:
    """The bulletins of one incident, the next that is due, and what was reported upward."""
    return _of_incident(number)


@pages.post("/incidents/<number>/bulletins")
@access("write_bulletin")
def draft(number: str) -> Any:
    """Draft one; a refusal keeps what was typed."""
    try:
        asked = validated(DraftIn, given(request.form, "kind", "asked"))
        made = unit(lambda session: api.drafted(session, number, asked, principal()).id)
    except Problem as refused:
        return _of_incident(number, refused), refused.status
    return redirect(f"/bulletins/{made}", 303)


@pages.post("/incidents/<number>/upward/<clock_code>/acknowledge")
@access("read")
def acknowledge(number: str, clock_code: str) -> Any:
    """The superior echelon has what was reported upward."""

    def work(session: Session) -> None:
        incident = visibility.seen_by(session, standing.lock(session, number), principal())
        upward.acknowledge(session, incident, clock_code, principal())

    try:
        unit(work)
    except Problem as refused:
        return _of_incident(number, refused), refused.status
    return redirect(f"/incidents/{number}/bulletins", 303)


def _of_incident(number: str, refused: Problem | None = None) -> str:
    with here().database.read() as session:
        incident = room_pages.found(session, number)
        upcoming = reading.upcoming(session, incident)
        reports = upward.of(session, incident)
        return render_template(
            "bulletins/incident.html",
            number=number,
            now=clock.now(session),
            bulletins=[views.out(session, here(), row, language()) for row in reading.of(session, incident)],
            upcoming=views.due_out(session, incident, upcoming),
            upward=[(row, views.upward_out(row, language()), _names(session, row.told)) for row in reports],
            acknowledging={row.clock for row in reports if upward.may_acknowledge(row, incident, principal())},
            who={row.acknowledged_by: _name(session, row.acknowledged_by) for row in reports},
            kinds=[Kind.FIRST, Kind.FOLLOW_UP, Kind.FINAL],
            writing=may(principal(), service.WRITE),
            given=request.form,
            words=words,
            **_problem(refused),
        )


@pages.get("/incidents/<number>/bulletins/part")
@access("read")
def part(number: str) -> Any:
    """What is due next and what waits for whoever looks: a fragment of the incident's page."""
    with here().database.read() as session:
        incident = room_pages.found(session, number)
        rows = [row for row in reading.of(session, incident) if row.state in OPEN]
        return render_template(
            "bulletins/part.html",
            number=number,
            upcoming=views.due_out(session, incident, reading.upcoming(session, incident)),
            failed=[row for row in reading.of(session, incident) if _failed(session, row)],
            waiting=[row for row in rows if approving.may_approve_now(session, incident, row, principal())],
            writing=may(principal(), service.WRITE),
            unheard=[row for row in upward.of(session, incident) if row.acknowledged_at is None],
            words=words,
        )


@pages.get("/bulletins/<int:bulletin_id>")
@access("read")
def one(bulletin_id: int) -> Any:
    """One bulletin: its texts beside its figures, what was changed in the draft, what can be done, who has it."""
    return _one(bulletin_id)


@pages.post("/bulletins/<int:bulletin_id>/<verb>")
@access("read")
def do(bulletin_id: int, verb: str) -> Any:
    """Save, refresh, submit, send back, approve, drop or correct; a refusal keeps what was typed."""
    try:
        made = unit(lambda session: _do(session, bulletin_id, verb))
    except Problem as refused:
        return _one(bulletin_id, refused, verb), refused.status
    return redirect(f"/bulletins/{made}", 303)


def _do(session: Session, bulletin_id: int, verb: str) -> int:
    """Do what a form asks for; the id of the bulletin to show then. Text that stands in the form is saved with a submission."""
    who, form = principal(), request.form

    def work(session: Session, incident: Incident, row: Bulletin, _: Any) -> int:
        reason = form.get("reason", "")
        match verb:
            case "save":
                service.edit(session, incident, row, _typed(), who)
            case "refresh":
                service.refresh(session, incident, row, who)
            case "submit":
                if _typed():
                    service.edit(session, incident, row, _typed(), who)
                service.submit(session, incident, row, who)
            case "send-back":
                approving.send_back(session, incident, row, who, reason)
            case "approve":
                approving.approve(session, here(), incident, row, who)
            case "override":
                approving.approve(session, here(), incident, row, who, override=True, reason=reason)
            case "drop":
                service.drop(session, incident, row, who, reason)
            case "send-again":
                approving.send_again(session, here(), incident, row, form.get("recipient", ""), who)
            case "correct":
                return service.correct(session, incident, row, who).id
            case _:
                raise NotFound(
                    N_("There is nothing at this address."), remedy=N_("Go back to the bulletin and use its buttons.")
                )
        return row.id

    found: int = api.done(session, bulletin_id, who, work)
    return found


def _failed(session: Session, row: Bulletin) -> bool:
    """Whether some mail of a bulletin failed or is doubtful."""
    return row.state not in OPEN and any(copy.state in sending.AGAIN for copy in reading.copies(session, row))


def _typed() -> dict[str, str]:
    """The texts of the form; one that was emptied is a fault of its field."""
    there = {name: request.form[name] for name in service.TEXTS if name in request.form}
    return validated(EditIn, there).model_dump(exclude_none=True) if there else {}


def _one(bulletin_id: int, refused: Problem | None = None, doing: str = "") -> str:
    with here().database.read() as session:
        seen = reading.find(session, bulletin_id, principal())
        row, incident, who = seen.bulletin, seen.incident, principal()
        marks.of_exercise(row.exercise)
        shown = views.out(session, here(), row, language())
        typed = {name: request.form.get(name, shown.texts[name]) for name in service.TEXTS}
        return render_template(
            "bulletins/one.html",
            found=shown,
            typed=typed if doing in ("save", "submit") else shown.texts,
            differences={
                name: diffing.lines(shown.drafted[name], shown.texts[name])
                for name in service.TEXTS
                if shown.drafted[name] != shown.texts[name]
            },
            would_get=reading.recipients_of(session, incident, row.recipients) if row.state in OPEN else [],
            lacking=reading.lacking(session, incident, row.recipients) if row.state in OPEN else [],
            mail_gateway=any(one.channel == "email" for one in here().settings.gateways),
            people={
                each: _actor(session, each)
                for each in (row.drafted_by, row.edited_by, row.submitted_by, row.approved_by)
            },
            writing=may(who, service.WRITE),
            approving=approving.may_approve_now(session, incident, row, who),
            overriding=approving.may_override(session, incident, row, who),
            names=names,
            words=words,
            doing=doing,
            given=request.form,
            **_problem(refused),
        )


@pages.get("/bulletins/<int:bulletin_id>/pdf")
@access("read")
def as_pdf(bulletin_id: int) -> Any:
    """The bulletin as it would leave, or has left."""
    asked = validated(PdfIn, {"language": language(), **given(request.args, "language", "sees")})
    with here().database.read() as session:
        row = reading.find(session, bulletin_id, principal()).bulletin
        marks.of_exercise(row.exercise)
        return api.file(views.pdf_of(session, row, asked.language, asked.sees), row)


def _names(session: Session, ids: list[int]) -> list[str]:
    return [_name(session, each) for each in ids]


def _name(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return names.of(person, language()) if person else ""


def _actor(session: Session, actor: str | None) -> str:
    """Who did it: a name, or nothing for what happened by itself."""
    kind, _, rest = (actor or "").partition(":")
    return _name(session, int(rest)) if kind == "person" and rest.isdigit() else ""


def _problem(refused: Problem | None) -> dict[str, Any]:
    return {"problem": document(refused, "") if refused else None}
