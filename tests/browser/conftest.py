"""Chromium in front of a real server process."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

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

PASSWORD = "four words nobody joins"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


class Site:
    """A web process that can be stopped and started again on the same port."""

    def __init__(self, settings: Settings, stage: Stage) -> None:
        self.settings, self.stage = settings, stage
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        given = (self.settings.url, self.settings.keys, str(self.settings.data), str(self.port))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.served", *given],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.strip().isdigit():
                self.port = int(line)
                return
        raise RuntimeError("the server process ended before it served")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=10)
            self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a file of tests; closed after it, for its event loop would refuse other tests of this process their own."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
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


@pytest.fixture
def site(settings: Settings, stage: Stage) -> Iterator[Site]:
    running = Site(settings, stage)
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


def sign_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/sign-in")
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/board")
