"""A command centre with recipients of every sort and a mail server: bulletins over the API, the engine's cycles on demand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command.bulletins.models import Bulletin, BulletinCopy
from command.core.installation import Installation
from command.core.settings import GatewaySettings, Settings
from command.engine import bulletins
from command.messages.models import Body, Delivery, Purpose
from command.people import tokens
from command.people.models import Person
from tests.incidents.conftest import Desk
from tests.notifiers.mailserver import MailServer, by_mail

RECIPIENTS = """
recipients:
  - {code: province_centre, sort: superior, echelon: province, name: {zh: 省中心, en: Prov.}, email: [prov@example.net], cleared: true}
  - {code: prefecture_centre, sort: superior, echelon: prefecture, name: {zh: 市中心, en: Prefecture}, email: [city@example.net]}
  - {code: ministry, sort: superior, name: {zh: 集团, en: Group}, email: [group@example.net]}
  - {code: regulator, sort: regulator, name: {zh: 通信管理局, en: Regulator}, email: [cca@example.net], cleared: true}
  - {code: elsewhere, sort: regulator, name: {zh: 别处, en: Elsewhere}, email: [far@example.net], areas: ["8002"]}
  - {code: government, sort: government, name: {zh: 应急管理局, en: Emergency office}}
  - {code: power, sort: partner, name: {zh: 电力公司, en: Power company}, email: [power@example.net], language: en}
"""


class Bureau(Desk):
    """Who writes and approves bulletins, and what arrives."""

    mail: MailServer

    def grave(self, tier: int = 1, **fields: Any) -> str:
        """An incident of CELL-1 whose response runs at a tier."""
        number = self.responding(**fields)
        if self.see(number)["tier"] != tier:
            self.act("ada", number, "regrade", tier=tier, reason="A hospital is cut off")
        return number

    def draft(self, number: str, by: str = "dou", kind: str = "first", **fields: Any) -> dict[str, Any]:
        return self.ok(self.post(by, f"/api/v1/incidents/{number}/bulletins?lang=en", kind=kind, **fields), 201)

    def do(self, *given: Any, **fields: Any) -> Any:
        """A verb of a bulletin: do("ada", id, "approve"); else a unit of work, as at any desk."""
        if len(given) == 3 and isinstance(given[1], int):
            by, bulletin, verb = given
            return self.ok(self.post(by, f"/api/v1/bulletins/{bulletin}/actions/{verb}?lang=en", **fields))
        return super().do(*given, **fields)

    def ok(self, answer: Any, status: int = 200) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def sent(self, number: str, kind: str = "first", **fields: Any) -> dict[str, Any]:
        """A bulletin written by dou and approved by ada, and its mails delivered."""
        made = self.draft(number, kind=kind, **fields)
        self.do("dou", made["id"], "submit")
        self.do("ada", made["id"], "approve")
        self.engine()
        return self.read(made["id"])

    def engine(self) -> None:
        """What the engine does: look after bulletins, send, and look again at what became of it."""
        self.cycle()
        self.send()
        self.cycle()

    def cycle(self) -> None:
        with self.acting():
            while bulletins.run_once(self.installation) or bulletins.look_back(self.installation):
                pass

    def read(self, bulletin: int, by: str = "ada") -> dict[str, Any]:
        return self.ok(self.get(by, f"/api/v1/bulletins/{bulletin}?lang=en"))

    def of(self, number: str) -> dict[str, Any]:
        return self.ok(self.get("ada", f"/api/v1/incidents/{number}/bulletins?lang=en"))

    def copies(self, bulletin: int) -> dict[str, dict[str, Any]]:
        return {copy["recipient"]: copy for copy in self.read(bulletin)["copies"]}

    def machine(self, source: str) -> dict[str, str]:
        """The header of a recipient's token."""

        def work(session: Any) -> str:
            person = session.scalars(select(Person).where(Person.username == "adm")).one()
            return tokens.create_token(session, person, source, ("bulletins.read",), days=30, source=source)[1]

        return {"Authorization": f"Bearer {self.database.write(work)}"}

    def mailed(self) -> dict[str, str]:
        """Texts of bulletins by mailbox that the mail server took."""
        mails = [(str(one["To"]), str(one.get_content())) for one in self.mail.box.mails]
        return {to: text for to, text in mails if "/b/" in text}

    def link(self, mailbox: str) -> str:
        """The signed address in a mail, within this site."""
        found = re.search(r"https?://[^/\s]+(/b/\S+)", self.mailed()[mailbox])
        assert found is not None
        return found[1]

    def texts(self, purpose: Purpose) -> list[str]:
        """What was queued for a purpose, the oldest first."""
        with self.database.read() as session:
            query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).where(Delivery.purpose == purpose)
            return list(session.scalars(query.order_by(Delivery.id)))

    def rows(self) -> tuple[list[Bulletin], list[BulletinCopy]]:
        with self.database.read() as session:
            return (
                list(session.scalars(select(Bulletin).order_by(Bulletin.id))),
                list(session.scalars(select(BulletinCopy).order_by(BulletinCopy.id))),
            )


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[MailServer]:
    made = MailServer(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def settings(settings: Settings, mail: MailServer, tmp_path: Path) -> Settings:
    file = tmp_path / "recipients.yaml"
    file.write_text(RECIPIENTS, encoding="utf-8")
    ways = (GatewaySettings(name="console", transport="console"), GatewaySettings(**by_mail(mail)))
    return settings.model_copy(update={"recipients": file, "gateways": ways})


@pytest.fixture
def bureau(installation: Installation, mail: MailServer) -> Bureau:
    made = Bureau(installation)
    made.mail = mail
    return made
