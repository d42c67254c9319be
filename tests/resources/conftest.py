"""A pool to take from: the small operator's areas, a few resources, and whoever manages them."""

from collections.abc import Callable
from typing import TypeVar

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.installation import Installation
from command.network.models import Area
from command.resources import register
from command.resources.models import ResourcePool, ResourceStock, ResourceUnit
from command.resources.register import Definition, Home
from command.resources.states import Kind

T = TypeVar("T")
HOME = Home("梅川备件库", "Meichuan store", "8001", "1 Depot Road", department="operations")


class Store:
    """A pool with cable (counted) and generators (each with a serial number)."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.write(_area)
        self.write(_resources)
        self.pool = self.write(lambda s: register.open_pool(s, "store", HOME).id)

    def write(self, work: Callable[[Session], T], actor: str = "system:test") -> T:
        return self.database.write(work, actor=actor)

    def read(self, work: Callable[[Session], T]) -> T:
        with self.database.read() as session:
            return work(session)

    def new_pool(self, code: str) -> int:
        return self.write(lambda s: register.open_pool(s, code, HOME).id)

    def cable(self, quantity: int, *, ready: bool = True, pool: int | None = None, capability: int = 2) -> int:
        """Cable comes in; the id of its stock."""

        def work(session: Session) -> int:
            return register.receive(session, pool or self.pool, "cable", capability, quantity=quantity, ready=ready).id

        return self.write(work)

    def generators(self, *serials: str, capability: int = 2, pool: int | None = None) -> list[int]:
        """Generators come in; the ids of the units in this order."""

        def work(session: Session) -> list[int]:
            register.receive(session, pool or self.pool, "generator", capability, serials=serials)
            rows = session.execute(select(ResourceUnit.serial, ResourceUnit.id).where(ResourceUnit.serial.in_(serials)))
            ids = dict(rows.tuples().all())
            return [ids[serial] for serial in serials]

        return self.write(work)

    def stock(self, stock_id: int) -> ResourceStock:
        return self.read(lambda s: s.get_one(ResourceStock, stock_id))

    def unit(self, unit_id: int) -> ResourceUnit:
        return self.read(lambda s: s.get_one(ResourceUnit, unit_id))

    def pool_row(self) -> ResourcePool:
        return self.read(lambda s: s.get_one(ResourcePool, self.pool))


def _area(session: Session) -> None:
    if session.scalar(select(Area.id).where(Area.code == "8001")) is None:
        session.add(Area(code="8001", parent_id=None, level="prefecture", name_zh="梅川市", name_en="Meichuan"))


def _resources(session: Session) -> None:
    register.define(session, Definition("cable", Kind.MATERIAL, "光缆", "Cable", serial=False, measure_en="km"))
    register.define(session, Definition("generator", Kind.MATERIAL, "发电机", "Generator", serial=True))
    register.define(session, Definition("crew", Kind.HUMAN, "光缆抢修队", "Fibre crew", serial=True, rest_hours=8))


@pytest.fixture
def store(installation: Installation) -> Store:
    return Store(installation.database)
