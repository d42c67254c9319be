"""A whole outbox for tests: the simulator over HTTP, the hooks over HTTP, gateways, sender and cycles on a real database."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time as wall
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import requests
from apiflask import APIFlask
from flask import Response, jsonify
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from command.core import clock
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import Keyring
from command.core.problems import Problem
from command.core.settings import GatewaySettings, Settings
from command.engine import receipts as receipts_cycle
from command.engine import sweep as sweep_cycle
from command.messages import hooks, push_hooks, service
from command.messages.at_the_door import AtTheDoor
from command.messages.gateways import SIMULATED_ACCOUNT, Gateways
from command.messages.handlers import Handlers, Settled
from command.messages.models import LOST, Delivery, Lane, LossTally, Purpose, ReceiptIn, SecondTally, State, Tally
from command.messages.sender import Sender, nothing_cut_off
from command.notices.otherwise import Roads
from command.people import contacts
from command.people.contacts import PersonContact
from command.people.models import Person

TOKEN = "simulator-token-of-the-tests"


def number(index: int) -> str:
    """A number that reaches nobody (+86 120 …)."""
    return f"+86120{index:08d}"


def losses_match(session: Session) -> bool:
    """The counts of why messages did not reach equal those of the rows that are lost."""
    why = func.coalesce(Delivery.code, Delivery.reason, Delivery.state)
    lost = select(Delivery.notice_id, why, func.count()).where(
        Delivery.state.in_(LOST), Delivery.notice_id.is_not(None)
    )
    kept = select(LossTally.notice_id, LossTally.why, LossTally.count).where(LossTally.count != 0)
    counted = session.execute(lost.group_by(Delivery.notice_id, why)).tuples().all()
    return set(counted) == set(session.execute(kept).tuples().all())


def second_matches(session: Session) -> bool:
    """The counts of who took the second road equal those of the rows that did."""
    rows = select(Delivery.notice_id, Delivery.state, func.count()).where(
        Delivery.first_channel.is_not(None), Delivery.notice_id.is_not(None)
    )
    kept = select(SecondTally.notice_id, SecondTally.state, SecondTally.count).where(SecondTally.count != 0)
    counted = session.execute(rows.group_by(Delivery.notice_id, Delivery.state)).tuples().all()
    return set(counted) == set(session.execute(kept).tuples().all())


def app_of(installation: Installation, handlers: Handlers) -> APIFlask:
    """The hooks alone, served as the application serves them."""
    app = APIFlask("hooks", json_errors=False)
    app.extensions["tocsin"] = installation
    app.extensions["tocsin.handlers"] = handlers
    hooks.settle(app, installation)
    app.register_blueprint(hooks.hooks)
    app.register_blueprint(push_hooks.hooks)
    app.wsgi_app = AtTheDoor(app.wsgi_app, app)  # type: ignore[method-assign]

    @app.errorhandler(Problem)
    def problem(error: Problem) -> Response:
        answer = jsonify(status=error.status, code=error.code, detail=str(error), field=error.field)
        answer.status_code = error.status
        answer.content_type = "application/problem+json"
        return answer

    return app


@dataclass
class House:
    """What a test drives. Nothing moves by itself but the simulator's callbacks; `settle_down` waits for those."""

    database: Database
    keyring: Keyring
    folder: Path
    gateway: dict[str, Any] = field(default_factory=dict)
    second_gateway: bool = False
    others: tuple[dict[str, Any], ...] = ()
    handlers: Handlers = field(default_factory=Handlers)
    cut_off: Callable[[Session], frozenset[str]] = nothing_cut_off
    callbacks: bool = True
    simulator_options: tuple[str, ...] = ()
    gateways_besides: tuple[GatewaySettings, ...] = ()
    more_settings: dict[str, Any] = field(default_factory=dict)
    told: list[Settled] = field(default_factory=list)
    roads: bool = False
    """Whether whoever is not reached may be told otherwise, by what the register of subscribers knows."""

    def __post_init__(self) -> None:
        self.handlers.settled.append(lambda session, outcomes: self.told.extend(outcomes))
        self.hooks_server = _Served()
        origin = f"http://127.0.0.1:{self.hooks_server.port}" if self.callbacks else "http://127.0.0.1:9"
        self.simulator = SimulatorProcess(f"{origin}/hooks/twilio/twilio/inbound", self.simulator_options)
        given = [self.twilio(), *([self.twilio("second")] if self.second_gateway else [])]
        given += [self.twilio(**other) for other in self.others]
        settings = Settings(
            env="test",
            data=self.folder,
            database_url=self.database.url,
            public_url=origin,
            gateways=(*given, *self.gateways_besides),
            **self.more_settings,
        )
        self.installation = Installation(settings, self.database, self.keyring)
        if self.roads:
            self.handlers = replace(self.handlers, roads=Roads(settings))
        self.hooks_server.serve(app_of(self.installation, self.handlers))
        self.gateways = Gateways(self.installation)
        self.sender = Sender(self.installation, self.gateways, self.handlers, self.cut_off)
        self.http = Api(self.simulator.url)

    def twilio(self, name: str = "twilio", **changes: Any) -> GatewaySettings:
        """Settings of a gateway that speaks to the simulator."""
        given: dict[str, Any] = {
            "name": name,
            "transport": "twilio",
            "account_sid": SIMULATED_ACCOUNT,
            "auth_token": TOKEN,
            "sender": "10690000",
            "base_url": self.simulator.url,
            "rate": 100_000,
        }
        if changes.get("transport") == "push":
            given["base_url"] = f"{self.simulator.url}/app"
        return GatewaySettings(**given | self.gateway | changes)

    def close(self) -> None:
        self.sender.close()
        self.gateways.close()
        self.http.close()
        self.simulator.stop()
        self.hooks_server.stop()

    # What people and rooms do

    def enqueue(
        self, count: int = 1, *, first: int = 1, text: str = "【示例通信】网络中断，正在抢修。", **changes: Any
    ) -> list[int]:
        """Queue one message for each of `count` numbers."""
        return self.database.write(lambda session: self._enqueue(session, count, first, text, changes))

    def _enqueue(self, session: Session, count: int, first: int, text: str, changes: dict[str, Any]) -> list[int]:
        body = service.put_body(session, text, "zh")
        ids = []
        for index in range(first, first + count):
            given: dict[str, Any] = {
                "purpose": Purpose.NOTICE,
                "lane": Lane.FIRST,
                "addressee": index,
                "recipient": self.keyring.index(number(index)),
                "number": self.keyring.encrypt(number(index)),
                "body_id": body,
                "exercise": False,
                "notice_id": 1,
            }
            ids.append(service.enqueue(session, service.Outgoing(**given | changes)))
        return ids

    def page(self, index: int = 1, page_id: int = 1, text: str = "请应答 1234", **changes: Any) -> int:
        """Queue a page."""
        given = {"purpose": Purpose.PAGE, "lane": Lane.PAGE, "notice_id": None, "page_id": page_id, "text": text}
        return self.enqueue(1, first=index, **given | changes)[0]

    def allow(self, *indices: int) -> None:
        """Put numbers on the exercise allow-list for a day, each the number of somebody who works here."""
        self.allow_at("sms", *map(number, indices))

    def allow_at(self, kind: str, *addresses: str) -> None:
        """The same for addresses of another kind."""

        def work(session: Session) -> None:
            until = clock.now(session) + timedelta(days=1)
            for address in addresses:
                index = self.keyring.index(address)
                if not contacts.reaches(session, index):
                    self._employ(session, kind, address)
                service.allow(session, index, until, "person:1")

        self.database.write(work)

    def _employ(self, session: Session, kind: str, address: str) -> None:
        index, now = self.keyring.index(address), clock.now(session)
        person = Person(username=index.hex(), name_zh="某人", name_en="Somebody", language="zh", created_at=now)
        session.add(person)
        session.flush()
        session.add(
            PersonContact(
                person_id=person.id,
                kind=kind,
                address=self.keyring.encrypt(address),
                address_index=index,
                position=0,
                wait_minutes=1,
                created_at=now,
                verified_at=now,
            )
        )
        session.flush()

    # Cycles

    def send(self) -> bool:
        return self.sender.run()

    def apply(self) -> None:
        while receipts_cycle.run_once(self.installation, self.handlers):
            pass

    def sweep(self) -> None:
        while sweep_cycle.run_once(self.installation, self.gateways, self.handlers):
            pass

    def settle_down(self) -> None:
        """Wait until the simulator has told everything, and apply it."""
        self.wait(lambda: self.stats()["callbacks_waiting"] == 0 and self._quiet())
        self.apply()

    def _quiet(self) -> bool:
        before = self._received()
        threading.Event().wait(0.1)
        return before == self._received()

    def _received(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.coalesce(func.max(ReceiptIn.id), 0))) or 0

    @staticmethod
    def wait(done: Callable[[], bool], seconds: float = 30) -> None:
        """Wait for something outside the clock; fail after `seconds`."""
        for _ in range(int(seconds / 0.05)):
            if done():
                return
            threading.Event().wait(0.05)
        raise AssertionError("waited too long")

    @staticmethod
    def wait_a_little(seconds: float = 0.3) -> None:
        """Let processes outside of this one go on for a moment."""
        threading.Event().wait(seconds)

    # What can be seen

    def states(self) -> Counter[str]:
        with self.database.read() as session:
            query = select(Delivery.state, func.count()).group_by(Delivery.state)
            return Counter(dict(session.execute(query).tuples().all()))

    def row(self, id: int) -> Delivery:
        with self.database.read() as session:
            return session.get_one(Delivery, id)

    def tally_matches(self, notice_id: int = 1) -> bool:
        """The tally equals the rows, and so do the counts of why messages did not reach."""
        with self.database.read(snapshot=True) as session:
            rows = select(Delivery.state, func.count()).where(Delivery.notice_id == notice_id).group_by(Delivery.state)
            kept = select(Tally.state, Tally.count).where(Tally.notice_id == notice_id, Tally.count != 0)
            same = dict(session.execute(rows).tuples().all()) == dict(session.execute(kept).tuples().all())
            return same and losses_match(session) and second_matches(session)

    def stats(self) -> dict[str, int]:
        made: dict[str, int] = self.http.get("/api/stats").json()
        return made

    def fault(self, kind: str, rate: float = 1.0, **more: Any) -> None:
        self.http.post("/api/faults", json={"kind": kind, "rate": rate, **more}).raise_for_status()

    def heal(self) -> None:
        self.http.delete("/api/faults").raise_for_status()

    def messages(self, index: int) -> list[dict[str, Any]]:
        """What a phone received, newest first."""
        items = self.http.get(f"/api/phones/{number(index)}/messages").json()["items"]
        return [item for item in items if item["direction"] == "out"]

    def reply(self, index: int, body: str, to: str = "10690000") -> dict[str, Any]:
        """Send a text from a phone, as a person does."""
        answer = self.http.post(f"/api/phones/{number(index)}/reply", json={"body": body, "to": to})
        answer.raise_for_status()
        made: dict[str, Any] = answer.json()
        return made

    def received(self) -> Counter[str]:
        """How many messages each number was sent, by the provider's own list."""
        return received_by(self.simulator.url)

    def now(self) -> datetime:
        with self.database.read() as session:
            return clock.now(session)


def received_by(url: str) -> Counter[str]:
    """Messages per recipient, read from the Twilio API of a simulator page by page."""
    found: Counter[str] = Counter()
    page: str | None = f"/2010-04-01/Accounts/{SIMULATED_ACCOUNT}/Messages.json?PageSize=1000"
    with requests.Session() as client:
        client.auth = (SIMULATED_ACCOUNT, TOKEN)
        while page:
            listed = client.get(url + page, timeout=30).json()
            found.update(item["to"] for item in listed["messages"] if item["direction"] != "inbound")
            page = listed["next_page_uri"]
    return found


class Api(requests.Session):
    """The simulator's own API."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: Any, url: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        return super().request(method, f"{self._url}{url}", **{"timeout": 30} | kwargs)


@cache
def _simulators() -> "subprocess.Popen[str]":
    """What forks this test run's simulators; it ends when its input does, and they with it."""
    command = [sys.executable, "-m", "tests.simulators"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)


class SimulatorProcess:
    """The simulator as it is run: a process of its own, so that it does not share the interpreter with what is tested. It ends with the
    test run, however that ends."""

    def __init__(self, inbound_url: str, options: Sequence[str] = ()) -> None:
        named = ["--port", "0", "--callback-token", TOKEN, "--inbound-url", inbound_url, *options]
        first = _simulators()
        assert first.stdin is not None and first.stdout is not None
        print(json.dumps(named), file=first.stdin, flush=True)
        started = json.loads(first.stdout.readline())
        self.url: str = started["url"]
        self._pid: int | None = started["pid"]
        assert self.url, "the simulator ended before it served"

    def stop(self) -> None:
        """Ask it to end; it is gone when this returns. Nothing where it was stopped before."""
        if self._pid is None:
            return
        pid, self._pid = self._pid, None
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            for _ in range(5000):
                wall.sleep(0.002)
                os.kill(pid, 0)
            raise RuntimeError("the simulator does not end")


class _Silent(WSGIRequestHandler):
    def log_request(self, *_: Any) -> None:
        """Say nothing of each request."""


class _Served:
    """An HTTP server on a free port whose application comes later."""

    def __init__(self) -> None:
        self._app: Any = None
        self.server: BaseWSGIServer = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Silent)
        self.port = self.server.server_port

    def _answer(self, environ: Any, start_response: Any) -> Any:
        return self._app(environ, start_response)

    def serve(self, app: Any) -> None:
        self._app = app
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


ENDED = frozenset(
    {State.DELIVERED, State.UNDELIVERED, State.FAILED, State.UNKNOWN, State.WITHDRAWN, State.EXPIRED, State.SUPPRESSED}
)
