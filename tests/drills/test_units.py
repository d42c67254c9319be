"""What drills take from the real pools: shown as what it is, and back for a real event at once."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from command.core import clock
from command.core.installation import Installation
from command.drills.models import Drill
from command.resources.models import ResourceAllocation
from tests.drills.scene import Stage, line, scenario
from tests.resources.conftest import Store


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.fixture
def store(stage: Stage, installation: Installation) -> Store:
    return Store(installation.database)


def ask(stage: Stage, number: str, need: str = "generator") -> int:
    """An approved request of an incident; its id."""
    with stage.database.read() as session:
        soon = (clock.now(session) + timedelta(hours=8)).isoformat()
    body: dict[str, Any] = {"resource": need, "type": 2, "quantity": 1, "need_by": soon, "place": "8001", "why": "dark"}
    asked = stage.post("dou", f"/api/v1/incidents/{number}/resource-requests", **body)
    assert asked.status_code == 201, asked.text
    id: int = asked.json["id"]
    decided = stage.post("ada", f"/api/v1/resources/requests/{id}/actions/approve")
    assert decided.status_code == 200, decided.text
    return id


def in_drill(stage: Stage, store: Store) -> tuple[str, int, int]:
    """A drill whose incident has the one generator on its way: code, unit, what it was taken under."""
    (unit,) = store.generators("G-1")
    code = stage.begun(scenario(line(30)))
    made = stage.verb("report", code, "dou", kind="network_fault", area="800101", elements=["CELL-1"])
    request = ask(stage, made.json["number"])
    stock = store.unit(unit).stock_id
    take = [{"stock": stock, "unit": unit}]
    filled = stage.post("ada", f"/api/v1/resources/requests/{request}/actions/fill", take=take)
    assert filled.status_code in (200, 201), filled.text
    held = stage.get("ada", "/api/v1/resources/out").json["items"][0]["id"]
    for step in ("assign", "dispatch"):
        turned = stage.post("ada", f"/api/v1/resources/out/{held}/actions/{step}")
        assert turned.status_code == 200, turned.text
    return code, unit, held


def test_it_stands_in_the_real_pool_with_the_time_it_takes_to_recall_it(stage: Stage, store: Store) -> None:
    code, unit, held = in_drill(stage, store)
    shown = stage.get("ada", f"/api/v1/resources/out/{held}").json
    assert (shown["card"], shown["recall_minutes"]) == ("in_drill", 20)
    assert "recall 20 min" in stage.get("ada", "/resources?lang=en").text

    def slower(session: Session) -> None:
        session.get_one(Drill, stage.drill(code).id).recall_minutes = 45

    stage.do(slower)
    assert "In drill, recall 45 min" in stage.get("ada", f"/resources/out/{held}?lang=en").text
    assert "recall 45 min" in stage.get("ada", f"/resources/units/{unit}?lang=en").text
    (mine,) = stage.get("tra", f"/api/v1/drills/{code}").json["units"]
    assert (mine["serial"], mine["recall_minutes"]) == ("G-1", 45)


@pytest.mark.parametrize("door", ["drill", "pool", "page"])
def test_it_is_recalled_and_free_at_once(stage: Stage, store: Store, door: str) -> None:
    code, unit, held = in_drill(stage, store)
    if door == "drill":
        assert stage.verb("recall", code, "eng", allocation=held).status_code == 403
        assert stage.verb("recall", code, "tra", allocation=held, reason="it is dark for real").status_code == 200
        assert stage.verb("recall", code, "tra", allocation=held).status_code == 404
    elif door == "page":
        assert "Recall from the drill" in stage.get("ada", f"/resources/out/{held}?lang=en").text
        form = {"note": "it is dark for real"}
        assert stage.ask("ada", "POST", f"/resources/out/{held}/recall", data=form).status_code == 303
        assert stage.ask("ada", "POST", f"/resources/out/{held}/recall", data=form).status_code == 409
    else:
        address = f"/api/v1/resources/out/{held}/actions/recall"
        assert stage.post("ada", address, note="it is dark for real").status_code == 200
        assert stage.post("ada", address).status_code == 409
    assert store.unit(unit).bucket == "available"
    assert stage.get("ada", f"/api/v1/resources/out/{held}").json["recall_minutes"] is None


def test_a_live_incident_is_offered_what_a_drill_has_and_gets_it(stage: Stage, store: Store) -> None:
    _, _, held = in_drill(stage, store)
    request = ask(stage, stage.responding())
    plan = stage.get("ada", "/api/v1/resources/plan")
    assert plan.status_code == 200, plan.text
    (need,) = plan.json["items"]
    (gift,) = need["lines"]
    assert (gift["recall_minutes"], gift["serials"], gift["takes_from"]) == (20, ["G-1"], None)
    assert gift["text"].find("recalled from a drill") > 0
    assert "recall 20 min" in stage.get("ada", "/resources/plan?lang=en").text
    chosen = [{"line": gift["line"], "version": gift["version"]}]
    taken = stage.post("ada", "/api/v1/resources/plan/accept", lines=chosen)
    assert taken.status_code == 200, taken.text
    with stage.database.read() as session:
        assert session.get_one(ResourceAllocation, held).state == "returned"
    out = stage.get("ada", "/api/v1/resources/out").json["items"]
    assert [(each["exercise"], each["request_id"], each["serial"]) for each in out] == [(False, request, "G-1")]


def test_what_is_stopped_gives_everything_back(stage: Stage, store: Store) -> None:
    code, unit, _ = in_drill(stage, store)
    assert stage.verb("stop", code, "dou").status_code == 200
    assert stage.told(code, "stopped")[0][1]["released_units"] == 1
    assert store.unit(unit).bucket == "available"
    requests = stage.get("ada", "/api/v1/resources/requests").json["items"]
    assert {each["state"] for each in requests} <= {"closed"}
