"""An operator whose customers are asked after a restoration, answer by SMS, by link or by phone, and are called back."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from command import parts
from command.core.installation import Installation
from command.core.paths import CONFIG
from command.engine import satisfaction
from command.messages import inbound
from command.messages.models import Body, Delivery, Purpose
from command.network.models import Subscriber
from command.satisfaction import links, rules
from command.satisfaction.models import SurveyAnswer
from notifiers.base import Inbound
from tests.conftest import Time
from tests.improvement.conftest import Works

FIRST = "+8612020000000"
"""A subscriber of CELL-1 who reads English; the next ones read Chinese."""


class Asker(Works):
    """What the engine and customers do after a restoration."""

    def restored(self, kind: str = "network_fault", **fields: Any) -> str:
        """An incident of CELL-1 (20 users) that is restored, its all-clear sent."""
        number: str = self.responding(kind=kind, **fields)
        self.send()
        self.act("ada", number, "restore", evidence="test calls succeed")
        self.send()
        return number

    def engine(self) -> None:
        self.tick()
        satisfaction.run_once(self.installation)
        self.send()

    def asked(self, **fields: Any) -> str:
        """An incident of which everybody told was asked."""
        number = self.restored(**fields)
        self.time.forward(minutes=31)
        self._tokens.clear()
        self.engine()
        return number

    def rows(self) -> list[SurveyAnswer]:
        with self.database.read() as session:
            return list(session.scalars(select(SurveyAnswer).order_by(SurveyAnswer.id)))

    def number_of(self, row: SurveyAnswer) -> str:
        with self.database.read() as session:
            return self.installation.keyring.decrypt(session.get_one(Subscriber, row.subscriber_id).number)

    def texts(self, purpose: str = Purpose.SURVEY) -> list[tuple[Delivery, str]]:
        with self.database.read() as session:
            query = select(Delivery, Body.text).join(Body, Body.id == Delivery.body_id)
            return list(session.execute(query.where(Delivery.purpose == purpose).order_by(Delivery.id)).tuples())

    def reply(self, sender: str, text: str) -> str | None:
        """A message from a number, as the gateway brings it."""
        self._came = getattr(self, "_came", 0) + 1
        came = Inbound(provider_id=f"in-{self._came}", sender=sender, recipient="+8610000", text=text)
        return self.do(
            lambda session: inbound.receive(session, "console", came, parts.handlers(), self.installation.keyring)
        )

    def look(self, number: str, by: str = "dou") -> dict[str, Any]:
        answer = self.get(by, f"/api/v1/incidents/{number}/survey?lang=en")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def form(self, row: SurveyAnswer, fields: Mapping[str, str] | None = None, lang: str = "en") -> Any:
        """The form of a customer without any session, or the sending of it."""
        address = f"{links.path(self.installation, row.id)}?lang={lang}"
        client = self.client()
        return client.get(address) if fields is None else client.post(address, data=fields)

    def pass_days(self, days: int) -> None:
        self.time.forward(seconds=timedelta(days=days).total_seconds())
        self._tokens.clear()


@pytest.fixture
def everybody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The table of the house, but for the share: everybody told is asked."""
    table = (CONFIG / "satisfaction.yaml").read_text("utf-8")
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "satisfaction.yaml").write_text(table.replace("share: 5", "share: 100"), "utf-8")
    monkeypatch.setattr(rules, "CONFIG", folder)
    rules.rules.cache_clear()
    yield
    rules.rules.cache_clear()


@pytest.fixture
def asker(installation: Installation, time: Time) -> Asker:
    return Asker(installation).opened(time)
