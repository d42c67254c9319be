"""The roads by page and API: how they stand, who may order what, what is refused, and what waits."""

from typing import Any

import pytest

from command.core import beats
from command.core.beats import EngineBeat, Outcomes
from command.core.journal import Entry
from command.core.settings import GatewaySettings
from command.engine import fan_out
from command.messages import breakers, failures, quota, traffic
from command.roads import views
from tests.conftest import Time
from tests.incidents.conftest import Desk

ROADS = "/api/v1/roads"
pytestmark = pytest.mark.proves("B4", "D5", "B11")


def road(desk: Desk, name: str = "smsc") -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in desk.get("kef", ROADS).json["roads"] if each["name"] == name)
    return found


def test_the_commander_pauses_a_road_and_everybody_sees_it_until_it_ends(desk: Desk, time: Time) -> None:
    asked = {"act": "pause", "reason": "the provider has trouble", "minutes": 30}
    assert desk.post("kef", f"{ROADS}/smsc/orders", **asked).status_code == 403
    assert desk.post("ada", f"{ROADS}/smsc/orders", **asked).status_code == 201
    assert road(desk)["state"] == "paused" and road(desk)["orders"][0]["reason"] == "the provider has trouble"
    page = desk.get("kef", "/roads?lang=en").text
    assert "paused" in page and "the provider has trouble" in page and "/end" not in page
    last = desk.post("ada", f"{ROADS}/backup/orders", **asked)
    assert last.status_code == 409 and "pages" in last.json["detail"]
    done = desk.ask("dou", "POST", f"/roads/orders/{road(desk)['orders'][0]['id']}/end", data={})
    assert done.status_code == 303 and road(desk)["state"] == "open"
    with desk.database.read() as session:
        kinds = [each.kind for each in session.query(Entry).filter(Entry.kind.like("roads.%")).order_by(Entry.seq)]
    assert kinds == ["roads.ordered", "roads.order_ended"]
    assert desk.post("ada", f"{ROADS}/smsc/orders", **asked).status_code == 201
    time.forward(minutes=31)
    assert road(desk)["state"] == "open" and road(desk)["orders"] == []


def test_an_engineer_slows_a_road_on_their_own_word(desk: Desk) -> None:
    form = {"gateway": "smsc", "act": "slow", "rate": "5", "minutes": "20", "reason": "they refuse half of it"}
    refused = desk.ask("eng", "POST", "/roads/orders?lang=en", data=form)
    assert refused.status_code == 403 and "they refuse half of it" in refused.text and 'name="override"' in refused.text
    assert desk.ask("eng", "POST", "/roads/orders", data=form | {"override": "true"}).status_code == 303
    assert (road(desk)["slowed"], road(desk)["rate"]) == (5, 100)
    with desk.database.read() as session:
        entry = session.query(Entry).filter(Entry.kind == "roads.ordered").one()
    assert '"override":true' in entry.data


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "soon"}, "minutes"),
        ({"act": "blow up"}, "act"),
        ({"act": "slow", "rate": ""}, "rate"),
        ({"act": "slow", "rate": "-1"}, "rate"),
        ({"act": "divert", "what": "nowhere"}, "lane"),
        ({"gateway": "gone"}, "gateway"),
        ({"reason": "  "}, "reason"),
    ],
)
def test_a_refusal_names_the_field_and_keeps_what_was_typed(desk: Desk, change: dict[str, str], field: str) -> None:
    form = {"gateway": "smsc", "act": "pause", "minutes": "30", "reason": "kept as typed", "what": "first"} | change
    refused = desk.ask("ada", "POST", "/roads/orders?lang=en", data=form)
    assert refused.status_code in (422, 404) and f'id="{field}-error"' in refused.text
    assert ("kept as typed" in refused.text) == (field != "reason")


def test_a_lane_and_a_notice_are_diverted_but_none_of_an_exercise(desk: Desk) -> None:
    number = desk.responding()
    told = desk.get("ada", f"/api/v1/notices?incident={number}").json["items"]
    notice = next(each for each in told if each["kind"] == "first")
    for what in ({"lane": "update"}, {"notice": notice["id"]}):
        made = desk.post("ada", f"{ROADS}/backup/orders", act="divert", reason="x", minutes=5, **what)
        assert made.status_code == 201
    assert {(each["lane"], each["notice_id"]) for each in road(desk, "backup")["orders"]} == {
        ("update", None),
        (None, notice["id"]),
    }
    gone = desk.post("ada", f"{ROADS}/backup/orders", act="divert", reason="x", minutes=5, notice=999)
    assert gone.status_code == 404
    while fan_out.run_once(desk.installation):
        pass
    queue = next(each for each in desk.get("kef", ROADS).json["queues"] if each["lane"] == "first")
    # All of it goes by the one road that it is diverted to; the other does not make it faster.
    assert queue["waiting"] == notice["audience"]
    assert queue["seconds"] == pytest.approx(queue["waiting"] / 80, rel=0.01)
    desk.post("ada", "/api/v1/messages/hold", reason="x", minutes=5, mass=False, avoid=["backup"])
    assert road(desk, "backup")["state"] == "avoided"


def test_what_engines_tell_is_added_up_and_what_went_wrong_is_named(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = [1_800_000_000.0]
    monkeypatch.setattr(beats.time, "time", lambda: second[0])
    monkeypatch.setattr(traffic, "time", lambda: second[0])
    told = Outcomes()
    told.add("smsc", ["accepted"] * 300)
    told.add("smsc", ["failed"] * 20, ["30007"] * 20)
    second[0] += beats.SLICE
    told.hear("smsc", "undelivered", "30003")
    second[0] += beats.SLICE

    def beat(session: Any) -> None:
        at = views.clock.now(session)
        for name in ("a", "b"):
            session.add(EngineBeat(engine=name, started_at=at, seen_at=at, traffic=told.lately()))

    desk.database.write(beat)
    found = road(desk)
    assert found["now"] == pytest.approx(2 * 320 / 30) and sum(found["slices"]) == pytest.approx(2 * 32)
    assert [(each["kind"], each["code"], each["count"]) for each in found["failures"]] == [
        ("blocked", "30007", 40),
        ("unreachable", "30003", 2),
    ]
    assert "Text or sender refused" in desk.get("kef", "/roads/part?lang=en").text
    second[0] += 700
    assert (road(desk)["now"], road(desk)["failures"]) == (0, [])


NUMBERS = ({"number": "10690001", "rate": 30, "daily_cap": 500}, {"number": "10690002", "rate": 20})
SMSC = GatewaySettings(name="smsc", transport="smpp", host="127.0.0.1", username="u", senders=NUMBERS)  # type: ignore[arg-type]


@pytest.mark.parametrize("desk", [(SMSC,)], indirect=True)
def test_a_road_shows_its_senders_and_the_binds_that_engines_hold(desk: Desk, time: Time) -> None:
    link = {"pages": False, "kind": "transceiver", "state": "down", "under_way": 3, "error": "the connection broke"}

    def told(session: Any) -> None:
        at = views.clock.now(session)
        links = {"smsc": [link | {"error_at": at.isoformat()}, link | {"pages": True, "error": "", "error_at": ""}]}
        session.add(EngineBeat(engine="here:1", started_at=at, seen_at=at, links=links))
        limits = [quota.Limit("10690001", 30, 500), quota.Limit("10690002", 20)]
        quota.lease(session, "smsc", 45, rate=50, pages=False, pages_share=0, senders=limits)

    desk.database.write(told)
    found = road(desk)
    assert found["rate"] == 50 and found["daily_cap"] is None
    assert [(each["number"], each["rate"], each["daily_cap"], each["used_today"]) for each in found["senders"]] == [
        ("10690001", 30, 500, 30),
        ("10690002", 20, None, 15),
    ]
    assert [(each["state"], each["pages"], each["under_way"]) for each in found["links"]] == [
        ("down", False, 3),
        ("down", True, 3),
    ]
    page = desk.get("kef", "/roads?lang=en").text
    assert (
        "at most 30 a second · 30 of 500 today" in page
        and "at most 20 a second · 15 today" in page
        and "ended last at" in page
        and "for pages" in page
    )
    assert "发送号码" in desk.get("kef", "/roads?lang=zh").text
    time.forward(minutes=1)
    assert road(desk)["links"] == []


def test_a_refused_account_and_an_open_breaker_are_said(desk: Desk) -> None:
    desk.database.write(lambda session: breakers.stop(session, "smsc", "20003"))
    assert (road(desk)["state"], road(desk)["reason"]) == ("stopped", "20003")
    assert "tocsin gateways restart smsc" in desk.get("kef", "/roads?lang=en").text


CAPPED = GatewaySettings(name="smsc", transport="smpp", host="127.0.0.1", username="u", daily_cap=5)


@pytest.mark.parametrize("desk", [(CAPPED,)], indirect=True)
def test_a_road_that_has_carried_all_it_may_says_when_it_goes_on(desk: Desk, time: Time) -> None:
    desk.database.write(
        lambda session: quota.lease(session, "smsc", 5, rate=50, pages=False, pages_share=0, daily_cap=5)
    )
    assert (road(desk)["state"], road(desk)["used_today"]) == ("spent", 5)
    page = desk.get("kef", "/roads?lang=en").text
    assert "has carried all it may today" in page and "It goes on at 08:00." in page
    assert "今日发送量已达上限" in desk.get("kef", "/roads?lang=zh").text
    time.forward(days=1)
    assert (road(desk)["state"], road(desk)["used_today"]) == ("open", 0)


def test_every_class_has_words_and_an_unknown_code_is_something_else() -> None:
    assert set(failures.WORDS) == set(failures.REMEDIES)
    assert failures.of("99999") == failures.OTHER and failures.of("21211") == failures.INVALID
