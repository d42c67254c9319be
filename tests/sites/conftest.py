"""The scene of sites."""

import pytest

from command.core.installation import Installation
from tests.sites.scene import Scene


@pytest.fixture
def scene(installation: Installation) -> Scene:
    return Scene(installation)
