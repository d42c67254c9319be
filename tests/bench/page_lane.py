"""How long a page takes from the start of a response until the provider has it, while mass notices wait and while nothing does.

Responses are started over HTTP; a whole engine, with every cycle, runs in a process of its own over the simulator. Incidents
are of tier I (ten thousand complaints), so no page waits to be bundled with another."""

import logging
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command import parts
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import new_key, parse
from command.core.settings import GatewaySettings, Settings
from command.engine.cycles import joined
from command.engine.run import Engine
from command.messages import service as messages
from command.messages.gateways import Gateways
from command.messages.models import Delivery, Lane, Purpose, State
from command.oncall.models import Page
from tests.bench.ground import figure
from tests.bench.send import ACCOUNT, SENDER, TEXT, TOKEN, databases, number, simulator
from tests.builders import Operator

GOAL = 2.0
QUEUED = 100_000
RATES = {"page_lane": 100, "page_lane_full_speed": 100_000}
"""Messages a second the gateway may take: the usual limit of a route, and none, so that the engine itself is all that slows pages."""
BULK = 5_000


@dataclass(frozen=True, slots=True)
class Waits:
    """Seconds from the start of the response to the page's row, and to its submission; each sorted."""

    written: list[float]
    submitted: list[float]

    def told(self) -> dict[str, float]:
        p95 = self.submitted[round(0.95 * (len(self.submitted) - 1))]
        return {"written": round(median(self.written), 3), "p95": round(p95, 3)}


def _engine(settings: dict[str, Any], keys: str, stopping: Any) -> None:
    logging.disable(logging.CRITICAL)
    given = Settings(**settings)
    installation = Installation(given, parts.join(Database(given.url)), parse(keys))
    gateways, stop = Gateways(installation), threading.Event()
    engine = Engine(installation, joined(installation, gateways, stop), stop)
    engine.start()
    stopping.wait()
    engine.stop()
    gateways.close()


class House:
    """An operator whose gateway is the simulator."""

    def __init__(self, url: str, base: str, sink: str, rate: int) -> None:
        gateway = GatewaySettings(
            name="twilio",
            transport="twilio",
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            sender=SENDER,
            base_url=base,
            rate=rate,
        )
        keys = new_key()
        data = Path(tempfile.gettempdir())
        settings = Settings(env="test", data=data, database_url=url, public_url=sink, gateways=(gateway,), keys=keys)
        self.installation = Installation(settings, Database(url), parse(keys))
        self.operator = Operator(self.installation)
        self._settings = settings.model_dump()

    @contextmanager
    def engine(self) -> Iterator[None]:
        """An engine in a process of its own."""
        context = multiprocessing.get_context("spawn")
        stopping = context.Event()
        keys = self._settings["keys"]
        process = context.Process(target=_engine, args=(self._settings, keys, stopping), daemon=True)
        process.start()
        try:
            yield
        finally:
            stopping.set()
            process.join(30)
            process.kill()

    def queue(self, count: int) -> None:
        """Notices to `count` numbers, all due."""
        for first in range(0, count, BULK):
            self.operator.do(lambda session, first=first: self._queue(session, range(first, min(count, first + BULK))))

    def _queue(self, session: Session, indexes: range) -> None:
        keyring = self.installation.keyring
        body = messages.put_body(session, TEXT, "zh")
        for index in indexes:
            to = number(index)
            made = messages.Outgoing(
                purpose=Purpose.NOTICE,
                lane=Lane.FIRST,
                addressee=index,
                recipient=keyring.index(to),
                number=keyring.encrypt(to),
                body_id=body,
                exercise=False,
                notice_id=1,
            )
            messages.enqueue(session, made)

    def waiting(self) -> int:
        """Notices not yet handed to the provider."""
        with self.installation.database.read() as session:
            return int(
                session.scalar(
                    select(func.count()).where(Delivery.purpose == Purpose.NOTICE, Delivery.state == State.READY)
                )
                or 0
            )

    def page(self) -> tuple[float, float]:
        """Seconds from the start of an incident's response until its first page is written, and until the provider has taken it."""
        told = {"kind": "complaint_surge", "area": "800101", "complaints": 10_000}
        number = self._post("/api/v1/incidents", **told)["number"]
        self._post(f"/api/v1/incidents/{number}/actions/assess")
        begun = datetime.now(UTC)
        self._post(f"/api/v1/incidents/{number}/actions/activate")
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with self.installation.database.read() as session:
                query = select(Page.created_at, Page.submitted_at).where(Page.incident_number == number)
                found = session.execute(query.order_by(Page.submitted_at.nulls_last()).limit(1)).first()
            if found is not None and found[1] is not None:
                return (found[0] - begun).total_seconds(), (found[1] - begun).total_seconds()
            time.sleep(0.05)
        raise AssertionError("no page left within two minutes")

    def _post(self, address: str, **body: Any) -> Any:
        answer = self.operator.post("dou", address, **body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    def pages(self, count: int) -> Waits:
        """Incidents one after the other, at no fixed distance, so that the cycles' rhythm is met everywhere."""
        found = []
        for turn in range(count):
            found.append(self.page())
            time.sleep(0.3 + 0.07 * turn % 0.5)
        written, submitted = zip(*found, strict=True)
        return Waits(sorted(written), sorted(submitted))


def page_lane(name: str, incidents: int = 20, queued: int = QUEUED) -> Iterator[dict[str, Any]]:
    """Median wait with `queued` notices under way against an idle system, on both databases; goal ≤ 2 ×."""
    with simulator() as (base, sink), databases() as urls:
        for dialect, url in urls.items():
            house = House(url, base, sink, RATES[name])
            with house.engine():
                house.pages(3)
                idle = house.pages(incidents)
            house.queue(queued)
            with house.engine():
                house.pages(3)
                before = house.waiting()
                busy = house.pages(incidents)
                after = house.waiting()
            house.installation.database.close()
            made = figure(f"{name} {dialect}", median(busy.submitted), "s", median(idle.submitted), GOAL)
            yield made | {"busy": busy.told(), "idle": idle.told(), "queued": [before, after]}


def run() -> Iterator[dict[str, Any]]:
    """`page_lane` and `page_lane_full_speed`."""
    for name in RATES:
        yield from page_lane(name)
