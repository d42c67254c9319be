"""Joint assessment as a page, for a phone first: the clock, my department's view, the views side by side, the decision. Without scripts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.incidents import house, sentences
from command.incidents import service as incidents
from command.incidents.activation import KIND_WORDS, TIER_WORDS
from command.incidents.joint import api, opinions, service, shown, waiting
from command.incidents.joint.asked import DecideIn, OpenIn, ViewIn
from command.incidents.standing import find
from command.network.models import Area, Service
from command.people.access import Principal, access, here, may, principal
from command.people.language import language
from command.people.models import Person
from command.resources.forms import given, valid

pages = Blueprint("joint_assessment", __name__)
FIELDS = ("kind", "fault_class", "cause_class", "users", "harm", "tier")
COMPARED = ("kind", "fault_class", "cause_class", "areas", "services", "users", "harm", "tier")
"""The rows of the table in which views stand side by side."""


@pages.get("/assessments")
@access("read")
def listed() -> str:
    """Views that are waited for: of whoever asks first, then all others."""
    with here().database.read() as session:
        found = waiting.views(session, principal(), exercise="exercise" in request.args)
        mine = {(each.number, each.round) for each in found if each.mine}
        return render_template("incidents/assessments.html", waiting=found, mine=mine, **_words(session))


@pages.get("/incidents/<number>/assessment")
@access("read")
def page(number: str) -> str:
    """The rounds of an incident, the newest first."""
    return _page(number)


@pages.post("/incidents/<number>/assessment")
@access("give_view")
def do(number: str) -> Any:
    """Open, answer or decide, as the form asks; a refusal keeps what was typed."""
    verb = VERBS.get(request.form.get("do", ""))
    if verb is None:
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Open the incident and choose an action."))
    try:
        verb(number, request.form)
    except Problem as problem:
        return _page(number, problem), problem.status
    return redirect(f"/incidents/{number}/assessment", 303)


def _open(number: str, form: Mapping[str, str]) -> None:
    fields = given(form, "minutes", "reason") | {"departments": request.form.getlist("departments")}
    api.opened(number, valid(OpenIn, fields))


def _view(number: str, form: Mapping[str, str]) -> None:
    api.viewed(number, _round(form), valid(ViewIn, given(form, *FIELDS, "department", "confidence", "note") | _scope()))


def _decide(number: str, form: Mapping[str, str]) -> None:
    api.decided(number, _round(form), valid(DecideIn, given(form, *FIELDS, "reason", "override") | _scope()))


VERBS: Mapping[str, Callable[[str, Mapping[str, str]], None]] = {"open": _open, "view": _view, "decide": _decide}


def _scope() -> dict[str, list[str]]:
    """Areas are typed as codes, with the name behind that the list offers."""
    areas = [each.strip().split(" ")[0] for each in request.form.get("areas", "").replace("，", ",").split(",")]
    return {"areas": [each for each in areas if each], "services": request.form.getlist("services")}


def _round(form: Mapping[str, str]) -> int:
    text = form.get("round", "")
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _page(number: str, problem: Problem | None = None) -> str:
    who = principal()
    with here().database.read() as session:
        incident = incidents.seen_by(session, find(session, number), who)
        every = shown.every(session, incident, language())[::-1]
        current = every[0] if every and every[0].state == service.OPEN else None
        own = session.scalar(select(Person.department).where(Person.id == who.person_id))
        commands = may(who, "assess")
        speaks = _speaks(current.departments, own, who) if current else []
        words = _words(session)
        return render_template(
            "incidents/assessment.html",
            number=number,
            incident=incident,
            rounds=every,
            current=current,
            speaks=[each for each in speaks if current and each in current.departments]
            if may(who, "give_view")
            else [],
            own=own,
            commands=commands,
            usual=service.usual_departments(session, incident),
            minutes=house.settings(session).assessment_minutes,
            problem=document(problem, "") if problem else None,
            given=request.form,
            chosen=request.form.getlist("services"),
            asked=request.form.getlist("departments"),
            compared=COMPARED,
            spoken=[(code, words["departments"][code]) for code in speaks],
            **words,
        )


def _speaks(asked: Sequence[str], own: str | None, who: Principal) -> list[str]:
    """The departments for which somebody may speak."""
    if not may(who, "give_view"):
        return []
    return [code for code in asked if code == own or who.posts & service.FOR_OTHERS]


def _words(session: Session) -> dict[str, Any]:
    which = 0 if language() == "zh" else 1
    cards = house.structure().departments
    said = {name: pair[which] for name, pair in sentences.WORDS.items()}
    return {
        "kinds": {kind: pair[which] for kind, pair in KIND_WORDS.items()},
        "tiers": {tier: pair[which] for tier, pair in TIER_WORDS.items()},
        "departments": {str(card.code): getattr(card.name, language()) for card in cards},
        "services": {
            row.code: names.of(row, language()) for row in session.scalars(select(Service).order_by(Service.bit))
        },
        "areas": {row.code: names.of(row, language()) for row in session.scalars(select(Area).order_by(Area.code))},
        "said": said,
        "harms": _options(said, opinions.HARMS),
        "confidences": _options(said, opinions.CONFIDENCES),
        "fault_classes": _options(said, opinions.FAULT_CLASSES),
        "cause_classes": _options(said, opinions.CAUSE_CLASSES),
    }


def _options(said: Mapping[str, str], codes: Sequence[str]) -> list[tuple[str, str]]:
    return [(code, said[code]) for code in codes]
