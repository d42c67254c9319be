"""A command centre that reports to a regulator: incidents of a size, reports over the API."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from command.core import clock
from command.core.installation import Installation
from command.core.settings import Settings
from command.incidents import standing
from command.incidents.models import Incident
from tests.incidents.conftest import Desk


class Office(Desk):
    """Who writes reports to the regulator (dou), and who submits them (ada)."""

    def grave(self, tier: int = 1, **fields: Any) -> str:
        """An incident of CELL-1 whose response runs at a tier."""
        number = self.responding(**{"measures": "crew sent", "summary": "A cable was cut", **fields})
        if self.see(number)["tier"] != tier:
            self.act("ada", number, "regrade", tier=tier, reason="A hospital is cut off")
        return number

    def sized(self, number: str, **columns: Any) -> None:
        """Give an incident figures that this small operator cannot have."""
        self.do(lambda session: session.execute(update(Incident).where(Incident.number == number).values(**columns)))

    def now(self) -> datetime:
        with self.database.read() as session:
            return clock.now(session)

    def address(self, number: str, report: str = "") -> str:
        return f"/api/v1/incidents/{number}/filings" + (f"/{report}" if report else "")

    def of(self, number: str, by: str = "ada") -> dict[str, Any]:
        return self.ok(self.get(by, f"{self.address(number)}?lang=en"))

    def owed(self, number: str, report: str) -> dict[str, Any]:
        return next(each for each in self.of(number)["reports"] if each["report"] == report)

    def filing(self, number: str, report: str, **query: Any) -> dict[str, Any]:
        more = "".join(f"&{name}={value}" for name, value in query.items())
        return self.ok(self.get("ada", f"{self.address(number, report)}?lang=en{more}"))

    def write(self, number: str, report: str, version: int = 0, by: str = "dou", **fields: str) -> Any:
        return self.ask(
            by, "PUT", f"{self.address(number, report)}?lang=en", json={"version": version, "fields": fields}
        )

    def verb(self, number: str, report: str, verb: str, by: str = "ada", **body: Any) -> Any:
        return self.post(by, f"{self.address(number, report)}/actions/{verb}?lang=en", **body)

    def submitted(self, number: str, report: str, **fields: str) -> dict[str, Any]:
        """A report written by dou and submitted by ada."""
        row = self.ok(self.write(number, report, **fields))
        return self.ok(self.verb(number, report, "submit", version=row["version"], reference="R-1"))

    def ok(self, answer: Any, status: int = 200) -> dict[str, Any]:
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def locked(self, number: str, work: Any) -> Any:
        return self.do(lambda session: work(session, standing.lock(session, number)))

    def later(self, **delta: float) -> str:
        return (self.now() + timedelta(**delta)).isoformat()


@pytest.fixture
def profile() -> str:
    return "cn"


@pytest.fixture
def settings(settings: Settings, profile: str) -> Settings:
    return settings.model_copy(update={"profile": profile})


@pytest.fixture
def office(installation: Installation) -> Office:
    return Office(installation)
