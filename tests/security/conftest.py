"""People at work on a leak."""

import io
from typing import Any

import pytest
from werkzeug.test import TestResponse

from command.core.installation import Installation
from tests.incidents.conftest import Desk


class Office(Desk):
    """What people do about information security, and what they see."""

    def leak(self, by: str = "cou", **fields: Any) -> str:
        """A leak that `by` reports; its county's commander is named with them."""
        number: str = self.report(by, kind="information_security", summary="customer records are for sale", **fields)[
            "number"
        ]
        return number

    def secure(self, by: str, number: str, what: str, **body: Any) -> TestResponse:
        return self.post(by, f"/api/v1/incidents/{number}/security{what}", **body)

    def shown(self, number: str, by: str = "cou") -> dict[str, Any]:
        answer = self.get(by, f"/api/v1/incidents/{number}/security?lang=en")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def names(self, number: str, by: str = "cou") -> dict[str, str]:
        return {each["person"]["username"]: each["why"] for each in self.shown(number, by)["names"]}

    def bring(self, by: str, number: str, body: bytes, name: str = "access.log") -> TestResponse:
        """A file of evidence, as the page sends it."""
        form = {"description": "the access log", "place": "web server 3", "file": (io.BytesIO(body), name)}
        return self.ask(by, "POST", f"/incidents/{number}/security/evidence", data=form)

    def last(self, number: str, kind: str, by: str = "cou") -> dict[str, Any]:
        return [line for line in self.journal(number, by) if line["kind"] == kind][-1]


@pytest.fixture
def office(installation: Installation) -> Office:
    return Office(installation)
