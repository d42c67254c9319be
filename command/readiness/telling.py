"""What people are told of what ends in the pools, in both languages. The engine sends it, outside of any request, so it does not come from
the catalogues."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from command.core import clock, names
from command.oncall.duties import telling
from command.people.models import Person
from command.readiness.due import Thing
from command.readiness.models import Subject

PAGE = "/resources/reminders"
TEXTS = {
    "zh": {
        Subject.CERTIFICATE: "%(unit)s（%(pool)s）的证件“%(name)s”将于%(day)s到期%(more)s。",
        Subject.SERVICE: "%(unit)s（%(pool)s）最迟于%(day)s保养%(more)s。",
        Subject.INFORMATION: "%(unit)s（%(pool)s）的信息最迟于%(day)s核对%(more)s。",
        Subject.STOCK_TAKING: "%(pool)s最迟于%(day)s盘点%(more)s。",
    },
    "en": {
        Subject.CERTIFICATE: "the certificate “%(name)s” of %(unit)s (%(pool)s) expires on %(day)s%(more)s.",
        Subject.SERVICE: "%(unit)s (%(pool)s) is due for service on %(day)s%(more)s.",
        Subject.INFORMATION: "the information %(unit)s (%(pool)s) is to be checked by %(day)s%(more)s.",
        Subject.STOCK_TAKING: "stock is to be taken of %(pool)s by %(day)s%(more)s.",
    },
}
MORE = {"zh": "，另有%d项", "en": ", and %d more"}
UNREAD = {"zh": "提醒无人阅读：", "en": "nobody has read the reminder: "}
ACT = {"zh": "查看并标记已读", "en": "look and mark it as read"}


def tell(session: Session, person: Person, found: Sequence[Thing], *, raised: bool) -> bool:
    """Queue one text about things, the earliest named and the others counted. False where somebody cannot be reached."""
    text = {language: (UNREAD[language] if raised else "") + _text(found, language) for language in TEXTS}
    return telling.tell(session, person, telling.Said(text, _begins(session, found[0]), ACT, PAGE)) is not None


def _text(found: Sequence[Thing], language: str) -> str:
    first, more = found[0], len(found) - 1
    values = {
        "unit": first.unit.serial if first.unit else "",
        "pool": names.of(first.pool, language),
        "name": first.name,
        "day": first.due_on.isoformat(),
        "more": MORE[language] % more if more else "",
    }
    return TEXTS[language][first.subject] % values


def _begins(session: Session, first: Thing) -> datetime:
    """Until when it must be known: the end of its day. A day at least, so that it waits for the end of anybody's quiet hours."""
    zone = telling.zone(session)
    ends = datetime.combine(first.due_on + timedelta(days=1), time(), zone)
    return max(ends, clock.now(session) + timedelta(days=1))
