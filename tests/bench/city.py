"""`make bench-city`: a whole city is told that its network is down, and with `--again` told when it is back, by the processes that serve an
operator: web, one engine with every cycle, the SMS simulator, on PostgreSQL; on SQLite too where it is named.

Prints the seconds of every stage, the highest memory of each process and the rate against a bare loop of Twilio's asynchronous client that
runs over the same simulator before. `--recipients` for less than 1,000,000."""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import psutil
import requests
from rich.console import Console
from rich.progress import Progress
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from command.core import clock
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import new_key, parse
from command.core.settings import GatewaySettings, Settings
from command.messages import service as messages
from command.messages.about import About
from command.messages.models import State
from command.network.models import CutOff
from command.network.subscriber_import import subscribers
from command.notices import rounds, service
from command.notices.models import Kind, Notice, NoticeState
from tests.bench.ground import DIALECTS, Ground, ground, stopwatch
from tests.bench.send import ACCOUNT, SENDER, TOKEN, WINDOW, bare_async, number, simulator

RECIPIENTS, ELEMENTS, BARE = 1_000_000, 2_500, 20_000
"""Recipients, elements they hang on, and messages of the bare loop, which has the machine to itself: web and its receipts are extra."""
CALLBACKS = 128
"""Receipts the gateway tells at once. With the sixteen of the simulator the city would wait for those alone."""
LOOK = 0.5
"""Seconds between two looks at the counts."""
_FIRST = {"zh": "【示例通信】部分用户自14:05起无法上网，正在抢修。", "en": "[Example] Outage since 14:05."}
_CLEAR = {"zh": "【示例通信】网络已恢复。", "en": "[Example] Service is restored."}
_ABOUT = About(1, "INC-1", 2, "network_fault", False, "province")


class City:
    """An operator of one city: its database, its web and engine as processes, the simulator as its gateway."""

    def __init__(self, base: Ground, recipients: int, folder: Path, gateway_url: str) -> None:
        copied = base.copy()
        copied.database.close()
        self.keys, self.url, self.recipients, self.folder = new_key(), copied.settings.url, recipients, folder
        self.port = _free_port()
        origin = f"http://127.0.0.1:{self.port}"
        gateway = GatewaySettings(
            name="twilio",
            transport="twilio",
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            sender=SENDER,
            base_url=gateway_url,
            rate=100_000,
            window=WINDOW,
            look_up="authoritative",
        )
        self._environment = os.environ | {
            "TOCSIN_DATABASE_URL": self.url,
            "TOCSIN_KEYS": self.keys,
            "TOCSIN_DATA": str(folder),
            "TOCSIN_PUBLIC_URL": origin,
            "TOCSIN_GATEWAYS": f"[{gateway.model_dump_json()}]",
            "TOCSIN_QUIET_HOURS": "false",
            "PORT": str(self.port),
        }
        settings = Settings(env="test", data=folder, database_url=self.url, keys=self.keys)
        self.installation = Installation(settings, Database(self.url), parse(self.keys))
        self.database = self.installation.database
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Web and engine, once web answers."""
        for name in ("web", "engine"):
            log = open(self.folder / f"{name}.log", "wb")  # noqa: SIM115
            command = [sys.executable, "-m", "command.cli", name]
            self._processes[name] = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        for _ in range(600):
            try:
                requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5).raise_for_status()
                return
            except requests.RequestException:
                time.sleep(0.1)
        raise RuntimeError(f"not ready in a minute: {(self.folder / 'web.log').read_text()[-2000:]}")

    def memory(self) -> dict[str, float]:
        """Resident memory of each process and its children, in MiB."""
        found = {}
        for name, process in self._processes.items():
            family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            found[name] = sum(each.memory_info().rss for each in family) / 2**20
        return found

    def close(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            process.wait(30)
        self.database.close()

    def cover(self) -> float:
        """Import the subscribers as an operator does; seconds."""
        path = self.folder / "subscribers.csv"
        with open(path, "w") as file:
            file.write("number,language,element,services,tariff_plan,critical\n")
            for n in range(self.recipients):
                file.write(f"{number(n)},{'en' if n % 30 == 0 else 'zh'},E{1 + n % ELEMENTS},S1;S2;S3,mobile-59,\n")
        with stopwatch() as took:
            outcome = subscribers(self.database, self.installation.keyring, path)
        assert (outcome.kept, outcome.bad) == (self.recipients, 0)
        path.unlink()
        return took[0]

    def first_notice(self) -> int:
        def work(session: Session) -> int:
            notice = service.draft(session, _ABOUT, Kind.FIRST, _FIRST, correction=_CLEAR, **self._terms())
            return service.submit(session, notice, "system:bench").id

        return self.database.write(work)

    def all_clear(self) -> int:
        """Service returns for all."""

        def work(session: Session) -> int:
            session.execute(update(CutOff).values(until_at=clock.now(session)))
            notice = rounds.all_clear(session, _ABOUT, _CLEAR, **self._terms())
            assert notice is not None
            return notice.id

        return self.database.write(work)

    def _terms(self) -> dict[str, Any]:
        cap = 10 * self.recipients
        return {"validity_minutes": 1440, "pre_approved_cap": cap, "automatic": True, "by": "system:bench"}


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


class Watch:
    """When a notice's rows were all written, all with the provider and all delivered, in seconds since `begun`; memory meanwhile."""

    def __init__(self, city: City, notice: int, begun: float) -> None:
        self._city, self._notice, self._begun = city, notice, begun
        self.stages: dict[str, float] = {}
        self.peaks: dict[str, float] = {}
        self._bar = Progress(console=Console(stderr=True))
        self._bar.add_task("delivered", total=city.recipients)

    def follow(self) -> None:
        """Look until everybody has the notice."""
        with self._bar:
            self._follow()

    def _follow(self) -> None:
        while "delivered" not in self.stages:
            time.sleep(LOOK)
            with self._city.database.read() as session:
                state = session.get_one(Notice, self._notice).state
                counts = messages.tally(session, self._notice)
                open_wave = session.execute(text("SELECT 1 FROM wave WHERE done_at IS NULL")).first()
            told = counts.get(State.DELIVERED, 0)
            waiting = sum(counts.get(each, 0) for each in (State.READY, State.LEASED, State.CALLING, State.IN_DOUBT))
            self._reached("rows", state in (NoticeState.SENDING, NoticeState.SENT) and not open_wave)
            self._reached("submitted", "rows" in self.stages and not waiting)
            self._reached("delivered", told == self._city.recipients)
            for name, mib in self._city.memory().items():
                self.peaks[name] = max(mib, self.peaks.get(name, 0.0))
            self._bar.update(self._bar.task_ids[0], completed=told)

    def _reached(self, stage: str, now: bool) -> None:
        if now:
            self.stages.setdefault(stage, time.monotonic() - self._begun)


def run(
    recipients: int = RECIPIENTS, dialects: tuple[str, ...] = ("postgresql",), again: bool = False
) -> Iterator[dict[str, Any]]:
    for dialect in dialects:
        folder = tempfile.TemporaryDirectory(prefix="tocsin-city-")
        with ground(dialect) as base, folder as here, simulator(CALLBACKS) as (gateway, sink):
            rate = bare_async(gateway, sink, min(BARE, recipients))
            requests.post(f"{gateway}/api/reset", timeout=60).raise_for_status()
            base.fill(ELEMENTS, 0, cut_off=True)
            city = City(base, recipients, Path(here), gateway)
            try:
                yield from _told(city, dialect, rate, again)
            finally:
                city.close()


def _told(city: City, dialect: str, rate: float, again: bool) -> Iterator[dict[str, Any]]:
    yield _seconds(f"city import {dialect}", city.cover())
    city.start()
    peaks: dict[str, float] = {}
    acts = [("first", city.first_notice), *([("all_clear", city.all_clear)] if again else [])]
    for name, act in acts:
        watch = _watched(city, act)
        for stage, seconds in watch.stages.items():
            yield _seconds(f"city {name} {stage} {dialect}", seconds)
        mine = city.recipients / watch.stages["submitted"]
        made = {"name": f"city {name} rate {dialect}", "value": round(mine, 1), "unit": "messages/s"}
        yield made | {"baseline": round(rate, 1), "ratio": round(mine / rate, 3)}
        peaks = {each: max(mib, peaks.get(each, 0.0)) for each, mib in watch.peaks.items()}
    for each, mib in peaks.items():
        yield {"name": f"city memory {each} {dialect}", "value": round(mib), "unit": "MiB"}


def _watched(city: City, act: Callable[[], int]) -> Watch:
    begun = time.monotonic()
    notice = act()
    watch = Watch(city, notice, begun)
    watch.stages["counted"] = time.monotonic() - begun
    watch.follow()
    return watch


def _seconds(name: str, value: float) -> dict[str, Any]:
    return {"name": name, "value": round(value, 2), "unit": "s"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=RECIPIENTS)
    parser.add_argument(
        "--database", choices=DIALECTS, action="append", help="may be given twice; PostgreSQL when none is named"
    )
    parser.add_argument("--again", action="store_true", help="tell them the all-clear too: twice the time")
    asked = parser.parse_args()
    for found in run(asked.recipients, tuple(asked.database or ["postgresql"]), asked.again):
        print(orjson.dumps(found).decode(), flush=True)


if __name__ == "__main__":
    main()
