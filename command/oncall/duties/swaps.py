"""Swapping turns of a duty: one proposes, the other accepts, and it becomes two overrides in one unit of work.

What is swapped must be held by those who swap it, when it is proposed and again when it is accepted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid, NotFound
from command.oncall.duties import cover, schedules, telling
from command.oncall.duties.plan_models import DutySwap, SwapState
from command.oncall.duties.swap_entries import SwapAccepted, SwapEnded, SwapProposed
from command.oncall.models import Schedule
from command.people.access import Principal
from command.people.entries import audit
from command.people.models import Person

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Time:
    """From `start` (inclusive) to `end` (exclusive), aware."""

    start: datetime
    end: datetime


def propose(session: Session, schedule: Schedule, other: Person, given: Time, taken: Time, by: Principal) -> DutySwap:
    """Ask somebody to take one's turn `given` for theirs, `taken`; they are told. Asking again changes nothing. Raise Invalid or Conflict
    naming the field."""
    if other.id == by.person_id:
        raise Invalid(
            N_("One does not swap with oneself."), field="person", remedy=N_("Choose a turn of somebody else.")
        )
    mine = _held(session, schedule, by.person_id, given, "given")
    theirs = _held(session, schedule, other.id, taken, "taken")
    wanted = {
        "schedule_id": schedule.id,
        "proposer_id": by.person_id,
        "other_id": other.id,
        "given_start": mine.start,
        "given_end": mine.end,
        "taken_start": theirs.start,
        "taken_end": theirs.end,
    }
    asked = session.scalar(select(DutySwap).filter_by(**wanted, state=SwapState.PROPOSED))
    if asked is not None:
        return asked
    made = DutySwap(**wanted, proposed_at=clock.now(session))
    session.add(made)
    session.flush()
    said = SwapProposed(
        swap_id=made.id,
        schedule_id=schedule.id,
        proposer_id=by.person_id,
        other_id=other.id,
        given=(mine.start, mine.end),
        taken=(theirs.start, theirs.end),
    )
    audit(session, said)
    telling.tell(session, other, _asking(session, made, schedule))
    return made


def accept(session: Session, swap_id: int, by: Principal) -> DutySwap:
    """The other agrees: two overrides, both or none. Accepting twice changes nothing. Raise Denied, NotFound or Conflict."""
    swap = _find(session, swap_id)
    _only(by, swap.other_id)
    if swap.state == SwapState.ACCEPTED:
        return swap
    _open(swap)
    schedule = session.get_one(Schedule, swap.schedule_id)
    given, taken = Time(swap.given_start, swap.given_end), Time(swap.taken_start, swap.taken_end)
    if _begins(swap) < clock.now(session):
        raise Conflict(N_("One of the turns has begun."), remedy=N_("Propose a swap of later turns."))
    _held(session, schedule, swap.proposer_id, given, "given")
    _held(session, schedule, swap.other_id, taken, "taken")
    people = [session.get_one(Person, each) for each in (swap.other_id, swap.proposer_id)]
    overrides = [
        cover.put(session, schedule, person, turn.start, turn.end, by)
        for person, turn in zip(people, (given, taken), strict=True)
    ]
    _settle(session, swap, SwapState.ACCEPTED)
    audit(session, SwapAccepted(swap_id=swap.id, overrides=(overrides[0].id, overrides[1].id)))
    telling.tell(session, people[1], _agreed(session, swap, schedule))
    return swap


def decline(session: Session, swap_id: int, by: Principal) -> DutySwap:
    """The other does not agree. Raise Denied, NotFound or Conflict."""
    return _ended(session, swap_id, by, SwapState.DECLINED)


def withdraw(session: Session, swap_id: int, by: Principal) -> DutySwap:
    """Whoever proposed takes it back. Raise Denied, NotFound or Conflict."""
    return _ended(session, swap_id, by, SwapState.WITHDRAWN)


SETTLING: Mapping[str, Callable[[Session, int, Principal], DutySwap]] = {
    "accept": accept,
    "decline": decline,
    "withdraw": withdraw,
}
"""What may become of a swap, by the word for it."""


def settling(action: str) -> Callable[[Session, int, Principal], DutySwap]:
    """The verb of a word in an address; raise NotFound."""
    if action not in SETTLING:
        raise NotFound(
            N_("There is nothing at this address."), remedy=N_("Use one of: %(turns)s."), turns=", ".join(SETTLING)
        )
    return SETTLING[action]


def open_of(session: Session, person_id: int) -> list[DutySwap]:
    """Swaps that somebody proposed or was asked for and that are not settled, the earliest turn first. One of whose
    turns has begun is left out: it cannot be accepted any more."""
    mine = or_(DutySwap.proposer_id == person_id, DutySwap.other_id == person_id)
    now = clock.now(session)
    ahead = (DutySwap.given_start > now) & (DutySwap.taken_start > now)
    query = select(DutySwap).where(mine, ahead, DutySwap.state == SwapState.PROPOSED)
    return list(session.scalars(query.order_by(DutySwap.given_start, DutySwap.id).limit(SHOWN)))


def _ended(session: Session, swap_id: int, by: Principal, state: SwapState) -> DutySwap:
    swap = _find(session, swap_id)
    _only(by, swap.other_id if state == SwapState.DECLINED else swap.proposer_id)
    if swap.state == state:
        return swap
    _open(swap)
    _settle(session, swap, state)
    audit(session, SwapEnded(swap_id=swap.id, how="declined" if state == SwapState.DECLINED else "withdrawn"))
    return swap


def _find(session: Session, swap_id: int) -> DutySwap:
    found = session.get(DutySwap, swap_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound(N_("There is no such swap."), remedy=N_("List your swaps to see what there is."))
    return found


def _only(by: Principal, person_id: int) -> None:
    if by.person_id != person_id:
        raise Denied(
            N_("Only the one who was asked accepts or declines a swap, and only the one who proposed withdraws it."),
            remedy=N_("Ask them, or let somebody cover."),
        )


def _open(swap: DutySwap) -> None:
    if swap.state != SwapState.PROPOSED:
        raise Conflict(N_("This swap is settled."), remedy=N_("Propose another one."))


def _settle(session: Session, swap: DutySwap, state: SwapState) -> None:
    swap.state, swap.settled_at = state, clock.now(session)


def _held(session: Session, schedule: Schedule, person_id: int, turn: Time, field: str) -> Time:
    """The turn in whole seconds, if that person holds the duty all through it by the layers, not by cover; raise Invalid or Conflict."""
    try:
        begin, end = cover.span(session, turn.start, turn.end)
    except Invalid as error:
        raise Invalid(error.detail, field=f"{field}.{error.field}", remedy=error.remedy) from error
    cover.require_free(session, schedule, begin, end)
    if {span.member for span in schedules.spans(session, schedule, begin, end)} != {person_id}:
        raise Conflict(
            N_("This turn is not held by whom it is swapped for, or not all of it."),
            field=field,
            remedy=N_("Look at the schedule and choose a turn as it stands there."),
        )
    return Time(begin, end)


def _asking(session: Session, swap: DutySwap, schedule: Schedule) -> telling.Said:
    proposer = session.get_one(Person, swap.proposer_id)
    given, taken = _moments(session, swap)
    text = {
        "zh": f"{proposer.name_zh}希望与您换班（{schedule.name_zh}）：您值{given}，对方值{taken}。",
        "en": f"{proposer.name_en} would swap turns with you ({schedule.name_en}): you take {given}, they take {taken}.",
    }
    act = {"zh": "到值班页面答复", "en": "answer on your page"}
    return telling.Said(text, _begins(swap), act, "/on-call/mine")


def _agreed(session: Session, swap: DutySwap, schedule: Schedule) -> telling.Said:
    other = session.get_one(Person, swap.other_id)
    given, taken = _moments(session, swap)
    text = {
        "zh": f"{other.name_zh}同意换班（{schedule.name_zh}）：对方值{given}，您值{taken}。",
        "en": f"{other.name_en} agreed to swap ({schedule.name_en}): they take {given}, you take {taken}.",
    }
    return telling.Said(text, _begins(swap))


def _begins(swap: DutySwap) -> datetime:
    """When the first of the turns begins."""
    return min(swap.given_start, swap.taken_start)


def _moments(session: Session, swap: DutySwap) -> tuple[str, str]:
    return (
        f"{telling.moment(session, swap.given_start)}–{telling.moment(session, swap.given_end)}",
        f"{telling.moment(session, swap.taken_start)}–{telling.moment(session, swap.taken_end)}",
    )
