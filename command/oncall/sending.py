"""How pages, and what is said beside them, leave: the ways to answer, the text, the queue."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from command.core import clock
from command.messages import service as messages
from command.messages.models import Lane, Purpose
from command.oncall import wording
from command.oncall.models import Escalation, Page
from command.people.models import Person

VALID = timedelta(hours=1)
"""How long a page may wait for a gateway."""


class Road:
    """How pages leave: `ways` to answer, live and in an exercise, and the address at which a page (by id) can be answered."""

    def __init__(self, live: wording.Ways, exercise: wording.Ways, link: Callable[[int], str]) -> None:
        self.live, self.exercise, self.link = live, exercise, link

    def text(self, chain: Escalation, page: Page, language: str) -> str:
        """What a page says to a reader of `language`."""
        code, link = self.ways(page)
        return wording.fill(template(chain, language), code, link)

    def together(self, calls: Sequence[tuple[Escalation, Page]], language: str) -> str:
        """What one message says of several pages to a reader of `language`."""
        told = []
        for chain, page in calls:
            code, link = self.ways(page)
            told.append(wording.Call(wording.told(template(chain, language)), code, None if code else link))
        return wording.together(told, language)

    def ways(self, page: Page) -> tuple[str | None, str | None]:
        """The code and the address by which a page can be answered; None for a way that is closed."""
        ways = self.exercise if page.exercise else self.live
        return page.code if ways.code else None, self.link(page.id) if ways.link else None


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
) -> int:
    """Queue a message to somebody on call; return the delivery's id."""
    assert person.number is not None and person.number_index is not None
    outgoing = messages.Outgoing(
        purpose=purpose,
        lane=Lane.PAGE,
        addressee=person.id,
        recipient=person.number_index,
        number=person.number,
        body_id=messages.put_body(session, text, person.language),
        exercise=exercise,
        page_id=page_id,
        valid_until=clock.now(session) + VALID,
    )
    return messages.enqueue(session, outgoing)
