"""`tocsin trace`: what the database and the logs of several processes say of one id."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from command.core.installation import Installation
from command.trail import lines, trace
from tests.incidents.conftest import Desk

ALARM, PERSON, ELSE = "b3f1c09d5e7a2648", "c000000000000001", "d000000000000002"


def line(at: str, event: str, **fields: object) -> str:
    return json.dumps({"event": event, "timestamp": f"2026-11-27T{at}Z", **fields}) + "\n"


WEB = [
    line("08:00:02", "request", trace=PERSON, route="/api/v1/incidents/<number>/actions/<action>"),
    line("08:00:00", "alarms", trace=ALARM, incidents=["2026-1127-001"]),
    line("08:00:05", "request", trace=ELSE),
]
ENGINE = [
    "2026-11-27 08:00:04 [info] receipts trace=" + ALARM + "\n",
    line("08:00:03", "calls", trace=ALARM, deliveries=[1]),
    line("08:00:01", "journal", trace=ALARM, request=PERSON, kinds=["incident.activated"]),
]


def test_the_lines_of_all_processes_stand_in_order_with_those_of_whoever_decided() -> None:
    found = lines(ALARM, [WEB, ENGINE])
    assert [f"08:00:0{at}" in each for at, each in enumerate(found)] == [True] * 5
    assert ELSE not in "".join(found)
    assert lines("e" * 16, [WEB, ENGINE]) == []


def run(desk: Desk, *arguments: str, logs: Sequence[str] = ()) -> Result:
    return CliRunner().invoke(trace, arguments, obj=desk.installation.settings, input="".join(logs))


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


@pytest.fixture
def known(desk: Desk) -> str:
    """The id of an incident that is being told of."""
    answer = desk.post("dou", "/api/v1/incidents", kind="network_fault", area="800101", elements=["CELL-1"])
    number = answer.json["number"]
    desk.act("dou", number, "assess")
    desk.act("dou", number, "activate")
    desk.send()
    found: str = answer.headers["X-Trace"]
    return found


def test_it_says_what_happened_and_what_became_of_messages(desk: Desk, known: str) -> None:
    result = run(desk, known, "-", logs=[line("08:00:00", "calls", trace=known)])
    assert result.exit_code == 0, result.output
    for said in ("incident.reported", "incident.activated", "request ", "pages: ", "(first): ", '"event": "calls"'):
        assert said in result.output, said


def test_the_id_of_one_decision_leads_to_its_entries(desk: Desk, known: str) -> None:
    number = desk.report()["number"]
    decided = desk.post("dou", f"/api/v1/incidents/{number}/actions/assess").headers["X-Trace"]
    result = run(desk, decided)
    assert result.exit_code == 0 and "incident.assessed" in result.output and "incident.reported" not in result.output


@pytest.mark.parametrize(("given", "why"), [("13812345678", "16 hexadecimal digits"), ("e" * 16, "nothing is kept")])
def test_what_leads_nowhere_is_said(desk: Desk, given: str, why: str) -> None:
    result = run(desk, given)
    assert result.exit_code == 1 and why in result.output


def test_a_file_may_be_given(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "engine.log"
    file.write_text("".join(ENGINE), encoding="utf-8")
    assert "receipts" in run(desk, ALARM, str(file)).output
