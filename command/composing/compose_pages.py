"""The page that puts a notice together: whom, what, its correction; counted and reckoned as it is typed. It works without scripts."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.composing import choosing, keeping, lists, reckoning, words
from command.core.documents import document
from command.core.marks import of_exercise
from command.core.problems import N_, Invalid, NotFound, Problem
from command.core.spans import spell
from command.incidents import api as incidents_api
from command.incidents import notice_api, notifying
from command.network.models import Service
from command.notices.models import Kind
from command.notices.selecting import Selection
from command.people.access import Principal, access, here, principal, unit
from command.people.language import language
from command.resources.forms import given, valid

pages = Blueprint("compose_pages", __name__)
CODES = (
    "areas",
    "elements",
    "services",
    "plans",
    "lists",
    "without_areas",
    "without_elements",
    "without_plans",
    "without_lists",
)
COMPOSED = (Kind.FIRST, Kind.UPDATE, Kind.ADVISORY)


@pages.get("/notices/new", endpoint="compose")
@access("submit_notice")
def compose() -> Any:
    """Put a notice of an incident together."""
    return _form(request.args)


@pages.post("/notices/new")
@access("submit_notice")
def composed() -> Any:
    """Write it down as a draft, save its audience or bring a list in; a refusal keeps what was typed."""
    form, who = request.form, principal()
    try:
        if form.get("do") == "list":
            return _form(form, imported=_imported(who))
        with here().database.read() as session:
            selection = selected(session, form)
        if form.get("do") == "save":
            name, shared = form.get("name", ""), form.get("shared") == "1"
            stored = unit(lambda session: keeping.save(session, name, shared, selection, who).name)
            return _form(form, saved=stored)
        fields = {
            "incident": form.get("incident", ""),
            "kind": form.get("kind", ""),
            "texts": given(form, "zh", "en"),
            "correction": {"zh": form.get("wrong_zh", ""), "en": form.get("wrong_en", "")},
            "audience": selection,
        }
        made = notice_api.drafted(valid(notice_api.NoticeIn, fields), who)
    except NotFound:
        raise
    except Problem as refused:
        return _form(form, refused), refused.status
    return redirect(f"/notices/{made.id}", 303)


def _imported(who: Principal) -> lists.Imported:
    sent = request.files.get("file")
    try:
        text = sent.read().decode("utf-8-sig") if sent else ""
    except UnicodeDecodeError:
        raise Invalid(
            N_("The file is not UTF-8 text."), field="file", remedy=N_("Save it as CSV in UTF-8 and try again.")
        ) from None
    name, keyring = request.form.get("list_name", ""), here().keyring
    return unit(lambda session: lists.take(session, keyring, name, text, who.actor))


@pages.post("/notices/count")
@access("submit_notice")
def counted() -> Any:
    """How many the form takes as it stands, of which languages, and what telling them the texts would cost and take."""
    form = request.form
    try:
        with here().database.read() as session:
            incident = incidents_api.read(session, form.get("incident", "")[:64])
            of_exercise(incident.exercise)
            kind = _kind(form)
            found = reckoning.reckon(session, selected(session, form), here().keyring, (incident, kind))
            texts = given(form, "zh", "en")
            expected = reckoning.expected(session, incident, kind, texts, found.reached)
    except Problem as refused:
        return render_template("notices/count.html", found=None, problem=_problem(refused))
    return render_template(
        "notices/count.html",
        found=found,
        expected=expected,
        sizes=reckoning.segments(texts),
        spell=spell,
        words=words,
        problem=None,
    )


@pages.get("/notices/choices/<field>")
@access("submit_notice")
def choices(field: str) -> Any:
    """What a field may mean by what was typed so far, as options of its box."""
    with here().database.read() as session:
        found = choosing.offered(session, field, request.args.get("q", ""), language())
    return render_template("notices/choices.html", choices=found, field=field)


def _kind(form: Mapping[str, str]) -> Kind:
    return next((kind for kind in COMPOSED if kind == form.get("kind")), Kind.FIRST)


def selected(session: Session, form: Any) -> Selection:
    """The selection a form makes; raise Invalid."""
    fields: dict[str, Any] = {name: choosing.meant(session, name, _split(form.get(name, ""))) for name in CODES}
    fields["services"] = form.getlist("services")
    fields["critical"] = form.get("critical") or "any"
    fields["language"] = form.get("language") or None
    return valid(Selection, fields)


def _split(text: str) -> list[str]:
    for mark in "；,，\n":
        text = text.replace(mark, ";")
    return [part.strip() for part in text[:20_000].split(";") if part.strip()]


def _form(form: Any, refused: Problem | None = None, imported: lists.Imported | None = None, saved: str = "") -> str:
    who, kind = principal(), _kind(form)
    with here().database.read() as session:
        incident = incidents_api.read(session, form.get("incident", "")[:64])
        of_exercise(incident.exercise)
        filled = _filled(session, form, who)
        texts = notifying.planned(session, incident, kind)
        wrong = notifying.planned(session, incident, Kind.CORRECTION)
        services = session.scalars(select(Service).order_by(Service.bit)).all()
        kept, known = keeping.saved(session, who), lists.kept(session)
        session.expunge_all()
    return render_template(
        "notices/new.html",
        incident=incident,
        kind=kind,
        kind_options=[(each.value, gettext(words.KINDS[each])) for each in COMPOSED],
        lists=[f"{each.id} {each.name}" for each in known],
        given=filled,
        texts={**texts, **given(form, "zh", "en")},
        wrong={tongue: form.get(f"wrong_{tongue}") or wrong.get(tongue, "") for tongue in ("zh", "en")},
        chosen=set(form.getlist("services")) | set(filled.get("_services", ())),
        services=services,
        kept=kept,
        imported=imported,
        saved=saved,
        words=words,
        problem=_problem(refused),
    )


def _filled(session: Session, form: Any, who: Principal) -> dict[str, Any]:
    """What the form holds: what was typed, or the saved audience that was asked for."""
    wanted = request.args.get("audience", type=int) if request.method == "GET" else None
    if not wanted:
        return {**form.to_dict()}
    kept = keeping.one(session, wanted, who).selection
    filled: dict[str, Any] = {
        name: "; ".join(choosing.labels(session, name, kept.get(name) or (), language())) for name in CODES
    }
    return {
        **filled,
        "critical": kept.get("critical"),
        "language": kept.get("language") or "",
        "_services": kept.get("services") or (),
    }


def _problem(refused: Problem | None) -> dict[str, Any] | None:
    """The problem as the page shows it: at its field, which the form calls without the audience's name before it."""
    if refused is None:
        return None
    found = dict(document(refused, ""))
    return {**found, "field": found.get("field", "").removeprefix("audience.")}
