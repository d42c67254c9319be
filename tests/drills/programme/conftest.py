import pytest

from command.core.installation import Installation
from tests.drills.programme.stage import Stage


@pytest.fixture
def stage(installation: Installation) -> Stage:
    """The small operator, on each of the two databases."""
    return Stage(installation)
