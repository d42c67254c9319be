"""Two engineers share technical duty day by day; the change is two hours ahead, and an incident that calls the duty runs."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command import parts
from command.core import journal
from command.core.installation import Installation
from command.core.settings import GatewaySettings, Settings
from command.engine import escalate, hand_over
from command.messages import inbound
from command.messages.models import Body, Delivery
from command.oncall.duties import schedules
from command.oncall.models import DutyLayer, DutyMember, Page, Schedule
from notifiers.base import Inbound
from tests.builders import PEOPLE
from tests.conftest import Time
from tests.incidents.conftest import Desk

NUMBERS = {name: f"+86120000{at:05d}" for at, name in enumerate(PEOPLE)}


class Duty(Desk):
    """Technical duty: `leaver` holds it until `change`, `taker` follows."""

    def __init__(self, installation: Installation, time: Time) -> None:
        super().__init__(installation)
        self.time = time
        self.received = itertools.count(1)
        self.database.write(self._two_members)
        names = {id: name for name, id in self.people.items()}
        if self._span(time.now()).end - time.now() < timedelta(hours=3):
            time.forward(hours=4)
        span = self._span(time.now())
        self.change: datetime = span.end
        self.until_change(hours=2)
        self.leaver, self.taker = names[span.member or 0], names[self._span(self.change).member or 0]

    def _two_members(self, session: Session) -> None:
        schedule = session.scalars(select(Schedule).where(Schedule.code == "technical")).one()
        layer = session.scalars(select(DutyLayer).where(DutyLayer.schedule_id == schedule.id)).one()
        layer.period_days = 1
        session.add(DutyMember(layer_id=layer.id, position=1, person_id=self.people["sec"]))

    def _span(self, at: datetime) -> Any:
        with self.database.read() as session:
            return schedules.spans(session, schedules.find(session, "technical"), at, at + timedelta(days=3))[0]

    def until_change(self, **left: float) -> None:
        """Time passes until so much is left to the change (negative: after it)."""
        self.time.forward(seconds=(self.change - timedelta(**left) - self.time.now()).total_seconds())

    def page(self, number: str, who: str) -> Page:
        with self.database.read() as session:
            mine = (Page.incident_number == number) & (Page.person_id == self.people[who])
            return session.scalars(select(Page).where(mine).order_by(Page.id.desc())).first()  # type: ignore[return-value]

    def acknowledged(self) -> str:
        """A running incident whose page the leaver has acknowledged."""
        number = self.called()
        answer = self.post(self.leaver, f"/api/v1/pages/{self.page(number, self.leaver).id}/actions/acknowledge")
        assert answer.status_code == 200, answer.text
        return number

    def called(self) -> str:
        """A running incident for which the leaver was paged and has not answered."""
        number = self.responding()
        escalate.run_once(self.installation)
        return number

    def take(self, number: str, code: str, who: str | None = None) -> Any:
        return self.post(who or self.leaver, f"/api/v1/incidents/{number}/tasks/{code}/actions/take")

    def prepared(self) -> dict[str, Any]:
        answer = self.get(self.leaver, "/api/v1/schedules/technical/hand-over?lang=en")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def everything(self) -> list[dict[str, str]]:
        return [{"item": each["item"]} for case in self.prepared()["cases"] for each in case["promises"]]

    def offer(self, by: str | None = None, **body: Any) -> Any:
        body.setdefault("items", self.everything() if by is None else [])
        return self.post(by or self.leaver, "/api/v1/schedules/technical/hand-overs", **body)

    def offered(self, **body: Any) -> int:
        answer = self.offer(**body)
        assert answer.status_code == 201, answer.text
        return int(answer.json["id"])

    def settle(self, handover: int, verb: str, by: str | None = None, **body: Any) -> Any:
        who = by or (self.leaver if verb == "withdraw" else self.taker)
        return self.post(who, f"/api/v1/hand-overs/{handover}/actions/{verb}", **body)

    def engine(self) -> None:
        """A round of the cycle, as if the engine had just been started: it keeps nothing between two."""
        hand_over.run_once(self.installation)
        hand_over.remind_once(self.installation)

    def inbox(self, who: str) -> list[str]:
        query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).order_by(Delivery.id)
        with self.database.read() as session:
            return list(session.scalars(query.where(Delivery.addressee == self.people[who])))

    def reply(self, who: str, text: str) -> str | None:
        """Somebody's phone sends a text; what it gets back."""
        before = len(self.inbox(who))
        came = Inbound(provider_id=f"SM{next(self.received)}", sender=NUMBERS[who], recipient="10690000", text=text)
        keyring = self.installation.keyring
        self.database.write(lambda s: inbound.receive(s, "twilio", came, parts.handlers(), keyring))
        after = self.inbox(who)
        return after[-1] if len(after) > before else None

    def entries(self, stream: str, kind: str) -> list[dict[str, Any]]:
        with self.database.read() as session:
            return [orjson.loads(e.data) for e in journal.entries(session, stream) if e.kind == kind]

    def audit(self, kind: str) -> list[dict[str, Any]]:
        return self.entries(journal.month("audit", self.time.now()), kind)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"gateways": (GatewaySettings(name="sms", transport="simulated"),)})


@pytest.fixture
def duty(installation: Installation, time: Time) -> Duty:
    return Duty(installation, time)
