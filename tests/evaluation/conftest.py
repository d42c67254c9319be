"""The operator after an emergency: people who write, sign and publish its report."""

from typing import Any

import orjson
import pytest
from sqlalchemy import select

from command.core.installation import Installation
from command.core.journal import Entry
from tests.conftest import Time
from tests.improvement.conftest import OWNER, Works

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database decides."""
WORDS = {
    "summary": "A digger cut the cable of Meijiang; 20 users were without service for an hour.",
    "whys": "The cable was cut\nNobody knew where it lay\nIts route was never marked",
    "effect": "Service was back within the hour.",
    "none_needed": "The route is marked since.",
    "public_zh": "施工挖断光缆，部分用户无法上网，现已修复。",
    "public_en": "Works nearby cut one of our cables. It is repaired, and its route is marked now.",
}


class Office(Works):
    """Somebody who evaluates incidents."""

    def over(self, tier: int = 4, **fields: Any) -> str:
        """An incident of a tier that was restored and is reviewed."""
        number = self.responding(**fields)
        if tier < self.see(number)["tier"]:
            self.act("ada", number, "regrade", tier=tier, reason="as the town sees it")
        self.act("ada", number, "restore", evidence="test calls succeed")
        if self.see(number)["observation"]:
            self.act("ada", number, "observation", minutes=0, reason="nothing to be seen")
        self.act("ada", number, "review", cause="A digger", effect="Quick", improvements="Mark the route")
        return number

    def address(self, number: str, rest: str = "") -> str:
        return f"/api/v1/incidents/{number}/evaluation{rest}?lang=en"

    def read(self, number: str, by: str = "dou") -> dict[str, Any]:
        answer = self.get(by, self.address(number))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def rows(self, show: str, by: str = "dou") -> list[dict[str, Any]]:
        answer = self.get(by, f"/api/v1/evaluations?show={show}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json["items"]
        return found

    def part(self, number: str, part: str) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.read(number)["parts"] if each["part"] == part)
        return found

    def write(self, number: str, part: str, text: str, version: int | None = None, by: str = "dou") -> Any:
        known = self.part(number, part)["version"] if version is None else version
        return self.ask(by, "PUT", self.address(number, f"/parts/{part}"), json={"text": text, "version": known})

    def causes(self, number: str, by: str = "dou", **causes: Any) -> Any:
        return self.ask(by, "PUT", self.address(number, "/causes"), json=causes)

    def clause(self) -> str:
        """A text of the plan in force that says what a task is about."""
        return "network_fault@1#tiers.4.tasks.locate_fault.detail"

    def improve(self, number: str, by: str = "dou", **fields: Any) -> Any:
        body = {"owner": OWNER, "due_on": self.ahead(30), **fields}
        return self.post(by, self.address(number, "/improvements"), **body)

    def restrict(self, number: str) -> None:
        answer = self.post(
            str(self.see(number)["commander"]["username"]),
            f"/api/v1/incidents/{number}/security/restriction",
            restricted=True,
            reason="records were seen",
        )
        assert answer.status_code == 200, answer.text

    def references(self) -> list[str]:
        """What the copies bear that are on record."""
        with self.database.read() as session:
            found = session.scalars(select(Entry.data).where(Entry.kind == "evaluation.copied"))
            return [orjson.loads(each)["reference"] for each in found]

    def verb(self, by: str, number: str, verb: str, **body: Any) -> dict[str, Any]:
        answer = self.post(by, self.address(number, f"/actions/{verb}"), **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def no(self, by: str, number: str, verb: str, **body: Any) -> dict[str, Any]:
        answer = self.post(by, self.address(number, f"/actions/{verb}"), **body)
        assert 400 <= answer.status_code < 500, answer.text
        return {"status": answer.status_code, **answer.json}

    def whole(self, tier: int = 4, **fields: Any) -> str:
        """A report with everything that signing asks for."""
        number = self.over(tier, **fields)
        for part, text in WORDS.items():
            assert self.write(number, part, text).status_code == 200
        assert self.causes(number, cause_code="construction_damage", third_party=True).status_code == 200
        return number

    def signed(self, tier: int = 4, **fields: Any) -> str:
        number = self.whole(tier, **fields)
        self.verb("dou", number, "submit")
        self.verb("dou", number, "sign")
        return number


@pytest.fixture
def office(installation: Installation, time: Time) -> Office:
    return Office(installation).opened(time)
