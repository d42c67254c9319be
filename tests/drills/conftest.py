import pytest

from command.core.installation import Installation
from tests.drills.scene import Stage


@pytest.fixture
def stage(installation: Installation) -> Stage:
    return Stage(installation)
