"""What people are told by SMS of duties handed over, in both languages. The engine sends it too, outside of any request, so it does not
come from the catalogues."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from command.core import clock, names
from command.handover.models import Handover
from command.oncall.duties import telling
from command.oncall.escalation import targets
from command.oncall.escalation.steps import LAST_RESORT
from command.oncall.models import Schedule
from command.people.models import Person

TEXTS = {
    "zh": {
        "offered": "%(leaver)s请您接班（%(schedule)s，%(at)s起），待接事项%(items)d项。查看并接班：%(link)s",
        "word": " 或回复“接班”。",
        "accepted": "%(taker)s已接班（%(schedule)s）：%(items)d项已移交，您不再负责。",
        "declined": "%(taker)s未接班（%(schedule)s），仍由%(leaver)s负责。原因见：%(link)s",
        "unaccepted": "%(taker)s尚未接班（%(schedule)s，应于%(at)s接班），仍由%(leaver)s负责。请处理：%(link)s",
    },
    "en": {
        "offered": "%(leaver)s hands %(schedule)s over to you from %(at)s, %(items)d open items. Look and accept: %(link)s",
        "word": " or reply TAKE OVER.",
        "accepted": "%(taker)s has taken over %(schedule)s: %(items)d items passed, you are relieved.",
        "declined": "%(taker)s does not take over %(schedule)s; %(leaver)s stays responsible. Why: %(link)s",
        "unaccepted": "%(taker)s has not taken over %(schedule)s (due %(at)s); %(leaver)s stays responsible. See to it: %(link)s",
    },
}


def tell(session: Session, handover: Handover, what: str, person: Person, items: int = 0, word: bool = False) -> bool:
    """Queue one of TEXTS to somebody; `word` adds how to answer it by SMS. False where they cannot be reached."""
    texts = {language: _filled(session, handover, what, language, items, word) for language in TEXTS}
    return telling.tell(session, person, texts) is not None


def officers(session: Session, without: Collection[int] = ()) -> list[Person]:
    """The duty officers who are told what nobody has taken over."""
    return targets.resolve(session, LAST_RESORT, (), clock.now(session), without)


def _filled(session: Session, handover: Handover, what: str, language: str, items: int, word: bool) -> str:
    values = {
        "leaver": names.of(session.get_one(Person, handover.from_id), language),
        "taker": names.of(session.get_one(Person, handover.to_id), language),
        "schedule": names.of(session.get_one(Schedule, handover.schedule_id), language),
        "at": telling.moment(session, handover.change_at),
        "items": items,
        "link": f"{telling.settings(session).origin}/on-call/hand-over/{handover.id}",
    }
    return TEXTS[language][what] % values + (TEXTS[language]["word"] if word else "")
