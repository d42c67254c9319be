"""SMS replies of those on call: an answer to one page, or a clear question; whatever is typed, nobody is left guessing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import names
from command.messages.handlers import InboundMessage
from command.oncall import answers
from command.oncall.answers import Answer
from command.oncall.models import Escalation, Page
from command.oncall.service import ANSWERABLE, acknowledge
from command.oncall.standing import Standing, Stands, standing
from command.people import contacts
from command.people.models import Person

REMEMBERED = 50
"""Pages of a person, newest first, among which a reply is looked up."""


@dataclass(frozen=True, slots=True)
class _Call:
    page: Page
    chain: Escalation


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a reply can mean: the calls it names, or those that are open (the newest of each chain)."""

    open: Sequence[_Call]
    named: Sequence[_Call]

    def hit(self, answer: Answer) -> bool:
        return bool(self.named if answer.codes and answer.acknowledges else self.open)


def reply(session: Session, message: InboundMessage) -> str | None:
    """Handle an SMS of somebody on call and return what to answer; None when it is not for this room.

    Asked about the live conversation, it leaves a message that fits only an exercise page to the exercise conversation."""
    people = contacts.owners(session, message.sender_index)
    if not people:
        return None
    answer = answers.read(message.text)
    meant = _meant(session, people, answer, message.exercise)
    if not message.exercise and not meant.hit(answer) and _meant(session, people, answer, True).hit(answer):
        return None
    return _answer(session, people[0].language, meant, answer)


def _meant(session: Session, people: Sequence[Person], answer: Answer, exercise: bool) -> _Meant:
    query = (
        select(Page, Escalation)
        .join(Escalation, Escalation.id == Page.escalation_id)
        .where(Page.person_id.in_([person.id for person in people]), Page.exercise == exercise)
        .order_by(Page.id.desc())
        .limit(REMEMBERED)
    )
    calls = [_Call(page, chain) for page, chain in session.execute(query).tuples()]
    newest = {call.chain.id: call for call in reversed(calls) if call.chain.state in ANSWERABLE}
    by_code = {call.page.code: call for call in reversed(calls)}
    return _Meant(sorted(newest.values(), key=lambda c: c.page.id), [by_code[c] for c in answer.codes if c in by_code])


def _answer(session: Session, language: str, meant: _Meant, answer: Answer) -> str | None:
    said = TEXTS["zh" if language == "zh" else "en"]
    if not answer.acknowledges:
        return said["help"] % _listed(meant.open) if meant.open else None
    if answer.codes and not meant.named:
        open_ones = said["open"] % _listed(meant.open) if meant.open else said["none"]
        return said["unknown"] % ", ".join(answer.codes) + open_ones
    if not answer.codes and not meant.open:
        return said["none"]
    if not answer.codes and len(meant.open) > 1:
        return said["which"] % _listed(meant.open)
    return said["and"].join(_take(session, said, language, call) for call in meant.named or meant.open)


def _take(session: Session, said: dict[str, str], language: str, call: _Call) -> str:
    """Acknowledge one call, or say why that is no longer needed. The verb decides: it holds the locks."""
    before = standing(session, call.page, call.chain)
    if before.stands == Stands.OPEN:
        acknowledge(session, call.page.id, call.page.person_id, "sms")
    return said["acknowledged" if before.stands == Stands.OPEN else before.stands] % _named(before, language, call)


def _named(before: Standing, language: str, call: _Call) -> dict[str, str]:
    taker = names.of(before.taker, language) if before.taker else ""
    return {"number": call.page.incident_number, "code": call.page.code, "taker": taker}


def _listed(calls: Sequence[_Call]) -> str:
    return ", ".join(f"{call.page.code} ({call.page.incident_number})" for call in calls)


TEXTS = {
    "zh": {
        "acknowledged": "已应答：%(number)s。",
        "mine": "您已应答过 %(number)s（%(code)s）。",
        "taken": "%(number)s（%(code)s）已由%(taker)s应答，无需再应答。",
        "over": "%(number)s（%(code)s）的呼叫已结束，无需应答。",
        "which": "您有多个呼叫，请回复其中的代码：%s",
        "unknown": "没有代码为 %s 的呼叫。",
        "open": "待应答：%s",
        "none": "您没有待应答的呼叫。",
        "help": "未能识别。应答请回复代码或“收到”：%s",
        "and": "",
    },
    "en": {
        "acknowledged": "Acknowledged: %(number)s.",
        "mine": "You have already acknowledged %(number)s (%(code)s).",
        "taken": "%(taker)s has acknowledged %(number)s (%(code)s); nothing is left for you to do.",
        "over": "The page for %(number)s (%(code)s) is over; no answer is needed.",
        "which": "You have several pages. Reply with their codes: %s",
        "unknown": "No page has the code %s. ",
        "open": "Waiting for you: %s",
        "none": "You have no page to acknowledge.",
        "help": "Not understood. To acknowledge, reply ACK or the code: %s",
        "and": " ",
    },
}
"""Texts of answers; the engine sends them, outside of any request, so they do not come from the catalogues."""
