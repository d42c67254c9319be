"""A small operator to test with: one province, two prefectures, three counties, ten elements, fifty subscribers, and its people.

CORE ─┬─ AGG-1 ─┬─ CELL-1 (20 users, county 800101)
      │         ├─ CELL-2 (10 users, county 800101)
      │         └─ CELL-3 (5 users,  county 800102)
      └─ AGG-2 ─┬─ CELL-4 (10 users, county 800201)
                ├─ CELL-5 (5 users,  county 800201)
                ├─ CELL-6, CELL-7 (nobody)
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time
from functools import cache
from typing import Any

from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from command import parts
from command.app import create_app, settle
from command.core.columns import Base
from command.core.installation import Installation
from command.core.keys import Keyring
from command.network.models import Area, Element, Link, Service, Subscriber
from command.network.revision import changed
from command.oncall.models import DutyLayer, DutyMember, Schedule
from command.people import service as people
from command.people import tokens
from command.people.access import Principal
from command.people.models import EmergencyGroup, GroupMember, Person
from command.people.roster import PersonCard, Roster

AREAS = (
    ("00", None, "country", "全国", "Nationwide"),
    ("80", "00", "province", "岭东省", "Lingdong"),
    ("8001", "80", "prefecture", "梅川市", "Meichuan"),
    ("800101", "8001", "county", "梅江区", "Meijiang"),
    ("800102", "8001", "county", "松坪县", "Songping"),
    ("8002", "80", "prefecture", "云栈市", "Yunzhan"),
    ("800201", "8002", "county", "云门区", "Yunmen"),
)
SERVICES = (
    ("voice", "移动语音", "Mobile voice", False),
    ("mobile_data", "移动上网", "Mobile data", False),
    ("emergency", "紧急呼叫", "Emergency calls", True),
)
BOTH = 0b011
"""Voice and mobile data: what every subscriber has."""
ELEMENTS = (
    ("CORE", "core", "80", True),
    ("AGG-1", "aggregation", "8001", False),
    ("AGG-2", "aggregation", "8002", False),
    ("CELL-1", "access", "800101", False),
    ("CELL-2", "access", "800101", False),
    ("CELL-3", "access", "800102", False),
    ("CELL-4", "access", "800201", False),
    ("CELL-5", "access", "800201", False),
    ("CELL-6", "access", "800201", False),
    ("CELL-7", "access", "800201", False),
)
LINKS = (
    ("CORE", "AGG-1"),
    ("CORE", "AGG-2"),
    *(("AGG-1", f"CELL-{n}") for n in (1, 2, 3)),
    *(("AGG-2", f"CELL-{n}") for n in (4, 5, 6, 7)),
)
SUBSCRIBERS = {"CELL-1": 20, "CELL-2": 10, "CELL-3": 5, "CELL-4": 10, "CELL-5": 5}
PEOPLE: Mapping[str, tuple[tuple[str, ...], str | None, str]] = {
    "ada": (("commander",), None, "80"),
    "dep": (("deputy",), None, "80"),
    "dou": (("duty_officer",), "operations", "80"),
    "eng": (("engineer",), "technical", "8001"),
    "ops": (("engineer",), "operations", "80"),
    "kef": (("customer_service_agent",), "customer_service", "80"),
    "sec": (("engineer",), "security", "80"),
    "tra": (("trainer",), None, "80"),
    "aud": (("auditor",), None, "80"),
    "adm": (("administrator",), None, "80"),
    "cou": (("commander",), None, "800101"),
    "pre": (("commander",), None, "8001"),
}
"""username → posts, department, area"""
GROUPS = (
    ("head_office", "head_office", "00", "ada"),
    ("province_80", "province", "80", "ada"),
    ("prefecture_8001", "prefecture", "8001", "pre"),
    ("prefecture_8002", "prefecture", "8002", "pre"),
    ("county_800101", "county", "800101", "cou"),
)


_built: list[APIFlask] = []


def application(installation: Installation) -> APIFlask:
    """The web application of this process, serving an installation from now on: one is built and then settled anew for each test, for
    building costs more than most tests. A test that needs two at once builds its own with `create_app`."""
    if not _built:
        _built.append(create_app(installation))
    settle(_built[0], installation)
    return _built[0]


@dataclass
class Network:
    """Ids by name or code."""

    areas: dict[str, int] = field(default_factory=dict)
    services: dict[str, int] = field(default_factory=dict)
    elements: dict[str, int] = field(default_factory=dict)

    def ids(self, *names: str) -> frozenset[int]:
        return frozenset(self.elements[name] for name in names)


def build_network(
    session: Session, keyring: Keyring, subscribers: Mapping[str, int] | None = None, first_number: int = 20_000_000
) -> Network:
    """Write the small operator's network; `subscribers` per element, with numbers of +86 120 that reach nobody."""
    made = Network()
    for level in ("country", "province", "prefecture", "county"):
        areas = [
            Area(code=code, parent_id=made.areas.get(parent or ""), level=level, name_zh=zh, name_en=en)
            for code, parent, its, zh, en in AREAS
            if its == level
        ]
        _keep(session, areas)
        made.areas |= {area.code: area.id for area in areas}
    services = [
        Service(code=code, bit=bit, name_zh=zh, name_en=en, critical=critical)
        for bit, (code, zh, en, critical) in enumerate(SERVICES)
    ]
    elements = [
        Element(name=name, kind=kind, area_id=made.areas[area_code], core=core, services=0b111)
        for name, kind, area_code, core in ELEMENTS
    ]
    _keep(session, [*services, *elements])
    made.services = {service.code: service.id for service in services}
    made.elements = {element.name: element.id for element in elements}
    for one, other in LINKS:
        a, b = sorted((made.elements[one], made.elements[other]))
        session.add(Link(a_id=a, b_id=b))
    add_subscribers(session, keyring, made, SUBSCRIBERS if subscribers is None else subscribers, first_number)
    changed(session)
    return made


def _keep(session: Session, rows: Sequence[Base]) -> None:
    session.add_all(rows)
    session.flush()


def add_subscribers(
    session: Session, keyring: Keyring, network: Network, per_element: Mapping[str, int], first_number: int
) -> None:
    """Subscribers of voice and data; every fifth reads English."""
    served = [name for name, count in per_element.items() for _ in range(count)]
    rows = []
    for at, name in enumerate(served, first_number):
        number = f"+86120{at:08d}"
        rows.append(
            {
                "number": keyring.encrypt(number),
                "number_index": keyring.index(number),
                "language": "en" if at % 5 == 0 else "zh",
                "element_id": network.elements[name],
                "services": BOTH,
            }
        )
    if rows:
        session.execute(insert(Subscriber.__table__), rows)
    changed(session)


def build_people(
    session: Session,
    keyring: Keyring,
    people_of: Mapping[str, tuple[tuple[str, ...], str | None, str]] = PEOPLE,
    groups: Sequence[tuple[str, str, str, str]] = GROUPS,
) -> dict[str, int]:
    """Write people, emergency groups and the rotations `technical` and `operations`; return ids by username."""
    ids = people.load_people(session, keyring, Roster(people=_cards(tuple(people_of.items())), groups=(), schedules=()))
    kept = [
        EmergencyGroup(code=code, name_zh="应急小组", name_en=f"Group {code}", echelon=echelon, area_code=area_code)
        for code, echelon, area_code, _ in groups
    ]
    on_call = (("technical", "eng"), ("operations", "ops"))
    schedules = [Schedule(code=code, name_zh="值班", name_en=code.title(), department=code) for code, _ in on_call]
    _keep(session, [*kept, *schedules])
    for group, (_, _, _, commander) in zip(kept, groups, strict=True):
        session.add_all(_members(group.id, ids, commander))
    layers = [_layer(schedule) for schedule in schedules]
    _keep(session, layers)
    for layer, (_, member) in zip(layers, on_call, strict=True):
        session.add(DutyMember(layer_id=layer.id, position=0, person_id=ids[member]))
    return ids


@cache
def _cards(people_of: tuple[tuple[str, tuple[tuple[str, ...], str | None, str]], ...]) -> tuple[PersonCard, ...]:
    return tuple(
        PersonCard.model_validate(
            {
                "username": username,
                "name": {"zh": "张" + "一二三四五六七八九十甲乙丙丁"[at % 14], "en": username.title()},
                "posts": posts,
                "department": department,
                "area": area,
                "number": f"+86120000{at:05d}",
                "language": "en",
            }
        )
        for at, (username, (posts, department, area)) in enumerate(people_of)
    )


def _members(group_id: int, ids: dict[str, int], commander: str) -> list[GroupMember]:
    return [
        GroupMember(group_id=group_id, duty=duty, rank=rank, person_id=ids[username])
        for duty, rank, username in (
            ("commander", 0, commander),
            ("commander", 1, "dep"),
            ("technical_lead", 0, "eng"),
            ("customer_service_lead", 0, "kef"),
        )
    ]


def _layer(schedule: Schedule) -> DutyLayer:
    return DutyLayer(
        schedule_id=schedule.id,
        position=0,
        name_zh="值班",
        name_en=schedule.name_en,
        zone="Asia/Shanghai",
        starts_on=date(2026, 1, 5),
        handover=time(9, 0),
        period_days=7,
        windows=[],
    )


class Operator:
    """The small operator with its network, people and web application: what most scenario tests begin with."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.database = parts.join(installation.database)
        self.app = application(installation)
        self.network = self.database.write(lambda session: build_network(session, installation.keyring))
        self.people = self.database.write(lambda session: build_people(session, installation.keyring))
        self._tokens: dict[str, str] = {}

    def principal(self, username: str) -> Principal:
        """Somebody as verbs know them."""
        with self.database.read() as session:
            person = session.get_one(Person, self.people[username])
            posts = frozenset(held.post for held in person.posts)
            return Principal(person.id, username, posts, person.area_code, person.language)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Inside, verbs find the authority table."""
        with self.app.app_context():
            yield

    def do(self, work: Any, actor: str = "system:test") -> Any:
        """One unit of work, with the authority table at hand."""
        with self.acting():
            return self.database.write(work, actor=actor)

    def token(self, username: str) -> str:
        """A token with all of a person's rights."""
        if username not in self._tokens:
            self._tokens[username] = self.database.write(lambda session: self._new_token(session, username))
        return self._tokens[username]

    def _new_token(self, session: Session, username: str) -> str:
        person = session.scalars(select(Person).where(Person.username == username)).one()
        return tokens.create_token(session, person, "test", ("*",), days=30)[1]

    def client(self) -> FlaskClient:
        return self.app.test_client()

    def ask(self, username: str, method: str, address: str, **kwargs: Any) -> TestResponse:
        """A program's request in somebody's name; `json=` as in Flask."""
        headers = {"Authorization": f"Bearer {self.token(username)}", **kwargs.pop("headers", {})}
        return self.client().open(address, method=method, headers=headers, **kwargs)

    def post(self, username: str, address: str, **body: Any) -> TestResponse:
        return self.ask(username, "POST", address, json=body)

    def get(self, username: str, address: str) -> TestResponse:
        return self.ask(username, "GET", address)
