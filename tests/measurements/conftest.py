"""An operator whose core is measured: a series of mobile data in Meijiang, fed over the API by a machine's token."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from command.core import clock
from command.core.installation import Installation
from tests.conftest import Time
from tests.incidents.conftest import Desk

SERIES = {
    "code": "attach-mj",
    "name_en": "Attach success, Meijiang",
    "name_zh": "梅江附着成功率",
    "service": "mobile_data",
    "area": "800101",
    "metric": "attach_success",
    "unit": "%",
    "low": 0,
    "high": 100,
    "warn": 90,
    "bad": 80,
    "recover": 95,
    "bad_minutes": 5,
    "recover_minutes": 10,
    "gap_minutes": 5,
    "none_at": 100,
}


class Probe(Desk):
    """What the measuring system sends, minute by minute on moved time."""

    def __init__(self, installation: Installation, time: Time) -> None:
        super().__init__(installation)
        self.time = time

    def series(self, **changes: Any) -> dict[str, Any]:
        answer = self.post("dou", "/api/v1/measurements/series", **{**SERIES, **changes})
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def now(self) -> datetime:
        with self.database.read() as session:
            return clock.instant(session)

    def send(self, *points: tuple[float, float], code: str = "attach-mj") -> dict[str, Any]:  # type: ignore[override]
        """Values by how many minutes ago they were measured."""
        now = self.now()
        sent = [
            {"series": code, "at": (now - timedelta(minutes=ago)).isoformat(), "value": value} for ago, value in points
        ]
        return self.send_raw(*sent)

    def send_raw(self, *points: Any) -> dict[str, Any]:
        answer = self.post("dou", "/api/v1/measurements", measurements=list(points))
        assert answer.status_code in (200, 422), answer.text
        found: dict[str, Any] = answer.json
        return found

    def measure(self, value: float, minutes: int, code: str = "attach-mj") -> None:
        """The same value each minute, for so many minutes from now on, sent at the end."""
        self.time.forward(minutes=minutes)
        answer = self.send(*((float(ago), value) for ago in range(minutes, -1, -1)), code=code)
        assert answer["errors"] == []

    def stands(self, code: str = "attach-mj") -> dict[str, Any]:
        found: dict[str, Any] = self.get("ada", f"/api/v1/measurements/series/{code}").json
        return found

    def proposals(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("ada", "/api/v1/measurements").json["proposals"]
        return found

    def take(self) -> str:
        answer = self.post("dou", "/api/v1/measurements/series/attach-mj/actions/decide", outcome="taken")
        assert answer.status_code == 200, answer.text
        number: str = answer.json["incident"]
        return number

    def set(self, **changes: Any) -> None:
        """Other settings, from now on."""
        self.database.info["settings"] = self.installation.settings.model_copy(update=changes)


@pytest.fixture
def probe(installation: Installation, time: Time) -> Probe:
    return Probe(installation, time)
