"""One's own page of duties: the turns ahead, and swaps of them. Works without scripts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.documents import document
from command.core.problems import N_, Invalid, Problem
from command.oncall.duties import asked, schedules, swaps
from command.oncall.duties.plan_models import DutySwap
from command.oncall.duties.swaps import Time
from command.oncall.models import Schedule
from command.people.access import access, here, principal, unit
from command.people.models import Person

pages = Blueprint("mine_pages", __name__)
AHEAD = timedelta(days=60)
BEYOND = timedelta(days=60)
"""How much further one looks for the end of a turn: one that lasts longer has no end to be named."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn ahead, from now where it has `begun`; `endless`: it ends later than one looks. `value` names it in the form."""

    schedule: Schedule
    person: Person
    start: datetime
    end: datetime
    cover: bool
    begun: bool
    endless: bool

    @property
    def whole(self) -> bool:
        return not (self.begun or self.endless)

    @property
    def value(self) -> str:
        return f"{self.schedule.code}|{self.person.id}|{self.start.isoformat()}|{self.end.isoformat()}"


@pages.get("/on-call/mine")
@access("read")
def mine() -> Any:
    """One's own turns and swaps."""
    return _page()


@pages.post("/on-call/mine/swaps")
@access("read")
def propose() -> Any:
    """Propose a swap."""
    who = principal()

    def work(session: Session) -> None:
        code, person_id, given = _turn(request.form.get("given", ""), "given")
        other_code, other_id, taken = _turn(request.form.get("taken", ""), "taken")
        if code != other_code or person_id != who.person_id:
            raise Invalid(
                N_("The two turns are not of one duty."), field="taken", remedy=N_("Choose two turns of the same duty.")
            )
        other = session.get(Person, other_id)
        if other is None:
            raise _no_turn("taken")
        swaps.propose(session, schedules.find(session, code), other, given, taken, who)

    return _done(work)


@pages.post("/on-call/mine/swaps/<int:swap_id>/<action>")
@access("read")
def settle(swap_id: int, action: str) -> Any:
    """Agree to a swap, do not agree to it, or take back one's own."""
    who, verb = principal(), swaps.settling(action)
    return _done(lambda session: verb(session, swap_id, who))


def _done(work: Callable[[Session], object]) -> Any:
    try:
        unit(work)
    except Problem as problem:
        return _page(problem), problem.status
    return redirect("/on-call/mine", 303)


def _turn(text: str, field: str) -> tuple[str, int, Time]:
    """A turn as the form names it; raise Invalid."""
    try:
        code, person_id, start, end = text.split("|")
        turn = Time(datetime.fromisoformat(start), datetime.fromisoformat(end))
        if turn.start.tzinfo is None or turn.end.tzinfo is None or not person_id.isdigit() or len(person_id) > 18:
            raise ValueError(text)
    except ValueError as error:
        raise _no_turn(field) from error
    if not all(asked.FIRST <= at <= asked.LAST for at in (turn.start, turn.end)):
        raise _no_turn(field)
    return code, int(person_id), turn


def _no_turn(field: str) -> Invalid:
    return Invalid(N_("This is no turn."), field=field, remedy=N_("Choose one from the list."))


def _page(problem: Problem | None = None) -> str:
    who = principal()
    with here().database.read() as session:
        now = clock.now(session)
        ahead = _ahead(session, now)
        open_ones = [_shown(session, swap) for swap in swaps.open_of(session, who.person_id)]
    own = [turn for turn in ahead if turn.person.id == who.person_id]
    duties = {turn.schedule.id for turn in own}
    free = [turn for turn in ahead if turn.whole and not turn.cover and turn.schedule.id in duties]
    return render_template(
        "oncall/mine.html",
        who=who,
        turns=own,
        given_turns=[turn for turn in free if turn.person.id == who.person_id],
        taken_turns=[turn for turn in free if turn.person.id != who.person_id],
        swaps=open_ones,
        days=AHEAD.days,
        given=request.form,
        problem=document(problem, "") if problem else None,
    )


def _ahead(session: Session, now: datetime) -> list[Turn]:
    """Every turn that begins in the time ahead, the earliest first."""
    found, beyond = [], now + AHEAD + BEYOND
    for row in session.scalars(select(Schedule).order_by(Schedule.code)):
        for span in schedules.spans(session, row, now, beyond):
            if span.member is not None and span.start < now + AHEAD:
                person = session.get_one(Person, span.member)
                told = span.layer is None, span.start <= now, span.end >= beyond
                found.append(Turn(row, person, span.start, span.end, *told))
    return sorted(found, key=lambda turn: (turn.start, turn.schedule.code))


def _shown(session: Session, swap: DutySwap) -> dict[str, Any]:
    return {
        "row": swap,
        "schedule": session.get_one(Schedule, swap.schedule_id),
        "proposer": session.get_one(Person, swap.proposer_id),
        "other": session.get_one(Person, swap.other_id),
    }
