"""SMS replies of those on call: what a reply says is done to the page it means, or a clear question is asked; nobody is left guessing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.core.log import masked_words
from command.core.problems import Problem
from command.messages.handlers import InboundMessage, Real, Reply
from command.oncall.entries import Via
from command.oncall.models import Escalation, Page, PageState
from command.oncall.paging import answers, responding
from command.oncall.paging.answers import Answer, Word
from command.oncall.paging.reply_texts import Texts
from command.oncall.paging.responses import Response, Verb, step
from command.oncall.paging.service import ANSWERABLE, acknowledge, own
from command.oncall.paging.standing import Stands, standing
from command.people import contacts
from command.people.models import Person

REMEMBERED = 50
"""Pages of a person, newest first, among which a reply is looked up."""
LATE = timedelta(hours=24)
"""How long after its page a word without a code may still mean an incident that is over."""
VIA: Via = "sms"
Elsewhere = Callable[[Session, Sequence[Person], Answer], bool]
"""Whether a reply means something else that waits for these people's answer (a phone drill)."""
Keep = Callable[[Session, Page, str, str, Via], object]
"""Puts what somebody reports on a page into its incident's journal; the text after the page is the report, then a key: the same key is
the same report. Raises a Problem."""


@dataclass(frozen=True, slots=True)
class _Call:
    page: Page
    chain: Escalation

    @property
    def open(self) -> bool:
        """It still waits for an answer of this person."""
        return self.page.state != PageState.ACKNOWLEDGED and self.chain.state in ANSWERABLE

    @property
    def mine(self) -> bool:
        """This person has it in hand."""
        return self.page.state == PageState.ACKNOWLEDGED and self.page.response != Response.DONE


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a reply can mean: the calls its codes name, or those its word can be about (the newest of each chain)."""

    named: Sequence[_Call]
    fitting: Sequence[_Call]
    open: Sequence[_Call]

    def hit(self, answer: Answer) -> bool:
        return bool(self.named if answer.codes and answer.word else self.fitting or self.open)


def _nothing_elsewhere(session: Session, people: Sequence[Person], answer: Answer) -> bool:
    return False


def replies(keep: Keep, elsewhere: Elsewhere = _nothing_elsewhere) -> Reply:
    """The handler of what those on call send by SMS; `keep` takes what an UPDATE says. A reply that fits no page but something `elsewhere`
    is left to that: a page always goes first."""

    def reply(session: Session, message: InboundMessage) -> str | None:
        """Handle an SMS of somebody on call and return what to answer; None when it is not for this room.

        Asked about the live conversation, it leaves a message that fits only an exercise page to the exercise conversation. Asked about
        that, it still takes one for a live page whose code it names: whoever has two threads on their phone answers in the wrong one."""
        people = contacts.owners(session, message.sender_index)
        if not people:
            return None
        answer = answers.read(message.text)
        meant = _meant(session, people, answer, message.exercise)
        if message.exercise and answer.codes and answer.word and not meant.named:
            live = _meant(session, people, answer, False)
            if live.named:
                said = _Conversation(session, Texts(people[0].language), answer, keep, f"sms:{message.id}").answer(live)
                return Real(said) if said else None
        if not meant.hit(answer):
            of_exercise = not message.exercise and _meant(session, people, answer, True).hit(answer)
            if of_exercise or elsewhere(session, people, answer):
                return None
        return _Conversation(session, Texts(people[0].language), answer, keep, f"sms:{message.id}").answer(meant)

    return reply


def _meant(session: Session, people: Sequence[Person], answer: Answer, exercise: bool) -> _Meant:
    query = (
        select(Page, Escalation)
        .join(Escalation, Escalation.id == Page.escalation_id)
        .where(Page.person_id.in_([person.id for person in people]), Page.exercise == exercise)
        .order_by(Page.id.desc())
        .limit(REMEMBERED)
    )
    calls = [_Call(page, chain) for page, chain in session.execute(query).tuples()]
    by_code = {call.page.code: call for call in reversed(calls)}
    named = {call.page.id: call for call in (by_code[code] for code in answer.codes if code in by_code)}
    open_ones = _newest([call for call in calls if call.open])
    fitting = open_ones if answer.word == Word.ACKNOWLEDGE else _fitting(calls, answer.word, clock.now(session))
    return _Meant(sorted(named.values(), key=lambda call: call.chain.id), fitting, open_ones)


def _fitting(calls: Sequence[_Call], word: Word | None, now: datetime) -> list[_Call]:
    """The calls that a word without a code can be about: those in hand and those open, as far as the word fits; where there are none,
    those in hand whose incident is over since not long ago."""
    if word is None:
        return []
    fit = [call for call in calls if (call.open or call.mine) and _fits(call, word)]
    going_on = [call for call in fit if call.chain.over_at is None]
    return _newest(going_on or [call for call in fit if now - call.page.created_at < LATE])


def _fits(call: _Call, word: Word) -> bool:
    if word == Word.UPDATE:
        return True
    at = Response(call.page.response) if call.page.response else None
    try:
        step(at, Verb(word))
    except Problem:
        return False
    return True


def _newest(calls: Sequence[_Call]) -> list[_Call]:
    newest = {call.chain.id: call for call in reversed(calls)}
    return sorted(newest.values(), key=lambda call: call.page.id)


class _Conversation:
    """One reply and what is answered to it. Pages are changed in ascending order of their chains, each under its locks."""

    def __init__(self, session: Session, texts: Texts, answer: Answer, keep: Keep, key: str) -> None:
        self._session, self._texts, self._said, self._keep, self._key = session, texts, answer, keep, key

    def answer(self, meant: _Meant) -> str | None:
        """Do what is meant, or ask."""
        said, texts = self._said, self._texts
        if said.word is None:
            return texts.say("help", codes=_listed(meant.open)) if meant.open else None
        if said.codes and not meant.named:
            asked = meant.fitting or meant.open
            rest = texts.say("open", codes=_listed(asked)) if asked else texts.say("none")
            return texts.say("unknown", codes=", ".join(said.codes)) + rest
        if not said.codes and not meant.fitting:
            return texts.say("none")
        if not said.codes and len(meant.fitting) > 1 and not said.every:
            return texts.say("which", codes=_listed(meant.fitting))
        if said.word == Word.UPDATE and not said.said:
            return texts.say("empty")
        return texts.join([self._take(call) for call in meant.named or meant.fitting])

    def _take(self, call: _Call) -> str:
        """Do it to one call, or say why that is no longer needed or cannot be."""
        chain, page = own(self._session, call.page.id, call.page.person_id)
        before = standing(self._session, page, chain)
        named = self._texts.names(page, before.taker)
        if before.stands in (Stands.TAKEN, Stands.OVER):
            return self._texts.say(before.stands, **named)
        if before.stands == Stands.MINE and self._said.word == Word.ACKNOWLEDGE:
            return self._texts.say("mine", **named)
        if not _fits(_Call(page, chain), self._said.word or Word.ACKNOWLEDGE):
            return self._texts.say(_why_not(page, self._said.word), **named)
        try:
            return self._texts.say(self._do(chain, page), **named)
        except Problem:
            return self._texts.say("failed", **named)

    def _do(self, chain: Escalation, page: Page) -> str:
        """Carry the word out; the name of the text that says so."""
        session, me, said = self._session, page.person_id, masked_words(self._said.said)
        match self._said.word:
            case Word.ACKNOWLEDGE | None:
                acknowledge(session, page.id, me, VIA)
            case Word.EN_ROUTE:
                responding.en_route(session, page.id, me, VIA, self._said.minutes)
                self._note(page, "" if self._said.minutes else said)
            case Word.ON_SCENE:
                responding.on_scene(session, page.id, me, VIA)
                self._note(page, said)
            case Word.DONE:
                responding.done(session, page.id, me, VIA, said)
            case Word.HELP:
                responding.ask_for_help(session, page.id, me, VIA, said)
            case Word.DECLINE:
                responding.decline(session, page.id, me, VIA, said)
                return "declined" if chain.over_at is None else "declined_over"
            case Word.UPDATE:
                self._note(page, said)
        return "help_asked" if self._said.word == Word.HELP else self._said.word or Word.ACKNOWLEDGE

    def _note(self, page: Page, said: str) -> None:
        if said:
            self._keep(self._session, page, said, self._key, VIA)


def _why_not(page: Page, word: Word | None) -> str:
    if word == Word.DECLINE:
        return "there"
    return "first" if page.response in (None, Response.DECLINED) else "further"


def _listed(calls: Sequence[_Call]) -> str:
    return ", ".join(f"{call.page.code} ({call.page.incident_number})" for call in calls)
