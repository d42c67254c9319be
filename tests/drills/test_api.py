"""A drill over the API: who may do what, and what each of them sees."""

import shutil
from pathlib import Path

import pytest

from tests.drills.scene import Stage, line, scenario

CHOICES = [{"id": "wait", "text": {"zh": "等待", "en": "Wait"}}, {"id": "act", "text": {"zh": "行动", "en": "Act"}}]


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


def test_it_is_run_from_begin_to_end(stage: Stage) -> None:
    code = stage.plan(scenario(line(1, method="phone"), line(2, method="discussion", choices=CHOICES), line(30)))
    for who in ("ada", "dep"):
        assert stage.verb("acknowledge", code, who).status_code == 200
    assert stage.verb("begin", code, "eng").status_code == 403
    begun = stage.verb("begin", code)
    assert begun.status_code == 200, begun.text
    assert begun.json["state"] == "running" and begun.json["second"] == 0
    stage.minutes(2)
    assert stage.states(code) == {1: "pending", 2: "delivered", 30: "pending"}
    assert stage.verb("deliver", code, "ops", number=1).status_code == 200
    wrong = stage.verb("answer", code, "dou", number=2, choice="sleep")
    assert (wrong.status_code, wrong.json["field"]) == (422, "choice")
    assert stage.verb("answer", code, "eng", number=2, choice="act").status_code == 409
    assert stage.verb("answer", code, "dou", number=2, choice="act").status_code == 200
    assert stage.verb("answer", code, "ops", number=1, words="they called back").status_code == 200
    extra = stage.verb("inject", code, to="desk", sender="Mayor", content="When is it back?")
    assert extra.status_code == 200, extra.text
    stage.engine()
    assert stage.states(code)[31] == "delivered"
    assert stage.verb("skip", code, number=30).status_code == 200
    assert stage.verb("pause", code).json["ticking"] is False
    stage.minutes(10)
    paused = stage.get("tra", f"/api/v1/drills/{code}").json
    assert paused["second"] == pytest.approx(120, abs=10)
    assert stage.verb("resume", code).json["ticking"] is True
    assert stage.verb("speed", code, speed=61).status_code == 422
    assert stage.verb("speed", code, speed=10).json["speed"] == 10
    ended = stage.verb("end", code)
    assert ended.json["state"] == "ended"
    assert stage.verb("pause", code).status_code == 409


def test_players_see_what_was_put_to_them_and_not_what_is_expected(stage: Stage) -> None:
    code = stage.begun(scenario(line(1), line(2, to="field"), line(3)))
    stage.minutes(2)
    seen = stage.get("dou", f"/api/v1/drills/{code}").json
    assert [(each["number"], each["expected"]) for each in seen["injects"]] == [(1, None)]
    whole = stage.get("tra", f"/api/v1/drills/{code}").json
    assert [each["number"] for each in whole["injects"]] == [1, 2, 3]
    assert all(each["expected"] for each in whole["injects"])
    assert whole["people"] and "number" not in str(whole["people"][0].keys())


@pytest.mark.proves("R9")
def test_a_no_notice_drill_is_known_to_its_trainer_and_supervisors_alone_until_it_begins(stage: Stage) -> None:
    code = stage.plan(announced=False)
    for who, status in (("tra", 200), ("ada", 200), ("dep", 200), ("dou", 404), ("ops", 404), ("aud", 404)):
        assert stage.get(who, f"/api/v1/drills/{code}").status_code == status, who
        listed = [each["code"] for each in stage.get(who, "/api/v1/drills").json["items"]]
        assert (code in listed) == (status == 200), who
    assert stage.verb("acknowledge", code, "dou").status_code == 404
    stage.agree(code)
    assert stage.verb("begin", code).status_code == 200
    assert stage.get("dou", f"/api/v1/drills/{code}").status_code == 200


def test_something_real_stops_it_and_opens_a_clean_live_incident(stage: Stage) -> None:
    code = stage.begun(scenario(line(1)))
    stage.verb("report", code, "dou", kind="network_fault", area="800101", elements=["CELL-1"], summary="drill talk")
    made = stage.verb("real-event", code, "eng", kind="network_fault", area="800102", summary="smoke in the hall")
    assert made.status_code == 201, made.text
    assert made.json["exercise"] is False and "drill talk" not in made.text
    assert stage.drill(code).state == "stopped"
    assert [each.state for each in stage.incidents()] == ["cancelled"]
    (told,) = stage.told(code, "stopped")
    assert (told[1]["because"], told[1]["incident"]) == ("real_event", made.json["number"])
