"""A small stage for scenarios: the demo operator's people and rotations, an incident that pages, phones that are read and answered."""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

import orjson
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from command import parts
from command.core import clock, journal
from command.core.installation import Installation
from command.core.paths import CONFIG
from command.engine import escalate
from command.messages import exercises, inbound
from command.messages.about import About
from command.messages.handlers import Settled
from command.messages.models import Body, Delivery, Purpose, State
from command.oncall.models import Escalation, Page
from command.oncall.paging import service
from command.people.models import Person
from command.people.roster import Roster
from command.people.service import load_people
from notifiers.base import Inbound
from playbooks.source import load

T = TypeVar("T")
HANDLERS = parts.handlers()
TEXTS = {
    "zh": "【示例通信】呼叫：{number} 网络故障，梅江区。[请回复{{code}}应答][，或打开{{link}}]",
    "en": "Example Telecom page: {number}, network fault, Meijiang.[ Reply {{code}} to acknowledge][, or open {{link}}]",
}
AREAS = ("8001", "80", "00")


@cache
def demo_roster() -> Roster:
    """The demo operator's people: read once a process, for nobody changes it."""
    return load(CONFIG / "demo" / "people.yaml", Roster)


def step(target: str, after: float = 0, ack: float = 5) -> dict[str, object]:
    return {"target": target, "after_minutes": after, "ack_minutes": ack}


@dataclass
class Scene:
    installation: Installation
    roster: Roster = field(default_factory=demo_roster)
    ids: dict[str, int] = field(default_factory=dict)
    received: Any = field(default_factory=lambda: itertools.count(1))

    def begin(self) -> "Scene":
        keyring = self.installation.keyring
        self.ids = self.write(lambda s: load_people(s, keyring, self.roster, demo=True))
        self.write(lambda s: service.load_schedules(s, self.roster))
        return self

    def write(self, work: Callable[[Session], T]) -> T:
        return self.installation.database.write(work)

    def ask(self, work: Callable[[Session], T]) -> T:
        with self.installation.database.read() as session:
            return work(session)

    def page(
        self,
        *steps: dict[str, object],
        number: str = "INC-1",
        exercise: bool = False,
        restricted: bool = False,
        texts: dict[str, str] | None = None,
        areas: Sequence[str] = AREAS,
        tier: int = 3,
        quiet_minutes: int | None = None,
    ) -> int:
        about = About(int(number[4:]), number, tier, "network_fault", exercise, restricted=restricted)
        words = texts or {language: text.format(number=number) for language, text in TEXTS.items()}
        return self.write(
            lambda s: service.start(s, about, steps, words, area_codes=areas, quiet_minutes=quiet_minutes).id
        )

    def engine(self) -> None:
        """One round of the cycle, as if the engine had just been started: it keeps nothing between two rounds."""
        while escalate.run_once(self.installation):
            pass

    def pages(self, number: str = "INC-1") -> list[Page]:
        return self.ask(lambda s: list(s.scalars(select(Page).where(Page.incident_number == number).order_by(Page.id))))

    def chain(self, escalation_id: int) -> Escalation:
        return self.ask(lambda s: s.get_one(Escalation, escalation_id))

    def called(self, number: str = "INC-1") -> list[str]:
        """Usernames paged, in order."""
        names = {id: name for name, id in self.ids.items()}
        return [names[page.person_id] for page in self.pages(number)]

    def inbox(self, username: str) -> list[str]:
        """Every text put in the queue for a person, in order."""
        query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).order_by(Delivery.id)
        return self.ask(lambda s: list(s.scalars(query.where(Delivery.addressee == self.ids[username]))))

    def code(self, username: str) -> str:
        """The reply code of the last text to a person."""
        found = re.findall(r"(?:请回复|Reply )(\d{4})", self.inbox(username)[-1])
        return str(found[-1])

    def link(self, username: str) -> str:
        """The path of the address in the last text to a person."""
        (found,) = re.findall(r"http://[^/]+(/p/\S+)", self.inbox(username)[-1])
        return str(found)

    def reply(self, username: str, text: str) -> str | None:
        """A person's phone sends `text`; what it gets back."""
        return self.text_from(self.roster.person(username).number, text, username)

    def text_from(self, number: str, text: str, username: str | None = None) -> str | None:
        before = len(self.inbox(username)) if username else 0
        came = Inbound(provider_id=f"SM{next(self.received)}", sender=number, recipient="10690000", text=text)
        keyring = self.installation.keyring
        self.write(lambda s: inbound.receive(s, "twilio", came, HANDLERS, keyring))
        after = self.inbox(username) if username else []
        return after[-1] if len(after) > before else None

    def deliver(self, username: str, state: State, code: str | None = None) -> None:
        """The gateway tells what became of the last page that went to a person alone."""
        self._deliver(username, state, code, Delivery.page_id.is_not(None))

    def deliver_last(self, username: str, state: State, code: str | None = None) -> None:
        """The gateway tells what became of the last message of pages to a person."""
        self._deliver(username, state, code, Delivery.purpose == Purpose.PAGE)

    def _deliver(self, username: str, state: State, code: str | None, which: ColumnElement[bool]) -> None:
        def work(session: Session) -> None:
            mine = (Delivery.addressee == self.ids[username]) & which
            row = session.scalars(select(Delivery).where(mine).order_by(Delivery.id.desc())).first()
            assert row is not None
            session.execute(update(Delivery).where(Delivery.id == row.id).values(state=state, code=code))
            HANDLERS.tell(session, [Settled(row.id, row.purpose, row.page_id, None, state, code)])

        self.write(work)

    def allow_exercise(self, username: str, until: Any) -> None:
        index = self.installation.keyring.index(self.roster.person(username).number)
        self.write(lambda s: exercises.allow(s, index, until, "person:1"))

    def lock(self, username: str) -> None:
        self.write(lambda s: s.execute(update(Person).where(Person.username == username).values(active=False)))

    def later(self) -> None:
        """A quarter of an hour passes, so that whoever has had enough answers is answered again."""
        self.write(lambda s: clock.move(s, timedelta(minutes=15), allowed=True))

    def actors(self, kind: str, number: str = "INC-1") -> list[str]:
        """Who brought about the entries of a kind."""
        return self.ask(lambda s: [e.actor for e in journal.entries(s, f"incident:{number}") if e.kind == kind])

    def audit(self, kind: str) -> list[dict[str, Any]]:
        """The payloads of one kind of entry on this month's audit stream."""
        return self.ask(
            lambda s: [
                orjson.loads(e.data) for e in journal.entries(s, journal.month("audit", clock.now(s))) if e.kind == kind
            ]
        )

    def journal(self, kind: str, number: str = "INC-1") -> list[dict[str, Any]]:
        """The payloads of one kind of entry on the incident's stream."""
        return self.ask(
            lambda s: [orjson.loads(e.data) for e in journal.entries(s, f"incident:{number}") if e.kind == kind]
        )
