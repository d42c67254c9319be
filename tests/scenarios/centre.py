"""A command centre for a whole night: the small operator, every cycle of the engine, phones behind the simulator, mailboxes."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import select

from command import parts
from command.core import clock, heads
from command.core.database import Database
from command.core.keys import Keyring
from command.core.settings import GatewaySettings
from command.engine import cycles, deliver
from command.engine.run import Cycle
from command.network.models import Element, Subscriber
from tests.builders import PEOPLE
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.messages.house import House
from tests.notifiers.mailserver import MailServer, by_mail

RECIPIENTS = """
recipients:
  - {code: group, sort: superior, name: {zh: 集团, en: Group}, email: [group@example.net]}
  - {code: regulator, sort: regulator, name: {zh: 通信管理局, en: Regulator}, email: [regulator@example.net]}
  - {code: power, sort: partner, name: {zh: 电力公司, en: Power company}, email: [power@example.net], language: en}
"""
OF_OTHERS = frozenset({"deliver", "receipts", "sweep", "warm", "cap_feeds"})
"""Cycles that the house of the outbox runs itself, and those that have nothing to do here."""
ROUNDS, OFTEN = 12, 5.0
"""Rounds of an engine at most; how many seconds apart a cycle comes again that is asked in each of them."""
SETTLED: dict[str, dict[str, Any]] = {
    "compensation": {"amount": 12.5, "people": 30},
    "regulator": {"reference": "CCA-2026-118"},
}
MINUTE = timedelta(minutes=1)


class Centre(Desk):
    """What people do, what arrives on their phones and in mailboxes, and what the engine makes of time that passes."""

    def __init__(self, house: House, mail: MailServer, time: Time) -> None:
        super().__init__(house.installation)
        self.house, self.mail, self.time = house, mail, time
        house.sender.close()
        house.sender = deliver.sender(house.installation, house.gateways, house.handlers)
        every = cycles.joined(house.installation, house.gateways, threading.Event())
        self.cycles: list[Cycle] = [cycle for cycle in every if cycle.name not in OF_OTHERS]

    # Time

    def engine(self, *, rare: bool = False) -> None:
        """The cycles of the engine that run all the time, until nothing is due; before them once each that runs rarely, if asked."""
        for at in range(ROUNDS):
            with self.acting():
                turn = [cycle for cycle in self.cycles if cycle.every <= OFTEN or (rare and at == 0)]
                busy = [cycle.name for cycle in turn if cycle.run()]
            if self.house.send():
                self.house.settle_down()
            elif not busy:
                return

    def later(self, **delta: float) -> None:
        """Time passes, and the engine with it."""
        self.time.forward(**delta)
        self.engine(rare=True)

    def now(self) -> Any:
        with self.database.read() as session:
            return clock.instant(session)

    # What the network says

    def alarm(self, *elements: str, severity: str = "critical") -> list[str]:
        """What the network management reports of elements; the incidents it touches."""
        at = self.now().isoformat()
        sent = [
            {"source": "nms", "element": name, "problem": "LINK-DOWN", "severity": severity, "raised_at": at}
            for name in elements
        ]
        answer = self.post("dou", "/api/v1/alarms", alarms=sent)
        assert answer.status_code == 200, answer.text
        found: list[str] = answer.json["incidents"]
        return found

    def clears(self, *elements: str) -> list[str]:
        return self.alarm(*elements, severity="cleared")

    # What people do

    def ok(self, answer: Any, status: int = 200) -> Any:
        assert answer.status_code == status, answer.text
        return answer.json

    def send_bulletin(self, number: str, kind: str, **fields: Any) -> dict[str, Any]:
        """A bulletin written by the duty officer, approved by the commander, and its mails handed over."""
        made = self.ok(self.post("dou", f"/api/v1/incidents/{number}/bulletins?lang=en", kind=kind, **fields), 201)
        return self.approve_bulletin(made["id"])

    def approve_bulletin(self, bulletin: int) -> dict[str, Any]:
        base = f"/api/v1/bulletins/{bulletin}"
        self.ok(self.post("dou", f"{base}/actions/submit"))
        self.ok(self.post("ada", f"{base}/actions/approve"))
        self.engine()
        found: dict[str, Any] = self.ok(self.get("ada", f"{base}?lang=en"))
        return found

    def bulletins(self, number: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ok(self.get("ada", f"/api/v1/incidents/{number}/bulletins?lang=en"))["items"]
        return found

    def settlement(self, number: str) -> dict[str, dict[str, Any]]:
        items = self.ok(self.get("dou", f"/api/v1/incidents/{number}/settlement?lang=en"))["items"]
        return {item["code"]: item for item in items}

    def settle(self, number: str, code: str, words: str, by: str = "ada", **body: Any) -> None:
        self.ok(self.post(by, f"/api/v1/incidents/{number}/settlement/{code}/actions/settle", words=words, **body))

    def end(self, number: str) -> None:
        """Review, feedback, tasks and settlement, until nothing is owed; then it is closed."""
        self.act("dou", number, "review", cause="found", effect="handled in time", improvements="a second route")
        self.act("dou", number, "facts", feedback="calls answered", measures="as the plan says", scope_known=True)
        self.finish_tasks(number)
        for code, item in self.settlement(number).items():
            if item["state"] == "open":
                self.settle(number, code, "done on record", **SETTLED.get(item["sort"], {}))
        self.act("ada", number, "close")

    def newest(self) -> str:
        """The number of the newest incident."""
        number: str = self.ok(self.get("ada", "/api/v1/incidents"))["items"][0]["number"]
        return number

    def line(self, number: str, kind: str) -> dict[str, Any]:
        """The only entry of a kind in an incident's journal, or the newest."""
        return [each for each in self.journal(number) if each["kind"] == kind][-1]

    # What arrives

    def phone(self, username: str) -> list[str]:
        """What somebody's phone has received, newest first."""
        number = f"+86120000{list(PEOPLE).index(username):05d}"
        items = self.house.http.get(f"/api/phones/{number}/messages").json()["items"]
        return [item["body"] for item in items if item["direction"] == "out"]

    def answer(self, username: str) -> None:
        """Somebody replies to the newest page with its code."""
        code = next(found[1] for text in self.phone(username) if (found := re.search(r"[Rr]eply (\d{4})", text)))
        number = f"+86120000{list(PEOPLE).index(username):05d}"
        assert self.house.http.post(f"/api/phones/{number}/reply", json={"body": code, "to": "10690000"}).ok
        self.house.settle_down()
        self.engine()

    def subscribers(self, *elements: str) -> set[str]:
        """The numbers of the subscribers of elements."""
        query = select(Subscriber.number).join(Element, Element.id == Subscriber.element_id)
        with self.database.read() as session:
            found = session.scalars(query.where(Element.name.in_(elements))).all()
        return {self.installation.keyring.decrypt(each) for each in found}

    def received(self) -> Counter[str]:
        """How many messages each subscriber's phone has received, as the provider has it."""
        everybody = self.subscribers(*self.network.elements)
        return Counter({number: count for number, count in self.house.received().items() if number in everybody})

    def mailed(self, mailbox: str) -> list[str]:
        """Bulletins that a mailbox has received, oldest first."""
        mails = [each for each in self.mail.box.mails if str(each["To"]) == mailbox]
        return [str(each.get_content()) for each in mails if "/b/" in str(each.get_content())]

    def journal_faults(self) -> tuple[Any, ...]:
        with self.database.read() as session:
            return tuple(heads.verify(session, self.installation.keyring).faults)


Made = TypeVar("Made", bound=Centre)


@contextmanager
def at_night(centre: type[Made], database: Database, keyring: Keyring, folder: Path, **house: Any) -> Iterator[Made]:
    """A command centre on a database of its own, with the simulator and a mail server behind it."""
    mail = MailServer(folder)
    recipients = folder / "recipients.yaml"
    recipients.write_text(RECIPIENTS, encoding="utf-8")
    more = {"recipients": recipients, "quiet_hours": False, **house.pop("settings", {})}
    besides = (GatewaySettings(**by_mail(mail)),)
    made = House(
        database,
        keyring,
        folder,
        handlers=parts.handlers(),
        gateways_besides=besides,
        more_settings=more,
        **house,
    )
    try:
        yield centre(made, mail, Time(database))
    finally:
        made.close()
        mail.stop()
