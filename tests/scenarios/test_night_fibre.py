"""A night in which a cable breaks and the power fails in two prefectures: one parent, local commanders, batteries that run down. From the
first alarm to the last thing settled."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from command.core.database import Database
from command.core.keys import Keyring
from command.network.models import Element, Link
from command.network.revision import changed
from command.resources import register as pools
from command.resources.models import ResourceUnit
from command.resources.register import Definition, Home
from command.resources.states import Kind
from command.sites import register
from command.sites.register import Facts
from tests.builders import add_subscribers
from tests.scenarios.centre import Centre, at_night
from tests.scenarios.databases import POSTGRESQL_FIRST

FIBRE, POWER, HOSPITAL = ("CELL-3", "CELL-8", "CELL-9"), ("CELL-4", "CELL-5"), ("CELL-1", "CELL-2")
SITES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "S-MJ": ("800101", HOSPITAL, ("hospital",)),
    "S-SP": ("800102", FIBRE, ()),
    "S-YM": ("800201", POWER, ()),
    "S-YZ": ("800201", ("CELL-6", "CELL-7"), ("government",)),
}
"""code → area, elements, whom it serves first"""
STORE = Home("梅川备件库", "Meichuan store", "8001", "1 Depot Road", department="operations")


class Grid(Centre):
    """Sites with their power, cells of Songping behind one cable, and a pool with a generator and two crews."""

    def laid_out(self) -> "Grid":
        self.units: dict[str, int] = self.do(self._lay_out)
        return self

    def _lay_out(self, session: Session) -> dict[str, int]:
        for name in ("CELL-8", "CELL-9"):
            cell = Element(name=name, kind="access", area_id=self.network.areas["800102"], core=False, services=0b111)
            session.add(cell)
            session.flush()
            self.network.elements[name] = cell.id
            session.add(Link(a_id=self.network.elements["AGG-1"], b_id=cell.id))
        add_subscribers(session, self.installation.keyring, self.network, {"CELL-8": 10, "CELL-9": 5}, 21_000_000)
        changed(session)
        register.put(session, self.installation.keyring, {code: self._site(*of) for code, of in SITES.items()})
        pools.define(session, Definition("generator", Kind.MATERIAL, "发电机", "Generator", serial=True))
        crew = Definition("fibre-crew", Kind.HUMAN, "光缆抢修队", "Fibre crew", serial=True, rest_hours=8)
        pools.define(session, crew)
        pool = pools.open_pool(session, "store", STORE).id
        pools.receive(session, pool, "generator", 2, serials=("GEN-1",))
        pools.receive(session, pool, "fibre-crew", 1, serials=("Crew A", "Crew B"))
        return {unit.serial: unit.id for unit in session.query(ResourceUnit)}

    def _site(self, area: str, elements: tuple[str, ...], serves: tuple[str, ...]) -> Facts:
        return Facts(
            name_zh=f"{elements[0]}站",
            name_en=f"{elements[0]} site",
            area_id=self.network.areas[area],
            site_class="access",
            latitude=None,
            longitude=None,
            serves=serves,
            battery_minutes=None,
            power_company="Lingdong Power",
            contact="Control room",
            contact_number="+8612020990000",
            elements=tuple(sorted(self.network.ids(*elements))),
        )

    def power(self, *sites: str, **state: Any) -> None:
        """What telemetry says of the power of sites."""
        at = self.now().isoformat()
        said = [{"site": code, "at": at, **state} for code in sites]
        assert self.ok(self.post("dou", "/api/v1/sites/states", items=said))["errors"] == []

    def sites(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ok(self.get("ada", f"/api/v1/incidents/{number}/sites?lang=en"))
        return found

    def site(self, code: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ok(self.get("ada", f"/api/v1/sites/{code}?lang=en"))
        return found

    def in_hours(self, hours: float) -> str:
        at: datetime = self.now() + timedelta(hours=hours)
        return at.isoformat()

    def need(self, number: str, resource: str, place: str) -> int:
        need = {"resource": resource, "quantity": 1, "need_by": self.in_hours(3), "place": place}
        request: int = self.ok(self.post("dou", f"/api/v1/incidents/{number}/resource-requests", **need), 201)["id"]
        return request

    def taken(self, request: int, serial: str) -> int:
        """A request is approved and filled with one unit; what it was taken as."""
        base, unit = f"/api/v1/resources/requests/{request}/actions", self.units[serial]
        self.ok(self.post("ada", f"{base}/approve"))
        with self.database.read() as session:
            stock = session.get_one(ResourceUnit, unit).stock_id
        held: int = self.ok(self.post("dou", f"{base}/fill", take=[{"stock": stock, "unit": unit}]))["taken"][0]["id"]
        self.ok(self.step(held, "assign"))
        return held

    def step(self, held: int, name: str, **body: Any) -> Any:
        return self.post("dou", f"/api/v1/resources/out/{held}/actions/{name}", **body)

    def crews_may(self, number: str, decision: str, why: str, by: str = "ada") -> None:
        body = {"decision": decision, "reason": why, "valid_until": self.in_hours(6)}
        self.ok(self.post(by, f"/api/v1/incidents/{number}/safety", **body), 201)

    def judged_together(self, number: str, tier: int, why: str) -> dict[str, Any]:
        """Every department of the plan gives its view; the commander decides."""
        base = f"/api/v1/incidents/{number}/assessments"
        self.ok(self.post("ada", base, minutes=15, reason="one cable, or the whole grid?"), 201)
        view = {"kind": "network_fault", "harm": "high", "tier": tier}
        departments = {"eng": "technical", "kef": "customer_service", "sec": "security", "ops": "operations"}
        for by, department in departments.items():
            self.ok(self.post(by, f"{base}/1/views", **view, department=department), 201)
        found: dict[str, Any] = self.ok(self.post("ada", f"{base}/1/decision", **view, reason=why))
        return found


@pytest.fixture
def grid(database: Database, keyring: Keyring, tmp_path: Path) -> Iterator[Grid]:
    with at_night(Grid, database, keyring, tmp_path) as made:
        yield made.laid_out()


@POSTGRESQL_FIRST
@pytest.mark.proves("R1", "R3", "R4", "R6", "R11", "R29", "R31", "R32", "R33", "R35", "R37", "B2", "B12", "I4")
def test_a_cable_and_the_power_of_two_prefectures_from_the_first_alarm_to_the_last_thing_settled(grid: Grid) -> None:
    # Alarms open an incident in each prefecture; a parent holds them, each with a commander of its own.
    grid.alarm(*FIBRE)
    fibre = grid.newest()
    grid.alarm(*POWER)
    power = grid.newest()
    assert fibre != power
    grid.power("S-YM", mains="off", battery_minutes=0, generator="none")
    grid.power("S-MJ", mains="off", battery_minutes=60, generator="none")
    grid.power("S-YZ", mains="off", battery_minutes=600, generator="none")
    whole = grid.ok(grid.post("ada", f"/api/v1/incidents/{fibre}/actions/parent", children=[power]), 201)["number"]
    seen = grid.see(whole)
    assert (seen["tier"], seen["rules"][0], seen["response_level"]) == (2, "ii-two-prefectures", 2)
    assert (seen["area"]["code"], seen["affected"]["now"], seen["children"]) == ("80", 35, [fibre, power])
    for number in (whole, fibre, power):
        if grid.see(number)["state"] == "reported":
            grid.act("dou", number, "assess")
        grid.act("dou", number, "activate")
    grid.act("pre", power, "transfer", to="dep", briefing="Yunzhan is yours: five cells, no mains")
    grid.ok(grid.post("dep", f"/api/v1/incidents/{power}/actions/accept"))
    grid.later(minutes=2)
    commanders = [grid.see(each)["commander"]["username"] for each in (whole, fibre, power)]
    assert commanders == ["ada", "pre", "dep"]
    assert grid.received() == dict.fromkeys(grid.subscribers(*FIBRE, *POWER), 1)
    grid.answer("ada")

    # Batteries run down: the hospital's site is the next to fall, and a generator is sent.
    ahead = grid.sites(whole)["next_to_fall"]["items"]
    assert [(each["code"], each["users"]) for each in ahead] == [("S-MJ", 30), ("S-YZ", 0)]
    predicted = datetime.fromisoformat(ahead[0]["falls"]["at"])
    request = grid.ok(grid.post("dou", f"/api/v1/incidents/{whole}/sites/S-MJ/actions/bring-generator"), 201)
    assert datetime.fromisoformat(request["need_by"]) == predicted
    generator = grid.taken(request["id"], "GEN-1")
    grid.ok(grid.step(generator, "dispatch"))

    # The break is found; crews wait for daylight, then go.
    cable = {"segment_from": "Meijiang", "segment_to": "Songping", "fibres_total": 24, "km": 0.35, "break_km": 4.2}
    made = grid.ok(grid.post("eng", f"/api/v1/incidents/{fibre}/cables", **cable), 201)
    crew = grid.taken(grid.need(fibre, "fibre-crew", "S-SP CELL-3 site"), "Crew A")
    grid.crews_may(whole, "no_go", "wind of force 12")
    refused = grid.step(crew, "dispatch")
    assert (refused.status_code, refused.json["code"]) == (409, "no-go"), "the word of the whole holds for its parts"
    grid.later(minutes=25)
    grid.crews_may(whole, "go", "the wind has dropped")
    grid.ok(grid.step(crew, "dispatch"))
    grid.ok(grid.step(crew, "check_in"))

    # The repair is a risky step: it is done once somebody has confirmed the backup and the way back.
    for code in ("locate_fault", "back_up_data"):
        grid.ok(grid.post("eng", f"/api/v1/incidents/{fibre}/tasks/{code}/actions/done"))
    unsafe = grid.post("eng", f"/api/v1/incidents/{fibre}/tasks/repair_fault/actions/done")
    assert unsafe.status_code == 409 and "backup" in unsafe.json["detail"].lower() + unsafe.json["remedy"].lower()
    grid.make_safe(fibre, "repair_fault", by="eng")

    # Departments judge it together, and the superiors, the regulator and the power company hear of it.
    decision = grid.judged_together(whole, 1, "a hospital is about to lose its lines")
    assert decision["decision"]["tier"] == 1 and grid.see(whole)["tier"] == 1
    assert len(decision["views"]) == 4 and decision["silent"] == []
    assert grid.ok(grid.get("ada", f"/api/v1/incidents/{whole}/group"))["echelon"] == "head_office", (
        "who handles tier I"
    )
    first = grid.send_bulletin(whole, "first", asked="fuel for two generators")
    figures = {each["name"]: each["value"] for each in first["figures"]}
    assert (figures["users_now"], figures["users_told"], figures["cable_km"]) == (35, 35, 0.35)
    assert (figures["sites_out"], figures["without_mains"], figures["generators"]) == (2, 3, 1)
    assert grid.clock(whole, "cn-inform-1h")["met_at"]
    assert [len(grid.mailed(f"{who}@example.net")) for who in ("group", "regulator", "power")] == [1, 1, 0]

    # The site falls as predicted. Who is cut off by both incidents counts once, and is told once.
    grid.later(seconds=(predicted - grid.now()).total_seconds())
    fallen = grid.report(
        by="dou", area="8001", elements=[*HOSPITAL, "CELL-3"], summary="Meijiang hospital's site is dark"
    )["number"]
    grid.alarm(*HOSPITAL)
    site = grid.site("S-MJ")
    assert site["incident"] == fallen
    assert abs(datetime.fromisoformat(site["fallen_at"]) - predicted) < timedelta(minutes=2)
    grid.act("ada", whole, "adopt", child=fallen, reason="the same power failure")
    assert [grid.see(each)["affected"]["now"] for each in (fibre, fallen, whole)] == [20, 35, 65]
    if grid.see(fallen)["state"] == "reported":
        grid.act("dou", fallen, "assess")
    grid.act("dou", fallen, "activate")
    grid.later(minutes=2)
    everybody = grid.subscribers(*FIBRE, *POWER, *HOSPITAL)
    assert grid.received() == dict.fromkeys(everybody, 1), "CELL-3 is cut off by both and told once"
    order = grid.sites(whole)["restoration"]
    assert [(each["code"], each["state"]) for each in order] == [
        *(("S-MJ", "out"), ("S-YZ", "on_battery"), ("S-SP", "out"), ("S-YM", "out")),
    ]
    follow_up = grid.send_bulletin(whole, "follow_up")
    figures = {each["name"]: each["value"] for each in follow_up["figures"]}
    assert (figures["sites_out"], figures["people"], figures["users_told"]) == (3, 4, 65)
    (partner,) = grid.mailed("power@example.net")
    assert "Users affected now: 65" in partner and "Sites out of service: 3" in partner

    # The generator runs, the cable is spliced, the mains return: each part is restored by what shows it.
    grid.ok(grid.step(generator, "check_in"))
    grid.power("S-MJ", mains="off", generator="running", fuel_hours=8)
    grid.clears(*HOSPITAL)
    splice = f"/api/v1/incidents/{fibre}/cables/{made['id']}/actions/splice"
    half = grid.ok(grid.post("eng", splice, fibres_done=12, version=1, crew="Crew A"))
    assert half["repaired_at"] is None
    refused = grid.refused("pre", fibre, "restore")
    assert refused["code"] == "restoration-shown", "silence is not recovery"
    grid.later(minutes=40)
    grid.ok(grid.post("eng", splice, fibres_done=24, version=2))
    grid.clears(*FIBRE)
    assert grid.act("pre", fibre, "restore")["state"] == "restored"
    assert grid.line(fibre, "incident.restored")["data"]["evidence"] == "clear"
    assert fallen in grid.refused("ada", whole, "restore")["remedy"]
    grid.engine()
    heard = grid.received()
    back = grid.subscribers("CELL-8", "CELL-9", *HOSPITAL)
    assert {number for number, count in heard.items() if count == 2} == back, "CELL-3 waits for its power"
    grid.act("pre", fallen, "restore", evidence="test calls from the hospital and from Songping")
    grid.power("S-YM", "S-MJ", "S-YZ", mains="on")
    grid.clears(*POWER)
    grid.act("dep", power, "restore")
    grid.engine()
    assert grid.received() == dict.fromkeys(everybody, 2), "the all-clear, once, to exactly those who were told"
    assert grid.act("ada", whole, "restore")["state"] == "restored"
    assert grid.see(whole)["affected"] == {"now": 0, "peak": 65, "projected": 0}

    # Watched for hours; the crew is tired, and its relief is named.
    assert grid.refused("dou", whole, "review", cause="power")["code"] == "watch-over"
    grid.later(hours=10)
    (tired,) = grid.sites(fibre)["safety"]["crews"]
    assert (tired["near"], [each["serial"] for each in tired["relief"]]) == (True, ["Crew B"])
    grid.ok(grid.step(crew, "release"))
    grid.ok(grid.step(generator, "release"))
    assert grid.kinds(whole).count("observation.held") == 1
    final = grid.send_bulletin(whole, "final")
    figures = {each["name"]: each["value"] for each in final["figures"]}
    assert (figures["sites_peak"], figures["sites_restored"], figures["cable_km_restored"]) == (3, 3, 0.35)
    assert [each["kind"] for each in grid.bulletins(whole)] == ["first", "follow_up", "final"]
    assert len(grid.mailed("power@example.net")) == 2 and grid.clock(whole, "cn-report-24h")["met_at"]

    # Settled and closed, the parts before the whole.
    assert grid.settlement(whole)["compensation"]["required"]
    for number in (fibre, power, fallen):
        grid.end(number)
    grid.end(whole)
    assert {grid.see(each)["state"] for each in (whole, fibre, power, fallen)} == {"closed"}
    assert grid.journal_faults() == ()
