from collections.abc import Iterator
from pathlib import Path

import pytest

from command import parts
from command.core.database import Database
from command.core.keys import Keyring
from tests.conftest import Time
from tests.messages.house import House
from tests.notifiers.mailserver import MailServer
from tests.scenarios.command_post import Post


@pytest.fixture
def post(database: Database, keyring: Keyring, time: Time, tmp_path: Path) -> Iterator[Post]:
    """A command post with the SMS simulator and a mail server behind it."""
    mail = MailServer(tmp_path)
    house = House(database, keyring, tmp_path, handlers=parts.handlers())
    try:
        yield Post(house, mail, time, tmp_path)
    finally:
        house.close()
        mail.stop()
