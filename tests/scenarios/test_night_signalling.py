"""A night of a signalling storm in the core: nationwide, and nothing is cut off. From the first bad value to the last thing settled."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from command.core.database import Database
from command.core.keys import Keyring
from command.messages.models import Delivery
from command.network.models import CutOff
from tests.scenarios.centre import MINUTE, Centre, at_night
from tests.scenarios.databases import SQLITE_FIRST

STORM = {
    "code": "attach-cn",
    "name_en": "Attach success, nationwide",
    "name_zh": "全国附着成功率",
    "service": "mobile_data",
    "area": "00",
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
    "users": 40_000_000,
}
HOLD, RELEASE = "/api/v1/messages/hold", "/api/v1/messages/release"


class Core(Centre):
    """The core is measured every minute."""

    def measure(self, value: float, minutes: int) -> None:
        """The same value each minute for so many minutes; the engine goes along."""
        self.time.forward(minutes=minutes)
        now = self.now()
        sent = [
            {"series": "attach-cn", "at": (now - MINUTE * ago).isoformat(), "value": value}
            for ago in range(minutes - 1, -1, -1)
        ]
        assert self.ok(self.post("dou", "/api/v1/measurements", measurements=sent))["errors"] == []
        self.engine()

    def proposals(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ok(self.get("ada", "/api/v1/measurements"))["proposals"]
        return found

    def cut_off(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(CutOff).where(CutOff.until_at.is_(None))) or 0

    def decide(self, outcome: str) -> Any:
        return self.post("dou", "/api/v1/measurements/series/attach-cn/actions/decide", outcome=outcome)

    def carried(self, number: str) -> set[str | None]:
        """The gateways by which the notices of an incident left."""
        notices = [notice["id"] for notice in self.notices(number)]
        with self.database.read() as session:
            return set(session.scalars(select(Delivery.gateway).where(Delivery.notice_id.in_(notices))))

    def roads(self, number: str) -> set[str | None]:
        """The gateways by which the pages of an incident left."""
        pages = {page["id"] for page in self.ok(self.get("ada", f"/api/v1/pages?incident={number}&limit=100"))["items"]}
        with self.database.read() as session:
            return set(session.scalars(select(Delivery.gateway).where(Delivery.page_id.in_(pages))))


@pytest.fixture
def core(database: Database, keyring: Keyring, tmp_path: Path) -> Iterator[Core]:
    with at_night(Core, database, keyring, tmp_path, second_gateway=True) as made:
        yield made


@SQLITE_FIRST
@pytest.mark.proves("R1", "R6", "R31", "R32", "R33", "B2", "B4", "D1", "I4")
def test_a_signalling_storm_from_the_first_bad_value_to_the_last_thing_settled(core: Core) -> None:
    core.ok(core.post("dou", "/api/v1/measurements/series", **STORM), 201)
    core.measure(99, 12)
    core.measure(55, 4)
    assert core.proposals() == [], "four minutes are not long enough"
    core.measure(55, 2)
    (proposal,) = core.proposals()
    assert (proposal["users"], proposal["share"]) == (18_000_000, 0.45)
    assert "Attach success, nationwide" in core.get("dou", "/board/part/decisions?lang=en").text

    # One switch: mass messages wait, pages go by another operator's gateway.
    held = core.ok(core.post("ada", HOLD, reason="signalling storm in the core", minutes=120, avoid=["twilio"]))
    assert held["on"]
    assert "Mass messages are held" in core.get("kef", "/messages/hold/strip?lang=en").text
    storm = core.ok(core.decide("taken"))["incident"]
    core.engine()
    seen = core.see(storm)
    assert (seen["kind"], seen["tier"], seen["state"]) == ("service_interruption", 1, "responding")
    assert seen["rules"][0] == "i-500k-1h" and seen["area"]["code"] == "00", "nationwide, and projected to last"
    assert (seen["affected"]["now"], core.cut_off()) == (18_000_000, 0), "nobody is cut off by topology"
    assert {task["department"] for task in seen["tasks"]} == {"technical", "customer_service", "security", "operations"}
    assert "Degraded 45 %" in core.get("ada", "/board?lang=en").text
    assert core.roads(storm) == {"second"}
    assert storm in core.phone("eng")[0]
    core.answer("eng")
    core.answer("ada")
    assert core.roads(storm) == {"second"}, "the answer came by it too"

    # Two cells give way under the load: their notice waits, their page does not.
    core.alarm("CELL-1", "CELL-2")
    cells = core.newest()
    core.act("dou", cells, "activate")
    core.later(minutes=2)
    assert core.roads(cells) == {"second"} and any(cells in text for text in core.phone("eng"))
    (waiting,) = [each for each in core.ok(core.get("ada", HOLD))["waiting"] if each["incident"] == cells]
    assert (waiting["queued"], core.received()) == (30, {})

    first = core.send_bulletin(storm, "first")
    assert "18,000,000" in first["texts"]["en"] and len(core.mailed("regulator@example.net")) == 1
    assert core.clock(storm, "cn-inform-1h")["met_at"]

    # It gets worse, then better: good enough for as long as it takes, and not before.
    core.measure(30, 6)
    assert core.see(storm)["affected"]["now"] == 28_000_000
    refused = core.refused("ada", storm, "restore", evidence="the phones are ringing again")
    assert refused["code"] == "measurement-bad"
    core.measure(97, 8)
    assert core.refused("ada", storm, "restore", evidence="it looks well")["code"] == "measurement-bad"
    follow_up = core.send_bulletin(storm, "follow_up")
    assert follow_up["number"] == 2 and len(core.mailed("power@example.net")) == 1, "partners at tier I"
    core.measure(97, 4)
    seen = core.see(storm)
    assert seen["affected"]["now"] == 0 and "measurement.recovered" in core.kinds(storm)
    assert core.act("ada", storm, "restore")["state"] == "restored"
    assert core.line(storm, "incident.restored")["data"]["evidence"] == "measurement"

    # The hold ends; what waited leaves, by the gateway that was avoided.
    core.ok(core.post("dou", RELEASE, reason="the core is calm"))
    core.engine()
    in_cells = core.subscribers("CELL-1", "CELL-2")
    assert core.received() == dict.fromkeys(in_cells, 1)
    assert core.carried(cells) == {"twilio"}
    core.later(hours=2)
    words = {"zh": "【示例通信】抢修人员已到场。", "en": "Example Telecom: a crew is on site."}
    update = core.ok(core.post("dou", "/api/v1/notices", incident=cells, kind="update", texts=words), 201)["id"]
    core.ok(core.post("dou", f"/api/v1/notices/{update}/actions/submit"))
    assert core.post("dou", f"/api/v1/notices/{update}/actions/approve", count=30).status_code == 403, "two people"
    core.ok(core.post("ada", f"/api/v1/notices/{update}/actions/approve", count=30))
    core.engine()
    assert core.received() == dict.fromkeys(in_cells, 2), "an update: nothing holds it now"
    core.clears("CELL-1", "CELL-2")
    assert core.act("dou", cells, "restore")["state"] == "restored"
    core.engine()
    assert core.received() == dict.fromkeys(in_cells, 3), "the all-clear, to those who were told"

    # Under observation it returns once, and is open again by itself.
    assert core.refused("dou", storm, "review", cause="a flood of attaches")["code"] == "watch-over"
    core.measure(98, 60)
    core.measure(50, 7)
    seen = core.see(storm)
    assert (seen["state"], seen["affected"]["now"]) == ("responding", 20_000_000)
    assert core.line(storm, "observation.returned")["data"]["names"] == ["attach-cn"]
    assert core.proposals() == [], "no second incident of one fault"
    core.measure(98, 12)
    core.act("ada", storm, "restore")
    core.measure(98, 230)
    assert core.refused("dou", storm, "review", cause="a flood of attaches")["code"] == "watch-over"
    core.measure(98, 12)
    assert core.kinds(storm).count("observation.held") == 1

    # The rest: review, final report, what is left to settle, and the end.
    final = core.send_bulletin(storm, "final")
    assert [each["kind"] for each in core.bulletins(storm)] == ["first", "follow_up", "final"]
    assert final["figures"] and core.clock(storm, "cn-report-24h")["met_at"]
    core.end(storm)
    core.end(cells)
    assert [core.see(each)["state"] for each in (storm, cells)] == ["closed", "closed"]
    assert core.journal_faults() == ()
