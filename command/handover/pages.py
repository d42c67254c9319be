"""The page on which duties are handed over and taken over. Works without scripts."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import document
from command.core.problems import Problem
from command.handover import gathering, service, turns, views, words
from command.handover.gathering import Case
from command.handover.models import Handover
from command.handover.turns import Turn
from command.incidents import clock_rows
from command.incidents.action_words import ROLES
from command.incidents.activation import KIND_WORDS, TIER_WORDS
from command.incidents.guards import NAMES
from command.oncall.duties import asked, schedules
from command.oncall.paging.responses import arrival
from command.people.access import access, here, principal, unit
from command.people.language import language
from command.people.models import Person

pages = Blueprint("handover_pages", __name__)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A turn of the reader's that can be handed over: to whom, and what is open."""

    turn: Turn
    follower: Person | None
    cases: list[Case]


@pages.get("/on-call/hand-over")
@access("read")
def hand_over() -> Any:
    """What waits for one to take over, one's own duties to hand over, and the last of both."""
    return _page()


@pages.post("/on-call/hand-over")
@access("read")
def offer() -> Any:
    """Offer a duty to the next one."""
    form, me = request.form, principal().person_id

    def work(session: Session) -> None:
        name = form.get("to", "").strip()
        to = asked.person(session, name, "to") if name else None
        given = [service.Given(key, form.get(f"note:{key}", "")) for key in form.getlist("item")]
        schedule = schedules.find(session, form.get("schedule", ""))
        service.offer(session, schedule, me, given, form.get("note", ""), to)

    try:
        unit(work)
    except Problem as problem:
        return _page(problem), problem.status
    return redirect("/on-call/hand-over", 303)


@pages.get("/on-call/hand-over/<int:handover_id>")
@access("read")
def one(handover_id: int) -> Any:
    """One hand-over: the address in the SMS."""
    return _one(handover_id)


@pages.post("/on-call/hand-over/<int:handover_id>/accept")
@access("read")
def accept(handover_id: int) -> Any:
    """Take the duty over."""
    return _done(handover_id, lambda session, me: service.accept(session, handover_id, me))


@pages.post("/on-call/hand-over/<int:handover_id>/decline")
@access("read")
def decline(handover_id: int) -> Any:
    """Do not take it over."""
    reason = request.form.get("reason", "")
    return _done(handover_id, lambda session, me: service.decline(session, handover_id, me, reason))


@pages.post("/on-call/hand-over/<int:handover_id>/withdraw")
@access("read")
def withdraw(handover_id: int) -> Any:
    """Take an offer back."""
    return _done(handover_id, lambda session, me: service.withdraw(session, handover_id, me))


def _done(handover_id: int, verb: Callable[[Session, int], Handover]) -> Any:
    me = principal().person_id
    try:
        unit(lambda session: verb(session, me))
    except Problem as problem:
        if problem.status == 404:
            raise
        return _one(handover_id, problem), problem.status
    return redirect(f"/on-call/hand-over/{handover_id}", 303)


def _one(handover_id: int, problem: Problem | None = None) -> str:
    who = principal()
    with here().database.read() as session:
        found = views.shown(session, views.read(session, handover_id, who), who)
    return _render(problem, waiting=[found])


def _page(problem: Problem | None = None) -> str:
    who = principal()
    with here().database.read() as session:
        waiting = [*service.waiting_for(session, who.person_id), *service.offered_by(session, who.person_id)]
        shown = [views.shown(session, each, who) for each in waiting]
        taken = {each.schedule_id for each in waiting if each.from_id == who.person_id}
        leaving = [
            _leaving(session, turn) for turn in turns.all_of(session, who.person_id) if turn.schedule.id not in taken
        ]
        alone = any(each.follower is None for each in leaving)
        query = select(Person).where(Person.active, Person.number.is_not(None), Person.id != who.person_id)
        people = session.scalars(query.order_by(Person.id).limit(1000)).all() if alone else ()
        settled = [views.shown(session, each, who) for each in views.settled_of(session, who.person_id)]
        now = clock.now(session)
    return _render(problem, waiting=shown, leaving=leaving, people=people, settled=settled, all=True, now=now)


def _leaving(session: Session, turn: Turn) -> Leaving:
    follower = session.get_one(Person, turn.next_id) if turn.next_id is not None else None
    return Leaving(turn, follower, gathering.open_of(session, turn.schedule, turn.person_id))


def _render(problem: Problem | None, **shown: Any) -> str:
    place = 0 if language() == "zh" else 1
    return render_template(
        "oncall/hand_over.html",
        who=principal(),
        problem=document(problem, "") if problem else None,
        given=request.form,
        ticked=request.form.getlist("item") if problem else None,
        words=words,
        roles=ROLES,
        arrival=arrival,
        tier_words={tier: pair[place] for tier, pair in TIER_WORDS.items()},
        kind_words={kind: pair[place] for kind, pair in KIND_WORDS.items()},
        state_words={str(state): text.zh if place == 0 else text.en for state, text in NAMES.items()},
        clock_name=_clock_name,
        **shown,
    )


def _clock_name(code: str) -> str:
    known = clock_rows.definition(code)
    if known is None:
        return code
    return known.name.zh if language() == "zh" else known.name.en
