"""Cost and time before anything is sent: by page and API, by the roads as they stand, and again when something changes."""

from typing import Any

import pytest

from tests.composing.test_notices import EN, ZH, audience_of, composed, form
from tests.incidents.conftest import Desk

COUNT = "/api/v1/audiences/count"
pytestmark = pytest.mark.proves("B11", "D5")


def counted(desk: Desk, number: str, **more: Any) -> dict[str, Any]:
    said = {"audience": {"areas": ["80"]}, "incident": number, "kind": "advisory", "texts": {"zh": ZH, "en": EN}}
    answer = desk.post("dou", COUNT, **{**said, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_what_it_costs_and_takes_follows_the_count_the_text_and_the_roads(priced: Desk) -> None:
    number = priced.responding()
    found = counted(priced, number)
    (share,) = found["forecast"]["shares"]
    assert (share["gateway"], share["people"], share["segments"]) == ("smsc", found["count"], found["count"])
    assert found["forecast"]["cost"] == {"CNY": pytest.approx(found["count"] * 0.05)}
    ahead = found["forecast"]["ahead"]
    assert found["forecast"]["seconds"] == pytest.approx((found["count"] + ahead) / 8)

    longer = counted(priced, number, texts={"zh": ZH * 5, "en": EN})["forecast"]
    assert longer["segments"] > found["forecast"]["segments"] and longer["cost"]["CNY"] > share["amount"]
    fewer = counted(priced, number, audience={"areas": ["80"], "language": "zh"})
    assert fewer["forecast"]["cost"]["CNY"] == pytest.approx(fewer["count"] * 0.05)

    orders = "/api/v1/roads/smsc/orders"
    assert priced.post("ada", orders, act="slow", rate=5, reason="a limit of today", minutes=5).status_code == 201
    assert counted(priced, number)["forecast"]["seconds"] == pytest.approx((found["count"] + ahead) / 4)
    assert priced.post("ada", orders, act="pause", reason="trouble", minutes=5).status_code == 201
    assert list(counted(priced, number)["forecast"]["cost"]) == ["USD"]
    priced.post("ada", "/api/v1/messages/hold", reason="x", minutes=5, mass=True, avoid=["backup"])
    stuck = counted(priced, number)["forecast"]
    assert stuck["seconds"] is None and stuck["held"] and stuck["roadless"] == found["count"]
    page = priced.ask("dou", "POST", "/notices/count?lang=en", data=form(number)).text
    assert "No road carries it now" in page and "Mass messages are held" in page


def test_the_page_on_which_a_second_person_confirms_says_it_too(priced: Desk) -> None:
    number = priced.responding()
    priced.send()
    address = composed(priced, number)
    before = priced.get("ada", f"/api/v1{address}/forecast")
    assert before.status_code == 409 and before.json["field"] == "state"
    typed = priced.ask("dou", "POST", "/notices/count?lang=en", data=form(number)).text
    assert "smsc" in typed and "CNY" in typed and "Through in" in typed
    assert priced.ask("dou", "POST", f"{address}/submit", data={}).status_code == 303
    count = audience_of(priced, address)
    reckoned = priced.get("ada", f"/api/v1{address}/forecast").json
    assert sum(each["people"] for each in reckoned["shares"]) == count and reckoned["ahead"] == 0
    page = priced.get("ada", f"{address}?lang=en").text
    assert f"{count * 0.05:,.2f}" in page and "Through in" in page
    priced.post("ada", "/api/v1/roads/smsc/orders", act="pause", reason="trouble", minutes=5)
    assert "USD" in priced.get("ada", f"{address}/progress?lang=en").text
    priced.ask("ada", "POST", f"{address}/approve", data={"count": str(count)})
    priced.send()
    assert "USD" not in priced.get("ada", f"{address}/progress?lang=en").text


def test_a_road_without_a_price_is_named(desk: Desk) -> None:
    page = desk.ask("dou", "POST", "/notices/count?lang=en", data=form(desk.responding())).text
    assert "No price of a segment is set for console" in page
