"""What /metrics tells is right, can be parsed, names nobody, and is what dashboard and alerts ask for."""

import re
from typing import Any

import orjson
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from command.core import clock
from command.core.beats import OUTCOMES, EngineBeat
from command.core.installation import Installation
from command.core.paths import ROOT
from command.engine import escalate
from command.engine.pace import Paces
from tests.conftest import Time
from tests.incidents.conftest import Desk

OPERATE = ROOT / "docs" / "operate"
NAME = re.compile(r"\btocsin_[a-z_]+")


def told(desk: Desk) -> dict[str, dict[tuple[str, ...], float]]:
    """Every sample by name and the values of its labels, in the order of their names."""
    answer = desk.client().get("/metrics")
    assert answer.status_code == 200, answer.text
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        assert family.documentation.endswith(".") and family.name.startswith("tocsin_")
        found.setdefault(family.name + ("_total" if family.type == "counter" else ""), {})
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(value for _, value in sorted(sample.labels.items()))] = sample.value
    return found


def test_it_tells_how_incidents_pages_clocks_and_engines_do(installation: Installation, time: Time) -> None:
    desk = Desk(installation)
    before = told(desk)
    assert before["tocsin_engines"] == {(): 0} and before["tocsin_pages_open"] == {(): 0}
    paces = Paces()
    paces.note("clocks", 0.5, 60.0, busy=True)
    paces.note("clocks", 0.25, 61.0, failed=True)

    def beat(session: Any) -> None:
        now = clock.now(session)
        beats = {"console": {"accepted": 7, "unknown": 1}}
        row = EngineBeat(engine="one", started_at=now, seen_at=now, cycles=paces.told(61.0), gateways=beats)
        session.merge(row)

    number = desk.responding(elements=["CELL-1"])
    with desk.acting():
        escalate.run_once(installation)
    desk.report("tra", elements=["CELL-4"], exercise=True)
    time.forward(minutes=20)
    desk.database.write(beat)
    found = told(desk)
    tier = str(desk.see(number)["tier"])
    assert found["tocsin_incidents_open"][tier,] == sum(found["tocsin_incidents_open"].values()) == 1
    assert found["tocsin_pages_open"][()] >= 1
    assert found["tocsin_queue"]["page", "ready"] >= 1 and found["tocsin_queue_oldest_seconds"]["page",] >= 1200
    assert sum(found["tocsin_clocks"].values()) >= 2
    assert found["tocsin_engine_cycle_rounds_total"]["clocks", "one"] == 2
    assert found["tocsin_engine_cycle_busy_total"]["clocks", "one"] == 1
    assert found["tocsin_engine_cycle_failed_total"]["clocks", "one"] == 1
    assert found["tocsin_engine_cycle_seconds_total"]["clocks", "one"] == 0.75
    assert found["tocsin_engine_cycle_last_seconds"]["clocks", "one"] == 0.25
    assert found["tocsin_engine_cycle_worst_seconds"]["clocks", "one"] == 0.5
    assert found["tocsin_gateway_calls_total"] == {("one", "console", "accepted"): 7, ("one", "console", "unknown"): 1}
    text = desk.client().get("/metrics").text
    assert number not in text and "+86" not in text and "ada" not in text
    time.forward(minutes=11)
    assert told(desk)["tocsin_engines"] == {(): 0}


def test_the_worst_run_is_forgotten_after_five_minutes_and_sums_are_not() -> None:
    paces = Paces()
    paces.note("warm", 9.0, 30.0)
    paces.note("warm", 1.0, 290.0)
    assert paces.told(290.0)["warm"]["worst"] == 9.0
    assert paces.told(330.0)["warm"] == {
        "rounds": 2,
        "busy": 0,
        "failed": 0,
        "seconds": 10.0,
        "last": 1.0,
        "worst": 1.0,
    }


def test_what_the_line_counts_only_grows() -> None:
    OUTCOMES.add("tests", ["accepted", "accepted", "failed"])
    OUTCOMES.add("tests", ["accepted"])
    assert OUTCOMES.told()["tests"] == {"accepted": 3, "failed": 1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_dashboard_alerts_and_reference_name_what_there_is(installation: Installation) -> None:
    there = set(told(Desk(installation)))
    board = orjson.loads((OPERATE / "grafana-tocsin.json").read_bytes())
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    asked = {name for panel in panels for target in panel["targets"] for name in NAME.findall(target["expr"])}
    assert asked == there, asked ^ there
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert {panel["datasource"]["uid"] for panel in panels} == {"${datasource}"}
    rules = yaml.safe_load((OPERATE / "prometheus-alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    for rule in rules:
        names = set(NAME.findall(rule["expr"]))
        assert names <= there and (names or "up{" in rule["expr"]), rule["alert"]
    guide = (OPERATE / "watch.md").read_text("utf-8")
    assert [rule["alert"] for rule in rules if f"`{rule['alert']}`" not in guide] == []
    assert {name for name in there if not name.startswith("tocsin_engine_cycle")} <= set(NAME.findall(guide))
