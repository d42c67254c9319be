"""A night that is kept: an incident whose customers were told over the SMS simulator, a drill, a photo and a piece of evidence."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from command import parts
from command.cli import main
from command.core import heads
from command.core.database import Database
from command.core.installation import Installation
from command.core.keys import Keyring, new_key, parse
from command.core.settings import Settings
from command.field import store as photos
from command.field.pictures import Picture
from command.messages.gateways import SIMULATED_ACCOUNT
from command.security import store as evidence
from tests.blank import TEMPLATE
from tests.builders import Operator
from tests.conftest import Time
from tests.drills.scene import Stage
from tests.messages.house import House, SimulatorProcess
from tests.notifiers.mailserver import MailServer
from tests.scenarios.command_post import Post

_numbers = itertools.count(1)
SECRET_KEY = new_key()
SETTINGS = """hotline = "10086"
keys = "{keys}"

[[gateways]]
name = "main"
transport = "twilio"
account_sid = "AC1"
auth_token = "not-for-others-to-see"
"""


class Night(Post, Stage):
    """A command post that holds drills besides."""


@dataclass
class Kept:
    """An installation as the command line finds it, and what it holds."""

    settings: Settings
    keyring: Keyring
    database: Database
    folder: Path

    def run(self, *arguments: str, keys: str = SECRET_KEY, url: str = "", data: Path | None = None) -> Result:
        """A command in an environment of its own."""
        return CliRunner().invoke(main, arguments, env=self.environment(keys, url, data))

    def environment(self, keys: str = SECRET_KEY, url: str = "", data: Path | None = None) -> dict[str, str]:
        return {
            "TOCSIN_ENV": "production",
            "TOCSIN_DATA": str(data or self.folder),
            "TOCSIN_DATABASE_URL": url or self.settings.url,
            "TOCSIN_KEYS": keys,
            "TOCSIN_CONFIG": str(self.folder / "tocsin.toml"),
            "COLUMNS": "200",
        }


@pytest.fixture
def keyring() -> Keyring:
    return parse(SECRET_KEY)


@pytest.fixture
def night(database: Database, keyring: Keyring, time: Time, tmp_path: Path) -> Iterator[Kept]:
    """The night, when it is over."""
    folder = tmp_path / "data"
    folder.mkdir()
    mail = MailServer(tmp_path)
    house = House(database, keyring, folder, handlers=parts.handlers(), more_settings={"quiet_hours": False})
    try:
        post = Night(house, mail, time, tmp_path)
        post.responding()
        post.engine()
        assert post.phone("+8612020000000")
        post.begun()
        database.write(lambda session: heads.sign(session, keyring))
        settings = house.installation.settings.model_copy(update={"keys": SECRET_KEY})
        photos.keep(settings, Picture(b"a photo of the cut", b"small", 10, 10))
        evidence.keep(settings, keyring, 1, b"the log of the attacker")
        (folder / "tocsin.toml").write_text('zone = "Asia/Shanghai"\n')
    finally:
        house.close()
        mail.stop()
    database.close()
    yield Kept(settings, keyring, database, folder)


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """URLs of new databases by kind, upgraded and empty; `bare`: without a schema."""
    made: list[str] = []

    def url(kind: str, *, bare: bool = False) -> str:
        if kind == "sqlite":
            file = tmp_path / f"elsewhere{next(_numbers)}.db"
            if not bare:
                shutil.copy(request.getfixturevalue("sqlite_template"), file)
            return f"sqlite:///{file}"
        base: str = request.getfixturevalue("postgresql")
        name = f"elsewhere_{next(_numbers)}"
        _admin(request, f"CREATE DATABASE {name}" + ("" if bare else f" TEMPLATE {TEMPLATE} STRATEGY file_copy"))
        made.append(name)
        return base.replace("/postgres?", f"/{name}?")

    yield url
    for name in made:
        _admin(request, f"DROP DATABASE {name} WITH (FORCE)")


def _admin(request: pytest.FixtureRequest, statement: str) -> None:
    base = request.getfixturevalue("postgresql")
    with create_engine(base, isolation_level="AUTOCOMMIT", poolclass=NullPool).connect() as connection:
        connection.execute(text(statement))


@pytest.fixture
def kept(database: Database, keyring: Keyring, tmp_path: Path) -> Kept:
    """The same house on an evening on which nothing happened: for what does not depend on what is kept."""
    folder = tmp_path / "data"
    folder.mkdir()
    settings = Settings(env="test", data=folder, database_url=database.url, keys=SECRET_KEY)
    Operator(Installation(settings, database, keyring))
    database.write(lambda session: heads.sign(session, keyring))
    evidence.keep(settings, keyring, 1, b"the log of the attacker")
    (folder / "tocsin.toml").write_text('zone = "Asia/Shanghai"\n')
    database.close()
    return Kept(settings, keyring, database, folder)


@pytest.fixture
def simulator() -> Iterator[str]:
    """The address of an SMS simulator; its account has the token of the tests."""
    process = SimulatorProcess("http://127.0.0.1:9/inbound", ("--account-sid", SIMULATED_ACCOUNT))
    yield process.url
    process.stop()
