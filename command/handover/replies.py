"""An SMS by which the next one takes a duty over: 接班 or TAKE OVER, with the number of the hand-over where several wait."""

import re
import unicodedata

from sqlalchemy.orm import Session

from command.core import names
from command.core.problems import Problem
from command.handover import service
from command.handover.models import Handover
from command.messages.handlers import InboundMessage
from command.oncall.models import Schedule
from command.people import contacts
from command.people.models import Person

_WORD = re.compile(r"(?:接班|同意接班|take ?over|taking ?over)\W*(\d{1,18})?\W*", re.IGNORECASE)


def reply(session: Session, message: InboundMessage) -> str | None:
    """Take a duty over by SMS and return what to answer; None for any other text, and in exercises, which hand no duty over."""
    said = _WORD.fullmatch(unicodedata.normalize("NFKC", message.text).strip())
    people = contacts.owners(session, message.sender_index) if said and not message.exercise else ()
    if said is None or not people:
        return None
    person = people[0]
    language = "zh" if person.language == "zh" else "en"
    waiting = [each for one in people for each in service.waiting_for(session, one.id)]
    named = [each for each in waiting if said[1] is None or each.id == int(said[1])]
    if not named:
        return TEXTS[language]["none"]
    if len(named) > 1:
        return TEXTS[language]["which"] % {"known": _listed(session, named, language)}
    return _accept(session, named[0], language)


def _accept(session: Session, handover: Handover, language: str) -> str:
    values = {
        "schedule": names.of(session.get_one(Schedule, handover.schedule_id), language),
        "leaver": names.of(session.get_one(Person, handover.from_id), language),
    }
    try:
        service.accept(session, handover.id, handover.to_id)
    except Problem:
        return TEXTS[language]["cannot"] % values
    return TEXTS[language]["accepted"] % values


def _listed(session: Session, found: list[Handover], language: str) -> str:
    said = ((each.id, names.of(session.get_one(Schedule, each.schedule_id), language)) for each in found)
    return ", ".join(f"{handover_id} ({name})" for handover_id, name in said)


TEXTS = {
    "zh": {
        "accepted": "您已接班：%(schedule)s，%(leaver)s的待办事项已移交给您。",
        "cannot": "未能接班（%(schedule)s）：排班已变更，请到交接班页面查看。",
        "which": "有多个班次待您接班，请回复“接班”加编号：%(known)s",
        "none": "没有待您接班的班次。",
    },
    "en": {
        "accepted": "You have taken over %(schedule)s; what %(leaver)s had open is yours now.",
        "cannot": "You cannot take over %(schedule)s: the plan has changed. Look at the hand-over page.",
        "which": "Several duties wait for you. Reply TAKE OVER and the number: %(known)s",
        "none": "No duty waits for you to take over.",
    },
}
"""Answered outside of any request, so they do not come from the catalogues."""
