"""A command post through a whole night: the application, the engine's cycles, phones on the SMS simulator, mailboxes on a mail server."""

import re
from datetime import datetime, timedelta
from datetime import time as wall
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import heads
from command.core.installation import Installation
from command.core.settings import GatewaySettings
from command.engine import (
    bulletins,
    clocks,
    complaints,
    deliver,
    escalate,
    fan_out,
    overrides,
    quiet,
    settlement,
    succession,
)
from command.messages.gateways import Gateways
from command.network.models import Element, Subscriber
from command.oncall.models import DutyLayer, DutyMember, Schedule
from tests.bulletins.conftest import RECIPIENTS
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.messages.house import House
from tests.notifiers.mailserver import MailServer, by_mail
from tests.resources.test_pages import House as Houses

ON_CALL = (("security", "sec"), ("customer_service", "kef"))


class Post(Desk):
    """What people do in a night, what the engine does meanwhile, and what arrives on whose phone and in whose mailbox."""

    sign_in = Houses.sign_in

    def __init__(self, house: House, mail: MailServer, time: Time, folder: Path) -> None:
        self.house, self.mail, self.time = house, mail, time
        file = folder / "recipients.yaml"
        file.write_text(RECIPIENTS.replace("[group@example.net]}", "[group@example.net], cleared: true}"), "utf-8")
        ways = (*house.installation.settings.gateways, GatewaySettings(**by_mail(mail)))
        settings = house.installation.settings.model_copy(update={"recipients": file, "gateways": ways})
        house.sender.close()
        house.gateways.close()
        house.installation = Installation(settings, house.database, house.keyring)
        house.gateways = Gateways(house.installation)
        house.sender = deliver.sender(house.installation, house.gateways, house.handlers)
        super().__init__(house.installation)
        self.do(self._on_call)

    def _on_call(self, session: Session) -> None:
        """Security and customer service have somebody on call too."""
        pattern = session.scalars(select(DutyLayer).order_by(DutyLayer.id)).first()
        assert pattern is not None
        copied = ("position", "name_zh", "name_en", "zone", "starts_on", "handover", "period_days", "windows")
        for department, username in ON_CALL:
            schedule = Schedule(code=department, name_zh="值班", name_en=department.title(), department=department)
            session.add(schedule)
            session.flush()
            layer = DutyLayer(schedule_id=schedule.id, **{name: getattr(pattern, name) for name in copied})
            session.add(layer)
            session.flush()
            session.add(DutyMember(layer_id=layer.id, position=0, person_id=self.people[username]))

    # Time

    def at(self, clock: str) -> None:
        """The operator's wall clock goes on to the next such time, and the engine does what is due then."""
        zone = self.installation.settings.tz
        now = self.time.now().astimezone(zone)
        then = datetime.combine(now.date(), wall.fromisoformat(clock), zone)
        self.time.forward(seconds=((then if then > now else then + timedelta(days=1)) - now).total_seconds())
        self._tokens.clear()

    def later(self, **delta: float) -> None:
        """So much time passes."""
        self.time.forward(**delta)
        self._tokens.clear()

    # The engine

    def engine(self) -> None:
        """What one engine does until nothing is due."""
        with self.acting():
            for cycle in (clocks, succession, overrides, settlement, complaints, quiet):
                cycle.run_once(self.installation)
            complaints.look_once(self.installation)
            self._bulletins()
        self.send()
        with self.acting():
            self._bulletins()

    def _bulletins(self) -> None:
        while bulletins.run_once(self.installation) or bulletins.look_back(self.installation):
            pass

    def send(self) -> None:
        """Pages and notices leave over the simulator, and its receipts come back."""
        for _ in range(2):
            escalate.run_once(self.installation)
            while fan_out.run_once(self.installation):
                pass
            self.house.send()
        self.house.settle_down()
        fan_out.run_once(self.installation)

    # Phones and mailboxes

    def number_of(self, username: str) -> str:
        return f"+86120000{list(self.people).index(username):05d}"

    def phone(self, number: str) -> list[str]:
        """What a phone has received, newest first."""
        items = self.house.http.get(f"/api/phones/{number}/messages").json()["items"]
        return [item["body"] for item in items if item["direction"] == "out"]

    def texts(self, username: str) -> list[str]:
        return self.phone(self.number_of(username))

    def reply(self, username: str, text: str) -> str:
        """Somebody replies; the answer that arrives on their phone."""
        number = self.number_of(username)
        answer = self.house.http.post(f"/api/phones/{number}/reply", json={"body": text, "to": "10690000"})
        assert answer.json()["delivered"]
        self.house.send()
        return self.phone(number)[0]

    def acknowledge(self, username: str) -> str:
        """Somebody acknowledges the page that came last."""
        codes = [code for text in self.texts(username) for code in re.findall(r"(?:reply|请回复) ?(\d{4})", text)]
        assert codes, self.texts(username)
        return self.reply(username, codes[0])

    def mailed(self) -> dict[str, list[str]]:
        """The subjects of bulletins by mailbox."""
        found: dict[str, list[str]] = {}
        for one in self.mail.box.mails:
            found.setdefault(str(one["To"]), []).append(str(one["Subject"]))
        return found

    def customers(self, *elements: str) -> dict[str, int]:
        """Numbers of the subscribers of elements, with their ids."""
        query = select(Subscriber).join(Element, Element.id == Subscriber.element_id).where(Element.name.in_(elements))
        with self.database.read() as session:
            rows = session.scalars(query.order_by(Subscriber.id)).all()
            return {self.installation.keyring.decrypt(row.number): row.id for row in rows}

    def phones_of_customers(self) -> dict[str, list[str]]:
        """Every number that is no colleague's, with what it received, newest first."""
        staff = {self.number_of(username) for username in self.people}
        return {number: self.phone(number) for number in self.house.received() if number not in staff}

    # Pages, bulletins, notices, what is left

    def ok(self, answer: Any) -> Any:
        assert answer.status_code in (200, 201), answer.text
        return answer.get_json()

    def write(self, number: str, kind: str, by: str) -> None:
        """Somebody submits a notice with the plan's words, where nothing is told automatically."""
        made = self.ok(self.post(by, "/api/v1/notices", incident=number, kind=kind))
        self.ok(self.post(by, f"/api/v1/notices/{made['id']}/actions/submit"))

    def tell(self, number: str, kind: str, by: str) -> dict[str, Any]:
        """The newest notice of a kind, submitted, is approved by a second person, and arrives."""
        (notice,) = [each for each in self.listed(number, by) if (each["kind"], each["state"]) == (kind, "submitted")]
        self.ok(self.post(by, f"/api/v1/notices/{notice['id']}/actions/approve", count=notice["audience"]))
        self.engine()
        found: dict[str, Any] = self.ok(self.get(by, f"/api/v1/notices/{notice['id']}"))
        return found

    def listed(self, number: str, by: str = "ada") -> list[dict[str, Any]]:
        """The notices of an incident, newest first."""
        found: list[dict[str, Any]] = self.ok(self.get(by, f"/api/v1/notices?incident={number}"))["items"]
        return found

    def bulletin(self, number: str, kind: str, writer: str, approver: str) -> dict[str, Any]:
        """A bulletin of a kind, the engine's draft where there is one, approved by a second person and sent."""
        drafts = self.ok(self.get(writer, f"/api/v1/incidents/{number}/bulletins"))["items"]
        drafted = [each for each in drafts if each["kind"] == kind and each["state"] == "draft"]
        made = drafted[0] if drafted else self._draft(number, kind, writer)
        self.ok(self.post(writer, f"/api/v1/bulletins/{made['id']}/actions/submit"))
        assert self.post(writer, f"/api/v1/bulletins/{made['id']}/actions/approve").status_code == 403
        self.ok(self.post(approver, f"/api/v1/bulletins/{made['id']}/actions/approve"))
        self.engine()
        found: dict[str, Any] = self.ok(self.get(writer, f"/api/v1/bulletins/{made['id']}?lang=en"))
        return found

    def _draft(self, number: str, kind: str, by: str) -> dict[str, Any]:
        made: dict[str, Any] = self.ok(self.post(by, f"/api/v1/incidents/{number}/bulletins", kind=kind))
        return made

    def to_settle(self, number: str, by: str) -> dict[str, dict[str, Any]]:
        """What is left to settle, by code."""
        found = self.ok(self.get(by, f"/api/v1/incidents/{number}/settlement?lang=en"))["items"]
        return {item["code"]: item for item in found}

    def settle(self, number: str, code: str, by: str, **said: Any) -> None:
        address = f"/api/v1/incidents/{number}/settlement/{code}/actions/settle"
        assert self.ok(self.post(by, address, **said))["state"] == "settled"

    def why_not(self, by: str, number: str, action: str, **body: Any) -> str:
        """Every reason against an action, in words."""
        answer = self.post(by, f"/api/v1/incidents/{number}/actions/{action}?lang=en", **body)
        assert answer.status_code == 409, answer.text
        why: str = answer.get_json()["detail"]
        return why

    def verifies(self) -> bool:
        """Every stream of the journal, walked as `tocsin journal verify` does."""
        with self.database.read() as session:
            found = heads.verify(session, self.installation.keyring)
        assert not found.faults, found.faults
        return found.entries > 0
