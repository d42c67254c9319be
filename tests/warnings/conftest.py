"""The operator at work with warnings: issued over the API and by page, CAP messages, and the engine's cycles."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from command.core.installation import Installation
from command.engine import warnings as cycles
from tests.conftest import Time
from tests.incidents.conftest import Desk
from tests.resources.test_pages import House

API = "/api/v1/warnings"


class Weather(Desk):
    """Warnings over the API, and people at browsers."""

    sign_in = House.sign_in
    time: Time

    def opened(self, time: Time) -> "Weather":
        self.time = time
        return self

    def ahead(self, **delta: float) -> str:
        at: datetime = self.time.now() + timedelta(**delta)
        return at.isoformat()

    def said(self, **fields: Any) -> dict[str, Any]:
        body = {"issuer": "Weather service", "event": "typhoon", "colour": "yellow", "areas": ["8001"]}
        return {**body, "until_at": self.ahead(hours=24), "headline_en": "Typhoon comes", **fields}

    def issued(self, by: str = "dou", **fields: Any) -> dict[str, Any]:
        answer = self.post(by, f"{API}?lang=en", **self.said(**fields))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def wrong(self, by: str = "dou", at: str = "", **body: Any) -> dict[str, Any]:
        answer = self.post(by, f"{API}{at}?lang=en", **body)
        assert 400 <= answer.status_code < 500, answer.text
        return {"status": answer.status_code, **answer.json}

    def does(self, code: str, what: str, by: str = "dou", **body: Any) -> dict[str, Any]:
        answer = self.post(by, f"{API}/{code}/{what}?lang=en", **body)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json
        return found

    def warning(self, code: str, by: str = "ada") -> dict[str, Any]:
        found: dict[str, Any] = self.get(by, f"{API}/{code}?lang=en").json
        return found

    def flags(self, areas: str = "", **more: str) -> dict[str, Any]:
        query = "&".join(f"{name}={value}" for name, value in {"areas": areas, **more}.items())
        found: dict[str, Any] = self.get("ada", f"{API}/flags?{query}").json
        return found

    def cap(self, data: str | bytes, by: str = "dou", query: str = "") -> Any:
        return self.ask(by, "POST", f"{API}/cap?lang=en{query}", data=data, content_type="application/cap+xml")

    def expire(self) -> None:
        cycles.expire_once(self.installation)


SENT = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M:%S}+00:00"
SOON = f"{datetime.now(UTC) + timedelta(days=3):%Y-%m-%dT%H:%M:%S}+00:00"
"""When messages were sent, and until when they hold."""


def alert(
    kind: str = "Alert",
    status: str = "Actual",
    identifier: str = "w1",
    references: str = "",
    severity: str = "Severe",
    level: str = "",
    area: str = "<areaDesc>梅川市</areaDesc>",
    event: str = "台风",
    sent: str = SENT,
    expires: str = SOON,
) -> str:
    """A CAP 1.2 message of the weather service."""
    about = f"<references>{references}</references>" if references else ""
    parameter = f"<parameter><valueName>awareness_level</valueName><value>{level}</value></parameter>" if level else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier><sender>met@example.cn</sender>
<sent>{sent}</sent><status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>{about}
<info><language>zh-CN</language><category>Met</category><event>{event}</event><urgency>Expected</urgency>
<severity>{severity}</severity><certainty>Likely</certainty><expires>{expires}</expires><senderName>省气象台</senderName>
<headline>台风“海神”将登陆</headline><description>沿海阵风12级。</description>{parameter}<area>{area}</area></info>
<info><language>en</language><category>Met</category><event>Typhoon</event><urgency>Expected</urgency>
<severity>{severity}</severity><certainty>Likely</certainty><expires>{expires}</expires>
<headline>Typhoon makes landfall</headline>{parameter}<area>{area}</area></info></alert>"""


@pytest.fixture
def weather(installation: Installation, time: Time) -> Weather:
    return Weather(installation).opened(time)
