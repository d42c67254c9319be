"""Holding mass messages: one switch with a reason and a time limit. Pages and corrections go on; what is held waits where it is, and
expires as usual when its validity passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock, journal
from command.core.installation import count_up
from command.core.journal import Payload
from command.core.problems import N_, Conflict, Invalid
from command.messages import hold_entries as entries
from command.messages.hold_models import Hold, LetThrough
from command.people import access
from command.people.access import Principal
from command.people.authority import Override

ACT = "hold_messages"
LONGEST = timedelta(hours=24)
"""The longest a hold may last; it may be set again."""
NO_ROADS: Mapping[str, str] = {}
PAGING = ("sms", "voice")
"""Channels that can carry a page to anybody: not everybody has told us of a mailbox or a chat."""
LOCK = "message-hold"
"""Whoever holds is the only one until their unit of work ends: of two at once the second takes the place of the first."""
AVOIDED = "avoided"
"""Why a gateway that somebody keeps out of use is no road."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held at this moment: mass messages but those of the notices `through`, and the gateways `avoid`."""

    mass: bool = False
    through: tuple[int, ...] = ()
    avoid: frozenset[str] = frozenset()


NOTHING = Held()


def now(session: Session) -> Mapping[bool, Held]:
    """What is held now, by `exercise`; what is not held at all is left out."""
    open_ = select(Hold).where(Hold.ended_at.is_(None), Hold.until_at > clock.now(session))
    return {
        each.exercise: Held(each.mass, through(session, each) if each.mass else (), frozenset(each.avoid))
        for each in session.scalars(open_)
    }


def current(session: Session, *, exercise: bool = False) -> Hold | None:
    """The hold that is on now, if any."""
    mine = (Hold.exercise.is_(exercise), Hold.ended_at.is_(None), Hold.until_at > clock.now(session))
    return session.scalar(select(Hold).where(*mine))


def through(session: Session, hold: Hold) -> tuple[int, ...]:
    """The notices that pass a hold."""
    query = select(LetThrough.notice_id).where(LetThrough.hold_id == hold.id).order_by(LetThrough.notice_id)
    return tuple(session.scalars(query))


def hold(
    session: Session,
    reason: str,
    until: datetime,
    by: Principal,
    *,
    mass: bool = True,
    avoid: Sequence[str] = (),
    roads: Mapping[str, str] = NO_ROADS,
    exercise: bool = False,
    override: bool = False,
) -> Hold:
    """Hold mass messages, or keep gateways out of use, until a moment. It takes the place of a hold that is on. `roads` are the live
    gateways there are, and the channel of each: one that carries pages must stay. Raise Invalid naming the field, or Denied."""
    overridden = _may(by, override)
    at = clock.now(session)
    names = tuple(dict.fromkeys(avoid))
    _check(at, until, mass, names, roads, exercise)
    count_up(session, LOCK)
    note_id, digest = journal.add_note(session, _said(reason), by.actor)
    _end(session, _locked(session, exercise), at, by.actor, replaced=True)
    made = Hold(
        mass=mass, avoid=list(names), reason_note_id=note_id, by=by.actor, from_at=at, until_at=until, exercise=exercise
    )
    session.add(made)
    session.flush()
    entry = entries.Held(
        hold_id=made.id,
        mass=mass,
        avoid=names,
        until=until,
        override=overridden,
        reason_note_id=note_id,
        reason_hash=digest,
    )
    _record(session, made, entry)
    return made


def _check(
    at: datetime, until: datetime, mass: bool, avoid: Sequence[str], roads: Mapping[str, str], exercise: bool
) -> None:
    if not at < until <= at + LONGEST:
        raise Invalid(
            N_("A hold ends within %(hours)d hours."),
            field="minutes",
            remedy=N_("Give a time limit of 1 to %(minutes)d minutes; a hold may be set again."),
            hours=LONGEST // timedelta(hours=1),
            minutes=LONGEST // timedelta(minutes=1),
        )
    if not (mass or avoid):
        raise Invalid(
            N_("Nothing would be held."), field="mass", remedy=N_("Hold mass messages, or name gateways to avoid.")
        )
    if avoid and exercise:
        raise Invalid(
            N_("Exercises have one gateway, which cannot be avoided."),
            field="avoid",
            remedy=N_("Leave the gateways out."),
        )
    if unknown := [name for name in avoid if name not in roads]:
        raise Invalid(
            N_("Unknown gateways: %(names)s."),
            field="avoid",
            remedy=N_("Use some of: %(known)s."),
            names=", ".join(unknown[:10])[:200],
            known=", ".join(sorted(roads)),
        )
    if avoid and {name for name, channel in roads.items() if channel in PAGING} <= set(avoid):
        raise Invalid(
            N_("No gateway would be left for pages."),
            field="avoid",
            remedy=N_("Leave at least one gateway for SMS or calls in use."),
        )


def release(session: Session, reason: str, by: Principal, *, exercise: bool = False, override: bool = False) -> Hold:
    """End the hold that is on; raise Conflict where there is none, Invalid without a reason, or Denied."""
    overridden = _may(by, override)
    found = _locked(session, exercise)
    if found is None or found.until_at <= clock.now(session):
        raise Conflict(N_("Nothing is held."), remedy=N_("Look at the page of holds: somebody may have released it."))
    _end(session, found, clock.now(session), by.actor, note=_said(reason), override=overridden)
    return found


def let_through(
    session: Session, notice_id: int, reason: str, by: Principal, *, exercise: bool, override: bool
) -> None:
    """Let one notice pass the hold that is on. Twice is once. Raise Conflict, Invalid or Denied."""
    overridden = _may(by, override)
    found = _locked(session, exercise)
    if found is None or not found.mass or found.until_at <= clock.now(session):
        raise Conflict(N_("No messages are held."), remedy=N_("The notice leaves by itself."))
    if notice_id in through(session, found):
        return
    note_id, digest = journal.add_note(session, _said(reason), by.actor)
    session.add(
        LetThrough(
            hold_id=found.id,
            notice_id=notice_id,
            by=by.actor,
            at=clock.now(session),
            reason_note_id=note_id,
            exercise=exercise,
        )
    )
    session.flush()
    entry = entries.Passed(
        hold_id=found.id, notice_id=notice_id, override=overridden, reason_note_id=note_id, reason_hash=digest
    )
    _record(session, found, entry)


def lapsed(session: Session) -> bool:
    """Whether a hold has ended by itself and that is not on record."""
    over = (Hold.ended_at.is_(None), Hold.until_at <= clock.now(session))
    return session.scalar(select(Hold.id).where(*over).limit(1)) is not None


def lapse(session: Session) -> None:
    """Put on record that holds ended by themselves."""
    over = (Hold.ended_at.is_(None), Hold.until_at <= clock.now(session))
    for each in session.scalars(select(Hold).where(*over).order_by(Hold.id).with_for_update(skip_locked=True)):
        _lapse(session, each)


def _lapse(session: Session, hold: Hold) -> None:
    hold.ended_at, hold.ended_by = hold.until_at, "system:holds"
    _record(session, hold, entries.Lapsed(hold_id=hold.id, until=hold.until_at))


def _locked(session: Session, exercise: bool) -> Hold | None:
    mine = (Hold.exercise.is_(exercise), Hold.ended_at.is_(None))
    return session.scalar(select(Hold).where(*mine).with_for_update())


def _end(
    session: Session,
    found: Hold | None,
    at: datetime,
    by: str,
    *,
    replaced: bool = False,
    note: str = "",
    override: bool = False,
) -> None:
    if found is None:
        return
    if found.until_at <= at:
        _lapse(session, found)
    else:
        found.ended_at, found.ended_by = at, by
        note_id, digest = journal.add_note(session, note, by) if note else (None, None)
        entry = entries.Released(
            hold_id=found.id, replaced=replaced, override=override, reason_note_id=note_id, reason_hash=digest
        )
        _record(session, found, entry)
    session.flush()


def _record(session: Session, hold: Hold, payload: Payload) -> None:
    journal.record(session, journal.month("audit", clock.now(session)), payload, exercise=hold.exercise)


def _may(by: Principal, override: bool) -> bool:
    return isinstance(access.must(by, ACT, override=override), Override)


def _said(reason: str) -> str:
    if not reason.strip():
        raise Invalid(N_("This needs a reason."), field="reason", remedy=N_("Say why, in a sentence."))
    return reason.strip()
