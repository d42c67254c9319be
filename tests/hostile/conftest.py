"""An operator at work, as somebody sees it who means harm."""

from tests.incidents.conftest import desk as desk
