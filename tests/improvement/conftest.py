"""The operator at work, with improvement actions, the days that pass, and what people are told."""

from datetime import date, datetime, timedelta
from datetime import time as wall
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.engine import improvement
from command.improvement import reading
from command.messages.models import Body, Delivery, Purpose
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.resources.test_pages import House

API = "/api/v1/improvement-actions"
OWNER, GIVER, SUPERIOR = "eng", "dou", "pre"
"""An engineer of the prefecture's technical department, who leads it there; who gives; and who commands the prefecture's group."""


class Works(Desk):
    """Actions over the API, and people at browsers."""

    sign_in = House.sign_in
    time: Time

    def opened(self, time: Time) -> "Works":
        self.time = time
        self.at(9)
        return self

    def at(self, hour: int, days: int = 0) -> None:
        """So many days pass, to an hour of the operator's wall clock; of today only if it is still to come."""
        zone = self.installation.settings.tz
        now = self.time.now().astimezone(zone)
        then = datetime.combine(now.date() + timedelta(days=days), wall(hour), zone)
        if then <= now:
            then += timedelta(days=1)
        self.time.forward(seconds=(then - now).total_seconds())
        self._tokens.clear()

    def today(self) -> date:
        with self.database.read() as session:
            return reading.today(session)

    def ahead(self, days: int) -> str:
        return (self.today() + timedelta(days=days)).isoformat()

    def given(self, days: int = 30, by: str = GIVER, **fields: Any) -> dict[str, Any]:
        body = {"title": "Mark the route of the cable", "owner": OWNER, "due_on": self.ahead(days), **fields}
        answer = self.post(by, f"{API}?lang=en", **body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def does(self, by: str, action: int, verb: str, **body: Any) -> dict[str, Any]:
        answer = self.post(by, f"{API}/{action}/actions/{verb}?lang=en", **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def may_not(self, by: str, action: int, verb: str, **body: Any) -> dict[str, Any]:
        answer = self.post(by, f"{API}/{action}/actions/{verb}?lang=en", **body)
        assert 400 <= answer.status_code < 500, answer.text
        found: dict[str, Any] = answer.json
        return {"status": answer.status_code, **found}

    def listed(self, query: str = "", by: str = "ada") -> list[dict[str, Any]]:
        answer = self.get(by, f"{API}?{query}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json["items"]
        return found

    def one(self, action: int, by: str = "ada") -> dict[str, Any]:
        answer = self.get(by, f"{API}/{action}?lang=en")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def look(self) -> None:
        """Engines that were just started look, one after the other."""
        for _ in range(2):
            improvement.run_once(self.installation)

    def texts(self, username: str, about: str = "improvement action") -> list[str]:
        """What somebody was told of something, oldest first."""

        def found(session: Session) -> list[str]:
            mine = (Delivery.addressee == self.people[username]) & (Delivery.purpose == Purpose.DUTY)
            query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).where(mine).order_by(Delivery.id)
            return [text for text in session.scalars(query) if about in text]

        with self.database.read() as session:
            return found(session)


@pytest.fixture
def works(installation: Installation, time: Time) -> Works:
    return Works(installation).opened(time)
