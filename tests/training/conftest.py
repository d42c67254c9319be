"""A small operator with a trainer, sessions to come, and the days that pass there."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from command.core.installation import Installation
from command.drills.models import Drill, DrillParticipant, ScenarioVersion
from command.engine import training
from command.messages.models import Body, Delivery, Purpose
from command.people.models import Person
from tests.conftest import Time
from tests.resources.test_pages import House

API = "/api/v1/training"
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database decides."""
TRAINER = "tra"


class School(House):
    """People with posts, and what they are trained in."""

    time: Time

    def opened(self, time: Time) -> "School":
        self.time = time
        self.at(9)
        return self

    @property
    def zone(self) -> Any:
        return self.installation.settings.tz

    def today(self) -> date:
        found: date = self.time.now().astimezone(self.zone).date()
        return found

    def at(self, hour: int, days: int = 0, minute: int = 0) -> None:
        """So many days pass, to a time of the operator's wall clock; of today only if it is still to come."""
        then = datetime.combine(self.today() + timedelta(days=days), time(hour, minute), self.zone)
        if then <= self.time.now():
            then += timedelta(days=1)
        self.pass_(then - self.time.now())

    def pass_(self, gone: timedelta) -> None:
        """Time passes; tokens are made anew, for they end."""
        self.time.forward(seconds=gone.total_seconds())
        self._tokens.clear()

    def long_there(self) -> None:
        """Nobody is new."""
        past = self.time.now() - timedelta(days=400)
        self.do(lambda s: s.execute(update(Person).values(created_at=past)) and None)

    def wanted(self, days: int = 10, hour: int = 14, **changes: Any) -> dict[str, Any]:
        given = {
            "title": "Phishing and leaks",
            "topics": ["information_security"],
            "place": "Room 2",
            "starts": f"{self.today() + timedelta(days=days)}T{hour:02d}:00",
            "zone": "Asia/Shanghai",
            "minutes": 90,
            "teacher": TRAINER,
            "targets": ["person:eng", "post:customer_service_agent"],
        }
        return given | changes

    def planned(self, **changes: Any) -> int:
        made = self.post(TRAINER, f"{API}/sessions", **self.wanted(**changes))
        assert made.status_code == 201, made.text
        found: int = made.json["id"]  # type: ignore[index]
        return found

    def act(self, who: str, session: int, action: str, **body: Any) -> TestResponse:
        return self.post(who, f"{API}/sessions/{session}/actions/{action}", **body)

    def mark(self, who: str, session: int, *items: dict[str, Any]) -> TestResponse:
        return self.ask(who, "PUT", f"{API}/sessions/{session}/attendance", json={"items": list(items)})

    def earlier(self, *rows: str) -> dict[str, Any]:
        text = "person,topic,done_on,minutes,score,expires_on,reference\n" + "\n".join(rows) + "\n"
        done = self.post(TRAINER, f"{API}/records/import", csv=text)
        assert done.status_code == 200, done.text
        found: dict[str, Any] = done.json  # type: ignore[assignment]
        return found

    def cell(self, who: str, topic: str, by: str = TRAINER) -> dict[str, Any]:
        found = self.get(by, f"{API}/people/{who}").json
        assert found
        return next(each for each in found["line"]["cells"] if each["topic"] == topic)

    def drill(self, code: str = "D-1", **changes: Any) -> int:
        """A drill about information security that was held ten days ago."""
        at = self.time.now() - timedelta(days=10)
        scenario = {"code": code, "version": 1, "digest": code, "content": "{}", "made_at": at}
        values = {
            "code": code,
            "name": "Leak of records",
            "local_date": at.date(),
            "slot": 600,
            "subject": "information_security",
            "mode": "tabletop",
            "area_id": self.network.areas["80"],
            "departments": ["security"],
            "due_at": at,
            "duration_minutes": 60,
            "state": "ended",
            "trainer_id": self.people[TRAINER],
            "made_at": at,
            "stop_word": "",
            "elapsed_s": 3600.0,
            "began_at": at,
            "ended_at": at + timedelta(hours=1),
            "exercise": True,
        }

        def work(session: Session) -> int:
            version = ScenarioVersion(**scenario)
            session.add(version)
            session.flush()
            row = Drill(**{**values, **changes}, scenario_id=version.id)
            session.add(row)
            session.flush()
            return row.id

        made: int = self.do(work)
        return made

    def played(self, drill: int, who: str, part: str = "player") -> None:
        row = {"drill_id": drill, "person_id": self.people[who], "part": part, "exercise": True}
        self.do(lambda s: s.add(DrillParticipant(**row)))

    def look(self) -> None:
        """Engines that were just started look, one after the other."""
        for _ in range(2):
            training.run_once(self.installation)
            training.remind_once(self.installation)

    def texts(self, username: str) -> list[str]:
        def found(session: Session) -> list[str]:
            mine = (Delivery.addressee == self.people[username]) & (Delivery.purpose == Purpose.DUTY)
            query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).where(mine).order_by(Delivery.id)
            return list(session.scalars(query))

        with self.database.read() as session:
            return found(session)


def faults(answer: TestResponse) -> dict[str, str]:
    """What a refusal says is wrong: the remedy by field."""
    said = answer.json
    assert said
    found = {each["field"]: each["remedy"] for each in said.get("errors", ())}
    return found or {said["field"]: said["remedy"]}


@pytest.fixture
def school(installation: Installation, time: Time) -> School:
    return School(installation).opened(time)
