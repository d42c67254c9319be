"""Pages of training sessions: the list, planning and changing one, one session with its list, and the page behind its QR code."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from command.core import clock
from command.core.documents import document
from command.core.problems import Problem
from command.oncall.phone_drill import groups
from command.people import language
from command.people.access import access, here, may, principal, unit
from command.people.authority import Act
from command.resources.forms import given, valid
from command.resources.labels import picture
from command.training import attendance, rules, session_api, session_log, session_views, sessions, views, words
from command.training.api import person_id
from command.training.asked import AttendanceIn, ChangeIn, CodeIn, SessionIn
from command.training.models import TrainingSession, Via
from command.training.pages import sent_file
from command.training.rules import Topic
from command.training.session_views import SessionOut

pages = Blueprint("training_sessions", __name__)
LISTED = 100
BLANK = {"minutes": "90", "capacity": ""}
TYPED = ("title", "place", "link", "starts", "zone", "minutes", "teacher", "teacher_name", "capacity")


@pages.get("/training/sessions")
@access("read")
def listed() -> Any:
    """Every session, those to come first."""
    with here().database.read() as session:
        query = select(TrainingSession).order_by(TrainingSession.starts_at.desc()).limit(LISTED)
        rows = [_shown(session, row) for row in session.scalars(query)]
    return render_template(
        "training/sessions.html",
        ahead=[row for row in reversed(rows) if row.state == "planned"],
        past=[row for row in rows if row.state != "planned"],
        words=words,
        trainer=may(principal(), Act.MANAGE_TRAINING),
    )


def _shown(session: Session, row: TrainingSession) -> SessionOut:
    return session_views.session_out(session, rules.current(), row, principal(), language.language())


@pages.get("/training/sessions/new")
@access("manage_training")
def new() -> Any:
    """The form of a session; `topic` is chosen beforehand where the matrix led here."""
    blank = {**BLANK, "zone": language.zone_name(), "teacher": principal().username}
    return _form(blank, (), request.args.getlist("topic"))


@pages.post("/training/sessions/new")
@access("manage_training")
def new_now() -> Any:
    """Keep a session; a refusal keeps what was typed."""
    by = person_id()
    try:
        asked = valid(SessionIn, _typed(request.form))
        made = unit(lambda session: sessions.plan(session, asked, by).id)
    except Problem as problem:
        return _form(request.form.to_dict(), request.form.getlist("targets"), request.form.getlist("topics"), problem)
    return redirect(f"/training/sessions/{made}", 303)


@pages.get("/training/sessions/<int:session_id>/edit")
@access("manage_training")
def edit(session_id: int) -> Any:
    """The form of a session that is there."""
    with here().database.read() as session:
        kept = sessions.find(session, session_id)
        row = session_views.whole_out(session, rules.current(), kept, principal(), language.language())
    held: dict[str, Any] = {name: "" if getattr(row, name) is None else getattr(row, name) for name in TYPED}
    held["teacher_name"] = "" if row.teacher else row.teacher_name
    held["materials"] = "\n".join(f"{each['link']} {each['title']}" for each in row.materials)
    return _form({**held, "version": row.version}, row.targets, row.topics, of=session_id)


@pages.post("/training/sessions/<int:session_id>/edit")
@access("manage_training")
def edit_now(session_id: int) -> Any:
    """Change a session; a refusal keeps what was typed."""
    try:
        asked = valid(ChangeIn, {**_typed(request.form), **given(request.form, "version")})
        kept = SessionIn(**asked.model_dump(exclude={"version"}))
        unit(lambda session: sessions.change(session, session_id, kept, asked.version) and None)
    except Problem as problem:
        if problem.status == 404:
            raise
        chosen = request.form.getlist("targets"), request.form.getlist("topics")
        return _form(request.form.to_dict(), *chosen, problem, of=session_id)
    return redirect(f"/training/sessions/{session_id}", 303)


def _typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """The values a form holds as SessionIn reads them. A line of `materials` is a link, then its title."""
    found = given(form, *TYPED)
    lines = [line.split(maxsplit=1) for line in form.get("materials", "").splitlines() if line.strip()]
    found["materials"] = [{"link": line[0], "title": line[-1][:80]} for line in lines]
    found["topics"] = form.getlist("topics")
    found["targets"] = [each for each in form.getlist("targets") if each]
    return found


def _form(typed: Mapping[str, Any], chosen: Any, topics: Any, problem: Problem | None = None, of: int = 0) -> Any:
    with here().database.read() as session:
        choices = groups.choices(session, language.language(), gettext)
    shown = document(problem, "") if problem else None
    if shown and "field" in shown:
        shown["field"] = shown["field"].split(".")[0]
    return render_template(
        "training/session_form.html",
        given=typed,
        chosen=set(chosen),
        topics=set(topics),
        choices=choices,
        words=words,
        every_topic=list(Topic),
        fields=(*TYPED, "topics", "targets", "materials"),
        of=of,
        problem=shown,
    ), problem.status if problem else 200


@pages.get("/training/sessions/<int:session_id>")
@access("read")
def one(session_id: int) -> Any:
    """A session: when and where, one's own answer; for who keeps its list, the list and the code."""
    return _one(session_id)


def _one(session_id: int, problem: Problem | None = None, imported: views.ImportedOut | None = None) -> Any:
    with here().database.read() as session:
        row = sessions.find(session, session_id)
        found = session_views.whole_out(session, rules.current(), row, principal(), language.language())
        keeps = session_views.manages(principal(), row)
        log = session_log.told(session, row.id, language.language()) if found.places is not None else []
        whom = [groups.named(session, each, language.language(), gettext) for each in row.targets]
        works = clock.now(session) >= row.starts_at - attendance.AROUND
    address = f"{here().settings.origin}/training/sessions/{session_id}/here?code={found.code}"
    return render_template(
        "training/session.html",
        found=found,
        whom=whom,
        keeps=keeps,
        marking=keeps and found.state != "cancelled",
        works=works,
        picture=picture(address) if found.code else None,
        log=log,
        imported=imported,
        typed=request.form,
        words=words,
        trainer=may(principal(), Act.MANAGE_TRAINING),
        problem=document(problem, "") if problem else None,
    ), problem.status if problem else 200


def _done(session_id: int, work: Any) -> Any:
    """Do it and go back to the session; a refusal is shown there."""
    try:
        work()
    except Problem as problem:
        if problem.status == 404:
            raise
        return _one(session_id, problem)
    return redirect(f"/training/sessions/{session_id}", 303)


@pages.post("/training/sessions/<int:session_id>/join")
@access("read")
def join(session_id: int) -> Any:
    """Take a place."""
    me = person_id()
    return _done(session_id, lambda: unit(lambda session: sessions.join(session, session_id, me) and None))


@pages.post("/training/sessions/<int:session_id>/leave")
@access("read")
def leave(session_id: int) -> Any:
    """Give one's place back."""
    me = person_id()
    return _done(session_id, lambda: unit(lambda session: sessions.leave(session, session_id, me) and None))


@pages.post("/training/sessions/<int:session_id>/cancel")
@access("manage_training")
def cancel(session_id: int) -> Any:
    """Call it off, with a reason."""
    reason = request.form.get("reason", "")[:1000]
    return _done(session_id, lambda: unit(lambda session: sessions.cancel(session, session_id, reason) and None))


@pages.post("/training/sessions/<int:session_id>/conclude")
@access("manage_training")
def conclude(session_id: int) -> Any:
    """Close it and issue certificates."""
    by = person_id()
    return _done(
        session_id,
        lambda: unit(lambda session: attendance.conclude(session, rules.current(), session_id, by)),
    )


@pages.post("/training/sessions/<int:session_id>/attendance")
@access("read")
def mark(session_id: int) -> Any:
    """Save the list: all of it or, where a value cannot be used, nothing."""
    form = request.form
    items = [
        {"person": name, "attendance": form.get(f"attendance-{name}"), "score": form.get(f"score-{name}") or None}
        for name in form.getlist("person")
        if name
    ]
    if form.get("also", "").strip():
        items.append({"person": form["also"].strip(), "attendance": "came", "score": form.get("also_score") or None})

    def work() -> None:
        session_api.mark_now(session_id, valid(AttendanceIn, {"items": items}), Via.LIST)

    return _done(session_id, work)


@pages.post("/training/sessions/<int:session_id>/attendance/import")
@access("read")
def mark_by_file(session_id: int) -> Any:
    """Mark attendance by a CSV file; bad rows are shown, the others kept."""
    try:
        return _one(session_id, imported=views.imported_out(session_api.file_now(session_id, sent_file())))
    except Problem as problem:
        if problem.status == 404:
            raise
        return _one(session_id, problem)


@pages.get("/training/sessions/<int:session_id>/here")
@access("read")
def here_page(session_id: int) -> Any:
    """The page behind the QR code: one button. Looking marks nobody."""
    return _here(session_id, request.args.get("code", "")[:12])


@pages.post("/training/sessions/<int:session_id>/here")
@access("read")
def here_now(session_id: int) -> Any:
    """Say that one is there."""
    code = request.form.get("code", "")
    try:
        session_api.check_in_now(session_id, valid(CodeIn, {"code": code}).code)
    except Problem as problem:
        if problem.status == 404:
            raise
        return _here(session_id, code[:12], problem)
    return redirect(f"/training/sessions/{session_id}/here", 303)


def _here(session_id: int, code: str, problem: Problem | None = None) -> Any:
    with here().database.read() as session:
        found = _shown(session, sessions.find(session, session_id))
    return render_template(
        "training/here.html", found=found, code=code, words=words, problem=document(problem, "") if problem else None
    ), problem.status if problem else 200
