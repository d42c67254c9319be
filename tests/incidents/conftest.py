"""An operator at work: people who report and handle incidents over the API, and the engine's cycles on demand."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.engine import clocks
from command.incidents import service
from command.incidents.models import Incident
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
            at = session.scalars(select(Incident.detected_at).limit(1)).first()
            del at
            failed = self.network.ids(*elements)
            return service.open_for_elements(session, failed, _now(session), exercise, "alarms").number

        number: str = self.do(work, "system:correlate")
        return number

    def fail(self, number: str, *elements: str) -> None:
        """What the alarms room says of an incident: exactly these elements have failed."""

        def work(session: Session) -> None:
            service.set_failed(session, service.lock(session, number), self.network.ids(*elements))

        self.do(work, "system:correlate")

    def tick(self) -> None:
        """One round of the engine's cycle that watches time."""
        with self.acting():
            clocks.run_once(self.installation)

    def finish_tasks(self, number: str, by: str = "dou") -> None:
        for _ in range(10):
            opened = [task["code"] for task in self.see(number)["tasks"] if task["state"] == "open"]
            for code in opened:
                answer = self.post(by, f"/api/v1/incidents/{number}/tasks/{code}/actions/done")
                assert answer.status_code == 200, answer.text
            if not opened:
                return


def _now(session: Session) -> Any:
    return service.clock.now(session)


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)
