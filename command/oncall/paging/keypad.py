"""Keys pressed in the call that carries a page: 1 takes it, 2 takes it and asks for help."""

from sqlalchemy.orm import Session

from command.core import names
from command.core.problems import Conflict
from command.messages.handlers import Pressed
from command.oncall.models import Escalation, Page
from command.oncall.paging import responding, service
from command.oncall.paging.standing import Stands, standing

ACKNOWLEDGE, HELP = "1", "2"


def press(session: Session, pressed: Pressed) -> str | None:
    """Do what a key says and return what the call says last; None for a key that means nothing. Pressing twice changes nothing."""
    if pressed.page_id is None or pressed.digits not in (ACKNOWLEDGE, HELP):
        return None
    page = session.get_one(Page, pressed.page_id)
    chain = session.get_one(Escalation, page.escalation_id)
    said = TEXTS["zh" if pressed.language == "zh" else "en"]
    before = standing(session, page, chain)
    try:
        if pressed.digits == HELP:
            responding.ask_for_help(session, page.id, pressed.person_id, "keypad")
            return said["help"]
        if before.stands == Stands.OPEN:
            service.acknowledge(session, page.id, pressed.person_id, "keypad")
    except Conflict:
        before = standing(session, page, chain)
    taker = names.of(before.taker, pressed.language) if before.taker else ""
    return said["acknowledged" if before.stands == Stands.OPEN else before.stands] % {"taker": taker}


TEXTS = {
    "zh": {
        "acknowledged": "已应答，谢谢。",
        "mine": "您已应答过，谢谢。",
        "taken": "该呼叫已由%(taker)s应答，无需再应答。",
        "over": "该呼叫已结束，无需应答。",
        "help": "已应答，并已为您求助。",
    },
    "en": {
        "acknowledged": "Acknowledged. Thank you.",
        "mine": "You have already acknowledged this page. Thank you.",
        "taken": "%(taker)s has acknowledged this page; nothing is left for you to do.",
        "over": "This page is over; no answer is needed.",
        "help": "Acknowledged. Help is being called for you.",
    },
}
"""Calls are answered outside of any request of a reader, so these do not come from the catalogues."""
