"""Several incidents of one event at the small operator's."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from command.core.installation import Installation
from tests.incidents.conftest import Desk


class Families(Desk):
    """What people do with several incidents."""

    def made(self, by: str, number: str, action: str, **body: Any) -> dict[str, Any]:
        """An action whose answer is a new incident."""
        answer = self.post(by, f"/api/v1/incidents/{number}/actions/{action}", **body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def adopt(self, parent: str, child: str) -> None:
        self.act("ada", parent, "adopt", child=child, reason="one cable")

    def form(self, by: str, address: str, **typed: Any) -> TestResponse:
        return self.ask(by, "POST", f"{address}?lang=en", data=typed)


@pytest.fixture
def desk(installation: Installation) -> Families:
    return Families(installation)
