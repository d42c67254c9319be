"""People who write plans, put them into use and read them, and the days that pass there."""

from typing import Any

import pytest

from command.core.installation import Installation
from command.engine import plans as engine
from tests.conftest import Time
from tests.improvement.conftest import Works

API = "/api/v1/plans"
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database decides."""


class House(Works):
    """The house that makes plans."""

    def begun(self, kind: str = "network_fault", by: str = "eng", version: int | None = 1) -> dict[str, Any]:
        return self.made(by, f"{API}?lang=en", 201, kind=kind, version=version)

    def made(self, by: str, address: str, status: int = 200, **body: Any) -> dict[str, Any]:
        answer = self.post(by, address, **body)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json  # type: ignore[assignment]
        return found

    def changed(self, work: int, by: str = "eng", **steps: Any) -> dict[str, Any]:
        edition = self.plan(work)["edition"]
        answer = self.ask(by, "PATCH", f"{API}/{work}?lang=en", json={"edition": edition, **steps})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json  # type: ignore[assignment]
        return found

    def plan(self, work: int, by: str = "ada") -> dict[str, Any]:
        answer = self.get(by, f"{API}/{work}?lang=en")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json  # type: ignore[assignment]
        return found

    def step(self, by: str, work: int, verb: str, **body: Any) -> dict[str, Any]:
        return self.made(by, f"{API}/{work}/actions/{verb}?lang=en", **body)

    def no(self, by: str, work: int, verb: str, **body: Any) -> dict[str, Any]:
        answer = self.post(by, f"{API}/{work}/actions/{verb}?lang=en", **body)
        assert 400 <= answer.status_code < 500, answer.text
        found: dict[str, Any] = {"status": answer.status_code, **answer.json}  # type: ignore[dict-item]
        return found

    def published(self, kind: str = "network_fault", **steps: Any) -> int:
        """A next version, with its tier I task locate_fault due after 20 instead of 30 minutes, in use."""
        work = self.begun(kind)
        body = work["body"].replace("due_minutes: 30", "due_minutes: 20", 1)
        self.changed(work["id"], body=body, **steps)
        self.step("eng", work["id"], "submit")
        self.step("ada", work["id"], "approve")
        self.step("eng", work["id"], "publish")
        found: int = work["id"]
        return found

    def engines(self) -> None:
        """Engines that were just started look, one after the other."""
        for _ in range(2):
            engine.run_once(self.installation)


@pytest.fixture
def house(installation: Installation, time: Time) -> House:
    return House(installation).opened(time)
