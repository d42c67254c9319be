"""Pages of notices: those under way and past, one being watched, and the form that puts one together. All work without scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.composing import keeping, reckoning, views, words
from command.core.documents import document
from command.core.log import mask, masked_words
from command.core.marks import of_exercise
from command.core.problems import N_, Invalid, NotFound, Problem
from command.incidents import api as incidents_api
from command.incidents import notice_acts, notice_api, notifying
from command.incidents.models import Incident
from command.messages.models import Delivery
from command.network.models import Service
from command.notices.drafting import texts_of
from command.notices.models import Kind, Notice
from command.notices.selecting import Selection
from command.notices.service import correction_of
from command.people.access import Principal, access, here, principal, require, unit
from command.people.models import Person
from command.resources.forms import given, valid

pages = Blueprint("notices", __name__)
NEEDS = {
    "submit": "submit_notice",
    "approve": "approve_notice",
    "reject": "approve_notice",
    "withdraw": "withdraw_notice",
    "recall": "correct_notice",
}
"""What each button needs."""
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
SAMPLE = 10


@dataclass(frozen=True, slots=True)
class Seen:
    """A notice as its page shows it."""

    notice: Notice
    texts: dict[str, str]
    correction: dict[str, str] | None
    progress: views.Progress
    sample: list[tuple[str, str]]
    people: dict[str, str]
    approving: bool


@pages.get("/notices", endpoint="listed")
@access("read")
def listed() -> Any:
    """Notices under way and past, the youngest first; `?exercise=1`: those of exercises."""
    drills = request.args.get("exercise") == "1"
    of_exercise(drills)
    args = {name: request.args.get(name, "")[:64] for name in ("state", "kind", "incident")}
    after = request.args.get("after", type=int)
    with here().database.read() as session:
        asked = {**args, "after": after if after and 0 < after < 2**62 else None}
        rows = list(session.scalars(views.query(principal(), session, exercise=drills, given=asked)))
        shown = [(notice, views.progress(session, notice)) for notice in rows[: views.PAGE]]
        session.expunge_all()
    more = rows[views.PAGE - 1].id if len(rows) > views.PAGE else None
    return render_template(
        "notices/list.html",
        shown=shown,
        args=args,
        more=more,
        drills=drills,
        words=words,
        states=_options(words.STATES),
        kinds=_options(words.KINDS),
    )


def _options(named: Mapping[str, str]) -> list[tuple[str, str]]:
    """A list to choose from."""
    return [(value, gettext(word)) for value, word in named.items()]


@pages.get("/notices/<int:notice_id>", endpoint="watch")
@access("read")
def watch(notice_id: int) -> Any:
    """One notice: its text, whom it goes to, who let it leave, how it stands, and what may be done to it."""
    return _watched(notice_id)


@pages.get("/notices/<int:notice_id>/progress", endpoint="progress")
@access("read")
def progress(notice_id: int) -> Any:
    """How it stands, for the page to look at again."""
    with here().database.read() as session:
        notice = _seen(session, notice_id, principal())
        of_exercise(notice.exercise)
        shown = views.progress(session, notice)
        session.expunge(notice)
    return render_template("notices/progress.html", notice=notice, progress=shown, words=words)


@pages.post("/notices/<int:notice_id>/<verb>")
@access("read")
def do(notice_id: int, verb: str) -> Any:
    """Do what a form of the page asks for; a refusal keeps what was typed."""
    if verb not in NEEDS:
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back to the notice and use its buttons."))
    require(NEEDS[verb])
    try:
        notice_acts.act(notice_id, _verb(verb))
    except NotFound:
        raise
    except Problem as refused:
        return _watched(notice_id, refused, verb), refused.status
    return redirect(f"/notices/{notice_id}", 303)


def _verb(verb: str) -> notice_acts.Verb:
    reason = request.form.get("reason", "").strip()[:2000]
    if verb == "approve":
        typed = valid(notice_api.ApproveIn, given(request.form, "count"))
        return notice_acts.approving(typed.count, reason, bool(reason))
    if verb == "submit":
        return notice_acts.submitting(reason, bool(reason))
    if verb == "reject":
        return notice_acts.rejecting(reason)
    override = request.form.get("override") == "1"
    if verb == "withdraw":
        return notice_acts.withdrawing(reason, override)
    return notice_acts.correcting(reason, override)


def _seen(session: Session, notice_id: int, who: Principal) -> Notice:
    """The notice: of an incident that `who` may know of, or of a warning."""
    notice = session.get(Notice, notice_id) if notice_id < 2**62 else None
    if notice is not None and notice.warning_id is not None:
        return notice
    return notice_acts.found(session, notice_id, who)


def _watched(notice_id: int, refused: Problem | None = None, doing: str = "") -> str:
    with here().database.read() as session:
        seen = _look(session, _seen(session, notice_id, principal()))
        session.expunge_all()
    of_exercise(seen.notice.exercise)
    return render_template(
        "notices/notice.html", seen=seen, doing=doing, given=request.form, words=words, **_problem(refused)
    )


def _look(session: Session, notice: Notice) -> Seen:
    who = principal()
    incident = session.get(Incident, notice.incident_id)
    correction = correction_of(session, notice)
    keyring = here().keyring
    some = select(Delivery.number, Delivery.state).where(Delivery.notice_id == notice.id, Delivery.number.is_not(None))
    sample = session.execute(some.order_by(Delivery.addressee).limit(SAMPLE)).tuples()
    return Seen(
        notice,
        _masked(texts_of(session, notice)),
        _masked(texts_of(session, correction)) if correction else None,
        views.progress(session, notice),
        [(mask(keyring.decrypt(number)), state) for number, state in sample if number is not None],
        _names(session, notice),
        incident is not None and notice_acts.may_approve_now(session, incident, notice, who),
    )


def _masked(texts: Mapping[str, str]) -> dict[str, str]:
    return {language: masked_words(text) for language, text in texts.items()}


def _names(session: Session, notice: Notice) -> dict[str, str]:
    """Actors by what a person calls them."""
    actors = {each for each in (notice.created_by, notice.submitted_by, notice.approved_by) if each}
    ids = [int(each.partition(":")[2]) for each in actors if each.startswith("person:")]
    people = dict(session.execute(select(Person.id, Person.username).where(Person.id.in_(ids))).tuples().all())
    return {each: people.get(int(each[7:]), each) if each.startswith("person:") else each for each in actors}


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
        selection = selected(form)
        if form.get("do") == "save":
            name, shared = form.get("name", ""), form.get("shared") == "1"
            unit(lambda session: keeping.save(session, name, shared, selection, who))
            return _form(form)
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


def _imported(who: Principal) -> keeping.Imported:
    sent = request.files.get("file")
    try:
        text = sent.read().decode("utf-8-sig") if sent else ""
    except UnicodeDecodeError:
        raise Invalid(
            N_("The file is not UTF-8 text."), field="file", remedy=N_("Save it as CSV in UTF-8 and try again.")
        ) from None
    name, keyring = request.form.get("list_name", ""), here().keyring
    return unit(lambda session: keeping.take_list(session, keyring, name, text, who.actor))


@pages.post("/notices/count")
@access("submit_notice")
def counted() -> Any:
    """How many the form takes as it stands, of which languages, and what the texts come to on the air."""
    form = request.form
    try:
        with here().database.read() as session:
            incident = incidents_api.read(session, form.get("incident", "")[:64])
            of_exercise(incident.exercise)
            kind = _kind(form)
            found = reckoning.reckon(session, selected(form), here().keyring, (incident, kind))
    except Problem as refused:
        return render_template("notices/count.html", found=None, **_problem(refused))
    sizes, total = reckoning.segments(given(form, "zh", "en"), found.languages)
    return render_template("notices/count.html", found=found, sizes=sizes, total=total, words=words, problem=None)


def _kind(form: Mapping[str, str]) -> Kind:
    return next((kind for kind in COMPOSED if kind == form.get("kind")), Kind.FIRST)


def selected(form: Any) -> Selection:
    """The selection a form makes; raise Invalid."""
    fields: dict[str, Any] = {name: _split(form.get(name, "")) for name in CODES}
    fields["services"] = form.getlist("services")
    fields["critical"] = form.get("critical") or "any"
    fields["language"] = form.get("language") or None
    return valid(Selection, fields)


def _split(text: str) -> list[str]:
    for mark in "；,，\n":
        text = text.replace(mark, ";")
    return [part.strip() for part in text[:20_000].split(";") if part.strip()]


def _form(form: Any, refused: Problem | None = None, imported: keeping.Imported | None = None) -> str:
    who, kind = principal(), _kind(form)
    with here().database.read() as session:
        incident = incidents_api.read(session, form.get("incident", "")[:64])
        of_exercise(incident.exercise)
        filled = _filled(session, form, who)
        texts = notifying.planned(session, incident, kind)
        wrong = notifying.planned(session, incident, Kind.CORRECTION)
        services = session.scalars(select(Service).order_by(Service.bit)).all()
        kept, lists = keeping.saved(session, who), keeping.lists(session)
        session.expunge_all()
    return render_template(
        "notices/new.html",
        incident=incident,
        kind=kind,
        kind_options=[(each.value, gettext(words.KINDS[each])) for each in COMPOSED],
        lists_words="; ".join(f"{each.id}: {each.name} ({each.matched})" for each in lists),
        given=filled,
        texts={**texts, **given(form, "zh", "en")},
        wrong={language: form.get(f"wrong_{language}") or wrong.get(language, "") for language in ("zh", "en")},
        chosen=set(form.getlist("services")) | set(filled.get("_services", ())),
        services=services,
        kept=kept,
        imported=imported,
        words=words,
        **_problem(refused),
    )


def _filled(session: Session, form: Any, who: Principal) -> dict[str, Any]:
    """What the form holds: what was typed, or the saved audience that was asked for."""
    wanted = request.args.get("audience", type=int) if request.method == "GET" else None
    if not wanted:
        return {**form.to_dict()}
    kept = keeping.one(session, wanted, who).selection
    filled: dict[str, Any] = {name: "; ".join(str(each) for each in kept.get(name) or ()) for name in CODES}
    return {
        **filled,
        "critical": kept.get("critical"),
        "language": kept.get("language") or "",
        "_services": kept.get("services") or (),
    }


def _problem(refused: Problem | None) -> dict[str, Any]:
    return {"problem": document(refused, "") if refused else None}
