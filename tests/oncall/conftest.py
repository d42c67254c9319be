import pytest
from flask.testing import FlaskClient

from command.core.installation import Installation
from command.oncall.duties import rotation
from tests.builders import application
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
    (layer,) = card.layers
    turns = rotation.Rotation(tuple(range(len(layer.members))), layer.starts_on, layer.handover, layer.zone)
    return layer.members[rotation.on_duty(turns, time.now())]


@pytest.fixture
def client(installation: Installation) -> FlaskClient:
    return application(installation).test_client()
