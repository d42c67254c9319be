"""A command centre whose reports are made by the calendar: incidents over the API, the engine's cycle on demand, people with mailboxes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from command.core import clock
from command.core.installation import Installation
from command.engine import periodic
from command.messages.models import Body, Delivery, Purpose
from command.people.contacts import PersonContact
from command.periodic.models import PeriodicReport, PeriodicSubscription
from tests.incidents.conftest import Desk

ZONE = ZoneInfo("Asia/Shanghai")


class Office(Desk):
    """Reports of the small operator."""

    def now(self) -> datetime:
        found: datetime = self.database.write(clock.now)
        return found

    def set_clock(self, at: datetime) -> None:
        """Move to an instant ahead."""
        by = at - self.now()
        self.database.write(lambda session: clock.move(session, by, allowed=True))

    def monday(self, hour: int = 8, minute: int = 0) -> datetime:
        """The next Monday at an hour of the operator's wall clock."""
        today = self.now().astimezone(ZONE)
        ahead = timedelta(days=(7 - today.weekday()) % 7 or 7)
        return (today + ahead).replace(hour=hour, minute=minute, second=0, microsecond=0)

    def cycle(self) -> None:
        """What an engine does until nothing is due."""
        while periodic.run_once(self.installation):
            pass

    def made(self) -> Sequence[PeriodicReport]:
        with self.database.read() as session:
            return session.scalars(select(PeriodicReport).order_by(PeriodicReport.id)).all()

    def subscribe(self, username: str, code: str = "weekly", language: str = "en") -> None:
        """Somebody gets a report, to a mailbox that they have proved."""
        person, by = self.people[username], self.people["ada"]
        self.do(
            lambda session: session.add(
                PeriodicSubscription(code=code, person_id=person, language=language, since=clock.now(session), by=by)
            )
        )
        self.mailbox(username)

    def mailbox(self, username: str) -> None:
        """Somebody proves a mailbox."""
        address = f"{username}@example.net"

        def work(session: Any) -> None:
            now = clock.now(session)
            session.add(
                PersonContact(
                    person_id=self.people[username],
                    kind="email",
                    address=self.installation.keyring.encrypt(address),
                    address_index=self.installation.keyring.index(address),
                    position=1,
                    wait_minutes=5,
                    created_at=now,
                    verified_at=now,
                )
            )

        self.do(work)

    def mails(self) -> list[tuple[int, str]]:
        """Who is mailed what of reports, the oldest first."""
        query = select(Delivery.addressee, Body.text).join(Body, Body.id == Delivery.body_id)
        with self.database.read() as session:
            rows = session.execute(query.where(Delivery.purpose == Purpose.REPORT).order_by(Delivery.id)).tuples()
            return [(person, text) for person, text in rows]

    def lists(self, by: str, address: str, **body: Any) -> int:
        """A change of who gets the weekly report; the status of the answer."""
        asked = {"code": "weekly", **body}
        return self.ask(by, "POST", f"/api/v1/reports/subscriptions{address}", json=asked).status_code

    def make(self, by: str = "ada", status: int = 201, **body: Any) -> Any:
        """An edition made by hand, over the API."""
        answer = self.post(by, "/api/v1/reports?lang=en", **body)
        assert answer.status_code == status, answer.text
        return answer.json


@pytest.fixture
def office(installation: Installation) -> Office:
    return Office(installation)
