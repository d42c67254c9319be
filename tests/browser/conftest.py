"""Chromium in front of a real server process."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time as wall
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import Keyring
from command.core.settings import Settings
from command.people import passwords
from command.people import service as people
from command.people.models import Person
from tests.boards.stage import Stage
from tests.browser.finding import chromium_path

PASSWORD = "four words nobody joins"
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A file's tests run in one worker, so that its browser is started once."""
    item.add_marker(pytest.mark.xdist_group(item.path.stem))


class Servers:
    """Web processes, forked from one that has everything imported (tests.browser.served)."""

    def __init__(self, data: Path) -> None:
        here = str(Path(__file__).resolve().parents[2])
        self._first = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.served"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": here, "TOCSIN_DATA": str(data)},
        )

    def start(self, settings: Settings, port: int) -> dict[str, int]:
        """The `pid` and the `port` of a process that serves an installation from now on."""
        given: dict[str, Any] = {"url": settings.url, "keys": settings.keys, "data": str(settings.data), "port": port}
        given["gateways"] = [each.model_dump(mode="json") for each in settings.gateways]
        assert self._first.stdin is not None and self._first.stdout is not None
        print(json.dumps(given), file=self._first.stdin, flush=True)
        found: dict[str, int] = json.loads(self._first.stdout.readline() or "{}")
        if found.get("port"):
            return found
        raise RuntimeError("the server process ended before it served")

    def close(self) -> None:
        self._first.kill()
        self._first.communicate()


class Site:
    """A web process that can be stopped and started again on the same port."""

    def __init__(self, servers: Servers, settings: Settings, stage: Stage) -> None:
        self.servers, self.settings, self.stage = servers, settings, stage
        self.port = 0
        self._pid: int | None = None
        self.start()

    def start(self) -> None:
        started = self.servers.start(self.settings, self.port)
        self._pid, self.port = started["pid"], started["port"]

    def stop(self) -> None:
        """End the process at once; it is gone when this returns."""
        if self._pid is None:
            return
        os.kill(self._pid, signal.SIGKILL)
        for _ in range(1000):
            try:
                os.kill(self._pid, 0)
            except ProcessLookupError:
                self._pid = None
                return
            wall.sleep(0.01)
        raise RuntimeError("the server process does not end")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a file of tests; closed after it, for its event loop would refuse other tests of this process their own."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium on this machine; .ci/chromium installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Browsers see no difference between databases: SQLite, the default."""
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.fixture
def installation(settings: Settings, database: Database, keyring: Keyring) -> Installation:
    from_keys = Installation.open(settings).keyring
    return Installation(settings, database, from_keys)


@pytest.fixture
def stage(installation: Installation) -> Stage:
    found = Stage(installation)
    hashed = passwords.hashed(PASSWORD)
    found.database.write(
        lambda session: people.set_password(session, session.get_one(Person, found.people["ada"]), hashed)
    )
    return found


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    opened = Servers(tmp_path_factory.mktemp("servers"))
    yield opened
    opened.close()


@pytest.fixture
def site(servers: Servers, settings: Settings, stage: Stage) -> Iterator[Site]:
    running = Site(servers, settings, stage)
    yield running
    running.stop()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    opened = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, site: Site) -> Page:
    """A page of a commander who has signed in."""
    found = context.new_page()
    sign_in(found, site)
    return found


def sign_in(page: Page, site: Site, username: str = "ada") -> None:
    page.goto(f"{site.url}/sign-in")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))
