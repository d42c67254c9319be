"""SMS replies of crews that were called out: done to what was dispatched, or a clear question is asked. Every reply of theirs is answered.

A reply with the five digits of a call means that call. Without them it means the only dispatch that is open, where no page waits for the
same word: a page goes first (see oncall.paging.replies)."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from command.core.log import masked_words
from command.core.problems import Problem
from command.messages.handlers import Called, InboundMessage, Real
from command.oncall.paging import answers
from command.oncall.paging.answers import Word
from command.people import contacts
from command.people.models import Person
from command.resources import crew_answers, crew_calls
from command.resources.crew_answers import Answer, Open
from command.resources.crew_texts import CODE_DIGITS, say

_CODE = re.compile(rf"(?<!\d)\d{{{CODE_DIGITS}}}(?!\d)")
MEANS: dict[Word, Answer] = {
    Word.ACKNOWLEDGE: "confirmed",
    Word.EN_ROUTE: "confirmed",
    Word.ON_SCENE: "on_scene",
    Word.DONE: "done",
    Word.DECLINE: "declined",
}


def by_code(session: Session, message: InboundMessage) -> str | None:
    """Handle a reply that names a call to this number by its code; None for any other. One that came by the exercise gateway may name a
    real call."""
    code, rest = _split(message.text)
    if code is None:
        return None
    if found := _named_by(session, message, code):
        return Called(_answer(session, found, rest))
    real = _named_by(session, replace(message, exercise=False), code) if message.exercise else None
    return Real(_answer(session, real, rest)) if real else None


def _named_by(session: Session, message: InboundMessage, code: str) -> Open | None:
    return next((each for each in _calls(session, message) if each.call.code == code), None)


def by_word(session: Session, message: InboundMessage) -> str | None:
    """Handle a reply without a known code: it means the only dispatch that is open to this number. None where none is; but somebody who is
    not in the register, of whom no other room knows, is told so."""
    calls = _calls(session, message)
    waiting = crew_answers.newest(calls)
    said = _of_several(session, message, waiting) if waiting else _nothing_open(session, message, calls)
    return None if said is None else Called(said)


def _of_several(session: Session, message: InboundMessage, waiting: Sequence[Open]) -> str:
    language, (code, rest) = waiting[0].call.language, _split(message.text)
    if code is not None:
        return say(language, "unknown", code=code) + say(language, "open", codes=_listed(waiting, language))
    if len(waiting) > 1:
        return say(language, "which", codes=_listed(waiting, language))
    return _answer(session, waiting[0], rest)


def _nothing_open(session: Session, message: InboundMessage, calls: Sequence[Open]) -> str | None:
    if not calls or contacts.owners(session, message.sender_index):
        return None
    if not message.exercise and crew_answers.calls_to(session, message.sender_index, (), True):
        return None
    return say(calls[0].call.language, "none")


def meant(session: Session, people: Sequence[Person], answer: answers.Answer) -> bool:
    """Whether a reply of these people that fits no page is left to this room: a dispatch to one of them is open, in an exercise or not."""
    ids = [person.id for person in people]
    indices = [person.number_index or b"" for person in people]
    return any(
        crew_answers.newest(crew_answers.calls_to(session, index, ids, exercise))
        for index in indices
        for exercise in (False, True)
    )


def _calls(session: Session, message: InboundMessage) -> list[Open]:
    people = [person.id for person in contacts.owners(session, message.sender_index)]
    return crew_answers.calls_to(session, message.sender_index, people, message.exercise)


def _split(text: str) -> tuple[str | None, str]:
    """The first code in a text, and the text without it."""
    plain = unicodedata.normalize("NFKC", text)
    found = _CODE.search(plain)
    return (found[0], f"{plain[: found.start()]} {plain[found.end() :]}".strip()) if found else (None, plain)


def _answer(session: Session, found: Open, text: str) -> str:
    """Do what a text says to one call, and say what became of it. A bare code says that the crew sets out."""
    said, language = answers.read(text or "ok"), found.call.language
    meaning = MEANS.get(said.word) if said.word else None
    if meaning is None:
        return say(language, "help", codes=_listed([found], language))
    minutes = said.minutes if meaning == "confirmed" else None
    note = "" if minutes else masked_words(said.said)
    try:
        became = crew_answers.take(session, found, meaning, minutes=minutes, said=note)
    except Problem:
        return say(language, "failed", **_named(session, found))
    return say(language, became, **_named(session, found))


def _named(session: Session, found: Open) -> dict[str, str]:
    given, language = crew_calls.settings(session), found.call.language
    hotline = given.centre_hotline or given.hotline
    return {"unit": found.unit, "incident": crew_calls.incident(language, found.request), "hotline": hotline}


def _listed(calls: Sequence[Open], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(f"{each.call.code} ({each.unit})" for each in calls)
