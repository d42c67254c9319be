"""Escalation policies at work: the closest stands, a running chain is never disturbed, the simulation is what runs, and none that reaches
nobody is kept without naming the hole."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, update

from command.core import clock, journal
from command.oncall.escalation import policies
from command.oncall.models import DutyLayer, DutyMember, EscalationState
from command.people.models import GroupMember, Person
from tests.builders import build_network
from tests.conftest import Time
from tests.oncall.scene import Scene, step
from tests.oncall.test_web import bearer

QIN, WANG = "qin.yang", "wang.kai"
PLAN = (step("oncall:technical"), step("post:commander", 30))
ADDRESS = "/api/v1/escalation-policies"


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """With areas, so that policies can name them."""
    scene.write(lambda s: build_network(s, scene.installation.keyring, {}))
    return scene


def call(*targets: str, delay: int = 0, ack: int = 5) -> dict[str, Any]:
    return {"targets": list(targets), "delay_minutes": delay, "ack_minutes": ack}


def save(client: FlaskClient, scene: Scene, *steps: dict[str, Any], by: str = QIN, **more: Any) -> Any:
    body = {"department": "technical", "steps": list(steps), **more}
    return client.post(ADDRESS, json=body, headers=bearer(scene, by))


@pytest.mark.proves("R4")
def test_the_closest_policy_stands_and_without_one_the_plans_own_steps_do(scene: Scene, client: FlaskClient) -> None:
    scene.page(*PLAN, number="INC-1")
    assert save(client, scene, call("person:chen.bo")).status_code == 201
    assert save(client, scene, call("person:chu.ning"), tier=3).status_code == 201
    assert save(client, scene, call("person:han.mei"), area="8001").status_code == 201
    chain = scene.page(*PLAN, number="INC-2", areas=("800101", "8001", "80", "00"))
    scene.page(*PLAN, number="INC-3", areas=("8002", "80", "00"))
    scene.page(step("oncall:operations"), number="INC-4")
    scene.engine()
    assert scene.called("INC-2") == ["han.mei"]
    assert scene.called("INC-3") == ["chu.ning"]
    assert scene.called("INC-1") != ["chen.bo"]
    assert policies.asked(scene.chain(chain).steps) == "oncall:technical"  # widening the plan does not start it again
    assert scene.called("INC-4")[0] in ("wu.tao", "zheng.fan")
    assert scene.journal("escalation.started", "INC-2")[0]["policy_id"] is not None
    assert scene.journal("escalation.started", "INC-4")[0]["policy_id"] is None


@pytest.mark.proves("R4", "I11")
def test_rounds_and_the_last_resort_run_from_rows_across_restarts(
    scene: Scene, client: FlaskClient, time: Time
) -> None:
    save(client, scene, call("person:chen.bo", ack=5), call("person:chu.ning", "person:han.mei", delay=2), repeat=1)
    chain = scene.page(*PLAN)
    two = ["chu.ning", "han.mei"]
    expected = ["chen.bo"]
    scene.engine()
    for minutes, more in ((7, two), (5, ["chen.bo"]), (7, two), (5, ["qin.yang"])):
        time.forward(minutes=minutes, seconds=-20)
        scene.engine()  # an engine that knows nothing but the rows
        assert scene.called() == expected
        time.forward(seconds=20)
        scene.engine()
        expected += more
        assert scene.called() == expected
    time.forward(minutes=5)
    scene.engine()
    assert scene.chain(chain).state == EscalationState.EXHAUSTED
    scene.reply("qin.yang", "ACK")
    assert scene.chain(chain).state == EscalationState.ACKNOWLEDGED


@pytest.mark.proves("I11")
def test_changing_or_removing_a_policy_does_not_disturb_what_runs(
    scene: Scene, client: FlaskClient, time: Time
) -> None:
    made = save(client, scene, call("person:chen.bo"), call("person:chu.ning")).json
    scene.page(*PLAN, number="INC-1")
    scene.engine()
    changed = {"department": "technical", "steps": [call("person:han.mei")], "version": made["version"]}
    answer = client.put(f"{ADDRESS}/{made['id']}", json=changed, headers=bearer(scene, QIN))
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    scene.page(*PLAN, number="INC-2")
    client.post(f"{ADDRESS}/{made['id']}/actions/remove", json={}, headers=bearer(scene, QIN))
    time.forward(minutes=6)
    scene.engine()
    assert scene.called("INC-1") == ["chen.bo", "chu.ning"]
    assert scene.called("INC-2") == ["han.mei"]
    stream = journal.month("policies", scene.ask(clock.now))
    kinds = scene.ask(lambda s: [(e.kind, e.actor) for e in journal.entries(s, stream)])
    by = f"person:{scene.ids[QIN]}"
    assert kinds == [("policy.set", by), ("policy.set", by), ("policy.removed", by)]


def test_a_first_step_with_a_delay_waits_for_it(scene: Scene, client: FlaskClient, time: Time) -> None:
    save(client, scene, call("person:chen.bo", delay=3))
    scene.page(*PLAN)
    time.forward(minutes=2)
    scene.engine()
    assert scene.called() == []
    time.forward(minutes=1)
    scene.engine()
    assert scene.called() == ["chen.bo"]


@pytest.mark.proves("R28")
def test_the_simulation_is_what_runs_also_across_a_hand_over(scene: Scene, client: FlaskClient, time: Time) -> None:
    """Monday 08:55: the first round calls who leaves at nine, the second who comes."""
    now = time.now()
    monday = (now + timedelta(days=(7 - now.weekday()) % 7 or 7)).replace(hour=0, minute=55, second=0, microsecond=0)
    save(client, scene, call("oncall:technical", ack=6), call("post:deputy", "oncall:technical", ack=6), repeat=1)
    body = {"department": "technical", "tier": 3, "area": "8001", "at": monday.isoformat()}
    foretold = client.post(f"{ADDRESS}/simulate", json=body, headers=bearer(scene, WANG)).json
    time.forward(seconds=(monday - now).total_seconds())
    begun = time.now()
    scene.page(*PLAN, areas=("8001", "80", "00"))
    for _ in range(40):
        scene.engine()
        time.forward(minutes=1)
    ran = [(p.person_id, p.target, round((p.created_at - begun).total_seconds() / 60)) for p in scene.pages()]
    told = [
        (person["id"], reached["target"], round(each["minutes"]))
        for each in foretold["calls"]
        for reached in each["reached"]
        for person in reached["people"]
    ]
    assert told == ran
    assert len({person for person, target, _ in told if target == "oncall:technical"}) == 2


def test_a_simulation_tries_steps_that_are_not_saved(scene: Scene, client: FlaskClient, time: Time) -> None:
    body = {"department": "technical", "tier": 2, "at": time.now().isoformat()}
    headers = bearer(scene, WANG)
    bare = client.post(f"{ADDRESS}/simulate", json=body, headers=headers).json
    assert bare == {"policy": None, "calls": []}
    tried = client.post(f"{ADDRESS}/simulate", json={**body, "steps": [call("person:chen.bo")]}, headers=headers).json
    assert [each["reached"][0]["target"] for each in tried["calls"]] == ["person:chen.bo", "post:duty_officer"]
    assert client.get(ADDRESS, headers=headers).json["items"] == []


class TestHoles:
    @pytest.mark.parametrize(
        ("target", "code", "field"),
        [
            ("oncall:cooking", "policy-unknown", "steps.1.targets.0"),
            ("post:cook", "policy-unknown", "steps.1.targets.0"),
            ("group:kitchen", "policy-unknown", "steps.1.targets.0"),
            ("person:nobody", "policy-unknown", "steps.1.targets.0"),
        ],
    )
    def test_what_does_not_exist_is_named_at_its_field(
        self, scene: Scene, client: FlaskClient, target: str, code: str, field: str
    ) -> None:
        refused = save(client, scene, call("oncall:technical"), call(target))
        assert (refused.status_code, refused.json["code"], refused.json["field"]) == (422, code, field)
        assert target in refused.json["detail"] and refused.json["remedy"]

    def test_targets_that_nobody_holds_are_refused(self, scene: Scene, client: FlaskClient) -> None:
        scene.lock("chen.bo")
        scene.write(lambda s: s.execute(delete(DutyMember)))
        scene.write(lambda s: s.execute(delete(GroupMember)))
        for target, code in (
            ("person:chen.bo", "policy-nobody"),
            ("oncall:technical", "policy-no_members"),
            ("group:prefecture", "policy-nobody"),
        ):
            refused = save(client, scene, call(target))
            assert (refused.status_code, refused.json["code"]) == (422, code)
            assert target in refused.json["detail"]

    def test_a_post_must_be_held_in_the_area_or_around_it(self, scene: Scene, client: FlaskClient) -> None:
        scene.write(lambda s: s.execute(update(Person).values(area_code="8002")))
        refused = save(client, scene, call("post:engineer"), area="8001")
        assert (refused.status_code, refused.json["code"]) == (422, "policy-nobody")
        assert save(client, scene, call("post:engineer"), area="8002").status_code == 201

    def test_a_gap_is_named_and_kept_only_when_it_is_accepted(self, scene: Scene, client: FlaskClient) -> None:
        nights = [{"days": list(range(7)), "start": "20:00:00", "end": "08:00:00"}]
        scene.write(lambda s: s.execute(update(DutyLayer).values(windows=nights)))
        refused = save(client, scene, call("oncall:technical"))
        assert (refused.json["code"], refused.json["field"]) == ("policy-gap", "steps.0.targets")
        assert save(client, scene, call("oncall:technical", "post:engineer")).status_code == 201
        kept = save(client, scene, call("oncall:technical"), tier=1, accept_gaps=True)
        assert kept.status_code == 201
        assert [hole["why"] for hole in kept.json["holes"]] == ["gap"]

    def test_a_circle_is_refused(self, scene: Scene, client: FlaskClient) -> None:
        refused = save(client, scene, call("person:chen.bo"), call("person:han.mei"), call("person:chen.bo"))
        assert (refused.json["code"], refused.json["field"]) == ("policy-circle", "steps.2.targets")

    def test_what_opens_later_is_named_with_the_policy(self, scene: Scene, client: FlaskClient) -> None:
        assert save(client, scene, call("person:chen.bo")).json["holes"] == []
        scene.lock("chen.bo")
        (shown,) = client.get(ADDRESS, headers=bearer(scene, QIN)).json["items"]
        assert [hole["why"] for hole in shown["holes"]] == ["nobody"]


def test_who_may_not_and_what_stands_already_is_refused(scene: Scene, client: FlaskClient) -> None:
    assert save(client, scene, call("person:chen.bo"), by=WANG).status_code == 403
    assert save(client, scene, call("person:chen.bo"), area="9999").json["field"] == "area"
    made = save(client, scene, call("person:chen.bo")).json
    assert save(client, scene, call("person:han.mei")).status_code == 409
    stale = {"department": "technical", "steps": [call("person:han.mei")], "version": 7}
    answer = client.put(f"{ADDRESS}/{made['id']}", json=stale, headers=bearer(scene, QIN))
    assert (answer.status_code, answer.json["field"]) == (409, "version")


def test_somebody_behind_two_targets_of_a_step_is_called_once(scene: Scene, client: FlaskClient) -> None:
    save(client, scene, call("person:qin.yang", "post:duty_officer"))
    scene.page(*PLAN, areas=("800101", "8001", "80", "00"))
    scene.engine()
    assert scene.called() == ["qin.yang"]
    assert scene.journal("escalation.target_empty") == []
