"""People with more than one way to reach them, on the stage of the scenarios: methods are added and proved as people do it."""

import re
from collections.abc import Callable
from datetime import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.engine import reach
from command.messages.models import Delivery
from command.oncall.models import PageMethod
from command.oncall.reach import contacts
from command.oncall.reach.addresses import Rules
from command.oncall.reach.contacts import House
from command.people.contacts import PersonContact
from command.people.models import Person
from notifiers.base import Channel
from tests.oncall.scene import Scene

KINDS = frozenset({"sms", "voice", "email", "chat"})
ADDRESSES: dict[Channel, str] = {
    "sms": "+8612099999991",
    "voice": "+8612099999992",
    "email": "li.hong@example.net",
    "chat": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
}


def house_of(scene: Scene, kinds: frozenset[str] = KINDS) -> House:
    rules = Rules("CN", True, ("slack", "json"))
    return House(scene.installation.keyring, kinds, rules, {"zh": "示例通信", "en": "Example Telecom"})


def by_person(scene: Scene, username: str, work: Callable[[Session, Person], Any]) -> Any:
    return scene.write(lambda s: work(s, s.get_one(Person, scene.ids[username])))


def add(scene: Scene, username: str, kind: Channel, wait: int = 2, address: str | None = None) -> int:
    """A method whose code has been sent and not been given yet; its id."""
    given = address or ADDRESSES[kind]

    def work(session: Session, person: Person) -> int:
        return contacts.add(session, house_of(scene), person, kind, given, "", wait).id

    return int(by_person(scene, username, work))


def code_sent(scene: Scene, username: str) -> str:
    """The last code sent to a person, digit by digit or not."""
    text = scene.inbox(username)[-1]
    return "".join(re.findall(r"\d", re.findall(r"(?:\d[，, ]*){6}", text)[0]))


def confirm(scene: Scene, username: str, contact_id: int, code: str) -> str:
    def work(session: Session, person: Person) -> str:
        return contacts.confirm(session, house_of(scene), contacts.find(session, person, contact_id), code)

    return str(by_person(scene, username, work))


def have(scene: Scene, username: str, *kinds: Channel, wait: int = 2, address: str | None = None) -> list[int]:
    """Methods that are proved, after the number on record, in this order."""
    made = []
    for kind in kinds:
        made.append(add(scene, username, kind, wait, address))
        assert confirm(scene, username, made[-1], code_sent(scene, username)) == "right"
    return made


def quiet(scene: Scene, username: str, start: time, end: time) -> None:
    by_person(scene, username, lambda s, person: contacts.set_quiet(s, person.id, start, end))


def goes_on(scene: Scene) -> None:
    """One round of the cycle, as if the engine had just been started."""
    while reach.run_once(scene.installation):
        pass


def went_out(scene: Scene, number: str = "INC-1") -> list[str]:
    """What a page's messages were sent by, in order."""
    ids = [page.id for page in scene.pages(number)]
    query = select(Delivery.channel).where(Delivery.page_id.in_(ids)).order_by(Delivery.id)
    return scene.ask(lambda s: list(s.scalars(query)))


def pending(scene: Scene) -> list[PageMethod]:
    return scene.ask(lambda s: list(s.scalars(select(PageMethod).where(PageMethod.due_at.is_not(None)))))


def methods_of(scene: Scene, username: str) -> list[PersonContact]:
    def work(session: Session) -> list[PersonContact]:
        return list(contacts.of(session, session.get_one(Person, scene.ids[username])))

    return scene.ask(work)
