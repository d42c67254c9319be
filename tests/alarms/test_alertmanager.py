"""From a real Alertmanager to the text on a subscriber's phone, and to the all-clear on the same phones."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import Keyring
from command.core.settings import CorrelationSettings, GatewaySettings, Settings
from command.engine import cycles
from command.messages.gateways import SIMULATED_ACCOUNT, Gateways
from command.network.models import Subscriber
from command.oncall.models import Page
from command.people import tokens
from command.people.models import Person
from tests.builders import SUBSCRIBERS, Operator
from tests.children import end_with_parent
from tests.messages.house import TOKEN, Api, SimulatorProcess, _Served

BINARY = shutil.which("prometheus-alertmanager")
BEHIND_AGG_1 = sum(SUBSCRIBERS[name] for name in ("CELL-1", "CELL-2", "CELL-3"))

pytestmark = pytest.mark.skipif(
    BINARY is None and os.environ.get("CI") != "true",
    reason="prometheus-alertmanager is not installed (Debian: apt install prometheus-alertmanager)",
)


class Alertmanager:
    """A real Alertmanager that sends every group to Tocsin's hook."""

    def __init__(self, folder: Path, hook: str, token: str) -> None:
        assert BINARY is not None, "CI installs prometheus-alertmanager; this scenario is never skipped there"
        config = folder / "alertmanager.yml"
        config.write_text(
            "route: {receiver: tocsin, group_by: [alertname], group_wait: 200ms, group_interval: 1s, repeat_interval: 1s}\n"
            "receivers:\n"
            "  - name: tocsin\n"
            "    webhook_configs:\n"
            f"      - url: {hook}\n"
            f"        http_config: {{authorization: {{credentials: {token}}}}}\n"
        )
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = (folder / "alertmanager.log").open("w")
        self.process = subprocess.Popen(
            [
                BINARY,
                f"--config.file={config}",
                f"--storage.path={folder / 'alertmanager'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=self.log,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,
        )

    def ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/-/ready", timeout=5).ok
        except requests.ConnectionError:
            return False

    def tell(self, elements: Sequence[str], began: datetime, ended: datetime | None = None) -> None:
        """Give it alerts as Prometheus does."""
        times = {"startsAt": began.isoformat()} | ({"endsAt": ended.isoformat()} if ended else {})
        alerts = [
            {"labels": {"alertname": "ElementDown", "element": name, "severity": "critical"}, **times}
            for name in elements
        ]
        requests.post(f"{self.url}/api/v2/alerts", json=alerts, timeout=10).raise_for_status()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)
        self.log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Running:
    """A whole Tocsin: web over HTTP, the engine's cycles, the simulator of phones, and Alertmanager beside it."""

    def __init__(self, database: Database, keyring: Keyring, folder: Path) -> None:
        self.web = _Served()
        self.origin = f"http://127.0.0.1:{self.web.port}"
        self.simulator = SimulatorProcess(f"{self.origin}/hooks/twilio/twilio/inbound")
        settings = Settings(
            env="test",
            data=folder,
            database_url=database.url,
            public_url=self.origin,
            quiet_hours=False,
            correlation=CorrelationSettings(min_elements=2, min_alarms=2),
            gateways=(self._gateway(),),
        )
        self.installation = Installation(settings, database, keyring)
        self.operator = Operator(self.installation)
        self.web.serve(self.operator.app)
        self.gateways = Gateways(self.installation)
        self.stopping = threading.Event()
        self.cycles = cycles.joined(self.installation, self.gateways, self.stopping)
        self.alertmanager = Alertmanager(folder, f"{self.origin}/hooks/alertmanager", self._source_token())
        self.phones = Api(self.simulator.url)

    def _gateway(self) -> GatewaySettings:
        return GatewaySettings(
            name="twilio",
            transport="twilio",
            account_sid=SIMULATED_ACCOUNT,
            auth_token=TOKEN,
            sender="10690000",
            base_url=self.simulator.url,
            rate=10_000,
            look_up="authoritative",
        )

    def _source_token(self) -> str:
        def work(session: Session) -> str:
            owner = session.scalars(select(Person).where(Person.username == "adm")).one()
            return tokens.create_token(session, owner, "prometheus", ["alarms.write"], days=1, source="prometheus")[1]

        return self.installation.database.write(work)

    def stop(self) -> None:
        self.stopping.set()
        self.alertmanager.stop()
        self.gateways.close()
        self.phones.close()
        self.simulator.stop()
        self.web.stop()

    def until(self, what: str, done: Callable[[], Any], seconds: float = 60) -> Any:
        """Let the engine go round until something is so; fail after `seconds`."""
        for _ in range(int(seconds / 0.05)):
            if found := done():
                return found
            for cycle in self.cycles:
                cycle.run()
            self.stopping.wait(0.05)
        raise AssertionError(f"waited too long until {what}")

    def get(self, path: str) -> Any:
        return self.operator.get("ada", path).json

    def incident(self) -> Any:
        items = self.get("/api/v1/incidents")["items"]
        assert len(items) <= 1, "one storm, one incident"
        return items[0] if items else None

    def notices(self, kind: str) -> list[dict[str, Any]]:
        number = self.incident()["number"]
        return [one for one in self.get(f"/api/v1/notices?incident={number}")["items"] if one["kind"] == kind]

    def delivered(self, kind: str) -> int:
        return sum(one["counts"].get("delivered", 0) for one in self.notices(kind))

    def texts(self, number: str) -> list[str]:
        """What a phone received, oldest first."""
        items = self.phones.get(f"/api/phones/{number}/messages").json()["items"]
        return [item["body"] for item in reversed(items) if item["direction"] == "out"]

    def numbers(self, *elements: str) -> list[str]:
        """The numbers of the subscribers of elements."""
        ids = [self.operator.network.elements[name] for name in elements]
        with self.installation.database.read() as session:
            held = session.scalars(select(Subscriber.number).where(Subscriber.element_id.in_(ids))).all()
        return [self.installation.keyring.decrypt(number) for number in held]


@pytest.fixture
def running(database: Database, keyring: Keyring, tmp_path: Path) -> Iterator[Running]:
    started = Running(database, keyring, tmp_path)
    yield started
    started.stop()


@pytest.mark.proves("R13", "D5", "B2", "I8")
def test_from_an_alert_to_the_phone_and_back(running: Running) -> None:
    running.until("Alertmanager is ready", running.alertmanager.ready)
    began = datetime.now(UTC) - timedelta(seconds=2)
    failing = ("AGG-1", "CELL-3")

    running.alertmanager.tell(failing, began)
    incident = running.until("the incident is handled", lambda: _in_state(running, "responding"))
    assert incident["affected"]["now"] == BEHIND_AGG_1
    assert incident["tier"] == 3
    running.until("all of them were told", lambda: running.delivered("first") == BEHIND_AGG_1)
    running.until("somebody is paged", lambda: _pages(running))

    running.alertmanager.tell(failing, began, ended=datetime.now(UTC))
    running.until("the elements are quiet", lambda: running.incident()["quiet_at"])
    number = incident["number"]
    answer = running.operator.post("ada", f"/api/v1/incidents/{number}/actions/restore", evidence="measured")
    assert answer.status_code == 200, answer.text
    running.until("all of them got the all-clear", lambda: running.delivered("all_clear") == BEHIND_AGG_1)

    for subscriber in running.numbers("CELL-1", "CELL-2", "CELL-3"):
        first, all_clear = running.texts(subscriber)
        assert first != all_clear
    for subscriber in running.numbers("CELL-4", "CELL-5"):
        assert running.texts(subscriber) == [], "nobody else hears of it"


def _in_state(running: Running, state: str) -> Any:
    found = running.incident()
    return found if found and found["state"] == state else None


def _pages(running: Running) -> Any:
    with running.installation.database.read() as session:
        return session.scalar(select(Page.submitted_at).where(Page.submitted_at.is_not(None)).limit(1))
