"""Phone drills over HTTP: the interface, the pages, the address in the message, the export."""

import csv
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from command.core.settings import GatewaySettings
from command.messages.models import State
from command.oncall.models import PageState
from tests.oncall import drills
from tests.oncall.drills import call, engine, held, journal, later, plan
from tests.oncall.scene import Scene, step
from tests.oncall.test_duty_page import signed_in, token
from tests.oncall.test_web import bearer

__all__ = ["signed_in"]
QIN, YOU = "qin.yang", "you.na"
API, PAGES = "/api/v1/phone-drills", "/on-call/drills"


@pytest.fixture
def settings(settings: Any) -> Any:
    return settings.model_copy(update={"gateways": (GatewaySettings(name="sms", transport="simulated"),)})


def body(scene: Scene, **changes: Any) -> dict[str, Any]:
    given = {
        "name": "Roll call",
        "targets": ["schedule:technical", "person:qin.yang"],
        "starts": f"{drills.in_minutes(scene, 60):%Y-%m-%dT%H:%M}",
        "zone": drills.ZONE,
    }
    return given | changes


@pytest.mark.proves("R9")
def test_a_drill_is_planned_seen_and_called_off_by_a_program(scene: Scene, client: FlaskClient) -> None:
    who = bearer(scene, "han.mei")
    made = client.post(API, json=body(scene, every="monthly", by="order", wait_minutes=15), headers=who)
    assert made.status_code == 201, made.json
    assert made.json["targets"] == ["schedule:technical", "person:qin.yang"] and made.json["next_at"]
    assert [each["id"] for each in client.get(API, headers=who).json["items"]] == [made.json["id"]]
    gone = client.post(f"{API}/{made.json['id']}/actions/cancel", json={}, headers=who)
    assert gone.json["cancelled"] and gone.json["next_at"] is None
    again = client.post(f"{API}/{made.json['id']}/actions/cancel", json={}, headers=who)
    assert again.status_code == 409


WRONG = (
    ({"targets": []}, "targets"),
    ({"targets": ["schedule:none"]}, "targets"),
    ({"targets": ["person:nobody"]}, "targets"),
    ({"targets": ["department:kitchen"]}, "targets"),
    ({"targets": ["tea"]}, "targets"),
    ({"starts": "2020-01-01T10:00"}, "starts"),
    ({"starts": "2026-12-07T10:00+08:00"}, "starts"),
    ({"starts": "soon"}, "starts"),
    ({"zone": "Asia/Atlantis"}, "zone"),
    ({"zone": "../../etc/passwd"}, "zone"),
    ({"wait_minutes": 0}, "wait_minutes"),
    ({"wait_minutes": 9999}, "wait_minutes"),
    ({"every": "hourly"}, "every"),
    ({"name": "   "}, "name"),
    ({"said": "x" * 200}, "said"),
    ({"said": "call 13800001111"}, "said"),
    ({"colour": "red"}, "colour"),
)


@pytest.mark.proves("R9")
def test_what_cannot_be_used_is_refused_at_its_field(scene: Scene, client: FlaskClient) -> None:
    who = bearer(scene, "li.hong")
    for changes, field in WRONG:
        refused = client.post(API, json=body(scene, **changes), headers=who)
        assert refused.status_code == 422, (changes, refused.json)
        named = refused.json.get("field") or refused.json["errors"][0]["field"]
        assert named.startswith(field) and refused.json["detail"], (changes, refused.json)
    assert client.get(API, headers=who).json["items"] == []


@pytest.mark.proves("R9")
def test_a_group_without_anybody_is_refused(scene: Scene, client: FlaskClient) -> None:
    scene.lock("shen.gang"), scene.lock("han.mei")
    refused = client.post(API, json=body(scene, targets=["post:resource_manager"]), headers=bearer(scene, "li.hong"))
    assert (refused.status_code, refused.json["field"]) == (422, "targets")


@pytest.mark.proves("R9")
def test_two_drills_may_not_call_one_person_at_once(scene: Scene, client: FlaskClient) -> None:
    who = bearer(scene, "li.hong")
    assert client.post(API, json=body(scene, every="weekly"), headers=who).status_code == 201
    same = client.post(API, json=body(scene, targets=["person:qin.yang"]), headers=who)
    assert (same.status_code, same.json["field"]) == (422, "starts")
    weeks = f"{drills.in_minutes(scene, 60 + 3 * 7 * 24 * 60 + 10):%Y-%m-%dT%H:%M}"
    assert client.post(API, json=body(scene, targets=["person:qin.yang"], starts=weeks), headers=who).status_code == 422
    assert client.post(API, json=body(scene, targets=["person:yang.shu"]), headers=who).status_code == 201


@pytest.mark.proves("R9", "R19")
def test_who_may_plan(scene: Scene, client: FlaskClient) -> None:
    may = {"han.mei": 201, "shen.gang": 201, "wu.tao": 201, "chen.bo": 403, "yang.shu": 403, "zhu.qi": 403}
    for at, (username, status) in enumerate(may.items()):
        starts = f"{drills.in_minutes(scene, 60 + 60 * at):%Y-%m-%dT%H:%M}"
        made = client.post(API, json=body(scene, starts=starts), headers=bearer(scene, username))
        assert made.status_code == status, username


@pytest.mark.proves("R9")
def test_an_unannounced_drill_is_known_to_planners_and_auditors_until_it_begins(
    scene: Scene, client: FlaskClient
) -> None:
    drill_id = plan(scene, announced=False)
    seen = {
        name: client.get(f"{API}/{drill_id}", headers=bearer(scene, name)).status_code
        for name in ("chen.bo", "yang.shu", "han.mei")
    }
    assert seen == {"chen.bo": 404, "yang.shu": 200, "han.mei": 200}
    assert client.get(API, headers=bearer(scene, "chen.bo")).json["items"] == []
    later(scene, minutes=2)
    engine(scene)
    assert client.get(f"{API}/{drill_id}", headers=bearer(scene, "chen.bo")).status_code == 200


@pytest.mark.proves("R9")
def test_results_name_everybody_to_planners_and_oneself_to_others(scene: Scene, client: FlaskClient) -> None:
    run_id = held(scene)
    later(scene, seconds=40)
    scene.reply(QIN, "收到")
    whole = client.get(f"/api/v1/phone-drill-runs/{run_id}", headers=bearer(scene, "yang.shu")).json
    counts = {"people": 3, "reached": 1, "answered": 1, "late": 0, "failed": 0}
    assert {name: whole["summary"][name] for name in counts} == counts
    assert round(whole["summary"]["median"]) == round(whole["summary"]["slowest"]) == 40
    assert [item["stands"] for item in whole["items"]] == ["called", "called", "answered"]
    own = client.get(f"/api/v1/phone-drill-runs/{run_id}", headers=bearer(scene, "chen.bo")).json
    assert [item["person"]["id"] for item in own["items"]] == [scene.ids["chen.bo"]]
    assert own["summary"]["people"] == 3


@pytest.mark.proves("R9")
def test_somebody_signed_in_answers_and_nobody_else_for_them(scene: Scene, client: FlaskClient) -> None:
    run_id = held(scene)
    act = f"/api/v1/phone-drill-runs/{run_id}/actions/answer"
    said = [client.post(act, json={}, headers=bearer(scene, QIN)).json["outcome"] for _ in range(2)]
    assert said == ["answered", "again"]
    assert client.post(act, json={}, headers=bearer(scene, "wu.tao")).status_code == 404


def link(scene: Scene, username: str) -> str:
    (found,) = re.findall(r"http://[^/]+(/d/\d+\.[\w-]+)", scene.inbox(username)[0])
    return str(found)


@pytest.mark.proves("R9", "B3")
class TestTheLink:
    def test_looking_answers_nothing_and_pressing_does_once(self, scene: Scene, client: FlaskClient) -> None:
        held(scene)
        shown = client.get(link(scene, QIN))
        assert shown.status_code == 200 and "演练" in shown.text and "我已收到" in shown.text
        assert shown.headers["Cache-Control"] == "no-store" and shown.headers["Referrer-Policy"] == "no-referrer"
        assert call(scene, QIN).answered_at is None
        for _ in range(2):
            assert client.post(link(scene, QIN)).status_code == 303
        assert len(journal(scene, "phone_drill.answered")) == 1 and call(scene, QIN).answered_via == "link"
        assert "已记录您的应答" in client.get(link(scene, QIN)).text

    def test_an_address_of_a_page_is_no_address_of_a_drill_nor_the_other_way_round(
        self, scene: Scene, client: FlaskClient
    ) -> None:
        held(scene)
        scene.page(step(f"person:{scene.ids[QIN]}"))
        scene.engine()
        page = scene.link(QIN)
        assert client.post(page.replace("/p/", "/d/")).status_code == 404
        assert client.post(link(scene, QIN).replace("/d/", "/p/")).status_code == 404
        assert scene.pages()[0].state == PageState.SENDING and call(scene, QIN).answered_at is None

    def test_it_is_good_for_a_day_after_the_drill(self, scene: Scene, client: FlaskClient) -> None:
        held(scene)
        later(scene, hours=24, minutes=31)
        assert client.get(link(scene, QIN)).status_code == 404


def form(client: FlaskClient, scene: Scene, **changes: Any) -> dict[str, Any]:
    return (
        body(scene, wait_minutes="30", every="once", by="record", announced="yes", said="")
        | changes
        | {"csrf_token": token(client, f"{PAGES}/new")}
    )


@pytest.mark.proves("R9")
def test_a_drill_is_planned_and_followed_on_the_pages(signed_in: FlaskClient, scene: Scene) -> None:
    made = signed_in.post(f"{PAGES}/new", data=form(signed_in, scene, targets=["person:qin.yang", "person:you.na"]))
    assert made.status_code == 303, made.text
    assert "Roll call" in signed_in.get(f"{PAGES}?lang=en").text
    later(scene, minutes=60)
    engine(scene)
    later(scene, seconds=30)
    scene.reply(QIN, "收到")
    scene.write(
        lambda s: setattr(
            s.get_one(drills.Delivery, drills.ways(scene, YOU)[0].delivery_id), "state", State.UNDELIVERED
        )
    )
    run = signed_in.get(f"{PAGES}/runs/1?lang=en").text
    assert "[DRILL]" in run and "Not reached: no message arrived" in run and "30 s" in run and "exercise-banner" in run
    assert 'hx-trigger="every 5s"' in run
    assert "+86" not in run and not re.search(r"1\d{10}", run)
    plan_page = signed_in.get(f"{PAGES}/1?lang=en").text
    assert "number does not work" in plan_page and "Began: 2 people to call" in plan_page
    stopped = signed_in.post(f"{PAGES}/runs/1/stop", data={"csrf_token": token(signed_in, f"{PAGES}/runs/1")})
    assert stopped.status_code == 303 and "Stopped" in signed_in.get(f"{PAGES}/runs/1/part?lang=en").text


FAULTS: dict[str, dict[str, Any]] = {
    "targets": {"targets": []},
    "starts": {"starts": "2020-01-01T10:00"},
    "zone": {"zone": "Atlantis"},
    "wait_minutes": {"wait_minutes": "0"},
    "name": {"name": ""},
}


@pytest.mark.proves("R9")
def test_the_form_refuses_at_the_field_and_keeps_what_was_typed(signed_in: FlaskClient, scene: Scene) -> None:
    for at, fault in FAULTS.items():
        refused = signed_in.post(f"{PAGES}/new?lang=en", data=form(signed_in, scene, said="typed words", **fault))
        assert refused.status_code == 422
        assert f'id="{at}-error"' in refused.text and "typed words" in refused.text
        assert at == "targets" or re.search(r'<option value="person:qin.yang" selected', refused.text)


@pytest.mark.proves("R9", "I10")
def test_the_export_has_names_and_figures_and_no_number_and_is_on_record(signed_in: FlaskClient, scene: Scene) -> None:
    run_id = held(scene, name="=cmd")
    later(scene, seconds=30)
    scene.reply(QIN, "收到")
    data = {"csrf_token": token(signed_in, f"{PAGES}/runs/{run_id}")}
    answer = signed_in.post(f"{PAGES}/runs/{run_id}/export?lang=en", data=data)
    assert answer.status_code == 200 and answer.content_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["Username"] for row in rows][-1] == QIN and rows[-1]["Seconds"] == "30"
    assert rows[-1]["Answered by"] == "by SMS" and "SMS waits" in rows[0]["Ways"]
    assert not re.search(r"\d{11}", answer.text)
    assert journal(scene, "phone_drill.exported") == [{"run_id": run_id, "people": 3}]


@pytest.mark.proves("R9")
def test_a_drill_shows_on_no_public_page_and_in_no_figure(scene: Scene, client: FlaskClient) -> None:
    held(scene, name="Roll call of Tuesday")
    for address in ("/status", "/status.json"):
        assert "Roll call" not in client.get(address).text
    overview = client.get("/api/v1/overview", headers=bearer(scene, "li.hong"))
    assert "Roll call" not in overview.text
