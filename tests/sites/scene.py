"""The small operator with sites: S-1 to S-5 have one cell each, S-AGG the aggregation that three cells hang on."""

from datetime import timedelta
from typing import Any

from command.core import clock
from command.core.installation import Installation
from command.sites import register
from command.sites.register import Facts
from tests.boards.stage import Stage

CONTACT = "+8612020990000"


class Scene(Stage):
    """People report how sites stand, and incidents go on."""

    def __init__(self, installation: Installation) -> None:
        super().__init__(installation)
        cells = {f"S-{n}": f"CELL-{n}" for n in range(1, 6)} | {"S-AGG": "AGG-1"}
        rows = {code: self.facts(element) for code, element in cells.items()}
        self.do(lambda session: register.put(session, installation.keyring, rows))

    def facts(self, *elements: str, **other: Any) -> Facts:
        area = {"CELL-3": "800102", "CELL-4": "800201", "CELL-5": "800201", "AGG-1": "8001"}.get(elements[0], "800101")
        values: dict[str, Any] = {
            "name_zh": f"{elements[0]}站",
            "name_en": f"{elements[0]} site",
            "area_id": self.network.areas[area],
            "site_class": "aggregation" if elements[0].startswith("AGG") else "access",
            "latitude": None,
            "longitude": None,
            "serves": (),
            "battery_minutes": None,
            "power_company": "Meichuan Power",
            "contact": "Control room",
            "contact_number": CONTACT,
            "elements": tuple(sorted(self.network.ids(*elements))),
        }
        return Facts(**values | other)

    def ago(self, minutes: float = 0) -> str:
        with self.database.read() as session:
            return (clock.now(session) - timedelta(minutes=minutes)).isoformat()

    def states(self, *items: dict[str, Any], by: str = "dou", **more: Any) -> dict[str, Any]:
        answer = self.post(by, "/api/v1/sites/states?lang=en", items=list(items), **more)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def off(self, code: str, battery: int | None = 60, minutes: float = 0, **more: Any) -> None:
        """A site is without mains."""
        said = {"site": code, "at": self.ago(minutes), "mains": "off", "generator": "none"} | more
        assert self.states(said | ({"battery_minutes": battery} if battery is not None else {}))["errors"] == []

    def site(self, code: str, by: str = "ada", query: str = "") -> dict[str, Any]:
        answer = self.get(by, f"/api/v1/sites/{code}?lang=en{query}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def ahead(self, query: str = "") -> list[dict[str, Any]]:
        answer = self.get("ada", f"/api/v1/sites/next-to-fall?{query}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json["items"]
        return found

    def of_incident(self, number: str) -> dict[str, Any]:
        answer = self.get("ada", f"/api/v1/incidents/{number}/sites?lang=en")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def kinds(self, number: str) -> list[str]:
        items = self.get("ada", f"/api/v1/incidents/{number}/journal?limit=500").json["items"]
        return [line["kind"] for line in items]
