"""The pages of escalation policies: which there are, editing one, and who would be reached when. Works without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document, validated
from command.core.problems import Problem
from command.network.models import Area
from command.oncall.duties.cover import EDITORS
from command.oncall.duties.plan_models import EscalationPolicy
from command.oncall.escalation import policies, policy_form, target_choices, target_names
from command.oncall.escalation.policy import MOST_ROUNDS, MOST_STEPS
from command.oncall.escalation.policy_api import PolicyIn, SimulateIn, policy_out, saved, simulated
from command.oncall.escalation.steps import Call, minutes
from command.people import language
from command.people.access import access, here, principal, unit
from command.people.models import Person
from command.people.posts import DEPARTMENTS

pages = Blueprint("policy_pages", __name__)
MOST_AREAS = 5000


@dataclass(frozen=True, slots=True)
class Reached:
    """A step of the timeline: its place among the policy's own (None: the duty manager, last), the round, when, and who by which target."""

    step: int | None
    round: int
    at: datetime
    minutes: float
    targets: Sequence[tuple[str, Sequence[Person]]]

    @property
    def nobody(self) -> bool:
        return not any(people for _, people in self.targets)


@pages.get("/on-call/policies")
@access("read")
def listed() -> Any:
    """All policies; with `department`, `tier` and `at` asked for also who would be reached when."""
    asked = {key: value.strip() for key, value in request.args.items() if key in policy_form.TRIED}
    refused: Problem | None = None
    found: EscalationPolicy | None = None
    line: list[Reached] = []
    with here().database.read() as session:
        now = clock.now(session)
        if asked.get("at"):
            try:
                given = validated(SimulateIn, policy_form.simulation(asked, language.zone()))
                found, calls = simulated(session, given)
                line = timeline(session, calls, len(found.steps) if found else 1, given.at)
            except Problem as problem:
                refused = problem
        rows = session.scalars(select(EscalationPolicy).order_by(EscalationPolicy.scope)).all()
        shown = [(policy_out(session, row, _named), _steps(session, row)) for row in rows]
        context = _context(session, asked or policy_form.trial(now, language.zone()), refused)
    status = refused.status if refused else 200
    return render_template(
        "oncall/policies.html", policies=shown, line=line, found=found, tried=bool(asked.get("at")), **context
    ), status


@pages.get("/on-call/policies/new")
@access("read")
def new() -> Any:
    """The form of a new policy."""
    return _form(None, policy_form.BLANK)


@pages.get("/on-call/policies/<int:policy_id>")
@access("read")
def edit(policy_id: int) -> Any:
    """The form of a policy."""
    with here().database.read() as session:
        found = policy_form.of(policy_out(session, policies.find(session, policy_id)))
        labels = {each.target: each.label for each in _choices(session)}
    return _form(policy_id, found | {name: labels.get(t, t) for name, t in policy_form.targets_in(found).items()})


@pages.get("/on-call/policies/targets")
@access("read")
def targets() -> Any:
    """Whom what was typed may mean, as options of the box."""
    with here().database.read() as session:
        found = target_choices.offered(request.args.get("q", "")[:200], _choices(session))
    return render_template("oncall/targets.html", choices=found)


@pages.post("/on-call/policies/new")
@access("read")
def new_now() -> Any:
    """Keep a new policy, or try it."""
    return _posted(None)


@pages.post("/on-call/policies/<int:policy_id>")
@access("read")
def edit_now(policy_id: int) -> Any:
    """Keep a changed policy, or try it."""
    return _posted(policy_id)


@pages.post("/on-call/policies/<int:policy_id>/remove")
@access("read")
def remove(policy_id: int) -> Any:
    """End a policy."""
    who = principal()
    unit(lambda session: policies.remove(session, policy_id, who))
    return redirect("/on-call/policies", 303)


def _posted(policy_id: int | None) -> Any:
    """Do what the button says; a refusal keeps what was typed."""
    given = policy_form.tidy(request.form)
    do = request.form.get("do", "save")
    if do == "more":
        return _form(policy_id, given, more=1)
    try:
        wanted = given | _understood(given)
        if do == "try":
            return _form(policy_id, given, tried=validated(SimulateIn, policy_form.draft(wanted, language.zone())))
        made = saved(validated(PolicyIn, policy_form.policy(wanted)), policy_id)
    except Problem as problem:
        return _form(policy_id, given, problem)
    return redirect(f"/on-call/policies#policy-{made.id}", 303)


def _understood(given: dict[str, str]) -> dict[str, str]:
    """The targets that were typed as programs write them; raise Invalid at the first that is none."""
    with here().database.read() as session:
        known = _choices(session)
    return {
        field: target_choices.require(field, typed, known) for field, typed in policy_form.targets_in(given).items()
    }


def _choices(session: Session) -> list[target_choices.Choice]:
    return target_choices.every(session, language.language(), gettext)


def _named(session: Session, target: str) -> str:
    """A kept target as this reader's pages name it."""
    return target_names.named(session, target, language.language(), gettext)


def _form(
    policy_id: int | None,
    given: dict[str, str],
    problem: Problem | None = None,
    *,
    more: int = 0,
    tried: SimulateIn | None = None,
) -> Any:
    with here().database.read() as session:
        choices = _choices(session)
        line: list[Reached] = []
        try:
            if tried is not None:
                _, calls = simulated(session, tried)
                line = timeline(session, calls, len(tried.steps or ()), tried.at)
        except Problem as refused:
            problem = refused
        if problem is not None and "target" in problem.values:
            names_of = {each.target: each.name for each in choices}
            problem.values["target"] = names_of.get(problem.values["target"], problem.values["target"])
        context = _context(session, policy_form.trial(clock.now(session), language.zone()) | given, problem)
    count = policy_form.steps_in(given)
    return render_template(
        "oncall/policy.html",
        policy_id=policy_id,
        steps=range(min(count + 1 + more, MOST_STEPS)),
        places=range(policy_form.PLACES),
        choices=choices,
        line=line,
        rounds_words=[
            (str(n), gettext("never") if not n else gettext("%(times)s×", times=n)) for n in range(MOST_ROUNDS)
        ],
        **context,
    ), problem.status if problem else 200


def _context(session: Session, given: dict[str, str], problem: Problem | None) -> dict[str, Any]:
    """What both pages need: areas to choose from, words, what was typed, what is wrong with it."""
    areas = session.scalars(select(Area).order_by(Area.code).limit(MOST_AREAS)).all()
    reading = language.language()
    return {
        "areas": areas,
        "area_names": {area.code: names.of(area, reading) for area in areas},
        "departments": DEPARTMENTS,
        "departments_words": [(code, gettext(words)) for code, words in DEPARTMENTS.items()],
        "editor": bool(principal().posts & EDITORS),
        "given": given,
        "problem": document(problem, "") if problem else None,
        "zone": language.offset(clock.now(session).astimezone(language.zone())),
    }


def _steps(session: Session, row: EscalationPolicy) -> list[tuple[list[str], int, int]]:
    """A policy's steps in words: whom each calls, its delay and its wait."""
    return [
        ([_named(session, each) for each in s.targets], s.delay_minutes, s.ack_minutes)
        for s in policies.draft_of(row).steps
    ]


def timeline(session: Session, calls: Sequence[Call[Person]], per_round: int, begins: datetime) -> list[Reached]:
    """The steps of a simulation as the page shows them."""
    shown = []
    for call in calls:
        own = None if call.step == len(calls) - 1 else call.step % per_round + 1
        reached = [(_named(session, t), people) for t, people in call.reached]
        shown.append(Reached(own, call.step // per_round + 1, call.at, minutes(begins, call.at), reached))
    return shown
