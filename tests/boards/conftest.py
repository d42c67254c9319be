"""An operator at work, for boards to look at."""

import pytest

from command.core.installation import Installation
from tests.boards.stage import Stage


@pytest.fixture
def stage(installation: Installation) -> Stage:
    return Stage(installation)
