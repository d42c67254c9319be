"""The operator at work with its authority: a second administrator, browsers, and the cycles that follow commanders and overrides."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from command.core.installation import Installation
from command.engine import overrides, succession
from command.messages.models import Body, Delivery, Purpose
from command.oncall.models import Page, PageState
from command.people.access import in_force
from command.people.models import Person, PersonPost
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.resources.test_pages import House

API = "/api/v1/authority"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For pages, forms and shapes, which need no second database."""


class Rule(Desk):
    """What administrators, reviewers and successors do."""

    sign_in = House.sign_in
    time: Time

    def also_administrator(self, username: str) -> None:
        """Somebody who only ran the system, or nothing, is an administrator too."""

        def work(session: Session) -> None:
            session.add(PersonPost(person_id=self.people[username], post="administrator"))

        self.database.write(work)

    def retire(self, username: str) -> None:
        def work(session: Session) -> None:
            session.get_one(Person, self.people[username]).active = False

        self.database.write(work)

    def draft(self, by: str = "adm", **body: Any) -> dict[str, Any]:
        answer = self.post(by, f"{API}/draft?lang=en", **body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def put(self, revision: int, by: str = "adm", **rule: Any) -> TestResponse:
        return self.post(by, f"{API}/draft/actions/put?lang=en", revision=revision, rule=rule)

    def publish(self, revision: int, by: str, **body: Any) -> TestResponse:
        answer = self.post(
            by, f"{API}/draft/actions/publish?lang=en", revision=revision, **{"reason": "agreed in the council", **body}
        )
        return answer

    def settled(self) -> None:
        """A second has passed in this process."""
        with self.app.app_context():
            in_force().forget()

    def ask_who(self, by: str = "kef", **case: Any) -> dict[str, Any]:
        answer = self.post(by, f"{API}/simulate?lang=en", **case)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def look(self) -> None:
        """The engine looks at commanders, and pages whom it finds due."""
        succession.run_once(self.installation)
        self.send()
        succession.run_once(self.installation)

    def remind(self) -> None:
        overrides.run_once(self.installation)

    def open_pages(self, number: str) -> dict[str, int]:
        """Pages of an incident that wait for an answer: username → id of the newest."""
        names = {person_id: name for name, person_id in self.people.items()}
        with self.database.read() as session:
            rows = session.scalars(
                select(Page)
                .where(Page.incident_number == number, Page.state.in_((PageState.SENDING, PageState.WAITING)))
                .order_by(Page.id)
            )
            return {names[row.person_id]: row.id for row in rows}

    def answers(self, username: str, number: str) -> None:
        page = self.open_pages(number)[username]
        assert self.post(username, f"/api/v1/pages/{page}/actions/acknowledge").status_code == 200

    def told(self, username: str) -> list[str]:  # type: ignore[override]
        """What somebody was told, but pages."""
        with self.database.read() as session:
            query = (
                select(Body.text)
                .join(Delivery, Delivery.body_id == Body.id)
                .where(Delivery.addressee == self.people[username], Delivery.purpose == Purpose.DUTY)
            )
            return list(session.scalars(query.order_by(Delivery.id)))


@pytest.fixture
def rule(installation: Installation, time: Time) -> Rule:
    made = Rule(installation)
    made.time = time
    return made
