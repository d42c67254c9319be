"""Each scenario that ships is held whole, and its report says what anybody can compute again from the journal."""

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from command.core.installation import Installation
from command.core.journal import Entry
from command.drills.evaluation import report
from command.drills.models import Drill, State
from playbooks.scenario import Fact
from tests.drills.town import EVALUATOR, TRAINER, Town

Line = tuple[datetime, str, str, dict[str, Any]]


def journal(town: Town, code: str) -> list[Line]:
    """Every entry of a drill and of the incidents that it names, in the order of time, without any code of the evaluation."""
    with town.database.read() as session:
        drill_id = session.scalar(select(Drill.id).where(Drill.code == code))
        rows = session.scalars(select(Entry).order_by(Entry.at, Entry.stream_id, Entry.seq)).all()
        lines = [(row.at, row.stream_id, row.kind, json.loads(row.data)) for row in rows]
    mine = {f"drill:{drill_id}"}
    mine |= {f"incident:{d['number']}" for _, s, kind, d in lines if kind == "drill.incident_joined" and s in mine}
    return [line for line in lines if line[1] in mine]


def recomputed(lines: list[Line]) -> dict[str, float | None]:
    """The seven facts by one walk through the entries: exercise time is counted on as it passes."""
    over = next(at for at, _, kind, _ in lines if kind == "drill.ended")
    second, speed, last = 0.0, 0.0, lines[0][0]
    seen: dict[str, float] = {}
    tasks: dict[Any, str] = {}
    clocks: dict[Any, list[Any]] = {}
    helped = {d["number"] for _, _, kind, d in lines if kind == "drill.incident_joined" and d["by"] == "controller"}

    def passed(at: datetime) -> float:
        return second + (at - last).total_seconds() * speed

    for at, stream, kind, data in lines:
        if at >= over:
            break
        second, last = passed(at), at
        if kind == "drill.began":
            speed = 1.0
        elif kind in ("drill.paused", "drill.resumed"):
            second, speed = data["second"], data.get("speed", 0.0)
        name = "first" if kind.startswith("notice.") and data.get("notice_kind") == "first" else kind
        if name == "first" and kind == "notice.drafted":
            continue
        seen.setdefault(name, data["second"] if kind == "drill.inject_delivered" else second)
        theirs = kind == "incident.report_added" or (kind == "incident.reported" and data["source"] == "person")
        if theirs and stream.removeprefix("incident:") not in helped:
            seen.setdefault("by people", second)
        if kind in ("task.given", "task.changed"):
            tasks[stream, data["task"]] = data.get("state", tasks.get((stream, data["task"]), ""))
        if kind in ("clock.started", "clock.moved", "clock.reopened"):
            began = clocks.get((stream, data["clock"]), [at, second])[:2]
            allowed = (datetime.fromisoformat(data["due_at"]) - began[0]).total_seconds()
            clocks[stream, data["clock"]] = [*began, began[1] + allowed, None]
        if kind == "clock.stopped":
            clocks[stream, data["clock"]][3] = passed(datetime.fromisoformat(data["met_at"]))
    end = next(d["second"] for _, _, kind, d in lines if kind == "drill.ended")
    due = [(limit, met) for _, _, limit, met in clocks.values() if met is not None or limit < end]

    def between(start: str, stop: str) -> float | None:
        return (seen[stop] - seen[start]) / 60 if start in seen and stop in seen else None

    return {
        "time_to_report": between("drill.inject_delivered", "by people"),
        "time_to_grade": between("incident.reported", "incident.graded"),
        "time_to_activate": between("incident.reported", "incident.activated"),
        "time_to_acknowledge": between("page.queued", "page.acknowledged"),
        "time_to_first_notice": between("incident.reported", "first"),
        "tasks_done": list(tasks.values()).count("done") / len(tasks) if tasks else None,
        "clocks_met": sum(met is not None and met <= limit for limit, met in due) / len(due) if due else None,
    }


def whole(installation: Installation, scenario: str, mode: str, speed: float) -> None:
    town = Town(installation)
    code = town.hold(scenario, mode, "80", speed)
    states = {row.number: row.state for row in town.injects(code)}
    assert set(states.values()) <= {"answered", "skipped"}, states
    lines = journal(town, code)
    proofs = [data["proof"] for _, _, kind, data in lines if kind == "drill.inject_answered" and data["proof"]]
    assert len(proofs) >= len(states) / 3, states
    expected = recomputed(lines)
    with town.database.read() as session:
        found = report.figures(session, session.scalars(select(Drill).where(Drill.code == code)).one())
    assert {fact.value: found.value(fact) for fact in Fact} == pytest.approx(expected, abs=0.01)
    measured = [each.measure.fact for each in town.scenario(code).objectives if each.measure]
    assert [expected[fact] for fact in measured if expected[fact] is None] == []
    for objective in town.scenario(code).objectives:
        rated = {"objective": objective.id, "rating": "P"}
        answer = town.post(EVALUATOR, f"/api/v1/drills/{code}/ratings", **rated)
        assert answer.status_code == 201, answer.text
    town.verb(code, "sign", TRAINER)
    assert town.drill(code).state == State.EVALUATED
    shown = town.get(TRAINER, f"/drills/{code}/report?lang=en")
    assert shown.status_code == 200
    assert f"{found.tasks_done.met}/{found.tasks_done.of}" in shown.text


SCENARIOS = (
    ("microwave_storm", "simulation", 5.0),
    ("tariff_complaints", "tabletop", 1.0),
    ("data_leak", "simulation", 5.0),
    ("typhoon_two_prefectures", "tabletop", 1.0),
    ("core_signalling_storm", "simulation", 5.0),
)


@pytest.mark.proves("R9", "R8", "R7")
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("scenario", "mode", "speed"), SCENARIOS)
def test_a_scenario_runs_whole_and_its_report_can_be_computed_again(
    installation: Installation, scenario: str, mode: str, speed: float
) -> None:
    whole(installation, scenario, mode, speed)


@pytest.mark.proves("R9")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_on_the_other_database_the_figures_are_as_true(installation: Installation) -> None:
    whole(installation, "tariff_complaints", "simulation", 5.0)
