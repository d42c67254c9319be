"""A backup holds all of an installation, is proved without touching it, and comes back as what it was."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from command.core.keys import new_key
from command.operating import rows
from tests.operating.conftest import SECRET_KEY, Kept


def everything(url: str) -> dict[str, tuple[int, str]]:
    """How many rows each table has, and their digest."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {t.name: rows.tally(connection, t) for t in rows.tables(connection)}
    engine.dispose()
    return {name: (each.rows, each.digest) for name, each in found.items()}


@pytest.fixture
def backup(kept: Kept, tmp_path: Path) -> Path:
    target = tmp_path / "night.zip"
    done = kept.run("backup", str(target))
    assert done.exit_code == 0, done.output
    return target


@pytest.mark.proves("I9")
def test_a_backup_is_proved_and_names_the_keys_it_needs(kept: Kept, backup: Path) -> None:
    before = everything(kept.settings.url)
    done = kept.run("restore", "--check", str(backup))
    assert done.exit_code == 0, done.output
    assert "The backup is good." in done.output
    assert kept.keyring.newest.id.hex() in done.output
    assert "the journal holds" in done.output and "numbers can be read" in done.output
    assert everything(kept.settings.url) == before
