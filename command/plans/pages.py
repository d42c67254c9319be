"""Pages of plans: how each kind stands and what is being written, one version with all that can be done, its steps, and who read it. They
work without scripts."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.incidents import house
from command.messages import policy
from command.network.models import Area
from command.oncall.phone_drill import groups
from command.people.access import Principal, access, here, may, principal, unit
from command.people.language import language
from command.people.posts import DEPARTMENTS, POSTS
from command.plans import api, approving, forms, gathering, preview, readers, service, sound, views, words
from command.plans.asked import AnswerIn, ApproveIn, BeginIn, CommentIn, ListIn, ReasonIn
from command.plans.drafting import Draft
from command.plans.models import OPEN, State
from command.plans.views import WholeOut
from command.resources.forms import given, valid
from playbooks.places import places
from playbooks.schema import Kind

pages = Blueprint("plan_pages", __name__)
FILTERS = ("state", "kind", "after")
Verb = Callable[[Session, Principal], Any]


@pages.get("/plans")
@access("read")
def listed() -> Any:
    """How each kind stands, what one has to read, and the versions written here."""
    return _listed()


def _listed(refused: Problem | None = None) -> str:
    try:
        asked = valid(ListIn, given(request.args, *FILTERS))
    except Problem as problem:
        asked, refused = ListIn(), refused or problem
    who = principal()
    with here().database.read() as session:
        covers = views.cover_outs(session)
        titles = house.plan_titles(session)
        area_names = {area.code: names.of(area, language()) for area in session.scalars(select(Area))}
        items = views.listed(session, asked, language())
        mine = views.plans(session, readers.waiting_for(session, who.person_id), language())
        versions = [(s.playbook.kind, s.playbook.version) for s in house.library(session).sheets]
    return render_template(
        "plans/list.html",
        covers=covers,
        titles=titles,
        areas=area_names,
        items=items,
        further=items[-1].id if len(items) == asked.limit else None,
        mine=mine,
        versions={kind: sorted((v for k, v in versions if k == kind), reverse=True) for kind in Kind},
        chosen=asked,
        given=request.form,
        problem=document(refused, "") if refused else None,
        **_words(),
    )


@pages.post("/plans")
@access("write_plan")
def begin() -> Any:
    """Begin a version; a refusal keeps what was chosen."""
    kind, _, version = request.form.get("from", "").partition(":")
    try:
        asked = valid(BeginIn, {"kind": kind, "version": version or None})
        work_id = api.done(lambda s, who: service.begin(s, asked.kind, asked.version, who))
    except Problem as refused:
        return _listed(refused), refused.status
    return redirect(f"/plans/{work_id}/edit/goal", 303)


@pages.get("/plans/<int:work_id>")
@access("read")
def one(work_id: int) -> Any:
    """One version: its steps, what can be done, comments and history."""
    return _one(work_id)


def _one(work_id: int, refused: Problem | None = None, doing: str = "") -> str:
    who = principal()
    with here().database.read() as session:
        row = service.find(session, work_id)
        found = views.whole(session, row, language())
        sheet = sound.examine(session, sound.draft(session, row))[0]
        most = policy.current(session).texts.warn_segments
        reading = any(each.id == row.id for each in readers.waiting_for(session, who.person_id))
        can = {
            "approve": approving.may_approve_now(row, who),
            "override": approving.may_approve_now(row, who, override=True),
            "write": may(who, service.WRITE),
            "withdraw": may(who, service.APPROVE) and row.state == State.PUBLISHED,
        }
    return render_template(
        "plans/plan.html",
        found=found,
        tiers=preview.tiers(sheet.playbook, most) if sheet else [],
        places=list(places(sheet.playbook)) if sheet else [],
        reading=reading,
        can=can,
        open=found.state in OPEN,
        doing=doing,
        given=request.form,
        mend=forms.step_of(refused.field) if refused and refused.field else "",
        problem=document(refused, "") if refused else None,
        **_words(),
    )


@pages.post("/plans/<int:work_id>/<verb>")
@access("read")
def do(work_id: int, verb: str) -> Any:
    """Submit, comment, answer, send back, approve, publish, withdraw, drop or confirm; a refusal keeps what was typed."""
    try:
        wanted, who = _verb(work_id, verb), principal()
        unit(lambda session: wanted(session, who))
    except Problem as refused:
        return _one(work_id, refused, verb), refused.status
    return redirect(f"/plans/{work_id}", 303)


def _verb(work_id: int, verb: str) -> Verb:
    """What a form of the page asks for. The verbs themselves say who may."""
    form = request.form
    match verb:
        case "submit":
            return lambda s, who: service.submit(s, work_id, who)
        case "comment":
            said = valid(CommentIn, {"words": "", **given(form, "place", "words")})
            return lambda s, who: service.comment(s, work_id, said.place, said.words, who)
        case "answer":
            told = valid(AnswerIn, {"words": "", **given(form, "words")})
            number = int(form.get("comment", "0")) if form.get("comment", "0").isdecimal() else 0
            return lambda s, who: service.answer(s, work_id, min(number, 2**62), told.words, who)
        case "approve":
            asked = valid(ApproveIn, {"override": "override" in form, **given(form, "reason")})
            return lambda s, who: approving.approve(s, work_id, who, override=asked.override, reason=asked.reason)
        case "publish":
            return lambda s, who: approving.publish(s, work_id, who)
        case "send-back" | "withdraw" | "drop":
            why = valid(ReasonIn, {"reason": "", **given(form, "reason")}).reason
            doing = {"send-back": service.send_back, "withdraw": approving.withdraw, "drop": service.drop}[verb]
            return lambda s, who: doing(s, work_id, why, who)
        case "confirm":
            return lambda s, who: readers.confirm(s, service.find(s, work_id, lock=True), who)
    raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back to the plan and use its buttons."))


@pages.get("/plans/<int:work_id>/edit/<step>")
@access("write_plan")
def edit(work_id: int, step: str) -> Any:
    """The form of a step of a draft; what is no draft any more is shown instead."""
    with here().database.read() as session:
        drafted = service.find(session, work_id).state == State.DRAFT
    return _form(work_id, step) if drafted else redirect(f"/plans/{work_id}", 303)


@pages.post("/plans/<int:work_id>/edit/<step>")
@access("write_plan")
def keep(work_id: int, step: str) -> Any:
    """Keep a step; a refusal keeps what was typed."""
    try:
        asked = forms.change(step, request.form)
        api.done(lambda s, who: service.change(s, work_id, asked.edition, asked.changes(), who))
    except Problem as refused:
        return _form(work_id, step, refused), refused.status
    steps = list(words.STEPS)
    onward = steps[steps.index(step) + 1] if "next" in request.form and step != steps[-1] else ""
    return redirect(f"/plans/{work_id}/edit/{onward}" if onward else f"/plans/{work_id}", 303)


def _form(work_id: int, step: str, refused: Problem | None = None) -> str:
    with here().database.read() as session:
        found = views.whole(session, service.find(session, work_id), language())
        fields = forms.typed(step, request.form) if refused else forms.filled(step, found)
        more = _offered(session, step, found)
    return render_template(
        "plans/edit.html",
        found=found,
        step=step,
        given=fields,
        edition=request.form.get("edition", found.edition),
        wrong=[each for each in found.wrong if (each.line == 0) == (step == "goal")],
        problem=document(refused, "") if refused else None,
        **more,
        **_words(),
    )


def _offered(session: Session, step: str, found: WholeOut) -> dict[str, Any]:
    """What the form of a step offers to choose from."""
    match step:
        case "risks":
            risks = gathering.risks(session)
            return {"risks": sorted(risks, key=lambda risk: risk["kind"] != found.kind)}
        case "readers":
            areas = session.scalars(select(Area).order_by(Area.code))
            inside = [(f"{readers.AREA}{area.code}", names.of(area, language())) for area in areas]
            return {"choices": [*groups.choices(session, language(), gettext), (gettext("Areas"), inside)]}
        case "measures":
            return _examined(session, found, found.body)
    return {}


def _examined(session: Session, found: WholeOut, body: str) -> dict[str, Any]:
    row = service.find(session, found.id)
    draft = sound.draft(session, row)
    sheet, wrong = sound.examine(session, Draft(draft.code, draft.kind, draft.version, draft.head, body))
    most = policy.current(session).texts.warn_segments
    return {
        "tiers": preview.tiers(sheet.playbook, most) if sheet else [],
        "examined": [views.wrong_out(w) for w in wrong],
    }


@pages.post("/plans/<int:work_id>/found")
@access("write_plan")
def examine(work_id: int) -> Any:
    """What is wrong with the YAML as it is typed, and what each tier would do: a fragment. Nothing is kept."""
    with here().database.read() as session:
        found = views.whole(session, service.find(session, work_id), language())
        seen = _examined(session, found, request.form.get("body", "").replace("\r\n", "\n"))
    return render_template("plans/found.html", **seen, **_words())


@pages.get("/plans/<int:work_id>/readers")
@access("read")
def reading(work_id: int) -> Any:
    """Who was told of a version, and who has not read it."""
    with here().database.read() as session:
        row = service.find(session, work_id)
        found = views.plans(session, [row], language())[0]
        items = views.reader_outs(session, row, language())
    return render_template("plans/readers.html", found=found, items=items, **_words())


def _words() -> dict[str, Any]:
    return {
        "words": words,
        "departments": DEPARTMENTS,
        "posts": {post.value: said for post, said in POSTS.items()},
    }
