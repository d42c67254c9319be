"""Handing a duty over: whoever leaves offers it with what is open, the next one accepts or declines.

Until it is accepted whoever leaves stays responsible. Whoever changes a hand-over locks its row first, then incidents in ascending id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Denied, Invalid, NotFound
from command.handover import entries, gathering, passing, telling, turns
from command.handover.gathering import Case, Promise
from command.handover.models import Handover, HandoverItem, Kind, Outcome, State
from command.handover.turns import Turn
from command.incidents.entries import note as noted
from command.incidents.visibility import known_to
from command.oncall.duties.telling import settings
from command.oncall.models import Schedule
from command.people.entries import audit
from command.people.models import Person

LEAD = timedelta(minutes=30)
"""How long before the change the next one is told."""
LONGEST = 2000
"""Characters of the notes."""


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever leaves ticks: a promise by its key, with what they write to it."""

    key: str
    note: str = ""


def offer(
    session: Session, schedule: Schedule, from_id: int, given: Sequence[Given], note: str = "", to: Person | None = None
) -> Handover:
    """Offer one's duty to whoever is next, with what passes; `to` is named where nobody follows. What is not given stays with whoever
    leaves. Raise Denied, Invalid naming the field, or Conflict where one is offered already."""
    session.execute(select(Schedule.id).where(Schedule.id == schedule.id).with_for_update())
    turn = turns.of(session, schedule, from_id)
    if turn is None:
        raise Denied(
            N_("You do not hold this duty."),
            field="schedule",
            remedy=N_("A duty is handed over by who holds it, or has held it in the last %(hours)d hours."),
            hours=round(turns.LATE.total_seconds() / 3600),
        )
    _one_at_a_time(session, schedule, from_id)
    taker = _taker(session, turn, to)
    chosen = _chosen(gathering.open_of(session, schedule, from_id), given)
    _can_be_done(session, chosen, taker)
    cited = noted(session, _short(note, "note"))
    now = clock.now(session)
    change_at = turn.change_at or now
    made = Handover(
        schedule_id=schedule.id,
        from_id=from_id,
        to_id=taker.id,
        chosen=turn.next_id is None,
        change_at=change_at,
        until_at=turn.until_at,
        note_id=cited.id if cited else None,
        offered_at=now,
        tell_at=max(now, change_at - LEAD),
        alarm_at=max(now, change_at) + timedelta(minutes=settings(session).hand_over_minutes),
    )
    session.add(made)
    session.flush()
    for case, promise, text in chosen:
        session.add(_item(session, made, case, promise, text))
    session.flush()
    said = entries.Offered(
        **passing.parties(made), change_at=change_at, chosen=made.chosen, items=len(chosen), note=cited
    )
    audit(session, said)
    return made


def accept(session: Session, handover_id: int, by_id: int) -> Handover:
    """Take the duty over: what passes is theirs from now on, all in one unit of work. Of what is finished, or whose incident is closed,
    cancelled or merged meanwhile, nothing passes, and its item says so. Accepting twice changes nothing. Raise Denied, NotFound, or
    Conflict where it is declined or withdrawn, the plan names somebody else now, or their own turn is over."""
    handover = find(session, handover_id, lock=True)
    _only(by_id, handover.to_id)
    if handover.state == State.ACCEPTED:
        return handover
    _open(handover)
    _still_next(session, handover)
    outcomes = passing.pass_all(session, handover)
    _settle(session, handover, State.ACCEPTED)
    seconds = round((clock.now(session) - handover.offered_at).total_seconds())
    passed = outcomes.count(Outcome.PASSED)
    counts = {"seconds": seconds, "passed": passed, "over": len(outcomes) - passed}
    audit(session, entries.Accepted(**passing.parties(handover), **counts))
    telling.tell(session, handover, "accepted", session.get_one(Person, handover.from_id), items=passed)
    return handover


def decline(session: Session, handover_id: int, by_id: int, reason: str) -> Handover:
    """Do not take the duty over, for a reason: whoever leaves and the duty officers are told. Declining twice changes nothing. Raise
    Denied, NotFound, Conflict, or Invalid without a reason."""
    handover = find(session, handover_id, lock=True)
    _only(by_id, handover.to_id)
    if handover.state == State.DECLINED:
        return handover
    _open(handover)
    if not reason.strip():
        raise Invalid(
            N_("A hand-over is declined with a reason."), field="reason", remedy=N_("Say why you cannot take over.")
        )
    cited = noted(session, _short(reason, "reason"))
    handover.reason_note_id = cited.id if cited else None
    _settle(session, handover, State.DECLINED)
    leaver = session.get_one(Person, handover.from_id)
    hear = [leaver, *telling.officers(session, {handover.from_id, handover.to_id})]
    told = [each.id for each in hear if telling.tell(session, handover, "declined", each)]
    audit(session, entries.Declined(**passing.parties(handover), reason=cited, told=told))
    return handover


def withdraw(session: Session, handover_id: int, by_id: int) -> Handover:
    """Take an offer back that is not accepted yet. Withdrawing twice changes nothing. Raise Denied, NotFound or Conflict."""
    handover = find(session, handover_id, lock=True)
    _only(by_id, handover.from_id)
    if handover.state == State.WITHDRAWN:
        return handover
    _open(handover)
    _settle(session, handover, State.WITHDRAWN)
    audit(session, entries.Withdrawn(**passing.parties(handover)))
    return handover


def find(session: Session, handover_id: int, *, lock: bool = False) -> Handover:
    """A hand-over by id; raise NotFound."""
    found = session.get(Handover, handover_id, with_for_update=lock, populate_existing=True)
    if found is None:
        raise NotFound(N_("There is no such hand-over."), remedy=N_("List your hand-overs to see what there is."))
    return found


def items(session: Session, handover: Handover) -> list[HandoverItem]:
    """What passes with a hand-over, in the order it was given."""
    query = select(HandoverItem).where(HandoverItem.handover_id == handover.id)
    return list(session.scalars(query.order_by(HandoverItem.id)))


def offered(session: Session, schedule_id: int, from_id: int) -> Handover | None:
    """The offer of a duty that waits for the next one, if there is one."""
    mine = (Handover.schedule_id == schedule_id) & (Handover.from_id == from_id) & (Handover.state == State.OFFERED)
    return session.scalar(select(Handover).where(mine))


def offered_by(session: Session, person_id: int) -> list[Handover]:
    """Offers of somebody that wait for the next one, the earliest change first."""
    mine = (Handover.from_id == person_id) & (Handover.state == State.OFFERED)
    return list(session.scalars(select(Handover).where(mine).order_by(Handover.change_at, Handover.id)))


def waiting_for(session: Session, person_id: int) -> list[Handover]:
    """Offers that wait for somebody to accept them, the earliest change first."""
    mine = (Handover.to_id == person_id) & (Handover.state == State.OFFERED)
    return list(session.scalars(select(Handover).where(mine).order_by(Handover.change_at, Handover.id)))


def count(session: Session, handover: Handover) -> int:
    """How many items pass with a hand-over."""
    query = select(func.count()).select_from(HandoverItem).where(HandoverItem.handover_id == handover.id)
    return session.scalar(query) or 0


def _one_at_a_time(session: Session, schedule: Schedule, from_id: int) -> None:
    if offered(session, schedule.id, from_id) is not None:
        raise Conflict(
            N_("You have offered this duty already, and it waits to be accepted."),
            remedy=N_("Withdraw that hand-over first if something has to be added."),
        )


def _taker(session: Session, turn: Turn, to: Person | None) -> Person:
    """Who takes over: whoever follows by plan, or who was chosen where nobody does; raise Invalid."""
    if turn.next_id is not None:
        if to is not None and to.id != turn.next_id:
            raise Invalid(
                N_("The plan says who follows you."),
                field="to",
                remedy=N_("Leave this out; if somebody else is to take over, let them cover the duty first."),
            )
        return session.get_one(Person, turn.next_id)
    if to is None:
        raise Invalid(N_("Nobody follows you by plan."), field="to", remedy=N_("Choose who takes over."))
    if to.id == turn.person_id:
        raise Invalid(N_("One does not hand over to oneself."), field="to", remedy=N_("Choose somebody else."))
    if not to.active or to.number is None:
        raise Invalid(
            N_("This person cannot be called."), field="to", remedy=N_("Name somebody active who has a number.")
        )
    return to


def _chosen(cases: Sequence[Case], given: Sequence[Given]) -> list[tuple[Case, Promise, str]]:
    known = {promise.key: (case, promise) for case in cases for promise in case.promises}
    wanted = {each.key: each for each in given}
    for key in wanted:
        if key not in known:
            raise Invalid(
                N_("%(item)s is not yours to hand over, or is over."),
                field="items",
                remedy=N_("Reload to see what is open now."),
                item=key[:64],
            )
    return [(*known[key], _short(each.note, "items")) for key, each in wanted.items()]


def _can_be_done(session: Session, chosen: Sequence[tuple[Case, Promise, str]], taker: Person) -> None:
    """Raise Invalid for a task in a restricted incident of which the next one may not know: they could never finish it."""
    owned = {case.incident.id for case, promise, _ in chosen if promise.kind == Kind.OWNER}
    for case, promise, _ in chosen:
        if promise.kind == Kind.TASK and case.incident.id not in owned and not known_to(session, case.incident, taker):
            raise Invalid(
                N_("Whoever is next may not know of incident %(number)s, so they cannot do its task."),
                field="items",
                remedy=N_("Have them given a role in it first, or leave this task out."),
                number=case.incident.number,
            )


def _item(session: Session, handover: Handover, case: Case, promise: Promise, text: str) -> HandoverItem:
    cited = noted(session, text)
    return HandoverItem(
        handover_id=handover.id,
        incident_id=case.incident.id,
        kind=promise.kind,
        ref_id=promise.ref_id,
        note_id=cited.id if cited else None,
        exercise=case.incident.exercise,
    )


def _short(text: str, field: str) -> str:
    said = text.strip()
    if len(said) > LONGEST:
        raise Invalid(
            N_("The note is longer than %(limit)d characters."),
            field=field,
            remedy=N_("Shorten it; details belong into the journal of the incident."),
            limit=LONGEST,
        )
    return said


def _only(by_id: int, person_id: int) -> None:
    if by_id != person_id:
        raise Denied(
            N_("Only the next one accepts or declines a hand-over, and only the one who leaves withdraws it."),
            remedy=N_("Ask them, or let somebody cover the duty."),
        )


def _open(handover: Handover) -> None:
    if handover.state != State.OFFERED:
        raise Conflict(
            N_("This hand-over is settled."), remedy=N_("Look at it to see how, and ask for a new one if it is needed.")
        )


def _still_next(session: Session, handover: Handover) -> None:
    now = clock.now(session)
    if handover.until_at is not None and handover.until_at <= now:
        raise Conflict(
            N_("Your own turn of this duty is over."), remedy=N_("Decline, so that it goes to who holds the duty now.")
        )
    schedule = session.get_one(Schedule, handover.schedule_id)
    if not handover.chosen and turns.holder(session, schedule, max(handover.change_at, now)) != handover.to_id:
        raise Conflict(
            N_("The plan has changed: somebody else follows now."),
            remedy=N_("Decline, so that it goes to who follows now."),
        )


def _settle(session: Session, handover: Handover, state: State) -> None:
    handover.state, handover.settled_at = state, clock.now(session)
