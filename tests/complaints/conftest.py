"""An agent at the desk of the small operator: callers by number, cases, what the SMS says."""

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from command.complaints import links
from command.complaints.models import Case
from command.core.installation import Installation
from command.messages.models import Body, Delivery, Purpose
from tests.incidents.conftest import Desk as Incidents

CELL_1 = "+8612020000000"
"""A subscriber of CELL-1 who reads English; the next ones read Chinese."""
CELL_1_ZH = "+8612020000001"
CELL_4 = "+8612020000035"
STRANGER = "+8612099999999"


class Agent(Incidents):
    """What agents and callers do."""

    def find(self, number: str, by: str = "kef") -> dict[str, Any]:
        answer = self.post(by, "/api/v1/desk/look-up", number=number)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def take(self, number: str, incident: str, by: str = "kef", **fields: Any) -> dict[str, Any]:
        answer = self.post(by, "/api/v1/cases", number=number, incident=incident, **fields)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def row(self, reference: str) -> Case:
        with self.database.read() as session:
            return session.scalars(select(Case).where(Case.reference == reference)).one()

    def sms(self) -> list[tuple[Delivery, str]]:
        """What callers are told, the oldest first."""
        with self.database.read() as session:
            query = select(Delivery, Body.text).join(Body, Body.id == Delivery.body_id)
            wanted = query.where(Delivery.purpose == Purpose.CASE).order_by(Delivery.id)
            return [(row, text) for row, text in session.execute(wanted)]

    def link(self, reference: str) -> str:
        return links.path(self.installation, self.row(reference).id)

    def outside(self, method: str, address: str, **kwargs: Any) -> TestResponse:
        """A request of somebody without any session."""
        return self.client().open(address, method=method, **kwargs)

    def look_up(self, reference: str, digits: str, **kwargs: Any) -> TestResponse:
        return self.outside("POST", "/case?lang=en", data={"case": reference, "digits": digits}, **kwargs)


def steps(page: str) -> list[tuple[str, bool]]:
    """The steps of a customer's page, and whether each is reached."""
    found = re.findall(r'<li class="(done|ahead)[^"]*".*?class="name">([^<]+)<', page, re.DOTALL)
    return [(name, state == "done") for state, name in found]


@pytest.fixture
def agent(installation: Installation) -> Agent:
    return Agent(installation)
