"""Answers to drills: by SMS, by the address in it, by somebody signed in. Each counts once; a page always goes first.

By SMS only a bare word or the call's own code answers, and only what no page waits for (see paging.replies): what somebody says about a
real incident is never taken for a drill."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Denied, NotFound
from command.messages.handlers import InboundMessage, Pressed
from command.oncall.duties import telling
from command.oncall.paging import answers
from command.oncall.paging.answers import Answer, Word
from command.oncall.phone_drill import calling, drill_entries, drill_texts
from command.oncall.phone_drill.calling import LATE
from command.oncall.phone_drill.drill_entries import Via
from command.oncall.phone_drill.drill_models import PhoneDrill, PhoneDrillCall, PhoneDrillRun, PhoneDrillWay, RunState
from command.people import contacts
from command.people.models import Person

ANSWERED, AGAIN, IS_LATE, OVER = "answered", "again", "late", "over"
"""What became of an answer."""
KEY = "1"
Open = tuple[PhoneDrillCall, PhoneDrillRun]


def meant(session: Session, people: Sequence[Person], answer: Answer) -> bool:
    """Whether a reply that fits no page fits a drill: it has the code of one, or is a bare word while one waits for an answer."""
    return _meant(session, people, answer) is not None


def _meant(session: Session, people: Sequence[Person], answer: Answer) -> Open | None:
    calls = _recent(session, people)
    if answer.codes:
        return next((each for each in calls if each[0].code in answer.codes), None)
    if answer.word not in (None, Word.ACKNOWLEDGE):
        return None
    waiting = [each for each in calls if each[0].answered_at is None and each[1].state != RunState.STOPPED]
    again = [each for each in calls if each[1].state == RunState.RUNNING and answer.word is not None]
    return next(iter(waiting or again), None)


def _recent(session: Session, people: Sequence[Person]) -> list[Open]:
    """Calls to these people that may still be answered, the newest first."""
    query = (
        select(PhoneDrillCall, PhoneDrillRun)
        .join(PhoneDrillRun, PhoneDrillRun.id == PhoneDrillCall.run_id)
        .where(
            PhoneDrillCall.person_id.in_([person.id for person in people]),
            PhoneDrillCall.called_at > clock.now(session) - 2 * LATE,
            PhoneDrillRun.until > clock.now(session) - LATE,
        )
        .order_by(PhoneDrillCall.id.desc())
    )
    return list(session.execute(query).tuples())


def reply(session: Session, message: InboundMessage) -> str | None:
    """Handle an SMS in the conversation of exercises and return what to answer; None when it is not for this room."""
    people = contacts.owners(session, message.sender_index) if message.exercise else ()
    if not people:
        return None
    said = answers.read(message.text)
    found = _meant(session, people, said)
    if found is None:
        return None
    call, run = found
    person = session.get_one(Person, call.person_id)
    drill, settings = session.get_one(PhoneDrill, run.drill_id), telling.settings(session)
    if said.word is None:
        return drill_texts.answer(person, "unclear", drill.name, settings, call.code)
    return drill_texts.answer(person, take(session, call.id, person.id, "sms"), drill.name, settings)


def press(session: Session, pressed: Pressed) -> str | None:
    """1 on the keypad answers; what the call says last, None for another key or for what is no drill's call."""
    if pressed.page_id is not None or pressed.digits != KEY:
        return None
    call_id = session.scalar(select(PhoneDrillWay.call_id).where(PhoneDrillWay.delivery_id == pressed.delivery_id))
    if call_id is None:
        return None
    return drill_texts.spoken(pressed.language, take(session, call_id, pressed.person_id, "keypad"))


def take(session: Session, call_id: int, person_id: int, via: Via) -> str:
    """Take a person's answer to their call, once; what became of it. Raise NotFound, or Denied where somebody else was called."""
    run_id = session.scalar(select(PhoneDrillCall.run_id).where(PhoneDrillCall.id == call_id))
    if run_id is None:
        raise NotFound(N_("There is no such call."), remedy=N_("Open the drill to see whom it calls."))
    run = session.get_one(PhoneDrillRun, run_id, with_for_update=True, populate_existing=True)
    call = session.get_one(PhoneDrillCall, call_id, with_for_update=True, populate_existing=True)
    if call.person_id != person_id:
        raise Denied(N_("This call went to someone else."), remedy=N_("Only the person called can answer it."))
    if call.answered_at is not None:
        return AGAIN
    now = clock.now(session)
    if run.state == RunState.STOPPED or call.called_at is None or now > run.until + LATE:
        return OVER
    call.answered_at, call.answered_via, call.due_at = now, via, None
    calling.take_back(session, call, "answered", again=False)
    seconds, late = int((now - call.called_at).total_seconds()), is_late(call, run)
    said = drill_entries.Answered(run_id=run.id, person_id=person_id, via=via, seconds=seconds, late=late)
    drill_entries.record(session, run.drill_id, said)
    return IS_LATE if late else ANSWERED


def is_late(call: PhoneDrillCall, run: PhoneDrillRun) -> bool:
    """Whether a call was answered when answers were no longer awaited."""
    return call.answered_at is not None and call.answered_at > run.until
