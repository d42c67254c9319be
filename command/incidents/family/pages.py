"""The family of an incident as a page: the tree, who handles it by its tier, and the forms that tie and part. It works without scripts."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select

from command.core import names
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.incidents import service, standing
from command.incidents.actions_api import Act
from command.incidents.activation import KIND_WORDS, TIER_WORDS
from command.incidents.family import api, shown
from command.incidents.family.api import AdoptIn, ChildIn, ParentIn
from command.incidents.guards import BEFORE_RESTORATION, NAMES, State
from command.incidents.models import Incident
from command.people.access import access, here, may, principal
from command.people.authority import Post
from command.people.language import language
from command.people.models import Person, PersonPost
from command.resources.forms import given, valid

pages = Blueprint("incident_family", __name__)
COMMANDING = (Post.COMMANDER, Post.DEPUTY)


@pages.get("/incidents/<number>/family")
@access("read")
def page(number: str) -> str:
    """The family, the group, and what whoever looks may do about it."""
    return _page(number)


@pages.get("/incidents/<number>/family/part")
@access("read")
def part(number: str) -> str:
    """The tree and the group in short: a fragment for the incident's board. Nothing where there is neither."""
    with here().database.read() as session:
        incident = service.seen_by(session, standing.find(session, number), principal())
        family = shown.family(session, incident, principal(), language())
        group = shown.group(session, incident, language())
        return render_template("incidents/family_part.html", family=family, group=group, number=number, **_words())


@pages.post("/incidents/<number>/family")
@access("link_incidents")
def do(number: str) -> Any:
    """Tie or part incidents, as the form asks; a refusal keeps what was typed and says what to mend."""
    verb = VERBS.get(request.form.get("do", ""))
    if verb is None:
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Open the incident and choose an action."))
    try:
        goes_to = verb(number, request.form)
    except Problem as problem:
        return _page(number, problem), problem.status
    return redirect(f"/incidents/{goes_to}/family", 303)


Verb = Callable[[str, Mapping[str, str]], str]
"""Number and form → the incident whose family is shown next."""


def _join(number: str, form: Mapping[str, str]) -> str:
    parent = given(form, "parent").get("parent", "")
    _named(parent, "parent")
    fields = given(form, "reason", "override") | {"child": number}
    return api.adopted(parent, valid(AdoptIn, fields)).number


def _adopt(number: str, form: Mapping[str, str]) -> str:
    return api.adopted(number, valid(AdoptIn, given(form, "child", "reason", "override"))).number


def _split(number: str, form: Mapping[str, str]) -> str:
    return api.parted(number, valid(Act, given(form, "reason", "override"))).number


def _child(number: str, form: Mapping[str, str]) -> str:
    fields = given(form, "commander", "reason", "override") | {"areas": _many("areas")}
    return api.carved(number, valid(ChildIn, fields)).number


def _parent(number: str, form: Mapping[str, str]) -> str:
    fields = given(form, "area", "summary", "override") | {"children": _many("children")}
    fields["area"] = fields.get("area", "").split(" ")[0]
    return api.gathered(number, valid(ParentIn, fields)).number


VERBS: Mapping[str, Verb] = {"join": _join, "adopt": _adopt, "split": _split, "child": _child, "parent": _parent}


def _many(name: str) -> list[str]:
    return [each.strip() for each in request.form.getlist(name) if each.strip()]


def _named(number: str, field: str) -> None:
    if not number:
        raise NotFound(
            N_("No incident is named."), field=field, remedy=N_("Choose one from the list, or type its number.")
        )


def _page(number: str, problem: Problem | None = None) -> str:
    who = principal()
    with here().database.read() as session:
        incident = service.seen_by(session, standing.find(session, number), who)
        linking = may(who, "link_incidents")
        parents, children = shown.candidates(session, incident, who) if linking else ([], [])
        posts = select(PersonPost.person_id).where(PersonPost.post.in_(COMMANDING))
        people = session.scalars(select(Person).where(Person.active, Person.id.in_(posts)).order_by(Person.id)).all()
        return render_template(
            "incidents/family.html",
            number=number,
            incident=incident,
            family=shown.family(session, incident, who, language()),
            group=shown.group(session, incident, language()),
            linking=linking,
            handled=incident.state in BEFORE_RESTORATION,
            parents=_with_typed([_offered(each) for each in parents], "parent"),
            children=_with_typed([_offered(each) for each in children], "child"),
            parts=shown.parts(session, incident) if linking else [],
            people=[(person.username, names.of(person, language())) for person in people],
            problem=document(problem, "") if problem else None,
            given=request.form,
            chosen={name: _many(name) for name in ("areas", "children")},
            **_words(),
        )


def _with_typed(offered: list[tuple[str, str]], name: str) -> list[tuple[str, str]]:
    """The choices, with what was chosen before even where it is none any more."""
    typed = request.form.get(name, "")
    return offered if not typed or typed in dict(offered) else [(typed, typed), *offered]


def _offered(incident: Incident) -> tuple[str, str]:
    which = 0 if language() == "zh" else 1
    return (
        incident.number,
        f"{incident.number} · {KIND_WORDS[incident.kind][which]} · {TIER_WORDS[incident.tier][which]}",
    )


def _words() -> dict[str, Any]:
    which = 0 if language() == "zh" else 1
    return {
        "kinds": {kind: pair[which] for kind, pair in KIND_WORDS.items()},
        "tiers": {tier: pair[which] for tier, pair in TIER_WORDS.items()},
        "states": {state.value: getattr(NAMES[State(state)], language()) for state in State},
    }
