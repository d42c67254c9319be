"""Covering a duty, being away, changing the layers: pages follow at once, and what ran stays on record."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from command.oncall.models import DutyOverride, PersonLeave
from tests.conftest import Time
from tests.oncall.scene import Scene, step
from tests.oncall.test_web import bearer

pytestmark = pytest.mark.proves("R28")
QIN, WANG = "qin.yang", "wang.kai"
"""A duty officer, who plans for others; an engineer, who plans for himself."""
HOUR = timedelta(hours=1)


def at(when: datetime) -> str:
    return when.isoformat()


def cover(client: FlaskClient, scene: Scene, by: str, person: str, start: datetime, end: datetime) -> Any:
    body = {"person": person, "start": at(start), "end": at(end)}
    return client.post("/api/v1/schedules/technical/overrides", json=body, headers=bearer(scene, by))


def test_whoever_covers_is_paged_and_the_rotation_comes_back_after(
    scene: Scene, client: FlaskClient, time: Time, on_call: str
) -> None:
    now = time.now()
    assert cover(client, scene, QIN, "chen.bo", now, now + 2 * HOUR).status_code == 201
    scene.page(step("oncall:technical"), number="INC-1")
    scene.engine()
    assert scene.called("INC-1") == ["chen.bo"]
    time.forward(hours=3)
    scene.page(step("oncall:technical"), number="INC-2")
    scene.engine()
    assert scene.called("INC-2")[0] == on_call


def test_ending_cover_early_gives_the_duty_back_at_once(
    scene: Scene, client: FlaskClient, time: Time, on_call: str
) -> None:
    now = time.now()
    made = cover(client, scene, QIN, "chen.bo", now, now + 8 * HOUR).json
    time.forward(hours=1)
    headers = bearer(scene, QIN)
    ended = client.post(f"/api/v1/overrides/{made['id']}/actions/end", json={}, headers=headers)
    again = client.post(f"/api/v1/overrides/{made['id']}/actions/end", json={}, headers=headers)
    assert ended.json == again.json
    assert ended.json["cancelled"] is False
    scene.page(step("oncall:technical"))
    scene.engine()
    assert scene.called()[0] == on_call


def test_two_people_never_cover_at_once(scene: Scene, client: FlaskClient, time: Time) -> None:
    now = time.now()
    assert cover(client, scene, QIN, "chen.bo", now + HOUR, now + 3 * HOUR).status_code == 201
    refused = cover(client, scene, QIN, WANG, now + 2 * HOUR, now + 4 * HOUR)
    assert (refused.status_code, refused.json["field"]) == (409, "start")
    assert refused.json["remedy"]
    assert cover(client, scene, QIN, WANG, now + 3 * HOUR, now + 4 * HOUR).status_code == 201


def test_an_engineer_plans_for_himself_and_for_nobody_else(scene: Scene, client: FlaskClient, time: Time) -> None:
    now = time.now()
    assert cover(client, scene, WANG, WANG, now, now + HOUR).status_code == 201
    refused = cover(client, scene, WANG, "chen.bo", now + HOUR, now + 2 * HOUR)
    assert refused.status_code == 403
    assert scene.ask(lambda s: s.query(DutyOverride).count()) == 1


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [(-2, 1, "start"), (2, 1, "end"), (1, 1, "end"), (1, 24 * 500, "end")],
    ids=["past", "reversed", "empty", "endless"],
)
def test_a_time_that_cannot_be_covered_names_its_field(
    scene: Scene, client: FlaskClient, time: Time, start: int, end: int, field: str
) -> None:
    now = time.now()
    refused = cover(client, scene, QIN, WANG, now + start * HOUR, now + end * HOUR)
    assert (refused.status_code, refused.json["field"]) == (422, field)
    assert refused.json["remedy"]


def test_somebody_away_is_passed_over_until_they_are_back(
    scene: Scene, client: FlaskClient, time: Time, on_call: str
) -> None:
    now = time.now()
    body = {"person": on_call, "start": at(now), "end": at(now + 6 * HOUR)}
    made = client.post("/api/v1/leave", json=body, headers=bearer(scene, on_call))
    assert made.status_code == 201
    scene.page(step("oncall:technical"), number="INC-1")
    scene.engine()
    assert on_call not in scene.called("INC-1")[:1]
    ended = client.post(f"/api/v1/leave/{made.json['id']}/actions/end", json={}, headers=bearer(scene, on_call))
    assert ended.status_code == 200
    assert scene.ask(lambda s: s.query(PersonLeave).one().end_at) < now + 6 * HOUR
    scene.page(step("oncall:technical"), number="INC-2")
    scene.engine()
    assert scene.called("INC-2")[0] == on_call


def test_an_override_of_somebody_who_left_leaves_the_duty_to_the_rotation(
    scene: Scene, client: FlaskClient, time: Time, on_call: str
) -> None:
    now = time.now()
    cover(client, scene, QIN, "chen.bo", now, now + 4 * HOUR)
    scene.lock("chen.bo")
    scene.page(step("oncall:technical"))
    scene.engine()
    assert scene.called()[0] == on_call


def layer(**given: Any) -> dict[str, Any]:
    return {
        "name_zh": "白班",
        "name_en": "Days",
        "zone": "Asia/Shanghai",
        "starts_on": "2026-01-05",
        "handover": "09:00",
        "members": [WANG],
        **given,
    }


def put(client: FlaskClient, scene: Scene, *layers: dict[str, Any], by: str = QIN) -> Any:
    whole = {"name_zh": "技术值班", "name_en": "Technical duty", "department": "technical", "layers": list(layers)}
    return client.put("/api/v1/schedules/technical", json=whole, headers=bearer(scene, by))


def test_day_and_night_layers_preview_what_will_be_paged(scene: Scene, client: FlaskClient, time: Time) -> None:
    days = layer(windows=[{"days": list(range(7)), "start": "08:00", "end": "20:00"}])
    nights = layer(
        name_zh="夜班",
        name_en="Nights",
        members=["chen.bo"],
        windows=[{"days": list(range(7)), "start": "20:00", "end": "08:00"}],
    )
    assert put(client, scene, days, nights).status_code == 200
    asked = {"start": "2027-03-01T08:00:00+08:00", "end": "2027-03-03T08:00:00+08:00"}
    seen = client.get("/api/v1/schedules/technical/preview", query_string=asked, headers=bearer(scene, QIN)).json
    assert [each["person"]["name_en"] for each in seen["items"]] == ["Wang Kai", "Chen Bo"] * 2
    assert seen["gaps"] == []


def test_a_hole_in_the_week_is_named(scene: Scene, client: FlaskClient) -> None:
    assert (
        put(client, scene, layer(windows=[{"days": [0, 1, 2, 3, 4], "start": "09:00", "end": "17:00"}])).status_code
        == 200
    )
    asked = {"start": "2027-03-01T09:00:00+08:00", "end": "2027-03-08T09:00:00+08:00"}
    seen = client.get("/api/v1/schedules/technical/preview", query_string=asked, headers=bearer(scene, QIN)).json
    assert len(seen["gaps"]) == 5
    held = client.get(
        "/api/v1/schedules/technical/on-duty",
        query_string={"at": "2027-03-06T12:00:00+08:00"},
        headers=bearer(scene, QIN),
    ).json
    assert held["person"] is None


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"zone": "Mars/Olympus"}, "layers.0.zone"),
        ({"members": ["nobody"]}, "layers.0.members.0"),
        ({"members": []}, "layers.0.members"),
        ({"period_days": 0}, "layers.0.period_days"),
        ({"handover": "25:00"}, "layers.0.handover"),
        ({"windows": [{"days": [9], "start": "09:00", "end": "10:00"}]}, "layers.0.windows.0.days.0"),
    ],
)
def test_a_layer_that_cannot_be_names_its_field_and_changes_nothing(
    scene: Scene, client: FlaskClient, fault: dict[str, Any], field: str
) -> None:
    before = client.get("/api/v1/schedules/technical", headers=bearer(scene, QIN)).json
    refused = put(client, scene, layer(**fault))
    assert refused.status_code in (404, 422)
    assert refused.json["field"] == field
    assert client.get("/api/v1/schedules/technical", headers=bearer(scene, QIN)).json == before


def test_an_engineer_does_not_change_the_layers(scene: Scene, client: FlaskClient) -> None:
    assert put(client, scene, layer(), by=WANG).status_code == 403
