"""Two releases of Tocsin on one PostgreSQL: the code of before from a commit, the code of now from this folder; processes of either, and
nginx, which sends requests to those that are in service."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from command.core.keys import new_key
from command.core.settings import GatewaySettings
from command.messages.gateways import SIMULATED_ACCOUNT
from tests.faults.hosts.city import NGINX, Part, Postgres, alive, wait
from tests.faults.hosts.wires import Host, free_port
from tests.messages.house import TOKEN, SimulatorProcess

ROOT = Path(__file__).parents[3]
VERSIONS = "command/core/migrations/versions"
HERE = "127.0.0.1"
LOOKED_AT = 200
"""Commits on the migrations that are looked at, the newest first."""


class NoRelease(Exception):
    """The history at hand has no code of an older schema."""


def git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoRelease(f"git {arguments[0]}: {getattr(error, 'stderr', error)}") from error
    return done.stdout.strip()


def before() -> str:
    """The newest commit whose migrations are some of today's, unchanged, but not all of them."""
    today = {git("hash-object", str(file)) for file in sorted((ROOT / VERSIONS).glob("*.py"))}
    for commit in git("rev-list", f"--max-count={LOOKED_AT}", "HEAD", "--", VERSIONS).split():
        parent = f"{commit}^"
        listed = git("ls-tree", parent, f"{VERSIONS}/").splitlines()
        theirs = {line.split()[2] for line in listed if line.endswith(".py")}
        if theirs and theirs < today:
            return git("rev-parse", parent)
    raise NoRelease(f"no commit of the last {LOOKED_AT} on the migrations is on an older schema")


MENDED = {"a53ef50": ("command/alarms/storms.py",)}
"""Files of a release before, by its commit, that are taken from this one: a fault of its own, which replacing it neither makes nor mends,
would fail the proof. There an incident that somebody opened at the wrong moment had a batch of alarms refused."""


def unpack(commit: str, folder: Path) -> Path:
    """The code of a commit, but for what is MENDED, with the front end that was fetched for this one."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    for file in MENDED.get(commit[:7], ()):
        shutil.copy(ROOT / file, folder / file)
    if (ROOT / "static" / "vendor").is_dir():
        shutil.copytree(ROOT / "static" / "vendor", folder / "static" / "vendor", dirs_exist_ok=True)
    return folder


@dataclass
class Releases:
    """What the test drives. `doors` are the web processes in service."""

    folder: Path
    old: Path
    doors: list[Part] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server = Postgres(self.folder, HERE)
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE releases")
        self.database = self.server.url("releases")
        self.url = f"http://{HERE}:{free_port(HERE)}"
        self.simulator = SimulatorProcess(f"{self.url}/hooks/twilio/twilio/inbound", ("--host", HERE))
        self.keys = new_key()
        self.ports: dict[str, int] = {}
        self.environment = self._environment()
        self.nginx = Part("nginx", Host(HERE), self._nginx(), {}, self.folder / "nginx.log")

    def _environment(self) -> dict[str, str]:
        gateway = GatewaySettings(
            name="twilio",
            transport="twilio",
            account_sid=SIMULATED_ACCOUNT,
            auth_token=TOKEN,
            sender="10690000",
            base_url=self.simulator.url,
            rate=100,
            look_up="authoritative",
        )
        told = gateway.model_dump(mode="json", exclude_unset=True)
        return {
            "TOCSIN_ENV": "test",
            "TOCSIN_DATA": str(self.folder),
            "TOCSIN_DATABASE_URL": self.database,
            "TOCSIN_KEYS": self.keys,
            "TOCSIN_SECRET": "the same for all web processes of the test",
            "TOCSIN_PUBLIC_URL": self.url,
            "TOCSIN_QUIET_HOURS": "false",
            "TOCSIN_LOG_FORMAT": "json",
            "TOCSIN_GATEWAYS": json.dumps([told]),
            "TOCSIN_HOST": HERE,
        }

    def run(self, code: Path, *arguments: str) -> str:
        """A program of a release, to its end; what it said."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=code,
            env=os.environ | self.environment | {"PYTHONPATH": str(code)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stdout

    def start(self, kind: str, code: Path, name: str) -> Part:
        """A process of a release, once it does its work."""
        environment = self.environment | {"PYTHONPATH": str(code)}
        if kind == "web":
            self.ports[name] = free_port(HERE)
            environment["TOCSIN_PORT"] = str(self.ports[name])
        command = ["env", "-C", str(code), sys.executable, "-m", "command.cli", kind]
        part = Part(name, Host(HERE), command, environment, self.folder / f"{name}.log")
        self.parts.append(part)
        part.start()
        wait(lambda: self._up(kind, part), name)
        return part

    def _up(self, kind: str, part: Part) -> bool:
        assert part.process is not None
        assert part.process.poll() is None, part.log.read_text()[-4000:]
        if kind == "web":
            return alive(f"http://{HERE}:{self.ports[part.name]}")
        return b"engine.started" in part.log.read_bytes()

    def serve(self, *webs: Part) -> None:
        """These take requests from now on, and no others; what was begun is finished where it was begun."""
        self.doors = list(webs)
        self._configure()
        if self.nginx.process is None:
            self.nginx.start()
            wait(lambda: alive(self.url), "nginx")
        else:
            subprocess.run([*self._nginx(), "-s", "reload"], check=True, capture_output=True)

    def stop(self, part: Part, seconds: float = 60) -> float:
        """Ask a process to end as a supervisor does; seconds it took."""
        assert part.process is not None
        part.process.terminate()
        took = wait(
            lambda: part.process is not None and part.process.poll() is not None, f"the end of {part.name}", seconds
        )
        part.process = None
        return took

    def errors(self) -> list[str]:
        """What processes logged as an error, by process."""
        logs = ((part.name, part.log.read_text("utf-8", "replace").splitlines()) for part in self.parts)
        return [f"{name}: {line}" for name, lines in logs for line in lines if '"level": "error"' in line]

    def close(self) -> None:
        for part in (self.nginx, *self.parts):
            part.kill()
        self.simulator.stop()
        self.server.control("-m", "immediate", "stop")  # it was started anew, past the handle that would end it
        self.server.server.cleanup()

    def _nginx(self) -> Sequence[str]:
        return [NGINX or "nginx", "-p", str(self.folder), "-e", "stderr", "-c", str(self.folder / "nginx.conf")]

    def _configure(self) -> None:
        """As docs/operate/upgrade.md has it."""
        doors = " ".join(f"server {HERE}:{self.ports[web.name]};" for web in self.doors)
        (self.folder / "nginx.conf").write_text(
            f"""daemon off; pid {self.folder}/nginx.pid; error_log stderr warn; worker_processes 1;
            events {{ worker_connections 1024; }}
            http {{
              access_log off; client_body_temp_path {self.folder}/body; proxy_temp_path {self.folder}/proxy;
              fastcgi_temp_path {self.folder}/fastcgi; uwsgi_temp_path {self.folder}/uwsgi; scgi_temp_path {self.folder}/scgi;
              upstream tocsin {{ least_conn; {doors} }}
              server {{
                listen {HERE}:{self.url.rpartition(":")[2]};
                location / {{
                  proxy_pass http://tocsin; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $remote_addr;
                  proxy_connect_timeout 2s; proxy_read_timeout 60s;
                }}
              }}
            }}"""
        )
