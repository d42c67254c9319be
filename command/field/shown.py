"""A page of the field put together for its template: in the person's language and zone, with what they can press next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal
from sqlalchemy.orm import Session

from command.core import clock, names
from command.core.journal import Note
from command.core.log import masked_words
from command.field import facts
from command.field.facts import Facts, Reported
from command.incidents import house
from command.incidents.activation import TIER_WORDS
from command.oncall.models import Escalation, Page
from command.oncall.paging import responses, service, wording
from command.oncall.paging.responses import Response, Verb
from command.oncall.paging.standing import Standing, Stands, standing
from command.people.language import LOCALES, offset
from command.people.models import Person

QUICK_MINUTES = (15, 30, 60)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the template shows. `primary` is the likeliest next answer, `others` the rest; none where somebody else took the page."""

    page: Page
    language: str
    zone: ZoneInfo
    now: datetime
    tier: int
    tier_words: str
    text: str
    name: str
    stands: Stands
    taker: str
    response: Response | None
    arrives_at: datetime | None
    said: str
    helper: str
    facts: Facts | None
    reported: Reported
    hotline: str
    primary: Verb | None
    others: Sequence[Verb]

    def moment(self, at: datetime) -> str:
        """An instant on the person's clock: the time today, with the date on another day."""
        there = at.astimezone(self.zone)
        return f"{there:%H:%M}" if there.date() == self.now.astimezone(self.zone).date() else f"{there:%m-%d %H:%M}"

    def exact(self, at: datetime) -> str:
        """The same for programs."""
        return at.astimezone(self.zone).isoformat(timespec="seconds")

    def minutes_since(self, at: datetime) -> int:
        """Whole minutes from an instant until now."""
        return max(0, int((self.now - at).total_seconds() // 60))

    @property
    def zone_name(self) -> str:
        return offset(self.now.astimezone(self.zone))

    def users(self, count: int) -> str:
        """A count in the person's number form."""
        return str(format_decimal(count, locale=LOCALES[self.language]))

    def reached(self, step: str) -> bool:
        """Whether the response has come as far as `step`."""
        order = [Response.ACKNOWLEDGED, Response.EN_ROUTE, Response.ON_SCENE, Response.DONE]
        return self.response in order and order.index(Response(step)) <= order.index(self.response)


def shown(session: Session, page: Page, chain: Escalation, person: Person) -> Seen:
    """A person's page as it stands now."""
    reader = "zh" if person.language == "zh" else "en"
    settings = house.settings(session)
    stands: Standing = standing(session, page, chain)
    response = Response(page.response) if page.response else None
    verbs = responses.next_verbs(response) if stands.stands in (Stands.OPEN, Stands.MINE) else ()
    primary = verbs[0] if verbs and verbs[0] != Verb.HELP else None
    helper = session.get(Person, page.help_by) if page.help_by else None
    return Seen(
        page=page,
        language=reader,
        zone=ZoneInfo(person.zone) if person.zone else settings.tz,
        now=clock.now(session),
        tier=chain.tier,
        tier_words=TIER_WORDS[chain.tier][0 if reader == "zh" else 1],
        text=wording.told(service.template(chain, reader)),
        name=names.of(person, reader),
        stands=stands.stands,
        taker=names.of(stands.taker, reader) if stands.taker else "",
        response=response,
        arrives_at=_arrival(page),
        said=_said(session, page),
        helper=names.of(helper, reader) if helper else "",
        facts=facts.of(session, page, person, reader),
        reported=facts.reported(session, page),
        hotline=settings.centre_hotline or settings.hotline,
        primary=primary,
        others=[verb for verb in verbs if verb != primary],
    )


def _arrival(page: Page) -> datetime | None:
    if page.response != Response.EN_ROUTE or page.eta_minutes is None or page.response_at is None:
        return None
    return responses.arrival(page.response_at, page.eta_minutes)


def _said(session: Session, page: Page) -> str:
    note = session.get(Note, page.note_id) if page.note_id else None
    return masked_words(note.body) if note is not None and note.body else ""
