import pytest

from command.core.installation import Installation
from command.oncall import rotation
from tests.conftest import Time
from tests.oncall.scene import Scene, demo_roster


@pytest.fixture
def scene(installation: Installation) -> Scene:
    """The demo operator's people and rotations, on each of the two databases."""
    return Scene(installation).begin()


@pytest.fixture
def on_call(scene: Scene, time: Time) -> str:
    """The username of whoever has technical duty now."""
    (card,) = [each for each in demo_roster().schedules if each.code == "technical"]
    turns = rotation.Rotation(tuple(range(len(card.members))), card.starts_on, card.handover, card.zone)
    return card.members[rotation.on_duty(turns, time.now())]
