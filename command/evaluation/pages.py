"""Pages of evaluations: the list, one report with its parts edited in place, what was said before, signatures, copies."""

from itertools import pairwise
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from command.bulletins import diffing
from command.core import names
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.evaluation import (
    api,
    forms,
    listing,
    plain,
    proposing,
    publishing,
    reading,
    report,
    sections,
    signing,
    texts,
    words,
)
from command.evaluation.asked import ActIn, ListIn, ReasonIn
from command.evaluation.models import State
from command.evaluation.parts import Part
from command.evaluation.texts import ChangedSince
from command.people.access import access, here, may, principal, unit
from command.people.language import language, zone
from command.people.posts import POSTS
from command.resources.forms import given, valid

pages = Blueprint("evaluations", __name__)
HOME = "/incidents/<number>/evaluation"
WRITTEN = {**sections.WRITTEN, "public": (Part.PUBLIC_ZH, Part.PUBLIC_EN)}


@pages.get("/evaluations")
@access("read")
def listed() -> ResponseReturnValue:
    """Reports of incidents that were restored: drafts, those for one's own signature, overdue and signed ones."""
    asked = valid(ListIn, given(request.args, *ListIn.model_fields))
    who = principal()
    with here().database.read() as session:
        rows = listing.rows(session, asked.wanted(), who)
        counts = listing.counts(session, who)
        areas = forms.areas(session, [row.incident for row in rows], language())
    more = len(rows) > asked.limit
    return render_template(
        "evaluation/list.html",
        rows=rows[: asked.limit],
        following=asked.after + asked.limit if more else None,
        counts=counts,
        asked=asked,
        areas=areas,
        words=words,
        posts=POSTS,
    )


@pages.get(HOME)
@access("read")
def of_incident(number: str) -> ResponseReturnValue:
    """The report of an incident; `edit` opens the form of a part, `of` that of an improvement action."""
    return _page(number)


@pages.get(f"{HOME}/parts/<part>")
@access("read")
def part(number: str, part: str) -> ResponseReturnValue:
    """One part, or with `edit` its form: a fragment of the page."""
    which = api.part_of(part)
    if "HX-Request" not in request.headers:
        return redirect(f"/incidents/{number}/evaluation?edit={which}#part-{which}", 303)
    return _part(number, which, "edit" in request.args)


@pages.post(f"{HOME}/parts/<part>")
@access("review")
def write(number: str, part: str) -> ResponseReturnValue:
    """Write a part; where somebody else wrote it meanwhile both texts are shown, and nothing is lost."""
    which, who, form = api.part_of(part), principal(), request.form
    typed, version = form.get("text", ""), form.get("version", "")
    number_of = int(version) if version.isdigit() and len(version) < 8 else 0
    try:
        unit(lambda session: texts.write(session, number, which, typed, number_of, who).version)
    except Problem as refused:
        if "HX-Request" in request.headers:
            return _part(number, which, True, refused, typed), refused.status
        return _page(number, refused, str(which), typed), refused.status
    if "HX-Request" in request.headers:
        return _part(number, which, False)
    return redirect(f"/incidents/{number}/evaluation#part-{which}", 303)


@pages.get(f"{HOME}/parts/<part>/history")
@access("read")
def history(number: str, part: str) -> ResponseReturnValue:
    """What a part said before: each version with who wrote it when, and what changed in it."""
    which = api.part_of(part)
    with here().database.read() as session:
        incident = report.find(session, number, principal())
        found = texts.history(session, incident, report.of(session, incident), which)
        authors = {each.person_id: report.username(session, each.person_id) for each in found}
    steps = [(each, diffing.lines(before.text, each.text)) for before, each in pairwise(found)]
    return render_template(
        "evaluation/history.html",
        number=number,
        part=which,
        first=found[0],
        steps=steps[::-1],
        authors=authors,
        words=words,
    )


@pages.post(f"{HOME}/causes")
@access("review")
def causes(number: str) -> ResponseReturnValue:
    """Name the causes."""
    return _done(number, "causes", forms.causes(number, request.form))


@pages.post(f"{HOME}/improvements")
@access("improve")
def improve(number: str) -> ResponseReturnValue:
    """Give an improvement action that the report calls for."""

    def verb(session: Session, who: Any) -> None:
        asked = valid(ActIn, given(request.form, *ActIn.model_fields))
        proposing.give(session, number, asked.draft(number), asked.new(), who)

    return _done(number, "actions", verb)


@pages.post(f"{HOME}/do/<verb>")
@access("read")
def do(number: str, verb: str) -> ResponseReturnValue:
    """Submit, sign, reopen, publish, take back, or propose once more; each verb asks for its own permission."""
    form = request.form

    def work(session: Session, who: Any) -> None:
        reason = valid(ReasonIn, {"reason": form.get("reason", "")}).reason
        match verb:
            case "submit":
                signing.submit(session, number, who)
            case "sign":
                signing.sign(session, number, who, form.get("seen", "")[:64])
            case "reopen":
                report.reopen(session, number, reason, who)
            case "publish":
                publishing.publish(session, number, who)
            case "unpublish":
                publishing.unpublish(session, number, reason, who)
            case "propose":
                proposing.again(session, number, who)
            case _:
                raise NotFound(
                    N_("There is nothing at this address."), remedy=N_("Go back to the report and use its buttons.")
                )

    return _done(number, "signatures" if verb in ("submit", "sign", "reopen") else "public", work, verb)


@pages.post(f"{HOME}/export")
@access("export")
def export(number: str) -> ResponseReturnValue:
    """The report as PDF or DOCX in one of the two languages; on record before it leaves."""
    try:
        copy = api.taken(number, principal(), request.form.get("form", ""), request.form.get("language", ""))
    except Problem as refused:
        return _page(number, refused), refused.status
    return api.file(copy)


@pages.get(f"{HOME}/public")
@access("read")
def preview(number: str) -> ResponseReturnValue:
    """The version for users as they would read it, and what they should not read in it."""
    tongue = language()
    with here().database.read() as session:
        incident = report.find(session, number, principal())
        row = report.of(session, incident)
        found = publishing.shown(session, incident, row, tongue)
        findings = publishing.findings(session, incident, row)[tongue]
    return render_template(
        "evaluation/preview.html", number=number, found=found, findings=findings, reasons=plain.REASONS
    )


def _done(number: str, anchor: str, verb: api.Verb, doing: str = "") -> ResponseReturnValue:
    try:
        api.done(number, verb)
    except Problem as refused:
        return _page(number, refused, doing or anchor), refused.status
    return redirect(f"/incidents/{number}/evaluation#{anchor}", 303)


def _part(number: str, part: Part, edit: bool, refused: Problem | None = None, typed: str | None = None) -> str:
    who = principal()
    with here().database.read() as session:
        incident = report.find(session, number, who)
        row = report.of(session, incident)
        text = texts.standing(session, incident, row)[part]
        signed = len(report.signatures(session, row)) if row else 0
        writes = may(who, report.WRITE) and report.evaluable(incident) and (row is None or row.state != State.SIGNED)
        return render_template(
            "evaluation/part.html",
            number=number,
            text=text,
            author=report.username(session, text.person_id),
            editing=edit and writes,
            writes=writes,
            signed=signed,
            typed=typed,
            theirs=refused.theirs if isinstance(refused, ChangedSince) else None,
            problem=document(refused, "") if refused else None,
            words=words,
        )


def _page(number: str, refused: Problem | None = None, doing: str = "", typed: str | None = None) -> str:
    who, tongue = principal(), language()
    with here().database.read() as session:
        incident = report.find(session, number, who)
        if not report.readable(session, incident):
            return render_template("evaluation/none.html", number=number, incident=incident)
        found = reading.assemble(session, incident, tongue)
        row = found.row
        authors = {each.person_id: report.username(session, each.person_id) for each in found.texts.values()}
        return render_template(
            "evaluation/report.html",
            number=number,
            found=found,
            sections=sections.sections(found, tongue, zone()),
            written=WRITTEN,
            authors=authors,
            editing=doing if refused and typed is not None else request.args.get("edit", ""),
            writes=may(who, report.WRITE) and reading.may_write(incident, found),
            post=signing.post_of(session, incident, row, who) if row else None,
            signs=may(who, report.SIGN),
            left=signing.left(session, incident, row) if row else found.posts,
            due_at=listing.due_at(incident),
            doing=doing,
            given=request.form if refused else request.args,
            typed=typed,
            theirs=refused.theirs if isinstance(refused, ChangedSince) else None,
            problem=document(refused, "") if refused else None,
            findings=publishing.findings(session, incident, row),
            reasons=plain.REASONS,
            words=words,
            posts=POSTS,
            names=names,
            **forms.offered(session, incident, who),
        )
