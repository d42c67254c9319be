"""The pages of escalation policies, as somebody uses them without a script."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from command.oncall.duties.plan_models import EscalationPolicy
from command.people.models import Person
from tests.builders import build_network
from tests.conftest import Time
from tests.oncall.scene import Scene
from tests.oncall.test_duty_page import local, signed_in, token

__all__ = ["signed_in"]
NEW = "/on-call/policies/new"


@pytest.fixture
def page(signed_in: FlaskClient, scene: Scene) -> Iterator[FlaskClient]:
    scene.write(lambda s: build_network(s, scene.installation.keyring, {}))
    yield signed_in


def form(client: FlaskClient, **fields: str) -> dict[str, str]:
    typed = {
        "department": "technical",
        "tier": "2",
        "area": "8001",
        "repeat": "1",
        "steps.0.targets.0": "oncall:technical",
        "steps.0.delay_minutes": "0",
        "steps.0.ack_minutes": "5",
        "steps.2.targets.1": "person:chen.bo",
        "steps.2.delay_minutes": "4",
        "steps.2.ack_minutes": "",
    }
    return {**typed, **fields, "csrf_token": token(client, NEW)}


def kept(scene: Scene) -> list[EscalationPolicy]:
    return scene.ask(lambda s: list(s.scalars(select(EscalationPolicy))))


@pytest.mark.proves("R4")
def test_a_policy_is_written_listed_changed_and_removed(page: FlaskClient, scene: Scene) -> None:
    assert page.post(NEW, data=form(page)).status_code == 303
    (row,) = kept(scene)
    assert [step["targets"] for step in row.steps] == [["oncall:technical"], [f"person:{scene.ids['chen.bo']}"]]
    assert (row.steps[1]["delay_minutes"], row.steps[1]["ack_minutes"], row.repeat) == (4, 5, 1)
    shown = page.get("/on-call/policies?lang=en").get_data(as_text=True)
    assert "technical department · Tier II · Meichuan" in shown
    assert "Chen Bo" in shown and "Technical duty" in shown
    address = f"/on-call/policies/{row.id}"
    edited = page.get(f"{address}?lang=en").get_data(as_text=True)
    assert 'value="Person: Chen Bo"' in edited and 'value="Duty: Technical duty"' in edited
    assert 'value="人员：陈波"' in page.get(f"{address}?lang=zh").get_data(as_text=True)
    assert page.post(address, data=form(page, tier="", version="1")).status_code == 303
    assert (kept(scene)[0].tier, kept(scene)[0].version) == (None, 2)
    assert page.post(f"{address}/remove", data={"csrf_token": token(page, NEW)}).status_code == 303
    assert kept(scene) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"steps.2.targets.1": "person:nobody"}, "Step 2: there is no person:nobody."),
        ({"steps.2.targets.1": "tea"}, "steps.1.targets.0-error"),
        ({"steps.0.ack_minutes": "soon"}, "steps.0.ack_minutes-error"),
        ({"area": "9999"}, "There is no area 9999."),
        ({"department": "kitchen"}, "department-error"),
        ({"steps.0.targets.0": "", "steps.2.targets.1": ""}, 'class="problem" role="alert"'),
    ],
)
def test_a_wrong_form_says_what_to_mend_where_and_keeps_what_was_typed(
    page: FlaskClient, scene: Scene, fault: dict[str, str], said: str
) -> None:
    answer = page.post(f"{NEW}?lang=en", data=form(page, **fault))
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in shown
    assert all(f'value="{typed}"' in shown for name, typed in fault.items() if typed and name != "department")
    assert kept(scene) == []


@pytest.mark.parametrize("typed", ["Person: Chen Bo", "person:chen.bo", "chen  bo", "陈波", "人员：陈波", "人员: 陈波"])
def test_whom_a_step_calls_is_typed_by_name(page: FlaskClient, scene: Scene, typed: str) -> None:
    tongue = "zh" if typed.startswith("人员") else "en"
    answer = page.post(f"{NEW}?lang={tongue}", data=form(page, **{"steps.2.targets.1": typed}))
    assert answer.status_code == 303
    assert kept(scene)[0].steps[1]["targets"] == [f"person:{scene.ids['chen.bo']}"]


def test_a_name_that_two_have_is_not_guessed_and_each_can_be_chosen(page: FlaskClient, scene: Scene) -> None:
    two = {"name_zh": "陈波", "name_en": "Chen Bo"}
    scene.write(lambda s: s.execute(update(Person).where(Person.username == "qin.yang").values(**two)))
    answer = page.post(f"{NEW}?lang=en", data=form(page, **{"steps.2.targets.1": "Chen Bo"}))
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422 and "or more than one is" in shown and 'value="Chen Bo"' in shown
    chosen = form(page, **{"steps.2.targets.1": "Person: Chen Bo (qin.yang)"})
    assert page.post(f"{NEW}?lang=en", data=chosen).status_code == 303
    assert kept(scene)[0].steps[1]["targets"] == [f"person:{scene.ids['qin.yang']}"]


def test_the_box_offers_what_may_be_meant_by_name_in_both_languages(page: FlaskClient) -> None:
    def offered(q: str, tongue: str = "en") -> list[str]:
        shown = page.get(f"/on-call/policies/targets?lang={tongue}&q={q}").get_data(as_text=True)
        return re.findall(r'data-value="([^"]+)"', shown)

    assert offered("陈波") == ["Person: Chen Bo"] and offered("chenbo", "zh") == ["人员：陈波"]
    assert offered("duty officer") == ["Post: duty officer"]
    everything = offered("")
    kinds = [label.partition(":")[0] for label in everything]
    assert list(dict.fromkeys(kinds)) == ["Duty", "Post", "Group", "Person"]
    assert offered("Post: duty officer") == ["Post: duty officer"] or offered("Post: duty officer") == everything
    assert offered("Group: nearest county group") == everything and offered("tea pot") == []


def test_a_hole_is_told_by_names(page: FlaskClient, scene: Scene) -> None:
    scene.lock("chen.bo")
    page.post(NEW, data=form(page, **{"steps.2.targets.1": "person:wu.tao"}))
    scene.lock("wu.tao")
    assert "person:wu.tao" not in page.get("/on-call/policies?lang=en").get_data(as_text=True)
    assert "nobody who can be called is behind Wu Tao" in page.get("/on-call/policies?lang=en").get_data(as_text=True)


def test_one_more_step_and_the_trial_keep_what_was_typed_and_save_nothing(
    page: FlaskClient, scene: Scene, time: Time
) -> None:
    more = page.post(NEW, data=form(page, do="more")).get_data(as_text=True)
    assert 'name="steps.3.targets.0"' in more and 'value="person:chen.bo"' in more
    at = local(time.now() + timedelta(hours=3))
    tried = page.post(f"{NEW}?lang=en", data=form(page, do="try", at=at, try_tier="2")).get_data(as_text=True)
    assert tried.count("<strong>Chen Bo</strong>") == 2  # both rounds
    assert "+9 min" in tried and "Last resort: the duty manager" in tried
    assert kept(scene) == []


@pytest.mark.proves("R28")
def test_the_list_tells_who_is_reached_when_on_a_saturday_night(page: FlaskClient, scene: Scene) -> None:
    assert 'T03:10"' in page.get("/on-call/policies").get_data(as_text=True)
    asked = "/on-call/policies?lang=en&department=technical&tier=2&area=800101&at=2027-01-02T03:10"
    assert "No policy stands for this" in page.get(asked).get_data(as_text=True)
    page.post(NEW, data=form(page))
    shown = page.get(asked).get_data(as_text=True)
    assert "This policy stands:" in shown and "+0 min" in shown
    for wrong in ("tier=2&at=someday", "tier=2&area=77&at=2027-01-02T03:10", "tier=9&at=2027-01-02T03:10"):
        answer = page.get(f"/on-call/policies?department=technical&{wrong}")
        assert answer.status_code == 422
