"""Warnings before anything fails: issued, raised, lowered, changed, lifted, expired; what they ask for, and what came of them."""

import pytest
from sqlalchemy.orm import Session

from command.core import clock
from command.people import tokens
from command.people.models import Person
from command.warnings import flags
from tests.warnings.conftest import API, Weather

pytestmark = [pytest.mark.proves("R12")]
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_warning_is_raised_lowered_extended_and_lifted_and_each_turn_is_on_record(weather: Weather) -> None:
    made = weather.issued()
    code = made["code"]
    assert code.startswith("W-") and made["holds"] and made["colour"] == "yellow"
    assert [task["code"] for task in made["tasks"]] == ["typhoon.fuel", "typhoon.batteries"], "first due first"
    raised = weather.does(code, "actions/raise", colour="red", reason="It turned north")
    assert len(raised["tasks"]) == 6 and raised["flags"]["change_freeze"] == [code]
    lowered = weather.does(code, "actions/lower", colour="blue", reason="It passed")
    assert len(lowered["tasks"]) == 6, "what was given stays"
    assert lowered["flags"]["change_freeze"] == [] and lowered["flags"]["reinforced_duty"] == {}
    until = weather.ahead(hours=48)
    changed = weather.does(code, "actions/change", areas=["8001", "8002"], until_at=until, reason="It grew")
    assert [area["code"] for area in changed["areas"]] == ["8001", "8002"] and changed["version"] == 2
    lifted = weather.does(code, "actions/lift", reason="Gone out to sea")
    assert lifted["state"] == "lifted"
    kinds = [line["kind"] for line in lifted["history"]]
    assert kinds == [
        *("warning.issued", "warning.tasks_given", "warning.recoloured", "warning.tasks_given"),
        *("warning.recoloured", "warning.changed", "warning.lifted"),
    ]
    assert [line["said"] for line in lifted["history"]][-1] == "Gone out to sea"
    assert weather.wrong(at=f"/{code}/actions/raise", colour="red", reason="Again")["status"] == 409


@ONE
def test_what_cannot_be_is_refused_at_its_field(weather: Weather) -> None:
    def field(**fields: object) -> str:
        found: str = weather.wrong(**weather.said(**fields))["field"]
        return found

    assert field(colour="purple") == "colour" and field(event="rapture") == "event"
    assert field(until_at=weather.ahead(hours=-1)) == "until_at"
    assert field(from_at=weather.ahead(hours=30)) == "until_at", "reversed"
    assert field(until_at=weather.ahead(days=60)) == "until_at"
    assert field(from_at=weather.ahead(days=20), until_at=weather.ahead(days=21)) == "from_at"
    unknown = weather.wrong(**weather.said(areas=["8001", "9999"]))
    assert unknown["field"] == "areas" and "9999" in unknown["detail"]
    nested = weather.wrong(**weather.said(areas=["800101", "8001"]))
    assert "800101 lies in 8001" in nested["detail"]
    assert field(areas=[]) == "areas" and field(headline_en="") == "headline_zh"
    code = weather.issued()["code"]
    order = weather.wrong(at=f"/{code}/actions/raise", colour="blue", reason="x")
    assert order["status"] == 409 and order["field"] == "colour" and order["code"] == "colour-order"
    assert weather.wrong(at=f"/{code}/actions/lower", colour="yellow", reason="x")["status"] == 409
    assert weather.wrong(at=f"/{code}/actions/lower", colour="blue")["status"] == 422
    stale = weather.wrong(at=f"/{code}/actions/change", text_en="New", reason="x", version=7)
    assert stale["status"] == 409 and stale["field"] == "version"
    for by in ("aud", "kef", "tra"):
        assert weather.wrong(by, **weather.said())["status"] == 403


@ONE
def test_two_alike_in_one_place_are_named_and_may_be_confirmed(weather: Weather) -> None:
    first = weather.issued()["code"]
    refused = weather.wrong(**weather.said(areas=["800101"]))
    assert refused["status"] == 409 and refused["field"] == "confirm" and first in refused["detail"]
    assert weather.issued(areas=["8002"])["code"], "elsewhere"
    assert weather.issued(issuer="Power company", areas=["800101"])["code"], "of another issuer"
    second = weather.issued(areas=["800101"], confirm=True, key="once")
    assert second["code"] != first
    assert weather.issued(areas=["800101"], confirm=True, key="once")["code"] == second["code"]


def test_other_rooms_ask_what_live_warnings_want_of_an_area(weather: Weather) -> None:
    typhoon = weather.issued(colour="orange")["code"]
    risk = weather.issued(event="network_risk", colour="red", areas=["800102"])["code"]
    asked = weather.flags("800102")
    assert asked["change_freeze"] == [risk, typhoon] and asked["drills_suspended"] == [risk, typhoon]
    assert asked["reinforced_duty"] == {"technical": 3, "operations": 1, "customer_service": 1}, "the greatest of each"
    assert {each["resource"]: each["quantity"] for each in asked["staging"]}["generator"] == 2
    assert weather.flags("800101")["change_freeze"] == [typhoon] and weather.flags("80")["warnings"]
    assert weather.flags("8002")["warnings"] == [] and weather.flags()["warnings"] == [risk, typhoon]
    assert weather.flags("8001", exercise="1")["warnings"] == []
    assert weather.flags("8001", at=weather.ahead(hours=25).replace("+", "%2B"))["warnings"] == []
    far = weather.get("ada", f"{API}/flags?at=0001-01-01T00:00:00%2B14:00")
    assert far.status_code == 422 and far.json["field"] == "at"
    weather.time.forward(hours=25)
    weather._tokens.clear()
    with weather.database.read() as session:
        assert flags.of(session, ["8001"], clock.now(session)) == flags.Flags(), "over before the cycle looks"
    weather.expire()
    assert weather.warning(typhoon)["state"] == "expired"
    assert weather.warning(typhoon)["history"][-1]["kind"] == "warning.expired"


@ONE
def test_departments_settle_their_tasks_and_people_stand_by(weather: Weather) -> None:
    code = weather.issued(colour="orange")["code"]
    done = weather.does(code, "tasks/typhoon.fuel/actions/settle", by="ops", words="All full")
    task = next(each for each in done["tasks"] if each["code"] == "typhoon.fuel")
    assert task["state"] == "done" and task["by"]["username"] == "ops" and not task["late"]
    assert weather.wrong(at=f"/{code}/tasks/typhoon.fuel/actions/settle")["status"] == 409
    bare = weather.wrong(at=f"/{code}/tasks/typhoon.crews/actions/settle", state="skipped")
    assert bare["field"] == "words"
    weather.time.forward(hours=5)
    weather._tokens.clear()
    late = weather.does(code, "tasks/typhoon.crews/actions/settle", by="eng")
    assert next(each for each in late["tasks"] if each["code"] == "typhoon.crews")["late"]
    asked = weather.does(code, "standby/actions/ask", person="eng")
    technical = next(each for each in asked["standby"] if each["department"] == "technical")
    assert technical["missing"] == 2 and [each["username"] for each in technical["asked"]] == ["eng"]
    stands = weather.does(code, "standby/actions/confirm", by="eng")
    technical = next(each for each in stands["standby"] if each["department"] == "technical")
    assert technical["missing"] == 1 and technical["asked"] == []
    assert weather.wrong("ada", at=f"/{code}/standby/actions/confirm")["status"] == 422, "of no department"
    assert weather.wrong("sec", at=f"/{code}/standby/actions/withdraw")["status"] == 409
    assert weather.wrong(at=f"/{code}/standby/actions/ask", person="nobody")["field"] == "person"


def test_it_has_happened_here_makes_incidents_without_retyping_linked_both_ways(weather: Weather) -> None:
    code = weather.issued(text_en="Gusts of 40 m/s", areas=["8001", "8002"])["code"]
    body = {"areas": ["800101", "8002"], "elements": ["CELL-1", "CELL-4"], "key": "k"}
    numbers = weather.does(code, "actions/happened", by="kef", **body)["incidents"]
    assert len(numbers) == 2 and weather.does(code, "actions/happened", by="kef", **body)["incidents"] == numbers
    first = weather.see(numbers[0])
    assert first["kind"] == "natural_disaster" and first["area"]["code"] == "800101"
    assert first["affected"]["now"] == 20 and "Gusts of 40 m/s" in first["summary"]
    assert weather.kinds(numbers[0]).count("incident.came_of_warning") == 1
    shown = weather.warning(code)
    assert [each["number"] for each in shown["incidents"]] == numbers
    astray = weather.wrong(at=f"/{code}/actions/happened", areas=["8002"], elements=["CELL-1"])
    assert astray["field"] == "elements" and "800101" in astray["remedy"]
    hidden = weather.does(code, "actions/happened", areas=["800102"], kind="information_security")["incidents"]
    assert hidden[0] in str(weather.warning(code, "dou")) and hidden[0] not in str(weather.warning(code, "ops"))
    lifted = weather.does(code, "actions/lift", reason="It is over")
    assert "incidents still open: 3" in lifted["history"][-1]["text"]


@ONE
def test_a_machine_with_the_scope_writes_warnings_and_nothing_else(weather: Weather) -> None:
    def token(session: Session) -> str:
        owner = session.get_one(Person, weather.people["adm"])
        return tokens.create_token(session, owner, "met", ("warnings.write",), days=30, source="met")[1]

    secret = weather.database.write(token)
    headers = {"Authorization": f"Bearer {secret}"}
    made = weather.client().post(API, json=weather.said(), headers=headers)
    assert made.status_code == 201 and made.json["source"] == "api"
    code = made.json["code"]
    raised = {"colour": "orange", "reason": "Upgraded by the service"}
    assert weather.client().post(f"{API}/{code}/actions/raise", json=raised, headers=headers).status_code == 200
    for refused in (f"{API}/{code}/advisory", f"{API}/{code}/actions/happened"):
        assert weather.client().post(refused, json={"areas": ["8001"]}, headers=headers).status_code == 403
    assert weather.client().get(API, headers=headers).status_code == 403
