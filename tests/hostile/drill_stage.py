"""A town of two hundred subscribers, an operator with a live SMS gateway and one of exercises (each with a provider of its own), an engine.

What reaches whom is read from the two providers, not from the operator's own books."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import requests
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from command import parts
from command.core import clock
from command.core.installation import Installation
from command.core.settings import GatewaySettings
from command.engine import deliver, escalate, fan_out, receipts, sweep
from command.messages import exercises
from command.messages.gateways import SIMULATED_ACCOUNT, Gateways
from command.messages.models import Delivery
from command.messages.sender import Sender
from command.network.models import Subscriber
from command.oncall.models import Page
from notifiers.base import LookUp, Message, Outcome
from notifiers.simulator import Settings as Provided
from notifiers.simulator import Simulator
from notifiers.simulator.signing import sign
from tests.builders import PEOPLE, add_subscribers
from tests.incidents.conftest import Desk

T = TypeVar("T")
LIVE, DRILL = "live", "exercise"
TOKENS = {LIVE: "the-token-of-the-live-account", DRILL: "the-token-of-the-drill-account"}
CELLS = ("CELL-1", "CELL-2", "CELL-3", "CELL-4", "CELL-5")
MORE = {"CELL-1": 60, "CELL-2": 40, "CELL-3": 20, "CELL-4": 20, "CELL-5": 10}
"""Beside the fifty of the small operator: two hundred in all."""
FIRST_NUMBER = 30_000_000
PLAYER, ABSENT = "eng", "ops"
"""On call both; one is on the allow-list of exercises, the other is not."""


def phone_of(username: str) -> str:
    """The number of somebody of the register."""
    return f"+86120000{list(PEOPLE).index(username):05d}"


@contextmanager
def provider(name: str) -> Iterator[Simulator]:
    with Simulator(Provided(TOKENS[name], receipt_delay=3600)) as running:
        yield running


def gateway(account: str, url: str, **changes: Any) -> GatewaySettings:
    """Settings of a gateway with the live account or that of drills, and named as it."""
    given = {
        "name": account,
        "transport": "twilio",
        "account_sid": SIMULATED_ACCOUNT,
        "auth_token": TOKENS[account],
        "sender": "10690000" if account == LIVE else "10690099",
        "base_url": url,
        "rate": 100_000,
        "look_up": "authoritative",
    }
    return GatewaySettings(**given | changes)


class Watched:
    """The wire of a gateway, with every call on it counted before it leaves, questions too."""

    def __init__(self, wire: Any, calls: list[Message]) -> None:
        self._wire, self._calls = wire, calls

    async def submit(self, message: Message) -> Outcome:
        self._calls.append(message)
        return await self._wire.submit(message)  # type: ignore[no-any-return]

    async def find(self, message: Message, since: Any) -> LookUp:
        self._calls.append(message)
        return await self._wire.find(message, since)  # type: ignore[no-any-return]

    async def aclose(self) -> None:
        await self._wire.aclose()


class Stage(Desk):
    """What people and engines do, and what has arrived at the two providers."""

    def __init__(self, installation: Installation, providers: dict[str, Simulator]) -> None:
        self.urls = {name: running.url for name, running in providers.items()}
        for url in self.urls.values():
            requests.post(f"{url}/api/reset", timeout=10).raise_for_status()
        super().__init__(_given(installation, self.both()))
        keyring = self.installation.keyring
        self.do(lambda session: add_subscribers(session, keyring, self.network, MORE, FIRST_NUMBER))
        with self.database.read() as session:
            rows = session.execute(select(Subscriber.id, Subscriber.number)).tuples().all()
        self.subscribers = {id: keyring.decrypt(number) for id, number in rows}
        assert len(self.subscribers) == 200
        self.live_calls: list[Message] = []
        self.drill_calls: list[Message] = []
        self._texts = itertools.count(1)

    def both(self) -> tuple[GatewaySettings, ...]:
        return gateway(LIVE, self.urls[LIVE]), gateway(DRILL, self.urls[DRILL])

    # Engines

    @contextmanager
    def engine(self, *given: GatewaySettings) -> Iterator[tuple[Gateways, Sender]]:
        """An engine with the settings of the house, or with others; what it calls is counted by what the gateway object is."""
        house = _given(self.installation, given or self.both())
        gateways = Gateways(house)
        for road in gateways.roads.values():
            for one in (road.bulk, road.pages):
                if hasattr(one, "_transport"):
                    one._transport = Watched(one._transport, self.live_calls)
        own = gateways.roads[DRILL].bulk
        own._transports = {channel: Watched(wire, self.drill_calls) for channel, wire in own._transports.items()}  # type: ignore[attr-defined]
        sender = deliver.sender(house, gateways, parts.handlers())
        try:
            yield gateways, sender
        finally:
            sender.close()
            gateways.close()

    def cycles(self, *given: GatewaySettings, rounds: int = 20) -> None:
        """Every cycle of an engine until nothing is left to do."""
        with self.engine(*given) as (gateways, sender):
            for _ in range(rounds):
                escalate.run_once(self.installation)
                while fan_out.run_once(self.installation):
                    pass
                called = deliver.run_once(self.installation, sender)
                receipts.run_once(self.installation, parts.handlers())
                sweep.run_once(self.installation, gateways, parts.handlers())
                if not called:
                    break

    # People

    def allow(self, *usernames: str) -> None:
        def work(session: Session) -> None:
            until = clock.now(session) + timedelta(days=1)
            for username in usernames:
                exercises.allow(session, self.index(phone_of(username)), until, "person:1")

        self.do(work)

    def index(self, number: str) -> bytes:
        return self.installation.keyring.index(number)

    def drill(self, *elements: str, **fields: Any) -> str:
        """An exercise about elements; its response runs."""
        given = {"elements": list(elements or CELLS), "area": "80", "exercise": True, **fields}
        number: str = self.report("tra", **given)["number"]
        self.act("dou", number, "assess")
        self.act("dou", number, "activate")
        return number

    def real(self, *elements: str) -> str:
        return self.responding(elements=list(elements or CELLS), area="80")

    def tell(self, number: str, kind: str, **fields: Any) -> int:
        """Draft a notice, put it before somebody, approve it; its id."""
        drafted = self.post("dou", "/api/v1/notices", incident=number, kind=kind, **fields).json
        submitted = self.post("dou", f"/api/v1/notices/{drafted['id']}/actions/submit").json
        if submitted.get("state") == "submitted":
            approved = self.post("ada", f"/api/v1/notices/{drafted['id']}/actions/approve", count=submitted["audience"])
            assert approved.status_code == 200, approved.text
        return int(drafted["id"])

    def sms(self, gateway_name: str, username: str, words: str, **changes: str) -> int:
        """A phone writes to the number of a gateway; its provider calls the hook. The status of the answer."""
        form = {
            "MessageSid": f"SM{next(self._texts):032x}",
            "From": phone_of(username),
            "To": "+8610690000",
            "Body": words,
            **changes,
        }
        return self.hook(gateway_name, f"{gateway_name}/inbound", form)

    def hook(self, signer: str, path: str, form: dict[str, str]) -> int:
        """A signed call of a hook by the provider of a gateway; the status of the answer."""
        url = f"{self.installation.settings.origin}/hooks/twilio/{path}"
        headers = {"X-Twilio-Signature": sign(url, form, TOKENS[signer])}
        return self.client().post(f"/hooks/twilio/{path}", data=form, headers=headers).status_code

    # What can be seen

    def received(self, gateway_name: str) -> Counter[str]:
        """How many messages each number was sent, by the provider's own list."""
        listed = requests.get(
            f"{self.urls[gateway_name]}/2010-04-01/Accounts/{SIMULATED_ACCOUNT}/Messages.json?PageSize=1000",
            auth=(SIMULATED_ACCOUNT, TOKENS[gateway_name]),
            timeout=10,
        ).json()
        assert listed["next_page_uri"] is None
        return Counter(item["to"] for item in listed["messages"])

    def texts(self, gateway_name: str, username: str) -> list[str]:
        """What a phone received from a provider, newest first."""
        url = f"{self.urls[gateway_name]}/api/phones/{phone_of(username)}/messages"
        return [item["body"] for item in requests.get(url, timeout=10).json()["items"]]

    def taken(self, gateway_name: str) -> int:
        """Calls a provider was asked to make: taken or refused."""
        stats = requests.get(f"{self.urls[gateway_name]}/api/stats", timeout=10).json()
        return int(stats["accepted"]) + int(stats["rejected"])

    def assert_silent(self, *staff: str) -> None:
        """Nothing at all was asked of the live provider, and of the other one nothing but by the numbers of `staff`."""
        assert self.live_calls == [] and self.taken(LIVE) == 0
        self.assert_drill_reached(*staff)

    def assert_drill_reached(self, *staff: str) -> None:
        assert set(self.received(DRILL)) <= {phone_of(username) for username in staff}
        assert {message.to for message in self.drill_calls} <= {phone_of(username) for username in staff}
        assert all(message.text.startswith(("[DRILL]", "【演练】")) for message in self.drill_calls)

    def rows(self, **wanted: Any) -> list[Delivery]:
        with self.database.read() as session:
            query = select(Delivery).where(*(getattr(Delivery, name) == value for name, value in wanted.items()))
            return list(session.scalars(query.order_by(Delivery.id)))

    def row(self, id: int) -> Delivery:
        return self.ask_one(lambda session: session.get_one(Delivery, id))

    def page(self, exercise: bool, username: str) -> Page:
        """The newest page to somebody, of a drill or a real one."""
        mine = (Page.person_id == self.people[username]) & (Page.exercise == exercise)
        return self.ask_one(lambda session: session.scalars(select(Page).where(mine).order_by(Page.id.desc())).first())  # type: ignore[return-value]

    def fault(self, gateway_name: str, kind: str, rate: float = 1.0) -> None:
        """From now on the provider of a gateway fails in one way."""
        answer = requests.post(f"{self.urls[gateway_name]}/api/faults", json={"kind": kind, "rate": rate}, timeout=10)
        answer.raise_for_status()

    def heal(self, gateway_name: str) -> None:
        """Its provider works again."""
        requests.delete(f"{self.urls[gateway_name]}/api/faults", timeout=10).raise_for_status()

    def move(self, **delta: float) -> None:
        self.do(lambda session: clock.move(session, timedelta(**delta), allowed=True))

    def sql(self, statement: str, **values: Any) -> int:
        """One statement of somebody who sits at the database; rows changed."""
        return self.database.write(lambda session: session.execute(text(statement), values).rowcount)  # type: ignore[attr-defined, no-any-return]

    def ask_one(self, work: Callable[[Session], T]) -> T:
        with self.database.read() as session:
            return work(session)


def _given(installation: Installation, gateways: tuple[GatewaySettings, ...]) -> Installation:
    """The same installation with other gateways in its settings."""
    settings = installation.settings.model_copy(update={"gateways": gateways})
    return Installation(settings, installation.database, installation.keyring)
