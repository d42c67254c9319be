"""After a city's rows are written PostgreSQL knows how many wait, before its own minute is over."""

import pytest
from sqlalchemy import text

from command.core.installation import Installation
from command.engine import fan_out
from tests.notices.house import House


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("many", "knows"), [(3, True), (1000, False)])
def test_a_large_wave_is_counted_by_the_database_at_once(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, many: int, knows: bool
) -> None:
    monkeypatch.setattr(fan_out, "MANY", many)
    house = House(installation)
    house.fail({1, 2, 3})
    house.first()
    before = counted(house)
    house.fan_out()
    assert (counted(house) - before == 1) is knows


def counted(house: House) -> int:
    """How often the database was told to look at the messages."""
    with house.database.read() as session:
        return session.scalar(text("SELECT analyze_count FROM pg_stat_user_tables WHERE relname = 'delivery'")) or 0
