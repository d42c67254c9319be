"""An operator at work: people who report and handle incidents over the API, and the engine's cycles on demand."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command import parts
from command.core import clock
from command.core.installation import Installation
from command.engine import clocks, deliver, escalate, fan_out
from command.incidents import service
from command.messages.gateways import Gateways
from command.messages.models import TOLD, Delivery
from command.network.models import Element, Subscriber
from tests.builders import Operator


class Desk(Operator):
    """What people do, and what they see afterwards."""

    def report(self, by: str = "dou", **fields: Any) -> dict[str, Any]:
        body = {"kind": "network_fault", "area": "800101", **fields}
        answer = self.post(by, "/api/v1/incidents", **body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def act(self, by: str, number: str, action: str, **body: Any) -> dict[str, Any]:
        answer = self.post(by, f"/api/v1/incidents/{number}/actions/{action}", **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def refused(self, by: str, number: str, action: str, **body: Any) -> dict[str, Any]:
        answer = self.post(by, f"/api/v1/incidents/{number}/actions/{action}", **body)
        assert 400 <= answer.status_code < 500, answer.text
        found: dict[str, Any] = answer.json
        return {"status": answer.status_code, **found}

    def see(self, number: str, by: str = "ada") -> dict[str, Any]:
        answer = self.get(by, f"/api/v1/incidents/{number}?lang=en")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def journal(self, number: str, by: str = "ada") -> list[dict[str, Any]]:
        answer = self.get(by, f"/api/v1/incidents/{number}/journal?limit=500")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json["items"]
        return found

    def kinds(self, number: str) -> list[str]:
        return [line["kind"] for line in self.journal(number)]

    def notices(self, number: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("ada", f"/api/v1/notices?incident={number}").json["items"]
        return found[::-1]

    def clock(self, number: str, code: str) -> dict[str, Any]:
        return next(each for each in self.see(number)["clocks"] if each["code"] == code)

    def responding(self, by: str = "dou", **fields: Any) -> str:
        """An incident of CELL-1 (20 users) whose response runs."""
        number: str = self.report(by, **{"elements": ["CELL-1"], **fields})["number"]
        self.act("dou", number, "assess")
        self.act("dou", number, "activate")
        return number

    def storm(self, *elements: str, exercise: bool = False) -> str:
        """An incident that correlation opens for elements."""

        def work(session: Session) -> str:
            failed = self.network.ids(*elements)
            return service.open_for_elements(session, failed, clock.now(session), exercise, "alarms").number

        number: str = self.do(work, "system:correlate")
        return number

    def fail(self, number: str, *elements: str) -> None:
        """What the alarms room says of an incident: exactly these elements have failed."""

        def work(session: Session) -> None:
            service.set_failed(session, service.lock(session, number), self.network.ids(*elements))

        self.do(work, "system:correlate")

    def send(self) -> None:
        """What the engine does: list recipients, page, and send over the console until nothing is due."""
        gateways = Gateways(self.installation)
        sender = deliver.sender(self.installation, gateways, parts.handlers())
        for _ in range(20):
            escalate.run_once(self.installation)
            while fan_out.run_once(self.installation):
                pass
            if not deliver.run_once(self.installation, sender):
                break
        fan_out.run_once(self.installation)
        sender.close()
        gateways.close()

    def told(self, notice_id: int) -> set[str]:
        """The elements whose subscribers have a message of a notice that was sent, or is under way."""
        with self.database.read() as session:
            query = (
                select(Element.name)
                .join(Subscriber, Subscriber.element_id == Element.id)
                .join(Delivery, Delivery.addressee == Subscriber.id)
                .where(Delivery.notice_id == notice_id, Delivery.state.in_(TOLD))
            )
            return set(session.scalars(query))

    def waive(self, number: str, by: str = "dou") -> None:
        """Nothing is owed for what the incident leaves to be settled."""
        for item in self.get(by, f"/api/v1/incidents/{number}/settlement").json["items"]:
            address = f"/api/v1/incidents/{number}/settlement/{item['code']}/actions/waive"
            answer = self.post(by, address, reason="nothing is owed")
            assert answer.status_code == 200, answer.text

    def tick(self) -> None:
        """One round of the engine's cycle that watches time."""
        with self.acting():
            clocks.run_once(self.installation)

    def make_safe(self, number: str, code: str, by: str = "dou") -> None:
        """Backup and way back of a risky task are confirmed; others need none."""
        base = f"/api/v1/incidents/{number}/tasks/{code}"
        if not self.get(by, f"{base}/safety").json["secured"]:
            said = {"backup": "configuration", "place": "backup server", "rollback": "load it again"}
            assert self.post(by, f"{base}/actions/secure", **said).status_code == 200

    def finish_tasks(self, number: str, by: str = "dou") -> None:
        for _ in range(10):
            opened = [task["code"] for task in self.see(number)["tasks"] if task["state"] == "open"]
            for code in opened:
                self.make_safe(number, code, by)
                answer = self.post(by, f"/api/v1/incidents/{number}/tasks/{code}/actions/done")
                assert answer.status_code == 200, answer.text
            if not opened:
                return


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)
