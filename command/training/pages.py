"""Pages of training: one's own, the matrix, somebody's records, certificates. All work without scripts."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.network.models import Area
from command.people.access import access, here, may, principal, unit
from command.people.authority import Act
from command.people.entries import audit
from command.people.language import language
from command.people.models import Person
from command.people.posts import DEPARTMENTS, POSTS
from command.resources.forms import given, valid
from command.training import (
    api,
    certificate_pdf,
    export,
    records,
    rules,
    session_views,
    sessions,
    views,
    visible,
    words,
)
from command.training.asked import MatrixIn
from command.training.entries import Exported
from command.training.rules import Topic
from command.training.views import ImportedOut

pages = Blueprint("training", __name__)
MOST = 300
"""People the page of the matrix shows; the API and the export have them all."""


@pages.app_template_global()
def training_tabs() -> dict[str, bool]:
    """Which pages of training the reader is offered beside their own."""
    with here().database.read() as session:
        return {"matrix": visible.leads(session, principal())}


@pages.get("/training")
@access("read")
def mine() -> Any:
    """What one needs, until when, and which sessions one may join."""
    tongue, me = language(), api.person_id()
    with here().database.read() as session:
        person = session.get_one(Person, me)
        found = views.person_out(session, rules.current(), person, tongue)
        rows = [
            session_views.session_out(session, rules.current(), row, principal(), tongue)
            for row in sessions.to_come(session)
        ]
    needed = {cell.topic for cell in found.line.cells if cell.stands not in ("fine", "not_needed")}
    ours = [row for row in rows if row.mine is not None and row.mine.answer != "declined"]
    others = [row for row in rows if row not in ours]
    return render_template(
        "training/mine.html",
        found=found,
        ours=ours,
        others=sorted(others, key=lambda row: needed.isdisjoint(row.topics)),
        needed=needed,
        words=words,
    )


@pages.get("/training/matrix")
@access("read")
def matrix() -> Any:
    """Person by topic, of people whose records one may see."""
    return matrix_page()


def matrix_page(refused: Problem | None = None, imported: ImportedOut | None = None) -> Any:
    """The matrix by the filters of the address, with what became of a file that was just brought."""
    asked = {name: request.values.get(name, "") for name in MatrixIn.model_fields}
    shown = MatrixIn()
    with here().database.read() as session:
        try:
            shown = valid(MatrixIn, given(request.values, *MatrixIn.model_fields))
            found = api.matrix_of(session, shown)
        except Problem as problem:
            refused, found = refused or problem, api.matrix_of(session, MatrixIn())
        areas = session.scalars(select(Area).order_by(Area.code).limit(1000)).all()
    return render_template(
        "training/matrix.html",
        found=found,
        topics=[shown.topic] if shown.topic else list(Topic),
        most=MOST,
        asked=asked,
        areas=areas,
        departments=DEPARTMENTS,
        posts=POSTS,
        words=words,
        imported=imported,
        exporting=may(principal(), Act.EXPORT),
        trainer=may(principal(), Act.MANAGE_TRAINING),
        problem=document(refused, "") if refused else None,
    ), refused.status if refused else 200


@pages.post("/training/matrix/export")
@access("export")
def exported() -> Any:
    """The matrix, or the records of the people in it, as CSV. That it was taken is on record."""
    who, what = principal(), request.form.get("what", "matrix")

    def work(session: Session) -> str:
        shown = valid(MatrixIn, given(request.form, *MatrixIn.model_fields))
        if what == "records":
            rows = api.records_of(session, shown)
            text, lines = export.records(rows), len(rows)
        else:
            items = api.matrix_of(session, shown).items
            text, lines = export.matrix(items), len(items)
        kind = "records" if what == "records" else "matrix"
        audit(session, Exported(person_id=who.person_id, what=kind, lines=lines))
        return text

    try:
        text = unit(work)
    except Problem as refused:
        return matrix_page(refused)
    name = "training-records.csv" if what == "records" else "training-matrix.csv"
    return Response(
        "\ufeff" + text,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@pages.post("/training/records/import")
@access("manage_training")
def bring() -> Any:
    """Bring earlier records in; bad rows are shown, the others kept."""
    try:
        return matrix_page(imported=views.imported_out(api.bring_file(sent_file())))
    except Problem as refused:
        return matrix_page(refused)


def sent_file() -> bytes:
    """The file a form sent; raise Invalid without one."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(N_("No file was chosen."), field="file", remedy=N_("Choose a CSV file."))
    return sent.stream.read()


@pages.get("/training/people/<username>")
@access("read")
def person(username: str) -> Any:
    """Somebody's training, for themselves, trainers, auditors and who leads them."""
    with here().database.read() as session:
        row = visible.person(session, principal(), username)
        found = views.person_out(session, rules.current(), row, language())
    return render_template("training/person.html", found=found, words=words)


@pages.get("/training/certificates/<number>")
@access("read")
def certificate(number: str) -> Any:
    """A certificate, to read and to print."""
    return _certificate(number)


def _certificate(number: str, refused: Problem | None = None) -> Any:
    with here().database.read() as session:
        found = views.record_out(session, api.seen_record(session, number), language())
    return render_template(
        "training/certificate.html",
        found=found,
        words=words,
        reason=request.form.get("reason", ""),
        trainer=may(principal(), Act.MANAGE_TRAINING),
        problem=document(refused, "") if refused else None,
    ), refused.status if refused else 200


@pages.post("/training/certificates/<number>/revoke")
@access("manage_training")
def revoke(number: str) -> Any:
    """Take a certificate back, with a reason."""
    by = api.person_id()
    try:
        unit(lambda session: records.revoke(session, number, request.form.get("reason", "")[:1000], by) and None)
    except Problem as refused:
        if refused.status == 404:
            raise
        return _certificate(number, refused)
    return redirect(f"/training/certificates/{number}", 303)


@pages.get("/training/certificates/<number>.pdf")
@access("read")
def certificate_file(number: str) -> Any:
    """A certificate as PDF, in the reader's language."""
    with here().database.read() as session:
        found = views.record_out(session, api.seen_record(session, number), language())
    lines = [
        gettext("was trained in"),
        gettext(words.TOPICS[found.topic]),
        gettext("on %(day)s, %(minutes)s minutes", day=found.done_on, minutes=found.minutes)
        + (gettext(", with %(score)s of 100 points", score=found.score) if found.score is not None else ""),
        gettext("Valid until the end of %(day)s", day=found.expires_on),
    ]
    settings = here().settings
    operator = settings.operator_name_zh if language() == "zh" else settings.operator_name_en
    small = [operator, gettext("Certificate %(number)s, issued on %(day)s", number=found.number, day=_day(found))]
    mark = gettext("REVOKED") if found.revoked_at else gettext("DEMO") if found.demo else ""
    body = certificate_pdf.written(gettext("Certificate of training"), found.name, lines, small, mark)
    return Response(
        body,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{found.number}.pdf"', "Cache-Control": "private, no-store"},
    )


def _day(found: views.RecordOut) -> str:
    return f"{found.issued_at.astimezone(here().settings.tz):%Y-%m-%d}"
