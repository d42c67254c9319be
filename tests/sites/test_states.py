"""States of sites: what counts, what is kept, what falls next, and what fell for real."""

from datetime import datetime, timedelta

import pytest

from command.core.journal import Entry
from command.incidents import standing
from command.people import tokens
from command.sites.figures import SiteFigures, of
from tests.conftest import Time
from tests.sites.scene import CONTACT, Scene

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_the_next_to_fall_stands_first_with_the_users_it_cuts_off_each_counted_once(scene: Scene) -> None:
    scene.off("S-1", 200)
    scene.off("S-AGG", 100)
    scene.off("S-4", None)
    scene.states({"site": "S-5", "at": scene.ago(), "mains": "on"})
    answer = scene.get("ada", "/api/v1/sites/next-to-fall").json
    assert [(each["code"], each["users"], each["lacks"]) for each in answer["items"]] == [
        ("S-AGG", 35, None),
        ("S-1", 20, None),
        ("S-4", 10, "battery"),
    ]
    assert answer["users_together"] == 45, "the users of CELL-1 hang on AGG-1 and count once"
    number = scene.responding("AGG-1")
    assert [(each["code"], each["users"]) for each in scene.ahead()] == [("S-1", 0), ("S-4", 10)]
    assert scene.of_incident(number)["next_to_fall"]["users_together"] == 0
    assert [each["code"] for each in scene.ahead("area=8002")] == ["S-4"]


def test_a_late_figure_is_kept_and_does_not_count(scene: Scene) -> None:
    scene.off("S-1", 90, 10)
    late = scene.states(
        {"site": "S-1", "at": scene.ago(30), "battery_minutes": 300, "access": "blocked"},
        {"site": "S-1", "at": scene.ago(5), "fuel_hours": 2.5},
    )
    assert (late["kept"], late["late"], late["errors"]) == (2, 1, [])
    found = scene.site("S-1")
    state = found["state"]
    assert (state["battery_minutes"], state["access"], state["fuel_hours"]) == (90, "blocked", 2.5)
    assert [(each["said"], each["late"]) for each in found["reports"]][-1] == (
        {"battery_minutes": 300, "access": "blocked"},
        ["battery_minutes"],
    )
    again = scene.states({"site": "S-1", "at": scene.ago(1), "mains": "off"})
    assert again["late"] == 0 and scene.site("S-1")["state"]["mains_since"] == state["mains_since"]


@ONE
def test_what_cannot_be_used_is_named_one_by_one_and_the_rest_is_kept(scene: Scene) -> None:
    future = (datetime.fromisoformat(scene.ago()) + timedelta(hours=1)).isoformat()
    answer = scene.states(
        {"site": "S-1", "at": scene.ago(), "mains": "off"},
        {"site": "S-9", "at": scene.ago(), "mains": "off"},
        {"site": "S-2", "at": future, "mains": "off"},
        {"site": "S-2", "at": scene.ago()},
        {"site": "S-2", "at": scene.ago(), "battery_minutes": -5},
        {"site": "S-2", "at": "yesterday", "mains": "off"},
        {"at": scene.ago(), "mains": "off"},
        {"site": ["S-2"], "at": scene.ago(), "mains": "off"},
        {"site": "S-2", "at": scene.ago(), "mains": "off", "colour": "red"},
    )
    assert answer["kept"] == 1
    assert [(each["index"], each["field"]) for each in answer["errors"]] == [
        *((1, "site"), (2, "at"), (3, "mains"), (4, "battery_minutes"), (5, "at"), (6, "site"), (7, "site")),
        (8, "colour"),
    ]
    assert all(each["detail"] and each["remedy"] for each in answer["errors"])
    assert "There is no site S-9." in answer["errors"][0]["detail"]
    for body in ({"items": []}, {"items": [{}] * 1001}, {}, {"items": [1]}):
        assert scene.ask("dou", "POST", "/api/v1/sites/states", json=body).status_code == 422
    assert scene.get("ada", "/api/v1/sites/NOWHERE").status_code == 404
    assert scene.get("ada", "/api/v1/sites?area=9").status_code == 422


@ONE
def test_telemetry_writes_with_its_own_scope_and_agents_do_not(scene: Scene) -> None:
    def made(session: object, scope: str) -> str:
        person = scene.principal("dou").person_id
        from_person = session.get_one(tokens.Person, person)  # type: ignore[attr-defined]
        return tokens.create_token(session, from_person, scope, [scope], days=3, source="power-nms")[1]  # type: ignore[arg-type]

    body = {"items": [{"site": "S-1", "at": scene.ago(), "mains": "off"}]}
    for scope, status in (("sites.write", 200), ("alarms.write", 403)):
        token = scene.do(lambda session, scope=scope: made(session, scope))
        headers = {"Authorization": f"Bearer {token}"}
        assert scene.client().post("/api/v1/sites/states", json=body, headers=headers).status_code == status
    assert scene.post("kef", "/api/v1/sites/states", **body).status_code == 403
    assert scene.post("eng", "/api/v1/sites/states", **body).status_code == 200


def test_a_site_that_falls_for_real_is_tied_to_the_incident_until_it_is_back(scene: Scene, time: Time) -> None:
    scene.off("S-1", 30)
    number = scene.responding("CELL-2")
    assert scene.site("S-1")["fallen_at"] is None, "another site fell"
    time.forward(minutes=35)
    scene.fail(number, "CELL-1", "CELL-2")
    found = scene.site("S-1")
    assert found["incident"] == number and found["fallen_at"] and scene.ahead() == []
    assert found["history"][0]["kind"] == "site.fell"
    assert "Site fell" in found["history"][0]["text"] and number in found["history"][0]["text"]
    figures = scene.of_incident(number)["figures"]
    assert (figures["sites_out"], figures["sites_peak"], figures["without_mains"]) == (2, 2, 1)
    scene.states({"site": "S-1", "at": scene.ago(), "mains": "on"})
    scene.fail(number)
    found = scene.site("S-1")
    assert (found["incident"], found["fallen_at"]) == (None, None)
    assert [line["kind"] for line in found["history"]][:2] == ["site.back", "site.told"]
    figures = scene.of_incident(number)["figures"]
    assert (figures["sites_out"], figures["sites_restored"], figures["without_mains"]) == (0, 2, 0)


def test_drills_have_states_of_their_own(scene: Scene) -> None:
    said = {"site": "S-1", "at": scene.ago(), "mains": "off", "battery_minutes": 20}
    assert scene.states(said, exercise=True)["kept"] == 1
    assert scene.ahead() == [] and scene.site("S-1")["state"]["mains"] == "unknown"
    assert [each["code"] for each in scene.ahead("exercise=true")] == ["S-1"]
    number = scene.report(by="tra", exercise=True, elements=["CELL-1"])
    assert scene.of_incident(number)["figures"]["without_mains"] == 1
    assert scene.site("S-1")["incident"] is None


@ONE
def test_repeated_telemetry_is_no_news_for_the_journal(scene: Scene) -> None:
    scene.off("S-1", 120, 60)
    for minutes in (50, 40, 30):
        scene.states({"site": "S-1", "at": scene.ago(minutes), "mains": "off", "battery_minutes": 60 + minutes})
    history = scene.site("S-1")["history"]
    assert [line["kind"] for line in history] == ["site.told"]
    scene.states({"site": "S-1", "at": scene.ago(), "battery_minutes": 10})
    assert len(scene.site("S-1")["history"]) == 2, "the fall moved"
    assert len(scene.site("S-1")["reports"]) == 5


@ONE
def test_the_number_of_the_power_company_is_masked_until_a_reason_is_on_record(scene: Scene) -> None:
    assert scene.site("S-1")["contact"]["number"] == "+86 120****0000"
    assert scene.post("eng", "/api/v1/sites/S-1/actions/unmask", reason="Call them").status_code == 403
    assert scene.post("ada", "/api/v1/sites/S-1/actions/unmask", reason=" ").status_code == 422
    shown = scene.post("ada", "/api/v1/sites/S-1/actions/unmask", reason="No mains at S-1")
    assert shown.json == {"number": CONTACT}
    with scene.database.read() as session:
        told = session.query(Entry).filter(Entry.kind == "site.contact_unmasked").all()
    assert sorted(entry.stream_id.split(":")[0] for entry in told) == ["audit", "site"]
    assert not any(CONTACT[-8:] in entry.data for entry in told)


@ONE
def test_the_figures_are_zero_where_there_are_no_sites(scene: Scene) -> None:
    number = scene.report(kind="complaint_surge")
    with scene.database.read() as session:
        assert of(session, standing.find(session, number)) == SiteFigures()
