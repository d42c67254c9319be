"""What a call says and what its keys mean: the words of one delivery, then keys for a page.

1 acknowledges, 2 asks for help (not in a drill), 9 says it again. Whoever only listens, a mailbox among them, has answered nothing."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.messages.handlers import Handlers, Pressed
from command.messages.models import Body, Delivery, Purpose
from command.messages.resent import as_sent
from notifiers.exercise import MARKS
from notifiers.twilio_webhooks import ATTEMPT

AGAIN = "9"
WAIT = 10
"""Seconds a call waits for a key each time it has spoken; it speaks twice."""
_LANGUAGES = {"zh": "zh-CN", "en": "en-US"}
_NEITHER = "This call is over. 本次呼叫已结束。"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A delivery that is being spoken; a page (`page_id`) and the call of a `drill` listen for keys."""

    delivery_id: int
    page_id: int | None
    person_id: int
    text: str
    language: str
    exercise: bool
    drill: bool = False

    @property
    def listens(self) -> bool:
        return self.page_id is not None or self.drill


def spoken(session: Session, gateway: str, attempt: str) -> Spoken | None:
    """What the call of an attempt says, or None where there is no such call of this gateway."""
    query = (
        select(Delivery, Body)
        .join(Body, Body.id == Delivery.body_id)
        .where(Delivery.attempt == attempt, Delivery.gateway == gateway, Delivery.channel == "voice")
    )
    found = session.execute(query).tuples().first()
    if found is None:
        return None
    delivery, body = found
    page_id = delivery.page_id if delivery.purpose == Purpose.PAGE else None
    text = as_sent(body.text, body.language, delivery.resent)
    text = as_drill(text, body.language) if delivery.exercise else text
    drill = delivery.purpose == Purpose.DRILL
    return Spoken(delivery.id, page_id, delivery.addressee, text, body.language, delivery.exercise, drill)


def as_drill(text: str, language: str) -> str:
    """The words of an exercise's call, which first say in full what it is: brackets are not heard."""
    for mark in MARKS:
        text = text.removeprefix(mark).lstrip()
    return _TEXTS[_language(language)]["drill"] + text


def pressed(session: Session, call: Spoken, digits: str, handlers: Handlers) -> str | None:
    """Take the keys of a call that listens; what to say last, or None where the call says itself again."""
    if not call.listens or digits == AGAIN:
        return None
    key = Pressed(call.delivery_id, call.page_id, call.person_id, digits, call.language, call.exercise)
    return handlers.press(session, key)


def words(call: Spoken | None, attempt: str) -> str:
    """The TwiML of a call that was answered, or asked to be heard again."""
    root = ET.Element("Response")
    if call is None:
        _say(root, _NEITHER, "zh")
    elif not call.listens:
        _say(root, call.text, call.language)
        _say(root, call.text, call.language)
    else:
        said = _TEXTS[_language(call.language)]
        for _ in range(2):
            keys = ET.SubElement(
                root,
                "Gather",
                numDigits="1",
                timeout=str(WAIT),
                actionOnEmptyResult="false",
                action=f"keys?{urlencode({ATTEMPT: attempt})}",
            )
            _say(keys, call.text, call.language)
            _say(keys, said["drill_keys" if call.drill else "keys"], call.language)
        _say(root, said["unanswered"], call.language)
    ET.SubElement(root, "Hangup")
    return _document(root)


def farewell(text: str, language: str) -> str:
    """The TwiML that says one thing and hangs up."""
    root = ET.Element("Response")
    _say(root, text, language)
    ET.SubElement(root, "Hangup")
    return _document(root)


def once_more(attempt: str, language: str, *, understood: bool) -> str:
    """The TwiML that says everything again, after a word about a key that means nothing."""
    root = ET.Element("Response")
    if not understood:
        _say(root, _TEXTS[_language(language)]["unknown"], language)
    ET.SubElement(root, "Redirect").text = f"voice?{urlencode({ATTEMPT: attempt})}"
    return _document(root)


def _say(parent: ET.Element, text: str, language: str) -> None:
    ET.SubElement(parent, "Say", language=_LANGUAGES[_language(language)]).text = text


def _language(language: str) -> str:
    return "zh" if language == "zh" else "en"


def _document(root: ET.Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>' + ET.tostring(root, encoding="unicode")


_TEXTS = {
    "zh": {
        "drill": "这是演练。",
        "keys": "应答请按1，求助请按2，重听请按9。",
        "drill_keys": "应答请按1，重听请按9。",
        "unknown": "没有这个按键。",
        "unanswered": "未收到按键，本次呼叫尚未应答。",
    },
    "en": {
        "drill": "This is a drill. ",
        "keys": "To acknowledge, press 1. For help, press 2. To hear this again, press 9.",
        "drill_keys": "To answer, press 1. To hear this again, press 9.",
        "unknown": "That key means nothing here.",
        "unanswered": "No key was pressed, so this page is not acknowledged.",
    },
}
"""Calls are spoken outside of any request of a reader, so these do not come from the catalogues."""
