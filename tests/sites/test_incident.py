"""What an incident's page holds: a generator brought in time, the order of restoration, cables, and crews that go or do not."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from command.bulletins import figures as bulletin_figures
from command.incidents import standing
from command.resources import register as pools
from command.resources.models import ResourceUnit
from command.resources.register import Definition, Home
from command.resources.states import Kind
from command.sites import figures
from tests.conftest import Time
from tests.sites.scene import Scene

ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOME = Home("梅川备件库", "Meichuan store", "8001", "1 Depot Road", department="operations")


def stocked(scene: Scene) -> dict[str, int]:
    """A pool with a generator, a vehicle and two fibre crews; the ids of the units by serial number."""

    def work(session: Any) -> dict[str, int]:
        pools.define(session, Definition("generator", Kind.MATERIAL, "发电机", "Generator", serial=True))
        pools.define(
            session, Definition("fibre-crew", Kind.HUMAN, "光缆抢修队", "Fibre crew", serial=True, rest_hours=8)
        )
        pool = pools.open_pool(session, "store", HOME).id
        pools.receive(session, pool, "generator", 2, serials=("GEN-1",))
        pools.receive(session, pool, "fibre-crew", 1, serials=("Crew A", "Crew B"))
        return {unit.serial: unit.id for unit in session.query(ResourceUnit)}

    found: dict[str, int] = scene.do(work)
    return found


def taken(scene: Scene, number: str, resource: str, unit: int, place: str = "CELL-1") -> int:
    """A unit assigned to an incident; what it was taken as."""
    soon = (datetime.fromisoformat(scene.ago()) + timedelta(hours=3)).isoformat()
    need = {"resource": resource, "quantity": 1, "need_by": soon, "place": place}
    request = scene.post("dou", f"/api/v1/incidents/{number}/resource-requests", **need).json["id"]
    base = f"/api/v1/resources/requests/{request}/actions"
    assert scene.post("ada", f"{base}/approve").status_code == 200
    with scene.database.read() as session:
        stock = session.get_one(ResourceUnit, unit).stock_id
    filled = scene.post("dou", f"{base}/fill", take=[{"stock": stock, "unit": unit}])
    assert filled.status_code == 200, filled.text
    held: int = filled.json["taken"][0]["id"]
    assert step(scene, held, "assign") == 200
    return held


def step(scene: Scene, held: int, name: str, **body: Any) -> int:
    return scene.post("dou", f"/api/v1/resources/out/{held}/actions/{name}", **body).status_code


def decide(scene: Scene, number: str, decision: str, hours: float = 4, **more: Any) -> Any:
    until = (datetime.fromisoformat(scene.ago()) + timedelta(hours=hours)).isoformat()
    body = {"decision": decision, "reason": "Wind of force 12", "valid_until": until, **more}
    return scene.post("ada", f"/api/v1/incidents/{number}/safety?lang=en", **body)


@pytest.mark.proves("R11")
def test_a_generator_is_asked_for_once_by_when_the_site_falls(scene: Scene) -> None:
    stocked(scene)
    number = scene.responding("CELL-2")
    address = f"/api/v1/incidents/{number}/sites/S-1/actions/bring-generator"
    assert scene.post("dou", address).status_code == 409, "its mains are on as far as anybody knows"
    scene.off("S-1", 120)
    (line,) = scene.of_incident(number)["next_to_fall"]["items"]
    assert line["generator_due"] and line["request"] is None
    assert scene.post("kef", address).status_code == 403
    made = scene.post("dou", address)
    assert made.status_code == 201, made.text
    assert (made.json["resource"]["code"], made.json["quantity"], made.json["place"]) == (
        *("generator", 1),
        "S-1 CELL-1 site",
    )
    due = datetime.fromisoformat(made.json["need_by"])
    assert due == datetime.fromisoformat(line["falls"]["at"])
    again = scene.post("dou", address)
    assert again.status_code == 409 and str(made.json["id"]) in again.json["detail"]
    (line,) = scene.of_incident(number)["next_to_fall"]["items"]
    assert not line["generator_due"] and line["request"] == made.json["id"]
    assert "site.generator_asked" in scene.kinds(number)
    scene.post("dou", f"/api/v1/resources/requests/{made.json['id']}/actions/cancel", reason="Mains are back")
    assert scene.post("dou", address).status_code == 201
    far = scene.states({"site": "S-3", "at": scene.ago(), "mains": "off", "battery_minutes": 600})
    assert far["errors"] == [] and all(each["code"] != "S-3" for each in scene.ahead("area=800101"))


def test_a_commander_moves_a_site_up_with_a_reason_on_record(scene: Scene) -> None:
    number = scene.responding("CELL-1", "CELL-2")
    scene.off("S-2", 500, generator="running", fuel_hours=9)
    lines = scene.of_incident(number)["restoration"]
    assert [(each["code"], each["state"], each["users"]) for each in lines] == [("S-1", "out", 20), ("S-2", "out", 10)]
    place, own = (f"/api/v1/incidents/{number}/restoration/actions/{verb}" for verb in ("place", "own"))
    assert scene.post("ada", place, site="S-2", place=1, reason="").status_code == 422
    assert scene.post("eng", place, site="S-2", place=1, reason="Mine").status_code == 403
    assert scene.post("ada", place, site="S-4", place=1, reason="Elsewhere").json["field"] == "site"
    moved = scene.post("ada", place, site="S-2", place=1, reason="The dialysis ward hangs on it")
    assert [each["code"] for each in moved.json["items"]] == ["S-2", "S-1"]
    assert scene.post("eng", own, site="S-1", owner="nobody").status_code == 422
    owned = scene.post("eng", own, site="S-1", owner="eng").json["items"]
    assert [each["owner"] and each["owner"]["username"] for each in owned] == [None, "eng"]
    scene.fail(number, "CELL-1")
    lines = scene.of_incident(number)["restoration"]
    assert [(each["code"], each["state"]) for each in lines] == [("S-2", "on_generator"), ("S-1", "out")]
    scene.states({"site": "S-2", "at": scene.ago(), "mains": "on"})
    lines = scene.of_incident(number)["restoration"]
    assert [(each["code"], each["state"]) for each in lines] == [("S-1", "out"), ("S-2", "back")]
    told = scene.get("ada", f"/api/v1/incidents/{number}/journal?limit=500").json["items"]
    (entry,) = (line for line in told if line["kind"] == "restoration.ordered")
    assert "The dialysis ward" in entry["text"]["en"] and "S-2" in entry["text"]["zh"]


@ONE
def test_a_cable_is_spliced_fibre_by_fibre(scene: Scene) -> None:
    number = scene.responding("CELL-1")
    address = f"/api/v1/incidents/{number}/cables"
    cable = {"segment_from": "Meijiang", "segment_to": "Songping", "fibres_total": 24, "km": 0.35}
    nowhere = scene.post("eng", address, **cable)
    assert (nowhere.status_code, nowhere.json["field"]) == (422, "place")
    for bad in ({"fibres_total": 0}, {"km": -1}, {"latitude": 91.0}, {"latitude": 24.0}, {"segment_to": " "}):
        assert scene.post("eng", address, **cable | {"break_km": 4.2} | bad).status_code == 422
    made = scene.post("eng", address, **cable, place="Bridge, call 13800138000")
    assert made.status_code == 201 and made.json["place"] == "Bridge, call 138****8000"
    splice = f"{address}/{made.json['id']}/actions/splice"
    assert scene.post("eng", splice, fibres_done=25, version=1).status_code == 422
    half = scene.post("eng", splice, fibres_done=12, version=1, crew="Crew A").json
    assert (half["fibres_done"], half["repaired_at"], half["version"]) == (12, None, 2)
    stale = scene.post("eng", splice, fibres_done=6, version=1)
    assert stale.status_code == 409 and "12" in stale.json["detail"]
    assert scene.of_incident(number)["figures"]["cable_km_repaired"] == 0
    assert scene.post("eng", splice, fibres_done=24, version=2).json["repaired_at"]
    found = scene.of_incident(number)["figures"]
    assert (found["cable_km_damaged"], found["cable_km_repaired"]) == (0.35, 0.35)
    told = scene.get("ada", f"/api/v1/incidents/{number}/journal?limit=500").json["items"]
    assert any("0.35 km" in line["text"]["en"] for line in told)
    assert [kind for kind in scene.kinds(number) if kind.startswith("cable.")] == [
        *("cable.damaged", "cable.spliced", "cable.repaired"),
    ]
    other = scene.responding("CELL-4")
    assert scene.post("eng", splice.replace(number, other), fibres_done=1, version=3).status_code == 404


def test_a_no_go_stops_crews_until_somebody_decides_anew_or_overrides_on_record(scene: Scene) -> None:
    units = stocked(scene)
    number = scene.responding("CELL-1")
    crew = taken(scene, number, "fibre-crew", units["Crew A"])
    thing = taken(scene, number, "generator", units["GEN-1"])
    assert decide(scene, number, "no_go", hours=-1).json["field"] == "valid_until"
    assert decide(scene, number, "no_go", reason=" ").status_code == 422
    assert decide(scene, number, "no_go", unit=units["GEN-1"]).json["field"] == "unit"
    assert decide(scene, number, "no_go", area="9").json["field"] == "area"
    assert decide(scene, number, "no_go", area="8001", weather="Gusts of 140 km/h").status_code == 201
    refused = scene.post("dou", f"/api/v1/resources/out/{crew}/actions/dispatch")
    assert (refused.status_code, refused.json["code"]) == (409, "no-go") and "8001" in refused.json["detail"]
    assert step(scene, thing, "dispatch") == 200, "a generator is no crew"
    page = scene.get("dou", f"/resources/out/{crew}?lang=en").text
    assert "No-go" in page and "Send it all the same" in page
    assert step(scene, crew, "dispatch", override=True) == 422, "an override takes a reason"
    assert step(scene, crew, "dispatch", override=True, note="People are trapped") == 200
    assert {"safety.overridden", "authority.overridden"} <= set(scene.kinds(number))
    other = taken(scene, number, "fibre-crew", units["Crew B"])
    assert step(scene, other, "dispatch") == 409
    assert decide(scene, number, "go").status_code == 201
    assert step(scene, other, "dispatch") == 200, "the newest word stands"
    assert "safety.warned" not in scene.kinds(number)
    with scene.database.read() as session:
        found = figures.of(session, standing.find(session, number))
    assert (found.people, found.generators, found.vehicles) == (8, 1, 0)


@ONE
def test_a_no_go_for_one_county_stops_those_who_go_there(scene: Scene) -> None:
    units = stocked(scene)
    number = scene.report(area="8001", elements=["AGG-1"])
    there = taken(scene, number, "fibre-crew", units["Crew A"], "S-1 CELL-1 site")
    unclear = taken(scene, number, "fibre-crew", units["Crew B"], "The bridge")
    assert decide(scene, number, "no_go", area="800101").status_code == 201
    assert step(scene, there, "dispatch") == 409
    assert step(scene, unclear, "dispatch") == 200
    told = scene.get("ada", f"/api/v1/incidents/{number}/journal?limit=500").json["items"]
    (entry,) = (line for line in told if line["kind"] == "safety.warned")
    assert entry["data"]["why"] == ["no_go_in_part"] and "Crew B" in entry["text"]["en"]
    assert decide(scene, number, "no_go", unit=units["Crew A"], hours=2).status_code == 201
    assert decide(scene, number, "go").status_code == 201
    assert step(scene, there, "dispatch") == 409, "a no-go for a crew is lifted by a word about that crew"
    assert decide(scene, number, "go", unit=units["Crew A"]).status_code == 201
    assert step(scene, there, "dispatch") == 200


def test_a_crew_over_its_hours_is_named_with_its_relief_and_goes_on_record(scene: Scene, time: Time) -> None:
    units = stocked(scene)
    number = scene.responding("CELL-1")
    crew = taken(scene, number, "fibre-crew", units["Crew A"])
    assert decide(scene, number, "go", hours=1).status_code == 201
    assert (step(scene, crew, "dispatch"), step(scene, crew, "check_in")) == (200, 200)
    time.forward(hours=10.5)
    (line,) = scene.of_incident(number)["safety"]["crews"]
    assert (line["hours"], line["near"], line["over"]) == (10.5, True, False)
    assert [each["serial"] for each in line["relief"]] == ["Crew B"]
    time.forward(hours=2)
    page = scene.get("dou", f"/resources/out/{crew}?lang=en").text
    assert "has been on duty for 12.5 h" in page and "Relief that is rested: Crew B." in page
    assert "The go for crews has run out" in page
    assert step(scene, crew, "dispatch", place="CELL-2") == 200, "it is named, and goes on record"
    told = scene.get("ada", f"/api/v1/incidents/{number}/journal?limit=500").json["items"]
    (entry,) = (line for line in told if line["kind"] == "safety.warned")
    assert entry["data"]["why"] == ["over_hours", "run_out"] and entry["data"]["hours"] == 12.5
    assert step(scene, crew, "release") == 200
    assert scene.of_incident(number)["safety"]["crews"] == []
    assert scene.of_incident(number)["safety"]["decisions"][0]["run_out"]


@ONE
def test_a_merge_lets_no_crew_go_further_than_somebody_said(scene: Scene) -> None:
    units = stocked(scene)
    child, into = scene.responding("CELL-1"), scene.responding("CELL-4")
    crew = taken(scene, child, "fibre-crew", units["Crew A"])
    assert decide(scene, child, "no_go").status_code == 201
    cable = {"segment_from": "Meijiang", "segment_to": "Songping", "fibres_total": 24, "km": 2.0, "place": "Bridge"}
    assert scene.post("eng", f"/api/v1/incidents/{child}/cables", **cable).status_code == 201
    scene.off("S-1")
    place = f"/api/v1/incidents/{child}/restoration/actions/place"
    assert scene.post("ada", place, site="S-1", place=1, reason="Ward").status_code == 200
    assert scene.act("ada", child, "merge", into=into, reason="One storm") == 200
    assert step(scene, crew, "dispatch") == 409, "the no-go holds for what it was merged into"
    found = scene.of_incident(into)
    assert [each["decision"] for each in found["safety"]["decisions"]] == ["no_go"]
    assert found["figures"]["cable_km_damaged"] == 2.0 and found["restoration"][0]["placed"] == 1
    assert decide(scene, into, "go").status_code == 201 and step(scene, crew, "dispatch") == 200


@ONE
def test_a_restricted_incident_shows_nothing_of_its_sites(scene: Scene) -> None:
    number = scene.report("ada", kind="information_security", elements=["CELL-1"])
    scene.off("S-1", 10)
    for way in ("sites", "cables", "safety"):
        assert scene.get("ops", f"/api/v1/incidents/{number}/{way}").status_code == 404
        assert scene.get("ada", f"/api/v1/incidents/{number}/{way}").status_code == 200
    assert scene.get("ops", f"/incidents/{number}/sites").status_code == 404
    assert scene.get("ops", f"/incidents/{number}/sites/part").status_code == 404
    shown = scene.site("S-1", by="ops")
    assert shown["incident"] is None and shown["fallen_at"], "alarms came before the report of its power"
    assert scene.site("S-1", by="ada")["incident"] == number
    scene.fail(number)
    scene.fail(number, "CELL-1")
    shown = scene.get("ops", "/api/v1/sites/S-1?lang=en")
    assert shown.json["fallen_at"] and number not in shown.text and number not in scene.get("ops", "/sites/S-1").text
    own = {"decision": "go", "reason": "x", "valid_until": "2099-01-01T00:00:00+08:00"}
    assert scene.post("ops", f"/api/v1/incidents/{number}/safety", **own).status_code == 404
    cable = {"segment_from": "a", "segment_to": "b", "fibres_total": 1, "place": "c"}
    assert scene.post("ops", f"/api/v1/incidents/{number}/cables", **cable).status_code == 404


@pytest.mark.proves("R35", "R33")
def test_the_whole_has_the_sites_cables_and_crews_of_its_parts_each_once(scene: Scene, time: Time) -> None:
    units = stocked(scene)
    child, other = scene.responding("CELL-1", "CELL-2"), scene.responding("CELL-1", "CELL-4")
    parent = scene.post("ada", f"/api/v1/incidents/{child}/actions/parent", children=[other]).json["number"]
    cable = {"segment_from": "Meijiang", "segment_to": "Songping", "fibres_total": 24, "km": 2.0, "place": "Bridge"}
    for number in (child, other):
        assert scene.post("eng", f"/api/v1/incidents/{number}/cables", **cable).status_code == 201
    generator = taken(scene, other, "generator", units["GEN-1"])
    assert step(scene, generator, "dispatch") == 200
    found = scene.of_incident(parent)
    assert [found["figures"][name] for name in ("sites_out", "cable_km_damaged", "generators")] == [3, 4.0, 1]
    assert {each["code"] for each in found["restoration"] if each["state"] == "out"} == {"S-1", "S-2", "S-4"}
    with scene.database.read() as session:
        told = bulletin_figures.of(session, standing.find(session, parent))
    assert (told["sites_out"], told["generators"], told["tasks_open"] > 3) == (3, 1, True)
    time.forward(minutes=5)
    scene.fail(child)
    found = scene.of_incident(parent)["figures"]
    assert (found["sites_out"], found["sites_restored"]) == (2, 1), "S-1 is out by the other one still"
    assert scene.act("ada", other, "cancel", reason="a false alarm") == 200
    assert scene.of_incident(parent)["figures"]["cable_km_damaged"] == 2.0


@ONE
@pytest.mark.proves("R35")
def test_a_no_go_of_the_whole_stops_the_crews_of_its_parts(scene: Scene) -> None:
    units = stocked(scene)
    child = scene.responding("CELL-1")
    parent = scene.post("ada", f"/api/v1/incidents/{child}/actions/parent").json["number"]
    crew = taken(scene, child, "fibre-crew", units["Crew A"])
    assert decide(scene, parent, "no_go").status_code == 201
    assert step(scene, crew, "dispatch") == 409
    assert [each["decision"] for each in scene.of_incident(child)["safety"]["decisions"]] == ["no_go"]
    assert decide(scene, parent, "go").status_code == 201
    assert step(scene, crew, "dispatch") == 200
    own = scene.responding("CELL-4")
    away = taken(scene, own, "fibre-crew", units["Crew B"], "CELL-4")
    assert decide(scene, parent, "no_go").status_code == 201
    assert step(scene, away, "dispatch") == 200, "what is no part of it goes"
