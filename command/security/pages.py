"""Pages of information security: an incident's names, flow, evidence, those concerned and the decision; looking in; agreements of
confidentiality. All work without scripts."""

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document
from command.core.problems import N_, Invalid, NotFound, Problem
from command.incidents import entries, house, standing, visibility
from command.incidents.models import Incident
from command.people.access import access, here, may, principal, visitor
from command.people.language import language, zone
from command.people.models import Person
from command.people.posts import DEPARTMENTS
from command.resources.forms import given, instant, valid
from command.security import agreements, concern, custody, doing, evidence, looking_in, sheet, views, words
from command.security.asked import (
    CustodyIn,
    FlowIn,
    LookInIn,
    NameIn,
    RestrictionIn,
    StepIn,
    TellingIn,
)
from command.security.entries import ListTaken
from command.security.rules import rules

pages = Blueprint("security", __name__)
UPLOADS = ("security.take", "security.bring")
SHOWN = 100
"""Rows of a list that could not be used, as the page shows them."""


@pages.url_value_preprocessor
def _admit_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Only who may keep evidence sends a large form."""
    if request.method != "POST" or endpoint not in UPLOADS:
        return
    who = visitor()
    if who is not None and may(who, "keep_evidence"):
        request.max_content_length = (rules().largest_mb + 1) * 1024 * 1024


@pages.app_template_global()
def looks_in() -> bool:
    """Whether whoever reads a page may look in to restricted incidents."""
    who = visitor()
    return who is not None and looking_in.may(who)


@pages.get("/incidents/<number>/security")
@access("read")
def security(number: str) -> Any:
    """All of it, for whoever may know of the incident."""
    return page(number)


def page(
    number: str, refused: Problem | None = None, form: str = "", brought: concern.Outcome | None = None, found: Any = ""
) -> str:
    """The page; `form` was refused, `brought` is what became of a list, `found` what a check of evidence found."""
    who = principal()
    with here().database.read() as session:
        incident = visibility.seen_by(session, standing.find(session, number), who)
        shown = views.whole(session, incident, who, language())
        people = _people(session, incident)
        holding = [views.agreement(session, each) for each in agreements.listed(session)]
    return render_template(
        "security/page.html",
        number=number,
        found=shown,
        people=people,
        agreements=[each for each in holding if each.holds],
        words=words,
        departments=DEPARTMENTS,
        reasons=words.REASONS,
        acts=custody,
        brought=brought,
        checked=found,
        shown_rows=SHOWN,
        largest=rules().largest_mb,
        keeping=may(who, "keep_evidence") and shown.evidence is not None,
        handling=may(who, "edit_task"),
        choosing=may(who, "assess"),
        deciding=may(who, "decide_telling"),
        given=request.form,
        form=form,
        **_problem(refused),
    )


def _people(session: Session, incident: Incident) -> list[tuple[str, str]]:
    """Active people by username and name."""
    active = session.scalars(select(Person).where(Person.active).order_by(Person.username))
    return [(each.username, names.of(each, language())) for each in active]


def _problem(refused: Problem | None) -> dict[str, Any]:
    return {"problem": document(refused, "") if refused else None}


def _done(number: str, work: Any, form: str) -> Any:
    """Do what a form says and go back to the page; a refusal shows it with what was typed."""
    try:
        work()
    except Problem as refused:
        if refused.status == 404:
            raise
        return page(number, refused, form), refused.status
    return redirect(f"/incidents/{number}/security", 303)


@pages.post("/incidents/<number>/security/names")
@access("read")
def add_name(number: str) -> Any:
    """Name somebody."""
    return _done(number, lambda: doing.add_name(number, valid(NameIn, given(request.form, "person", "reason"))), "name")


@pages.post("/incidents/<number>/security/names/remove")
@access("read")
def remove_name(number: str) -> Any:
    """Take somebody off the list; whoever removes themselves sees the incident no more."""
    asked = given(request.form, "person", "reason")
    done = _done(number, lambda: doing.remove_name(number, valid(NameIn, asked)), f"unname-{asked.get('person', '')}")
    if getattr(done, "status_code", 0) == 303 and asked.get("person") == principal().username:
        return redirect("/board", 303)
    return done


@pages.post("/incidents/<number>/security/restriction")
@access("read")
def restrict(number: str) -> Any:
    """Restrict the incident, or lift that."""
    asked = {**given(request.form, "reason"), "restricted": request.form.get("restricted") == "1"}
    return _done(number, lambda: doing.restrict(number, valid(RestrictionIn, asked)), "restriction")


@pages.post("/incidents/<number>/security/flow")
@access("assess")
def choose(number: str) -> Any:
    """Choose the flow."""
    asked = given(request.form, "flow") | {"override": request.form.get("override") == "1"}
    return _done(number, lambda: doing.choose(number, valid(FlowIn, asked)), "flow")


@pages.post("/incidents/<number>/security/steps/<code>")
@access("edit_task")
def step(number: str, code: str) -> Any:
    """Say how a step stands."""
    asked = given(request.form, "state", "words")
    return _done(number, lambda: doing.step(number, code, valid(StepIn, asked)), f"step-{code}")


@pages.post("/incidents/<number>/security/evidence")
@access("keep_evidence")
def take(number: str) -> Any:
    """Take evidence into custody: a file, or media elsewhere."""

    def work() -> None:
        form, sent = request.form, request.files.get("file")
        at = instant(form, "taken_at", zone())
        said, place = form.get("description", "")[:4000], form.get("place", "")
        if sent is None or not sent.filename:
            doing.take(number, evidence.Given(said, place, sha256=form.get("sha256", ""), taken_at=at))
            return
        body = sent.stream.read(rules().largest_mb * 1024 * 1024 + 1)
        doing.take(number, evidence.Given(said, place, body, sent.filename, taken_at=at))

    return _done(number, work, "evidence")


@pages.post("/incidents/<number>/security/evidence/<int:label>/<act>")
@access("keep_evidence")
def custody_act(number: str, label: int, act: str) -> Any:
    """Do something with a piece of evidence; a check says what it found."""
    form = f"evidence-{label}-{act}"
    try:
        asked = valid(CustodyIn, given(request.form, *CustodyIn.model_fields))
        found = doing.custody_act(number, label, act, asked)
    except Problem as refused:
        if refused.status == 404:
            raise
        return page(number, refused, form), refused.status
    if found is not None:
        return page(number, found=(label, found))
    return redirect(f"/incidents/{number}/security#e{label}", 303)


@pages.post("/incidents/<number>/security/evidence/<int:label>/content")
@access("keep_evidence")
def content(number: str, label: int) -> Any:
    """The file, on record: that is why it is asked for with a form."""
    try:
        name, body = doing.content(number, label)
    except Problem as refused:
        if refused.status == 404:
            raise
        return page(number, refused), refused.status
    answer = Response(body, mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return _alone(answer)


@pages.post("/incidents/<number>/security/evidence-list.<form>")
@access("keep_evidence")
def take_list(number: str, form: str) -> Any:
    """The list of evidence with hashes and custody as csv or pdf, on record."""
    if form not in ("csv", "pdf"):
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Ask for csv or pdf."))
    tongue = language()

    def verb(session: Session, incident: Incident, who: Any) -> Any:
        evidence.known(session, incident, who)
        items = views.items(session, incident, who, tongue)
        entries.record(session, incident, ListTaken(person_id=who.person_id, form=form, items=len(items)))
        return items, house.local(session, clock.now(session))

    items, at = doing.locked(number, verb)
    if form == "csv":
        answer = Response("\ufeff" + sheet.as_csv(number, items), content_type="text/csv; charset=utf-8")
    else:
        title = gettext("Evidence of incident %(number)s", number=number)
        mark = gettext("Taken by %(person)s at %(at)s", person=principal().username, at=f"{at:%Y-%m-%d %H:%M}")
        answer = Response(sheet.as_pdf(title, mark, items), mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"evidence-{number}.{form}")
    return _alone(answer)


def _alone(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@pages.post("/incidents/<number>/security/concerned")
@access("keep_evidence")
def bring(number: str) -> Any:
    """Bring in the list of those concerned; rows that cannot be used are shown, or come back as a file where that is asked for."""
    try:
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise Invalid(N_("Choose a file."), field="file", remedy=N_("Take a CSV with one number or record a line."))
        made = doing.bring(number, sent.stream.read())
    except Problem as refused:
        if refused.status == 404:
            raise
        return page(number, refused, "concerned"), refused.status
    if made.refused and request.form.get("errors") == "1":
        answer = make_response("\ufeff" + concern.refused_csv(made.refused))
        answer.content_type = "text/csv; charset=utf-8"
        answer.headers.set("Content-Disposition", "attachment", filename=f"concerned-errors-{number}.csv")
        return _alone(answer)
    return page(number, brought=made)


@pages.post("/incidents/<number>/security/decision")
@access("decide_telling")
def decide(number: str) -> Any:
    """Decide whether those concerned are told."""
    asked = given(request.form, "reason", "reconsider_on") | {
        "tell": request.form.get("tell") == "1",
        "override": request.form.get("override") == "1",
    }
    return _done(number, lambda: doing.decide(number, valid(TellingIn, asked)), "decision")


@pages.get("/look-in")
@access("read")
def look_in_form() -> Any:
    """The form by which somebody looks in to restricted incidents; whoever may not finds nothing here."""
    return _look_in()


def _look_in(refused: Problem | None = None) -> str:
    if not looking_in.may(principal()):
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Open the board and choose from it."))
    return render_template("security/look_in.html", given=request.form, **_problem(refused))


@pages.post("/look-in")
@access("read")
def look_in() -> Any:
    """Look in, on one's own word and on record."""
    try:
        numbers = doing.look_in(valid(LookInIn, given(request.form, "number", "reason")))
    except Problem as refused:
        return _look_in(refused), refused.status
    return redirect(f"/incidents/{numbers[0]}/security" if len(numbers) == 1 else "/archive?sort=newest", 303)
