"""A new tier I or II is alerted until one person has seen it, once for the room, on record."""

from datetime import UTC, datetime, timedelta

import pytest

from command.boards import derived
from command.incidents import alerts
from tests.boards.stage import Stage
from tests.conftest import Time

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


def after(*tiers: int) -> datetime | None:
    return alerts.since([(tier, BEGIN + timedelta(minutes=n)) for n, tier in enumerate(tiers)])


@pytest.mark.parametrize(
    ("tiers", "minute"),
    [
        ((), None),
        ((3, 4), None),
        ((2,), 0),
        ((4, 2, 2), 1),
        ((2, 1), 1),
        ((1, 2), 0),
        ((2, 3), None),
        ((2, 3, 2), 2),
    ],
)
def test_an_alert_begins_with_the_last_rise_to_a_grave_tier(tiers: tuple[int, ...], minute: int | None) -> None:
    assert after(*tiers) == (None if minute is None else BEGIN + timedelta(minutes=minute))


def grave(stage: Stage, tier: int = 2) -> str:
    number = stage.report(elements=["CELL-1"])
    assert stage.act("ada", number, "regrade", tier=tier, reason="a hospital is cut off") == 200
    return number


def unseen(stage: Stage, board: str = "command") -> list[str]:
    return [row["number"] for row in derived.alerts(stage.folded(board))["alerts"]]


@pytest.mark.proves("D2")
def test_one_person_sees_it_for_everybody_with_name_and_time(stage: Stage, time: Time) -> None:
    number = grave(stage)
    assert unseen(stage) == [number]
    time.forward(minutes=2)
    answer = stage.post("dou", f"/api/v1/incidents/{number}/actions/seen")
    assert answer.status_code == 200
    assert answer.get_json()["seen_by"]["username"] == "dou"
    assert unseen(stage) == []
    row = stage.folded("command")[number]["alert"]
    assert row["seen_by"] == stage.people["dou"]
    later = stage.post("ada", f"/api/v1/incidents/{number}/actions/seen")
    assert later.get_json()["seen_by"]["username"] == "dou", "who comes second changes nothing"
    entries = stage.get("ada", f"/api/v1/incidents/{number}/journal").get_json()["items"]
    seen = [entry for entry in entries if entry["kind"] == "alert.seen"]
    assert [(entry["data"]["person_id"], entry["data"]["seconds"]) for entry in seen] == [(stage.people["dou"], 120)]
    assert "二级（较大）" in str(seen[0])


@pytest.mark.proves("D2")
def test_a_tier_that_rises_further_is_alerted_again(stage: Stage, time: Time) -> None:
    number = grave(stage)
    assert stage.act("dou", number, "seen") == 200
    time.forward(minutes=1)
    assert stage.act("ada", number, "regrade", tier=1, reason="it spreads") == 200
    assert unseen(stage) == [number]


def test_an_incident_of_a_lower_tier_has_no_alert(stage: Stage) -> None:
    number = stage.report(elements=["CELL-1"])
    answer = stage.post("ada", f"/api/v1/incidents/{number}/actions/seen")
    assert answer.status_code == 409
    assert answer.get_json()["remedy"]


def test_what_is_restored_or_restricted_does_not_sound(stage: Stage) -> None:
    number = grave(stage)
    assert stage.act("ada", number, "assess") == stage.act("ada", number, "activate") == 200
    assert stage.act("ada", number, "restore", evidence="test calls succeed") == 200
    hidden = stage.report("ada", kind="information_security", elements=["CELL-1"])
    stage.act("ada", hidden, "regrade", tier=1, reason="records leaked")
    assert unseen(stage) == []


def test_an_exercise_sounds_on_its_own_board_only(stage: Stage) -> None:
    number = stage.report("tra", elements=["CELL-1"], exercise=True)
    stage.act("ada", number, "regrade", tier=1, reason="so the script says", override=True)
    assert unseen(stage) == []
    assert unseen(stage, "exercise") == [number]


@pytest.mark.proves("R19")
def test_an_auditor_sees_no_alert_for_others(stage: Stage) -> None:
    number = grave(stage)
    assert stage.post("aud", f"/api/v1/incidents/{number}/actions/seen").status_code == 403
    assert unseen(stage) == [number]
