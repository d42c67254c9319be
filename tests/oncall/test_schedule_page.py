"""Making and changing a duty, as somebody uses it without a script, and over the interface."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.oncall.duties import schedules
from command.oncall.models import DutyLayer, Schedule
from tests.conftest import Time
from tests.oncall.scene import Scene, step
from tests.oncall.test_cover import QIN, bearer, layer
from tests.oncall.test_duty_page import signed_in, token

__all__ = ["signed_in"]
NEW = "/on-call/schedules/new"


def form(client: FlaskClient, **fields: Any) -> dict[str, Any]:
    typed = {
        "code": "optical",
        "name_zh": "光缆值班",
        "name_en": "Optical duty",
        "department": "technical",
        "layers.0.name_zh": "白班",
        "layers.0.name_en": "Days",
        "layers.0.zone": "Asia/Shanghai",
        "layers.0.starts_on": "2026-01-05",
        "layers.0.handover": "09:00",
        "layers.0.period_days": "7",
        "layers.0.members.0": "王凯 (wang.kai)",
        "layers.0.members.2": "chen.bo",
        "layers.1.name_zh": "没有人",
    }
    return {**typed, **fields, "csrf_token": token(client, NEW)}


def kept(scene: Scene, code: str = "optical") -> tuple[Schedule, list[tuple[DutyLayer, list[int]]]] | None:
    def work(session: Session) -> Any:
        row = session.scalar(select(Schedule).where(Schedule.code == code))
        return row and (row, [(x, schedules.member_ids(session, x)) for x in schedules.layers_of(session, row)])

    return scene.ask(work)  # type: ignore[no-any-return]


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


@pytest.mark.proves("R4", "R28")
def test_a_duty_is_made_shown_changed_and_paged(signed_in: FlaskClient, scene: Scene) -> None:
    made = signed_in.post(NEW, data=form(signed_in))
    assert (made.status_code, made.location) == (303, "/on-call#optical")
    found = kept(scene)
    assert found is not None
    assert [ids for _, ids in found[1]] == [[scene.ids["wang.kai"], scene.ids["chen.bo"]]], (
        "the empty layer is left out"
    )
    page = text(signed_in.get("/on-call/schedules/optical?lang=en"))
    assert "Wang Kai (wang.kai)" in page and "oncall:optical" in page
    nights = {
        "layers.1.name_zh": "夜班",
        "layers.1.name_en": "Nights",
        "layers.1.zone": "Asia/Shanghai",
        "layers.1.starts_on": "2026-01-05",
        "layers.1.handover": "20:00",
        "layers.1.period_days": "1",
        "layers.1.members.0": "chen.bo",
        "layers.1.windows.0.days": ["0", "1", "2", "3", "4", "5", "6"],
        "layers.1.windows.0.start": "00:00",
        "layers.1.windows.0.end": "00:00",
        "name_en": "Optical fibre duty",
    }
    changed = signed_in.post("/on-call/schedules/optical", data=form(signed_in, **nights))
    assert changed.status_code == 303
    found = kept(scene)
    assert found is not None and found[0].name_en == "Optical fibre duty" and len(found[1]) == 2
    assert found[1][1][0].windows == [{"days": [*range(7)], "start": "00:00:00", "end": "00:00:00"}]
    scene.page(step("oncall:optical"))
    scene.engine()
    assert scene.called() == ["chen.bo"], "the upper layer counts first"


def test_what_layers_would_do_is_shown_and_nothing_is_kept(signed_in: FlaskClient, scene: Scene, time: Time) -> None:
    office = {
        "layers.0.windows.0.days": ["0", "1", "2", "3", "4"],
        "layers.0.windows.0.start": "09:00",
        "layers.0.windows.0.end": "17:00",
    }
    tried = text(signed_in.post(f"{NEW}?lang=en", data=form(signed_in, do="try", **office)))
    assert "Nobody would hold this duty for" in tried and 'class="duty-gap"' in tried
    assert 'value="王凯 (wang.kai)"' in tried and tried.count(" checked>") == 5
    whole = text(signed_in.post(f"{NEW}?lang=en", data=form(signed_in, do="try")))
    assert "Somebody holds the duty at every instant" in whole
    assert kept(scene) is None


def test_buttons_add_and_move_layers_and_keep_what_was_typed(signed_in: FlaskClient, scene: Scene) -> None:
    more = text(signed_in.post(NEW, data=form(signed_in, do="layer")))
    assert 'name="layers.1.members.0"' in more and 'name="layers.1.zone" type="text" value="Asia/Shanghai"' in more
    places = text(signed_in.post(NEW, data=form(signed_in, do="people")))
    assert 'name="layers.0.members.11"' in places
    upper = {"layers.1.members.0": "li.hong", "layers.1.name_en": "Upper"}
    moved = text(signed_in.post(NEW, data=form(signed_in, do="down.1", **upper)))
    assert 'name="layers.0.members.0" type="text" value="li.hong"' in moved
    assert 'name="layers.1.name_en" type="text" value="Days"' in moved
    assert kept(scene) is None


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"code": "Optical Duty"}, 'id="code-error"'),
        ({"code": "technical"}, "There is a duty of this code already."),
        ({"layers.0.zone": "Mars/Olympus"}, "This is no time zone."),
        ({"layers.0.members.2": "nobody.knows"}, "There is nobody called nobody.knows."),
        ({"layers.0.members.0": "", "layers.0.members.2": ""}, 'class="problem" role="alert"'),
        ({"layers.0.period_days": "0"}, "layers.0.period_days-error"),
        ({"layers.0.starts_on": "soon"}, "layers.0.starts_on-error"),
        ({"layers.0.windows.0.start": "09:00"}, "layers.0.windows.0"),
        ({"name_zh": " "}, "name_zh-error"),
    ],
)
def test_a_wrong_form_says_what_to_mend_where_and_keeps_what_was_typed(
    signed_in: FlaskClient, scene: Scene, fault: dict[str, str], said: str
) -> None:
    answer = signed_in.post(f"{NEW}?lang=en", data=form(signed_in, **fault))
    shown = text(answer)
    assert 400 <= answer.status_code < 500 and said in shown
    assert all(f'value="{typed}"' in shown for typed in fault.values() if typed.strip())
    assert "optical" not in scene.ask(lambda s: list(s.scalars(select(Schedule.code))))


def test_two_who_change_one_duty_do_not_overwrite_each_other(scene: Scene, client: FlaskClient) -> None:
    head = bearer(scene, QIN)
    read = client.get("/api/v1/schedules/technical", headers=head).json
    whole = {"name_zh": "技术值班", "name_en": "Technical duty", "department": "technical", "version": read["version"]}
    first = client.put("/api/v1/schedules/technical", json={**whole, "layers": [layer()]}, headers=head)
    assert first.status_code == 200 and first.json["version"] != read["version"]
    late = client.put("/api/v1/schedules/technical", json={**whole, "layers": [layer(period_days=1)]}, headers=head)
    assert (late.status_code, late.json["code"]) == (409, "duty-changed")
    again = {**whole, "version": first.json["version"], "layers": [layer(period_days=1)]}
    assert client.put("/api/v1/schedules/technical", json=again, headers=head).status_code == 200


def test_only_who_plans_makes_duties(scene: Scene, client: FlaskClient) -> None:
    new = {"code": "x", "name_zh": "x", "name_en": "x", "department": "technical", "layers": [layer()]}
    assert client.post("/api/v1/schedules", json=new, headers=bearer(scene, "chen.bo")).status_code == 403
    assert client.post("/api/v1/schedules", json=new, headers=bearer(scene, QIN)).status_code == 201
    assert client.post("/api/v1/schedules", json=new, headers=bearer(scene, QIN)).status_code == 409


@pytest.mark.proves("R28")
def test_a_preview_of_layers_is_what_runs_once_they_are_kept(scene: Scene, client: FlaskClient, time: Time) -> None:
    head, begin = bearer(scene, QIN), time.now()
    span = {"start": begin.isoformat(), "end": (begin + timedelta(days=30)).isoformat()}
    layers = [layer(period_days=1, members=["wang.kai", "chen.bo"])]
    cover = {"person": "li.hong", "start": span["start"], "end": (begin + timedelta(days=2)).isoformat()}
    assert client.post("/api/v1/schedules/technical/overrides", json=cover, headers=head).status_code == 201
    tried = client.post(
        "/api/v1/schedules/preview", json={**span, "layers": layers, "code": "technical"}, headers=head
    ).json
    whole = {"name_zh": "技术值班", "name_en": "Technical duty", "department": "technical", "layers": layers}
    assert client.put("/api/v1/schedules/technical", json=whole, headers=head).status_code == 200
    runs = client.get("/api/v1/schedules/technical/preview", query_string=span, headers=head).json
    assert tried["items"] == runs["items"] and len(tried["items"]) > 20
    assert tried["items"][0]["person"]["name_en"] == "Li Hong"
