"""The small operator in a typhoon: its people, store and engine, the weather service's files, the phones of its subscribers."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from command.core.installation import Installation
from command.core.settings import GatewaySettings
from command.engine import bulletins, clocks, deliver, escalate, fan_out
from command.messages.gateways import Gateways
from command.warnings import commands
from tests.bulletins.conftest import RECIPIENTS
from tests.conftest import Time
from tests.drills.scene import Stage
from tests.messages.house import House
from tests.notifiers.mailserver import MailServer, by_mail
from tests.warnings.conftest import Weather, alert

PLACES = "<areaDesc>梅川市、云栈市</areaDesc>"
CREWS = ("Crew A", "Crew B")
RESOURCES = "/api/v1/resources"


class Night(Weather, Stage):
    """What people, the weather and the engine do that night, and what is seen of it."""

    told = Weather.told

    def __init__(self, house: House, mail: MailServer, folder: Path) -> None:
        self.house, self.mail, self.folder = house, mail, folder
        super().__init__(_with_mail(house, mail, folder))
        self.opened(Time(house.database))
        self.files = 0
        local = self.time.now().astimezone(self.installation.settings.tz)
        self.later(hours=(20 - local.hour) % 24)

    # Time passes, and the engine works

    def later(self, **delta: float) -> None:
        self.time.forward(**delta)
        self._tokens.clear()

    def engine(self) -> None:
        """What the engine does until nothing is due."""
        for _ in range(2):
            self._rounds()
            self.house.settle_down()

    def _rounds(self) -> None:
        with self.acting():
            clocks.run_once(self.installation)
            while bulletins.run_once(self.installation) or bulletins.look_back(self.installation):
                pass
        escalate.run_once(self.installation)
        while fan_out.run_once(self.installation):
            pass
        self.house.send()

    # The weather service

    def weather_says(self, monkeypatch: pytest.MonkeyPatch, **message: str) -> str:
        """A CAP file of the weather service is brought in; what the command said."""
        self.files += 1
        now = self.time.now()
        given = {"identifier": f"w{self.files}", "area": PLACES, "sent": now.strftime("%Y-%m-%dT%H:%M:%S+00:00")}
        given["expires"] = (now + timedelta(hours=60)).strftime("%Y-%m-%dT%H:%M:%S+00:00")
        if self.files > 1:
            given["references"] = self.reference
        file = self.folder / f"w{self.files}.xml"
        file.write_text(alert(**given | message), "utf-8")
        monkeypatch.setattr(commands, "opened", lambda: self.installation)
        done = CliRunner().invoke(commands.warnings, ["import", str(file)])
        assert done.exit_code == 0, done.output
        self.reference = f"met@example.cn,{given['identifier']},{given['sent']}"
        return str(done.output).splitlines()[-1]  # before it stands what was logged

    # People

    def ok(self, by: str, address: str, **body: Any) -> dict[str, Any]:
        answer = self.post(by, f"{address}{'&' if '?' in address else '?'}lang=en", **body)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json
        return found

    def stocked(self) -> None:
        """What the operator has in its store."""
        for code, kind, more in (("generator", "material", {}), ("fibre-crew", "human", {"rest_hours": 8})):
            named = {"name_zh": code, "name_en": code.title(), "serial": True}
            self.ok("dou", f"{RESOURCES}/catalogue", code=code, kind=kind, **named, **more)
        home = {"name_zh": "梅川库", "name_en": "Store", "area": "8001", "place": "1 Depot Road"}
        pool = self.ok("dou", f"{RESOURCES}/pools", code="store", department="operations", **home)["id"]
        self.stock: dict[str, int] = {}
        for code, serials in (("generator", ("GEN-1", "GEN-2")), ("fibre-crew", CREWS)):
            body = {"resource": code, "type": 2, "serials": list(serials)}
            self.stock[code] = self.ok("dou", f"{RESOURCES}/pools/{pool}/actions/receive", **body)["id"]
        self.units = {
            unit["serial"]: unit["id"]
            for stock in self.stock.values()
            for unit in self.get("ada", f"{RESOURCES}/stocks/{stock}/units").json["items"]
        }

    def staged(self, resource: str, unit: str, place: str) -> int:
        """A unit that is held ahead of need and brought near."""
        take = [{"stock": self.stock[resource], "unit": self.units[unit]}]
        held = int(self.ok("dou", f"{RESOURCES}/out", take=take, place=place)["items"][0]["id"])
        self.step(held, "stage")
        return held

    def attached(self, held: int, number: str, resource: str, place: str) -> None:
        """What was staged goes to an incident that asks for it."""
        body = {"resource": resource, "quantity": 1, "need_by": self.ahead(hours=2), "place": place}
        request = self.ok("eng", f"/api/v1/incidents/{number}/resource-requests", **body)["id"]
        self.ok("ada", f"{RESOURCES}/requests/{request}/actions/approve")
        self.ok("dou", f"{RESOURCES}/requests/{request}/actions/attach", allocation=held)
        self.step(held, "assign")

    def step(self, held: int, name: str, **body: Any) -> dict[str, Any]:
        return self.ok("dou", f"{RESOURCES}/out/{held}/actions/{name}", **body)

    def decide(self, number: str, decision: str, reason: str, hours: float) -> None:
        body = {"decision": decision, "reason": reason, "valid_until": self.ahead(hours=hours)}
        self.ok("ada", f"/api/v1/incidents/{number}/safety", **body)

    def crews(self, number: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("ada", f"/api/v1/incidents/{number}/sites?lang=en").json["safety"][
            "crews"
        ]
        return found

    def bulletin(self, number: str, kind: str) -> dict[str, Any]:
        """The bulletin that the engine drafted, or one that dou asks for; submitted, approved by ada, and as it stands once it has left."""
        of = f"/api/v1/incidents/{number}/bulletins"
        drafts = [
            each for each in self.get("dou", of).json["items"] if (each["kind"], each["state"]) == (kind, "draft")
        ]
        id = (drafts or [self.ok("dou", of, kind=kind)])[0]["id"]
        self.ok("dou", f"/api/v1/bulletins/{id}/actions/submit")
        self.ok("ada", f"/api/v1/bulletins/{id}/actions/approve")
        self.engine()
        found: dict[str, Any] = self.get("ada", f"/api/v1/bulletins/{id}?lang=en").json
        return found

    def settle(self, number: str) -> list[str]:
        """Everything that is left to settle is settled; its codes."""
        items = self.get("dou", f"/api/v1/incidents/{number}/settlement?lang=en").json["items"]
        for item in items:
            more = {"compensation": {"amount": "600.00", "people": 20}, "regulator": {"reference": "2026-118"}}
            address = f"/api/v1/incidents/{number}/settlement/{item['code']}/actions/settle"
            self.ok("dou", address, words="done and filed", **more.get(item["sort"], {}))
        return sorted(item["code"] for item in items)

    # What is seen

    def phone(self, username: str) -> list[str]:
        """What a colleague's phone has received, newest first."""
        at = list(self.people).index(username)
        items = self.house.http.get(f"/api/phones/+86120000{at:05d}/messages").json()["items"]
        return [item["body"] for item in items if item["direction"] == "out"]

    def subscribers(self, word: str) -> int:
        """How many subscribers have a message that holds a word."""
        phones = (f"+86120{at:08d}" for at in range(20_000_000, 20_000_050))
        read = (self.house.http.get(f"/api/phones/{phone}/messages").json()["items"] for phone in phones)
        return sum(any(word in item["body"] for item in items) for items in read)

    def public(self) -> dict[str, Any]:
        self.app.extensions.pop("tocsin.status", None)
        found: dict[str, Any] = self.client().get("/status.json").json
        return found

    def board(self, part: str = "/board") -> str:
        return self.sign_in("ada").see(part)


def _with_mail(house: House, mail: MailServer, folder: Path) -> Installation:
    """The house's installation with a mail server besides the SMS provider, and people who are owed bulletins."""
    file = folder / "recipients.yaml"
    file.write_text(RECIPIENTS, encoding="utf-8")
    ways = (*house.installation.settings.gateways, GatewaySettings(**by_mail(mail)))
    settings = house.installation.settings.model_copy(update={"recipients": file, "gateways": ways})
    house.sender.close()
    house.gateways.close()
    house.installation = Installation(settings, house.database, house.keyring)
    house.gateways = Gateways(house.installation)
    house.sender = deliver.sender(house.installation, house.gateways, house.handlers)
    return house.installation
