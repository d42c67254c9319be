"""The personal part of the incident page: what whoever looks may do now, and the form behind each action. The cards of the board are the
same for everybody; this is not, so it is fetched apart from them."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.documents import document
from command.core.problems import N_, NotFound, Problem
from command.incidents import (
    action_words,
    actions_api,
    briefing,
    causing,
    choices,
    command_roles,
    doing,
    facts,
    house,
    notice_acts,
    observing_rows,
    outlook,
    sentences,
    standing,
    views,
    visibility,
)
from command.incidents.activation import TIER_WORDS
from command.incidents.clocks import Fact
from command.incidents.guards import State
from command.incidents.lifecycle import Forbidden
from command.incidents.models import Incident, Role
from command.network.models import Area, Service
from command.notices.models import Notice, NoticeState
from command.people.access import Principal, access, here, principal, require, unit
from command.people.authority import Post
from command.people.language import language
from command.people.models import Person

pages = Blueprint("incident_room", __name__)

LISTED = 400
"""Areas offered by name for an impact; others are written by their code."""
COMMANDING = frozenset({Post.COMMANDER, Post.DEPUTY, Post.DUTY_OFFICER})


def found(session: Session, number: str) -> Incident:
    """The incident, as far as whoever asks may know of it; raise NotFound."""
    return visibility.seen_by(session, standing.find(session, number), principal())


@pages.get("/incidents/<number>/actions")
@access("read")
def actions(number: str) -> str:
    """What whoever looks may do to the incident now, as a fragment; where not, why and what would allow it."""
    with here().database.read() as session:
        return offered(session, found(session, number), principal())


def offered(session: Session, incident: Incident, who: Principal) -> str:
    """The fragment: decisions that wait for them, then the actions."""
    return render_template(
        "incidents/actions.html",
        number=incident.number,
        choices=choices.of(session, incident, who, language()),
        words=action_words.WORDING,
        main=action_words.MAIN,
        approvals=_approvals(session, incident, who),
        taught=incident.state in (State.REVIEWING, State.CLOSED),
    )


def _approvals(session: Session, incident: Incident, who: Principal) -> list[Notice]:
    """Notices of the incident that wait for somebody like them."""
    query = select(Notice).where(Notice.incident_id == incident.id, Notice.state == NoticeState.SUBMITTED)
    waiting = session.scalars(query.order_by(Notice.id))
    return [notice for notice in waiting if notice_acts.may_approve_now(session, incident, notice, who)]


@pages.get("/incidents/<number>/do/<action>")
@access("read")
def form(number: str, action: str) -> str:
    """The form of an action: what it would bring, and what it asks for. Whoever may not do it reads why."""
    _known(action)
    with here().database.read() as session:
        return _form(session, found(session, number), action, None, request.args)


@pages.post("/incidents/<number>/do/<action>")
@access("read")
def do(number: str, action: str) -> Any:
    """Do it. A refusal shows the form again with all that was typed."""
    _known(action)
    who = principal()
    if action not in OWN or who.scopes is not None:
        who = require(choices.act_of(action))
    try:
        unit(lambda session: doing.perform(session, number, who, action, request.form))
    except Forbidden as error:
        return _refused(number, action, actions_api.in_words(error, language()))
    except Problem as problem:
        return _refused(number, action, problem)
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Trigger": "acted"})
    return redirect(f"/incidents/{number}", 303)


OWN = frozenset({"accept", "transfer", "objective", "lower"})
"""Actions whose permission hangs on more than a post: the verb asks for it. A token needs its scope all the same."""


def _known(action: str) -> None:
    if action not in action_words.WORDING:
        raise NotFound(N_("There is nothing at this address."), remedy=N_("Open the incident and choose an action."))


def _refused(number: str, action: str, problem: Problem) -> tuple[str, int]:
    with here().database.read() as session:
        return _form(session, found(session, number), action, problem, request.form), problem.status


def _form(session: Session, incident: Incident, action: str, problem: Problem | None, given: Mapping[str, str]) -> str:
    template = "incidents/do_form.html" if "HX-Request" in request.headers else "incidents/do.html"
    return render_template(
        template,
        number=incident.number,
        incident=incident,
        action=action,
        wording=action_words.WORDING[action],
        choice=choices.one(session, incident, principal(), language(), action),
        problem=document(problem, "") if problem else None,
        given=given,
        tiers={tier: words[0 if language() == "zh" else 1] for tier, words in TIER_WORDS.items()},
        **_asked(session, incident, action, given),
    )


def _asked(session: Session, incident: Incident, action: str, given: Mapping[str, str]) -> dict[str, Any]:
    """What the form of an action shows beside what it asks for."""
    which = 0 if language() == "zh" else 1
    if action in ("cancel", "restore", "reopen"):
        return {"ends": outlook.ends(session, incident), "evidence": action_words.EVIDENCE}
    if action in ("activate", "raise"):
        tier = incident.tier if action == "activate" else _tier(given, incident.tier - 1)
        return {"tier": tier, "begins": outlook.begins(session, incident, tier)}
    if action == "lower":
        tier = _tier(given, incident.tier + 1)
        reasons = [views.rule_words(rule, language()) for rule in outlook.overruled(session, incident, tier)]
        return {"tier": tier, "overruled": reasons, "ends": outlook.ends(session, incident)}
    if action == "merge":
        others = outlook.mergeable(session, incident, principal())
        into = next((each for each in others if each.number == given.get("into")), None)
        return {
            "others": [_short(session, each) for each in others],
            "into": into,
            "ends": outlook.ends(session, incident),
        }
    if action == "review":
        kept = {part: views.note_text(session, getattr(incident, col)) for part, col in doing.REVIEW.items()}
        return {"kept": kept, "causes": house.causes(), "known": causing.of(incident)}
    if action == "transfer":
        tongue = briefing.tongue(language())
        said = briefing.text(briefing.sections(session, incident, tongue))
        return {"people": _people(session), "roles": action_words.ROLES, "briefing": said}
    if action == "accept":
        return {"waiting": _waiting(session, incident)}
    if action == "take_role":
        return {"roles": _empty_roles(session, incident)}
    if action == "eta":
        return {"now": house.local(session, clock.now(session)), "zone": house.settings(session).tz}
    if action == "facts":
        missing = [fact for fact in Fact if fact not in facts.known(incident)]
        return {"missing": [sentences.WORDS[fact.value][which] for fact in missing]}
    if action == "impact":
        places_of = session.scalars(select(Area).order_by(Area.code).limit(LISTED)).all()
        offered = session.scalars(select(Service).order_by(Service.bit)).all()
        own = session.get(Area, incident.area_id) if incident.area_id else None
        return {
            "areas": [(each.code, names.of(each, language())) for each in places_of],
            "services": [(each.code, names.of(each, language())) for each in offered],
            "own_area": own.code if own else "",
        }
    if action == "watch":
        return {"until": observing_rows.until(session, incident.id)}
    if action == "locate":
        return {"classes": action_words.FAULT_CLASSES}
    if action == "notice":
        kind, texts = outlook.drafted(session, incident)
        return {"kind": kind, "texts": texts, "ends": outlook.ends(session, incident)}
    return {}


def _tier(given: Mapping[str, str], usual: int) -> int:
    typed = given.get("tier", "")
    return int(typed) if typed in ("1", "2", "3", "4") else min(max(usual, 1), 4)


def _short(session: Session, incident: Incident) -> views.SummaryOut:
    return views.summary(session, incident, language())


def _people(session: Session) -> list[Person]:
    """Whom command can be handed to: active people, those whose post it is first."""
    active = session.scalars(select(Person).where(Person.active).order_by(Person.username)).all()
    others = [person for person in active if person.id != principal().person_id]
    return sorted(others, key=lambda each: not COMMANDING.intersection(post.post for post in each.posts))


def _waiting(session: Session, incident: Incident) -> list[tuple[Role, str | None]]:
    """Roles handed over to whoever looks that they have not accepted, each with its briefing."""
    mine = command_roles.waiting_for(session, principal().person_id)
    roles = [role for one, role in mine if one.id == incident.id]
    return [(role, views.note_text(session, role.briefing_note_id)) for role in roles]


def _empty_roles(session: Session, incident: Incident) -> dict[str, str]:
    held = {role.role for role in command_roles.of(session, incident) if role.until_at is None}
    return {role: words for role, words in action_words.ROLES.items() if role not in {*held, command_roles.COMMANDER}}
