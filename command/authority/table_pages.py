"""The authority table on pages: drawn act by act, simulated, and edited as a draft until a second administrator puts it in force."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from pydantic import ValidationError

from command.authority import drafts, painting, table_api, views, words, yaml_text
from command.authority.table_api import CaseIn, PublishIn
from command.core import clock
from command.core.documents import document
from command.core.problems import N_, Invalid, NotFound, Problem
from command.incidents import house
from command.people import authority_versions as versions
from command.people.access import access, here, may, principal, unit
from command.people.authority import LEVELS, TIERS, Act, Post, Row
from command.people.language import language
from command.people.posts import POSTS
from command.resources.forms import given, instant, valid

pages = Blueprint("authority", __name__)
WAYS = ("alone", "propose", "approve", "deputy", "override")


def _words() -> dict[str, Any]:
    return {"words": words, "posts": POSTS, "levels": LEVELS, "tiers": TIERS, "all_posts": tuple(Post)}


@pages.get("/people/authority")
@access("read")
def table() -> str:
    """The table in force, drawn act by act; `?version=` one of its versions."""
    number = request.args.get("version", "")
    with here().database.read() as session:
        if number.isascii() and number.isdigit() and len(number) < 10 and int(number):
            shown = views.table_out(session, drafts.version(session, int(number)), language())
        else:
            shown = views.in_force(session, language())
        open_now = drafts.draft(session)
        history = [views.version_out(session, row, language()) for row in drafts.history(session)]
        newest = versions.newest(session) or 0
    return render_template(
        "authority/table.html",
        table=shown,
        newest=newest,
        drawn={act: painting.drawn(shown.rows, act) for act in Act},
        history=history,
        open=open_now,
        editing=may(principal(), drafts.ACT),
        **_words(),
    )


@pages.get("/people/authority.yaml")
@access("read")
def exported() -> Response:
    """A version as a file: the one in force, or `?version=` (0: the file that ships)."""
    number = request.args.get("version", "")
    with here().database.read() as session:
        if number == "0":
            rows, name = versions.first().rows, "0"
        elif number.isascii() and number.isdigit() and len(number) < 10:
            rows, name = versions.completed(drafts.version(session, int(number)).rows), number
        else:
            rows, name = versions.current(session).rows, str(versions.newest(session) or 0)
    response = Response(yaml_text.written(rows), mimetype="application/yaml")
    response.headers["Content-Disposition"] = f'attachment; filename="authority-{name}.yaml"'
    return response


@pages.post("/people/authority/draft/begin")
@access("manage_authority")
def begin() -> Any:
    """Begin a draft: from the table in force, from a version (roll back), or from a file."""
    source = request.form.get("source", "table")
    sent = request.files.get("file")
    typed = (sent.stream.read(yaml_text.LONGEST + 1).decode("utf-8", "replace") if sent else "") or request.form.get(
        "yaml", ""
    )
    try:
        if source == "file":
            rows = yaml_text.read(typed).rows
            unit(lambda session: drafts.begin(session, principal(), rows, source="file"))
        elif source == "version":
            number = _number(request.form.get("version", ""))
            unit(lambda session: drafts.begin(session, principal(), source="version", of=number))
        else:
            unit(lambda session: drafts.begin(session, principal()))
    except Problem as problem:
        return _import_page(problem, typed), problem.status
    return redirect("/people/authority/draft", 303)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid(N_("This is no version."), field="version", remedy=N_("Choose one of the list of versions."))
    return int(text)


@pages.get("/people/authority/import")
@access("manage_authority")
def import_page() -> str:
    """Begin a draft from a file."""
    return _import_page(None, "")


def _import_page(problem: Problem | None, typed: str) -> str:
    return render_template("authority/import.html", problem=document(problem, "") if problem else None, typed=typed)


@pages.get("/people/authority/draft")
@access("manage_authority")
def draft() -> str:
    """The draft: what it changes, its thin places, and how it is published."""
    return _draft()


def _draft(problem: Problem | None = None) -> str:
    with here().database.read() as session:
        row = drafts.draft(session)
        if row is None:
            raise NotFound(N_("There is no draft of the table."), remedy=N_("Begin one from the table in force."))
        shown = views.table_out(session, row, language())
        others = drafts.others(session, principal())
    return render_template(
        "authority/draft.html",
        table=shown,
        drawn={act: painting.drawn(shown.rows, act) for act in Act},
        mine=row.changed_by == principal().person_id,
        others=others,
        phrase=drafts.phrase(row.id),
        problem=document(problem, "") if problem else None,
        given=request.form,
        **_words(),
    )


@pages.get("/people/authority/draft/<act>")
@access("manage_authority")
def rule(act: str) -> str:
    """The form of a rule; `?tier=` and `?level=` say which one it begins from."""
    return _rule(_act(act), None)


@pages.post("/people/authority/draft/<act>")
@access("manage_authority")
def put(act: str) -> Any:
    """Put the rule of the form on its tiers and levels; a refusal keeps what was typed."""
    known = _act(act)
    try:
        made = _typed(known)
        unit(lambda session: drafts.put(session, made, _revision(), principal()))
    except Problem as problem:
        return _rule(known, problem), problem.status
    return redirect(f"/people/authority/draft#{known}", 303)


def _act(name: str) -> Act:
    if name not in set(Act):
        raise NotFound(N_("There is no such act."), remedy=N_("Choose one of the table."))
    return Act(name)


def _revision() -> int:
    text = request.form.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _typed(act: Act) -> Row:
    """The rule that the form describes; raise Invalid naming the field."""
    form = request.form
    minutes = form.get("after_minutes", "").strip()
    fields: dict[str, Any] = {"act": act, "second_person": form.get("second_person") == "yes"}
    fields |= {name: tuple(form.getlist(name)) for name in ("alone", "propose", "approve", "override")}
    fields["tiers"] = tuple(int(each) for each in form.getlist("tiers") if each in ("1", "2", "3", "4"))
    fields["levels"] = tuple(level for level in LEVELS if level in form.getlist("levels"))
    if not fields["tiers"] or not fields["levels"]:
        name = "levels" if fields["tiers"] else "tiers"
        raise Invalid(N_("The rule covers nothing."), field=name, remedy=N_("Choose at least one tier and one level."))
    if deputies := tuple(form.getlist("deputy")):
        if not (minutes.isascii() and minutes.isdigit() and 1 <= int(minutes[:9]) <= 100_000):
            raise Invalid(
                N_("A deputy's turn comes after a number of minutes."),
                field="after_minutes",
                remedy=N_("Write whole minutes, 1 at least."),
            )
        fields["deputy"] = {"posts": deputies, "after_minutes": int(minutes)}
    return _row(fields)


def _row(fields: dict[str, Any]) -> Row:
    try:
        return Row.model_validate(fields)
    except ValidationError as error:
        misfits = getattr(error.errors()[0].get("ctx", {}).get("error"), "misfits", ())
        said = misfits[0].message if misfits else error.errors()[0]["msg"]
        raise Invalid(
            N_("This rule cannot be used: %(why)s."),
            field="alone",
            remedy=N_(
                "Who asks needs somebody who agrees; auditors and assessors read, administrators run the system."
            ),
            why=said,
        ) from None


def _rule(act: Act, problem: Problem | None) -> str:
    with here().database.read() as session:
        row = drafts.required(session)
        rows = versions.completed(row.rows)
    typed = request.form
    tier = int(request.args.get("tier", "1")) if request.args.get("tier", "1") in ("1", "2", "3", "4") else 1
    level = request.args.get("level", "country")
    level = level if level in LEVELS else "country"
    begun = next(each for each in rows if each.covers(act, tier, level))
    chosen = (
        {name: typed.getlist(name) for name in WAYS}
        if problem
        else {
            **{name: list(getattr(begun, name)) for name in WAYS if name != "deputy"},
            "deputy": list(begun.deputy.posts) if begun.deputy else [],
        }
    )
    return render_template(
        "authority/rule.html",
        act=act,
        revision=typed.get("revision") if problem and problem.field != "revision" else row.revision,
        chosen=chosen,
        chosen_tiers=typed.getlist("tiers") if problem else [str(each) for each in begun.tiers],
        chosen_levels=typed.getlist("levels") if problem else list(begun.levels),
        minutes=typed.get("after_minutes", "") if problem else (begun.deputy.after_minutes if begun.deputy else ""),
        second=typed.get("second_person") == "yes" if problem else begun.second_person,
        problem=document(problem, "") if problem else None,
        ways=WAYS,
        **_words(),
    )


@pages.post("/people/authority/draft/publish")
@access("manage_authority")
def publish() -> Any:
    """Put the draft in force."""
    typed = given(request.form, "revision", "reason", "confirm")
    try:
        table_api.published(valid(PublishIn, typed))
    except Problem as problem:
        return _draft(problem), problem.status
    return redirect("/people/authority", 303)


@pages.post("/people/authority/draft/drop")
@access("manage_authority")
def drop() -> Any:
    """Give the draft up."""
    unit(lambda session: drafts.drop(session, principal()))
    return redirect("/people/authority", 303)


@pages.get("/people/authority/simulate")
@access("read")
def simulate() -> Any:
    """Who may do it? Asked by a form, answered in words and with people: the table in force, and the draft beside it."""
    typed = {name: request.args.get(name, "").strip() for name in ("act", "tier", "area", "at", "audience", "own")}
    answers, problem = None, None
    if typed["act"]:
        try:
            answers = _answers(typed)
        except Problem as refused:
            problem = refused
    with here().database.read() as session:
        now = house.local(session, clock.now(session))
    page = render_template(
        "authority/simulate.html",
        typed=typed,
        answers=answers,
        now=now,
        problem=document(problem, "") if problem else None,
        **_words(),
    )
    return (page, problem.status) if problem else page


def _answers(typed: dict[str, str]) -> table_api.AnswersOut:
    fields: dict[str, Any] = {name: typed[name] for name in ("act", "area") if typed[name]}
    fields |= {name: _whole(typed[name], name) for name in ("tier", "audience") if typed[name]}
    fields["own"], fields["on"] = typed["own"] == "yes", "both"
    at = instant(typed, "at", here().settings.tz)
    case = valid(CaseIn, fields | ({"at": at} if at else {}))
    with here().database.read() as session:
        return table_api.answers(session, case)


def _whole(text: str, name: str) -> int:
    plain = text.replace(",", "").replace(" ", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) < 11):
        raise Invalid(N_("This is no number."), field=name, remedy=N_("Write a whole number."))
    return int(plain)
