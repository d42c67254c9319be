"""A house for each test, on both databases."""

import pytest

from command.core.installation import Installation
from tests.notices.house import House


@pytest.fixture
def house(installation: Installation) -> House:
    return House(installation)
