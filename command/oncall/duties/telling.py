"""Telling one person something about duties, by the first way of theirs that works: behind pages, before mass notices, with the operator's
name in front. It is no page: nobody has to answer it, it goes one way only, and it waits for the end of quiet hours where it can."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from command.core import clock
from command.core.settings import GatewaySettings, Settings
from command.messages import breakers, gateways
from command.messages.models import SMS, Lane, Purpose
from command.oncall.reach import ways
from command.people.contacts import PersonContact, destination
from command.people.models import Person

VALID = timedelta(hours=12)
"""How long it may wait for a gateway."""
WEEK = 7
OPEN, SHUT = time(8), time(20)
"""The operator's wall clock between which reminders leave."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is told, by language (zh and en): `text`, and what to `act` on at the page at `path`, if anything. It is about something that
    `begins` then: until then it must be known, quiet hours or not."""

    text: Mapping[str, str]
    begins: datetime
    act: Mapping[str, str] = field(default_factory=dict)
    path: str = ""

    def words(self, language: str, origin: str | None) -> str:
        """The sentences; without `origin`, where links do not arrive, whoever reads or hears them is told to sign in."""
        if not self.act:
            return self.text[language]
        said = _ACT[language]
        address = f"{origin}{self.path}" if origin is not None else None
        do = said["link"] % (self.act[language], address) if address else said["sign_in"] % self.act[language]
        return self.text[language] + do


_ACT = {
    "zh": {"link": "请%s：%s", "sign_in": "请登录系统%s。"},
    "en": {"link": " Please %s: %s", "sign_in": " Please sign in and %s."},
}


def settings(session: Session) -> Settings:
    """The settings of the installation a session belongs to; the usual ones where nobody gave any."""
    found = session.info.get("settings")
    return found if isinstance(found, Settings) else Settings()


def zone(session: Session) -> ZoneInfo:
    """The operator's zone: texts tell its wall clock."""
    return settings(session).tz


def by_day(session: Session) -> bool:
    """Whether it is the time of day when reminders leave."""
    return OPEN <= clock.now(session).astimezone(zone(session)).time() < SHUT


def horizon(left: int) -> int | None:
    """The nearest moment to remind that has come when so many days are left: 7, 0, -7, -14 …; None: it is too early."""
    if left > WEEK:
        return None
    return WEEK if left > 0 else -(-left // WEEK) * WEEK


def moment(session: Session, at: datetime) -> str:
    """An instant as texts tell it."""
    return f"{at.astimezone(zone(session)):%Y-%m-%d %H:%M}"


def tell(session: Session, person: Person, said: Said) -> int | None:
    """Queue it to somebody in their language, by the first of their proved ways whose gateway works now, else by the number on record;
    return the delivery's id, None where they cannot be reached."""
    given = settings(session)
    live = gateways.live(given)
    works = breakers.working(session, live)
    proved = [way for way in ways.proved(session, person.id) if destination(person, way) is not None]
    contact = _first(proved, live, works)
    if not person.active or destination(person, contact) is None:
        return None
    channel = contact.kind if contact is not None else SMS
    language = "zh" if person.language == "zh" else "en"
    sign = f"【{given.operator_name_zh}】" if language == "zh" else f"{given.operator_name_en}: "
    text = sign + said.words(language, given.origin if _links(channel, works, live) else None)
    due = _due(session, person, said.begins)
    return ways.send(
        session,
        person,
        contact,
        text,
        purpose=Purpose.DUTY,
        lane=Lane.CORRECTION,
        due_at=due,
        valid_until=due + VALID,
    )


def _first(
    proved: Sequence[PersonContact], live: Sequence[GatewaySettings], works: Sequence[GatewaySettings]
) -> PersonContact | None:
    """The first way by which something arrives now; where nothing does, the first for which there is a gateway at all."""
    for given in (works, live):
        kinds = {one.channel for one in given}
        found = next((each for each in proved if each.kind in kinds), None)
        if found is not None:
            return found
    return None


def _links(channel: str, works: Sequence[GatewaySettings], live: Sequence[GatewaySettings]) -> bool:
    """Whether links arrive, by a gateway of the channel that works or, where none does, by one it waits for."""
    given = [one for one in works if one.channel == channel] or [one for one in live if one.channel == channel]
    return any(gateways.capabilities(one).url for one in given)


def _due(session: Session, person: Person, begins: datetime) -> datetime:
    """Now, or when the person's quiet hours are over, unless what it is about begins before that."""
    held = ways.held_until(session, person, zone(session))
    return held if held is not None and held < begins else clock.now(session)
