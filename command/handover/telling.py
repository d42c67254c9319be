"""What people are told of duties handed over, in both languages. The engine sends it too, outside of any request, so it does not
come from the catalogues."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from command.core import clock, names
from command.handover.models import Handover
from command.oncall.duties import telling
from command.oncall.escalation import targets
from command.oncall.escalation.steps import LAST_RESORT
from command.oncall.models import Schedule
from command.people.models import Person

PAGE = "/on-call/hand-over"
TEXTS = {
    "zh": {
        "offered": "%(leaver)s请您接班（%(schedule)s，%(at)s起），待接事项%(items)d项。",
        "offered_word": "%(leaver)s请您接班（%(schedule)s，%(at)s起），待接事项%(items)d项。可用短信回复“接班”。",
        "accepted": "%(taker)s已接班（%(schedule)s）：%(items)d项已移交，您不再负责。",
        "declined": "%(taker)s未接班（%(schedule)s），仍由%(leaver)s负责。",
        "unaccepted": "%(taker)s尚未接班（%(schedule)s，应于%(at)s接班），仍由%(leaver)s负责。",
        "ends": "您的值班（%(schedule)s）于%(at)s结束，尚有%(items)d项未了结。",
        "missing": "%(leaver)s的值班（%(schedule)s）已于%(at)s结束，%(items)d项未了结，尚未交班。请联系其交班。",
    },
    "en": {
        "offered": "%(leaver)s hands %(schedule)s over to you from %(at)s, %(items)d open items.",
        "offered_word": "%(leaver)s hands %(schedule)s over to you from %(at)s, %(items)d open items. You may text TAKE OVER.",
        "accepted": "%(taker)s has taken over %(schedule)s: %(items)d items passed, you are relieved.",
        "declined": "%(taker)s does not take over %(schedule)s; %(leaver)s stays responsible.",
        "unaccepted": "%(taker)s has not taken over %(schedule)s (due %(at)s); %(leaver)s stays responsible.",
        "ends": "your duty %(schedule)s ends at %(at)s with %(items)d items open.",
        "missing": "the duty %(schedule)s of %(leaver)s ended at %(at)s with %(items)d items open and was not handed over. Ask them to.",
    },
}
ACTS = {
    "offered": {"zh": "查看并接班", "en": "look and accept"},
    "offered_word": {"zh": "查看并接班", "en": "look and accept"},
    "declined": {"zh": "查看原因", "en": "see why"},
    "unaccepted": {"zh": "处理", "en": "see to it"},
    "ends": {"zh": "交班", "en": "hand it over"},
}
"""What a text asks for at its page."""
AHEAD = ("offered", "offered_word", "accepted", "ends")
"""What can wait for the end of quiet hours, as long as the change is later still."""


def tell(session: Session, handover: Handover, what: str, person: Person, items: int = 0) -> bool:
    """Queue one of TEXTS about a hand-over to somebody. False where they cannot be reached."""
    both = {"leaver": session.get_one(Person, handover.from_id), "taker": session.get_one(Person, handover.to_id)}
    schedule = session.get_one(Schedule, handover.schedule_id)
    return _send(session, what, person, schedule, handover.change_at, both, items, f"{PAGE}/{handover.id}")


def tell_of_turn(
    session: Session, what: str, person: Person, schedule: Schedule, at: datetime, leaver: Person, items: int
) -> bool:
    """Queue one of TEXTS about the end of somebody's turn. False where they cannot be reached."""
    return _send(session, what, person, schedule, at, {"leaver": leaver}, items, PAGE)


def officers(session: Session, without: Collection[int] = ()) -> list[Person]:
    """The duty officers who are told what nobody has taken over."""
    return targets.resolve(session, LAST_RESORT, (), clock.now(session), without)


def _send(
    session: Session,
    what: str,
    person: Person,
    schedule: Schedule,
    at: datetime,
    people: Mapping[str, Person],
    items: int,
    page: str,
) -> bool:
    def filled(language: str) -> str:
        values: dict[str, object] = {role: names.of(each, language) for role, each in people.items()}
        return TEXTS[language][what] % (
            values | {"schedule": names.of(schedule, language), "at": telling.moment(session, at), "items": items}
        )

    text = {language: filled(language) for language in TEXTS}
    begins = at if what in AHEAD else clock.now(session)
    return telling.tell(session, person, telling.Said(text, begins, ACTS.get(what, {}), page)) is not None
