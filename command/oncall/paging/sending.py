"""How pages, and what is said beside them, leave: the ways to answer, the text, the queue."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from command.core import clock
from command.messages.models import Lane, Purpose
from command.oncall.models import Escalation, Page
from command.oncall.paging import elsewhere, wording
from command.oncall.paging.elsewhere import Reach
from command.oncall.reach import ways
from command.people.contacts import PersonContact
from command.people.models import Person
from notifiers.base import Channel

VALID = timedelta(hours=1)
"""How long a page may wait for a gateway."""


class Road:
    """How pages leave: `ways` to answer an SMS, live and in an exercise, the address at which a page (by id) can be answered, and what else
    people can be reached by."""

    def __init__(
        self, live: wording.Ways, exercise: wording.Ways, link: Callable[[int], str], reach: Reach = Reach()
    ) -> None:
        self.live, self.exercise, self.link, self.reach = live, exercise, link, reach

    def text(self, chain: Escalation, page: Page, language: str, kind: str = "sms") -> str:
        """What a page says to a reader, or in a call to a listener, of `language`."""
        said = wording.fill(template(chain, language), *self.ways(page, kind))
        if chain.exercise or kind == "voice":
            return said
        return said + elsewhere.also(language, page.code, self._open(page, kind), self.reach)

    def together(self, calls: Sequence[tuple[Escalation, Page]], language: str) -> str:
        """What one message says of several pages to a reader of `language`."""
        told = []
        for chain, page in calls:
            code, link = self.ways(page)
            told.append(wording.Call(wording.told(template(chain, language)), code, None if code else link))
        return wording.together(told, language)

    def ways(self, page: Page, kind: str = "sms") -> tuple[str | None, str | None]:
        """The code and the address by which a page can be answered; None for a way that is closed."""
        ways = self._open(page, kind)
        return page.code if ways.code else None, self.link(page.id) if ways.link else None

    def _open(self, page: Page, kind: str) -> wording.Ways:
        return self.exercise if page.exercise and kind == "sms" else self.reach.ways.get(kind, self.live)


def template(chain: Escalation, language: str) -> str:
    """The chain's text in a language, or in the one it has."""
    return chain.texts.get(language) or next(iter(chain.texts.values()))


def send(
    session: Session,
    person: Person,
    text: str,
    *,
    exercise: bool,
    page_id: int | None = None,
    purpose: Purpose = Purpose.PAGE,
    channel: Channel = "sms",
    contact: PersonContact | None = None,
    number: str | None = None,
) -> int:
    """Queue a message to somebody on call, to an address of their own or to the number on record; return the delivery's id.
    `number` is the incident's that it is about."""
    return ways.send(
        session,
        person,
        contact,
        text,
        purpose=purpose,
        lane=Lane.PAGE,
        valid_until=clock.now(session) + VALID,
        exercise=exercise,
        page_id=page_id,
        channel=channel,
        stream=f"incident:{number}" if number else None,
    )
