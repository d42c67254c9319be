"""A small network for alarms: two chains of radios that meet only in the core, and people to receive the tokens."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command import parts
from command.alarms import intake
from command.alarms.models import Alarm, ProblemKind
from command.alarms.reports import Key, Report, Severity
from command.core import clock
from command.core.installation import Installation
from command.core.settings import CorrelationSettings, Settings
from command.incidents.models import Incident
from command.network import revision
from command.network.models import Area, CutOff, Element, Link, Service, Subscriber
from command.people import service as people
from command.people import tokens
from command.people.access import Principal
from command.people.identity import described
from command.people.models import Person
from command.people.roster import PersonCard
from tests.builders import application

WEST = tuple(f"W{n}" for n in range(1, 6))
EAST = tuple(f"E{n}" for n in range(1, 6))
USERS = 10
"""Subscribers of each radio."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    rule = CorrelationSettings(window_seconds=300, max_hops=3, min_elements=2, min_alarms=2)
    return settings.model_copy(update={"correlation": rule})


def lay_out(session: Session, installation: Installation) -> None:
    """Core – W1 – W2 … W5, and core – E1 … E5, each chain in a county of its own; radios have USERS subscribers."""
    country = Area(code="00", level="country", name_zh="全国", name_en="Nationwide")
    session.add(country)
    session.flush()
    province = Area(code="80", parent_id=country.id, level="province", name_zh="省", name_en="Province")
    session.add(province)
    session.flush()
    prefecture = Area(code="8001", parent_id=province.id, level="prefecture", name_zh="市", name_en="City")
    session.add(prefecture)
    session.flush()
    counties = [
        Area(code=f"80010{n}", parent_id=prefecture.id, level="county", name_zh=f"县{n}", name_en=f"County {n}")
        for n in (1, 2)
    ]
    session.add_all([*counties, Service(code="voice", bit=0, name_zh="语音", name_en="Voice")])
    session.flush()
    core = Element(name="CORE", kind="core", area_id=province.id, core=True, services=1)
    session.add(core)
    session.flush()
    for county, chain in zip(counties, (WEST, EAST), strict=True):
        before = core
        for name in chain:
            radio = Element(name=name, kind="microwave", area_id=county.id, core=False, services=1)
            session.add(radio)
            session.flush()
            session.add(Link(a_id=before.id, b_id=radio.id))
            before = radio
            _subscribers(session, installation, radio)
    session.add_all(
        [
            ProblemKind(
                problem="Down", name_zh="中断", name_en="Down", affecting=True, severity="critical", momentary=False
            ),
            ProblemKind(
                problem="Blink", name_zh="闪断", name_en="Blink", affecting=True, severity="critical", momentary=True
            ),
            ProblemKind(
                problem="Noise", name_zh="误码", name_en="Noise", affecting=False, severity="minor", momentary=True
            ),
        ]
    )
    revision.changed(session)


def _subscribers(session: Session, installation: Installation, radio: Element) -> None:
    for n in range(USERS):
        number = f"+86120{radio.id:04d}{n:04d}"
        session.add(
            Subscriber(
                number=installation.keyring.encrypt(number),
                number_index=installation.keyring.index(number),
                language="zh",
                element_id=radio.id,
                services=1,
            )
        )


@dataclass
class Network:
    """What tests say and ask, in the words of the domain."""

    installation: Installation
    now: datetime
    down: list[str] = field(default_factory=list)

    def at(self, seconds: float = 0) -> datetime:
        return self.now + timedelta(seconds=seconds)

    def report(
        self,
        element: str,
        seconds: float = 0,
        *,
        problem: str = "Down",
        object: str = "",
        severity: str = "critical",
        cleared: float | None = None,
        source: str = "nms",
    ) -> Report:
        """A report about an element, raised `seconds` after the start of the test."""
        cleared_at = None if cleared is None else self.at(cleared)
        return Report(Key(source, element, object, problem), Severity(severity), self.at(seconds), cleared_at, "")

    def clear(self, element: str, seconds: float, **said: Any) -> Report:
        return self.report(element, seconds, **{**said, "severity": "cleared"})

    def receive(self, *reports: Report, exercise: bool = False) -> intake.Receipt:
        """Take reports in, as the API does."""
        return self.installation.database.write(
            lambda session: intake.receive(session, reports, exercise=exercise), actor="source:nms"
        )

    def alarms(self, *where: Any) -> Sequence[Alarm]:
        with self.installation.database.read() as session:
            return session.scalars(select(Alarm).where(*where).order_by(Alarm.id)).all()

    def incidents(self) -> Sequence[Incident]:
        with self.installation.database.read() as session:
            return session.scalars(select(Incident).order_by(Incident.id)).all()

    def failed(self, incident: Incident) -> set[str]:
        """Names of the elements an incident holds as failed now."""
        query = select(Element.name).join(CutOff, CutOff.element_id == Element.id)
        query = query.where(CutOff.incident_id == incident.id, CutOff.failed, CutOff.until_at.is_(None))
        with self.installation.database.read() as session:
            return set(session.scalars(query))


@pytest.fixture
def network(installation: Installation) -> Network:
    """Two chains of radios, ready for alarms."""
    parts.join(installation.database)

    def work(session: Session) -> datetime:
        lay_out(session, installation)
        return clock.now(session)

    return Network(installation, installation.database.write(work))


def officer(session: Session, network: Network) -> Principal:
    """A commander, new each time."""
    return described(_person(session, network))


def _person(session: Session, network: Network) -> Person:
    n = session.scalar(select(func.count()).select_from(Person)) or 0
    card = PersonCard.model_validate(
        {
            "username": f"commander{n}",
            "name": {"zh": "指挥", "en": "Commander"},
            "posts": ("commander",),
            "area": "80",
            "number": f"+861200000{n:04d}",
        }
    )
    return people.create_person(session, network.installation.keyring, card)


@pytest.fixture
def token_of(network: Network) -> Callable[..., str]:
    """Make a token: of a commander, or with `source` of a machine."""

    def make(*scopes: str, source: str | None = None) -> str:
        def work(session: Session) -> str:
            return tokens.create_token(session, _person(session, network), "test", scopes, days=1, source=source)[1]

        return network.installation.database.write(work)

    return make


@pytest.fixture
def client(network: Network) -> Iterator[FlaskClient]:
    """The web application over this network."""
    app = application(network.installation)
    with app.test_client() as opened:
        yield opened
