"""The depot with somebody who owns its pools, and the days that pass there."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.installation import Installation
from command.engine import readiness
from command.messages.models import Body, Delivery, Purpose
from command.people.models import PersonPost
from command.resources import finding
from tests.conftest import Time
from tests.resources.test_life import API
from tests.resources.test_pages import House

OWNER, SUPERIOR = "ops", "pre"
"""The resource manager of operations; who commands the group of the prefecture, which names nobody who leads operations."""


class Keep(House):
    """Pools of operations in Meichuan and Yunzhan, and what people are told of them."""

    def opened(self, time: Time) -> "Keep":
        self.stocked(time)
        self.do(lambda s: s.add(PersonPost(person_id=self.people[OWNER], post="resource_manager")))
        self.at(9)
        return self

    def at(self, hour: int, days: int = 0) -> None:
        """So many days pass, to an hour of the operator's wall clock; of today only if it is still to come."""
        now = self.time.now().astimezone(self.zone)
        then = datetime.combine(now.date() + timedelta(days=days), time(hour), self.zone)
        if then <= now:
            then += timedelta(days=1)
        self.time.forward(seconds=(then - now).total_seconds())

    @property
    def zone(self) -> Any:
        return self.installation.settings.tz

    def today(self) -> date:
        with self.database.read() as session:
            return finding.today(session)

    def ahead(self, days: int) -> str:
        return (self.today() + timedelta(days=days)).isoformat()

    def certified(self, days: int, serial: str = "CREW-1") -> int:
        """A crew whose certificate expires so many days ahead; the id of the unit."""
        stock = self.receive(self.near, "crew", serial)
        unit = self.units(stock)[-1]
        self.renew(unit, days)
        return unit

    def renew(self, unit: int, days: int) -> None:
        self.ok("dou", f"{API}/units/{unit}/actions/certify", name="work at height", expires_on=self.ahead(days))

    def look(self) -> None:
        """Engines that were just started look, one after the other."""
        for _ in range(2):
            readiness.run_once(self.installation)

    def texts(self, username: str) -> list[str]:
        def found(session: Session) -> list[str]:
            mine = (Delivery.addressee == self.people[username]) & (Delivery.purpose == Purpose.DUTY)
            query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).where(mine).order_by(Delivery.id)
            return list(session.scalars(query))

        with self.database.read() as session:
            return found(session)

    def reminders(self, username: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.read("reminders?lang=en", by=username)["items"]
        return found


@pytest.fixture
def keep(installation: Installation, time: Time) -> Keep:
    return Keep(installation).opened(time)  # type: ignore[return-value]
