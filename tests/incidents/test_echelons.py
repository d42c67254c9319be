"""Each grade is handled by the emergency group of its echelon, with named members, deputies, and command that goes up (R4)."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from command.incidents import house
from command.people.authority import TIERS
from command.people.models import Person
from tests.incidents.conftest import Desk

HANDLES = {1: "head_office", 2: "province", 3: "prefecture", 4: "county"}


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Appointments see no difference between databases."""
    shutil.copy(sqlite_template, tmp_path / "tocsin.db")
    return f"sqlite:///{tmp_path / 'tocsin.db'}"


@pytest.mark.proves("R4")
def test_every_tier_has_its_echelon_in_the_structure_and_in_every_plan(desk: Desk) -> None:
    assert {tier: str(house.structure().group_for(tier).echelon) for tier in TIERS} == HANDLES
    with desk.database.read() as session:
        for sheet in house.library(session).sheets:
            assert {tier: str(sheet.playbook.tier(tier).echelon) for tier in TIERS} == HANDLES


@pytest.mark.proves("R4")
def test_command_goes_up_with_the_tier_on_record_and_a_deputy_stands_in(desk: Desk) -> None:
    number = desk.storm("CELL-1", "CELL-3")
    assert desk.see(number)["commander"]["username"] == "pre"
    group = desk.get("kef", f"/api/v1/incidents/{number}/group?lang=en").json
    assert (group["tier"], group["echelon"]) == (3, "prefecture")
    command = group["duties"][0]
    assert (command["holder"]["username"], [each["username"] for each in command["deputies"]]) == ("pre", ["dep"])
    assert {each["duty"]: each["gap"] for each in group["duties"]}["technical_lead"] == "no_deputy"

    def away(session: Session) -> None:
        session.execute(update(Person).where(Person.username == "ada").values(active=False))

    desk.do(away)
    desk.fail(number, "CELL-1", "CELL-3", "CELL-4")
    seen = desk.see(number, by="dou")
    assert seen["tier"] == 2
    assert seen["commander"]["username"] == "dep", "the province's commander is not active: the deputy stands in"
    group = desk.get("kef", f"/api/v1/incidents/{number}/group?lang=en").json
    assert group["echelon"] == "province"
    assert {each["duty"]: each["gap"] for each in group["duties"]}["resource_lead"] == "nobody"


@pytest.mark.proves("R4")
def test_a_wider_group_takes_over_with_a_briefing_and_stays(desk: Desk) -> None:
    number = desk.storm("CELL-1", "CELL-3")
    desk.fail(number, "CELL-1", "CELL-3", "CELL-4")
    assert desk.see(number)["commander"]["username"] == "ada"
    moved = [line for line in desk.journal(number) if line["kind"] == "role.transferred"]
    assert len(moved) == 1
    assert "the wider echelon takes command" in moved[0]["text"]["en"]
    desk.act("ada", number, "transfer", to="dou", briefing="you have it")
    desk.act("dou", number, "regrade", tier=1)
    assert desk.see(number)["commander"]["username"] == "dou", "whom people put in command by name stays"
