"""Pages of improvement actions: the list with its board, one action with its history, and the form. All work without scripts."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from sqlalchemy.orm import Session

from command.core import names
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.improvement import actions, api, evidence, owners, possible, reading, sources, views, visible, words
from command.improvement.asked import ActionIn, EvidenceIn, ListIn, MoveIn, ReasonIn, ReopenIn, SaidIn, wanted
from command.improvement.evidence import Attached, Evidence
from command.improvement.models import UNDONE
from command.incidents import house
from command.incidents.views import note_text
from command.people.access import access, here, may, principal
from command.people.language import language
from command.resources.forms import given, valid
from playbooks.schema import TIERS, Playbook

pages = Blueprint("improvement", __name__)
FILTERS = ("mine", "state", "owner", "source", "playbook", "late", "undone", "after")
SHOWN = 200
ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"


@pages.get("/improvement")
@access("read")
def listed() -> Any:
    """The board by state and the list, the late ones first."""
    asked = {name: request.args.get(name, "") for name in FILTERS}
    refused: Problem | None = None
    try:
        filters = valid(ListIn, given(request.args, *FILTERS))
    except Problem as problem:
        filters, refused = ListIn(), problem
    with here().database.read() as session:
        rows = reading.actions(session, wanted(session, filters, principal(), limit=SHOWN + 1), principal())
        found = [views.action_out(session, row, language()) for row in rows[:SHOWN]]
        figures = reading.figures(session, principal())
        people = _people(session)
    return render_template(
        "improvement/list.html",
        actions=found,
        columns={state: [each for each in found if each.state == state] for state in UNDONE},
        further=filters.after + SHOWN if len(rows) > SHOWN else None,
        figures=figures,
        people=people,
        asked=asked,
        words=words,
        giving=may(principal(), "improve"),
        **_problem(refused),
    )


@pages.get("/improvement/part")
@access("read")
def part() -> Any:
    """The actions that `?source=` brought: a fragment for the page of a drill, a risk or an incident."""
    source = request.args.get("source", "")[:120]
    with here().database.read() as session:
        rows = reading.actions(session, reading.Wanted(source=source), principal()) if ":" in source else ()
        found = [views.action_out(session, row, language()) for row in rows]
    return render_template(
        "improvement/part.html", actions=found, source=source, words=words, giving=may(principal(), "improve")
    )


@pages.get("/improvement/new")
@access("improve")
def new() -> Any:
    """The form; `?source=incident:<number>` takes over what the incident's review says."""
    return _form(_begun())


@pages.post("/improvement/new")
@access("improve")
def give() -> Any:
    """Give an action; a refusal keeps what was typed."""
    typed = given(request.form, *ActionIn.model_fields)
    code, _, version = typed.get("playbook", "").partition(":")
    if code:
        typed |= {"playbook": code, "playbook_version": version or "1"}
    try:
        action_id = api.given(valid(ActionIn, typed))
    except Problem as refused:
        return _form(request.form, refused), refused.status
    return redirect(f"/improvement/{action_id}", 303)


def _begun() -> dict[str, str]:
    """What the address of the form says already, with the review of its incident."""
    begun = {name: request.args.get(name, "")[:4000] for name in (*ActionIn.model_fields, "version")}
    if begun["playbook"] and begun["version"]:
        begun["playbook"] += f":{begun['version']}"
    with here().database.read() as session:
        try:
            incident = sources.read(session, begun["source"], principal()).incident
        except Problem:
            incident = None
        if incident is not None:
            begun["finding"] = begun["finding"] or note_text(session, incident.improvement_note_id) or ""
            begun["cause"] = begun["cause"] or note_text(session, incident.cause_note_id) or ""
    return begun


def _form(typed: Mapping[str, str], refused: Problem | None = None) -> str:
    with here().database.read() as session:
        sheets = house.library(session).sheets
        people, today = _people(session), reading.today(session)
    plans = {f"{sheet.playbook.code}:{sheet.playbook.version}": sheet.playbook for sheet in sheets}
    chosen = plans.get(typed.get("playbook", ""))
    return render_template(
        "improvement/form.html",
        given=typed,
        people=people,
        plans={key: _titled(plan) for key, plan in plans.items()},
        places=_places(chosen) if chosen else {},
        today=today,
        **_problem(refused),
    )


def _titled(plan: Playbook) -> str:
    return f"{plan.title.zh if language() == 'zh' else plan.title.en} v{plan.version}"


def _places(plan: Playbook) -> dict[str, str]:
    """Places of a plan that people change most: tasks and resources of each tier, with what they are called."""
    found = {}
    for number in TIERS:
        tier = plan.tier(number)
        for task in tier.tasks:
            found[f"tiers.{number}.tasks.{task.id}"] = task.title.zh if language() == "zh" else task.title.en
        for line in tier.resources:
            found[f"tiers.{number}.resources.{line.id}"] = line.name.zh if language() == "zh" else line.name.en
    return found


@pages.get("/improvement/<int:action_id>")
@access("read")
def one(action_id: int) -> Any:
    """One action: what it is about, its evidence, what can be done, and its history."""
    return _one(action_id)


def _one(action_id: int, refused: Problem | None = None, doing: str = "") -> str:
    with here().database.read() as session:
        row = visible.find(session, action_id, principal())
        found = views.whole(session, row, language())
        can = possible.verbs(row, principal().person_id) if may(principal(), "improve") else ()
        people, today = _people(session), reading.today(session)
    return render_template(
        "improvement/action.html",
        found=found,
        can=can,
        doing=doing,
        given=request.form,
        people=people,
        today=today,
        words=words,
        kinds=",".join(evidence.TYPES),
        **_problem(refused),
    )


@pages.post("/improvement/<int:action_id>/<verb>")
@access("improve")
def do(action_id: int, verb: str) -> Any:
    """Take, give evidence, verify, send back, drop, reopen or move; a refusal keeps what was typed."""
    try:
        api.done(action_id, _verb(verb))
    except Problem as refused:
        return _one(action_id, refused, verb), refused.status
    return redirect(f"/improvement/{action_id}", 303)


def _verb(verb: str) -> api.Verb:
    """What a form of the page asks for; raise Invalid for what was typed, NotFound for what is no verb."""
    match verb:
        case "take":
            return actions.take
        case "evidence":
            said = valid(EvidenceIn, {"words": "", **given(request.form, *EvidenceIn.model_fields)})
            brought = Evidence(said.words, said.link, _attached())
            return lambda session, action, who: actions.give_evidence(session, action, brought, who)
        case "verify":
            passed = valid(SaidIn, given(request.form, "words"))
            return lambda session, action, who: actions.verify(session, action, passed.words, who)
        case "send-back":
            why = valid(ReasonIn, _reasoned()).reason
            return lambda session, action, who: actions.send_back(session, action, why, who)
        case "drop":
            why = valid(ReasonIn, _reasoned()).reason
            return lambda session, action, who: actions.drop(session, action, why, who)
        case "reopen":
            again = valid(ReopenIn, _reasoned("due_on"))
            return lambda session, action, who: actions.reopen(session, action, again.reason, again.due_on, who)
        case "move":
            asked = valid(MoveIn, _reasoned("owner", "due_on"))
            return lambda session, action, who: api.moved(session, action, asked, who)
    raise NotFound(N_("There is nothing at this address."), remedy=N_("Go back to the action and use its buttons."))


def _reasoned(*more: str) -> dict[str, Any]:
    return {"reason": "", **given(request.form, "reason", *more)}


def _attached() -> Attached | None:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return None
    return Attached(sent.filename, sent.stream.read(evidence.MOST_BYTES + 1))


@pages.get("/improvement/<int:action_id>/evidence/<int:evidence_id>")
@access("read")
def file(action_id: int, evidence_id: int) -> Any:
    """A file given as evidence, always as a download: whoever loses sight of the action loses its files too."""
    with here().database.read() as session:
        found = reading.file_of(session, visible.find(session, action_id, principal()), evidence_id)
    if found is None:
        raise NotFound(N_("There is no such file."), remedy=N_("Open the action to see its evidence."))
    row, body = found
    response = Response(body, mimetype=evidence.type_of(row.file_name))
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers.set("Content-Disposition", "attachment", filename=evidence.plain_name(row))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _people(session: Session) -> list[tuple[str, str]]:
    return [(each.username, names.of(each, language())) for each in owners.choices(session)]


def _problem(refused: Problem | None) -> dict[str, Any]:
    return {"problem": document(refused, "") if refused else None}
