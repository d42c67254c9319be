"""How long an incident has been without a commander who took a page of it: what gives a deputy their turn."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from command.engine import escalate
from command.incidents import standing
from command.messages.about import About
from command.oncall.models import Page
from command.oncall.paging import responding
from command.oncall.paging import service as oncall
from command.people.models import Person
from tests.conftest import Time
from tests.incidents.conftest import Desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NUMBER = "+8612000000999"
Verb = Callable[..., Page]


@dataclass
class Paging:
    """An incident that pages nobody but its commander, and them when a test says so."""

    desk: Desk
    number: str
    incident_id: int = 0
    commander: int = 0

    def begin(self) -> "Paging":
        with self.desk.database.read() as session:
            incident = standing.find(session, self.number)
            assert incident.commander_id is not None
            self.incident_id, self.commander = incident.id, incident.commander_id
        self.desk.do(self._prepare, "system:test")
        return self

    def _prepare(self, session: Session) -> None:
        """Nothing else pages, and the commander has a telephone."""
        oncall.stop(session, self.incident_id, "restored")
        keyring, person = self.desk.installation.keyring, session.get_one(Person, self.commander)
        person.number, person.number_index = keyring.encrypt(NUMBER), keyring.index(NUMBER)

    def page(self) -> int:
        about = About(self.incident_id, self.number, 1, "network_fault", False)
        steps = [{"target": f"person:{self.commander}", "after_minutes": 0, "ack_minutes": 60}]
        chain = self.desk.do(lambda s: oncall.start(s, about, steps, {"zh": "呼叫"}).id, "system:test")
        self.engine()
        with self.desk.database.read() as session:
            return session.query(Page).filter_by(escalation_id=chain).one().id

    def engine(self) -> None:
        with self.desk.acting():
            escalate.run_once(self.desk.installation)

    def says(self, verb: Verb, page_id: int) -> None:
        self.desk.do(lambda s: verb(s, page_id, self.commander, "link"), "system:test")

    def waited(self) -> int:
        with self.desk.database.read() as session:
            return round(standing.waited_minutes(session, standing.find(session, self.number)))


@pytest.fixture
def paging(desk: Desk) -> Paging:
    return Paging(desk, desk.responding()).begin()


def test_a_page_that_nobody_answers_waits_from_when_it_was_made(paging: Paging, time: Time) -> None:
    assert paging.waited() == 0
    paging.page()
    time.forward(minutes=7)
    assert paging.waited() == 7


def test_a_commander_who_takes_one_page_is_there_whatever_became_of_the_others(paging: Paging, time: Time) -> None:
    paging.page()
    time.forward(minutes=7)
    later = paging.page()
    paging.says(oncall.acknowledge, later)
    time.forward(minutes=20)
    assert paging.waited() == 0


def test_declining_counts_as_long_as_saying_nothing(paging: Paging, time: Time) -> None:
    page = paging.page()
    paging.says(responding.decline, page)
    time.forward(minutes=9)
    assert paging.waited() == 9


def test_a_page_declined_after_another_was_taken_counts_again(paging: Paging, time: Time) -> None:
    paging.says(oncall.acknowledge, paging.page())
    time.forward(minutes=20)
    paging.says(responding.decline, paging.page())
    time.forward(minutes=11)
    assert paging.waited() == 11


def test_a_page_taken_after_one_was_declined_ends_the_wait(paging: Paging, time: Time) -> None:
    paging.says(responding.decline, paging.page())
    time.forward(minutes=5)
    paging.says(oncall.acknowledge, paging.page())
    time.forward(minutes=5)
    assert paging.waited() == 0


def test_a_commander_who_took_it_and_went_quiet_is_waited_for(paging: Paging, time: Time) -> None:
    paging.says(oncall.acknowledge, paging.page())
    time.forward(minutes=29)
    paging.engine()
    assert paging.waited() == 0
    time.forward(minutes=1)
    paging.engine()
    assert paging.waited() == 30
