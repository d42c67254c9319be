"""Departments that judge an incident together."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from command.core.installation import Installation
from tests.incidents.conftest import Desk


class Table(Desk):
    """Everybody around one table, each at their own screen."""

    def ask_all(self, number: str, **body: Any) -> dict[str, Any]:
        answer = self.post("ada", f"/api/v1/incidents/{number}/assessments", **body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def view(self, by: str, number: str, department: str, round_number: int = 1, **said: Any) -> TestResponse:
        body = {"kind": "network_fault", "harm": "medium", "tier": 4, "department": department, **said}
        return self.post(by, f"/api/v1/incidents/{number}/assessments/{round_number}/views", **body)

    def decide(self, by: str, number: str, round_number: int = 1, **said: Any) -> TestResponse:
        body = {"kind": "network_fault", "harm": "medium", "tier": 4, **said}
        return self.post(by, f"/api/v1/incidents/{number}/assessments/{round_number}/decision", **body)

    def form(self, by: str, number: str, **typed: Any) -> TestResponse:
        return self.ask(by, "POST", f"/incidents/{number}/assessment?lang=en", data=typed)

    def waits(self, by: str) -> list[str]:
        """What the command board says waits for somebody, in its own words."""
        return self.get(by, "/board/part/decisions?lang=en").text.split("<li")[1:]


@pytest.fixture
def desk(installation: Installation) -> Table:
    return Table(installation)
