"""Loading the demo: once or twice the same, refused in production, its secrets for their owner only."""

import json
import shutil
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress
from sqlalchemy import func, select

from command import parts
from command.alarms.models import ProblemKind
from command.app import create_app
from command.core.installation import Installation
from command.core.problems import Problem
from command.core.settings import Settings, read
from command.demo import load as demo
from command.demo.load import COMMANDER, DEMO, DRIVER_FILE, PASSWORD, TOKEN_FILE, DemoRefused, is_loaded, load
from command.drills.models import Drill, DrillProgramme
from command.messages.bad_models import BadNumber
from command.network.models import Area, Element, Link, Subscriber
from command.oncall.models import DutyLayer, DutyMember, Schedule
from command.people import signin
from command.people.models import ApiToken, EmergencyGroup, GroupMember, Person
from command.resources.models import ResourceMovement, ResourcePool, ResourceUnit

TABLES = (
    Area,
    Element,
    Link,
    Subscriber,
    ProblemKind,
    Person,
    EmergencyGroup,
    GroupMember,
    Schedule,
    DutyLayer,
    DutyMember,
    ResourcePool,
    ResourceUnit,
    ResourceMovement,
    Drill,
    DrillProgramme,
    BadNumber,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo's folder with a hundredth of its subscribers and of its past."""
    copied = tmp_path / "operator"
    shutil.copytree(DEMO, copied)
    file = copied / "subscribers.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"total": 2000}))
    past = copied / "history.yaml"
    past.write_text(
        past.read_text("utf-8").replace("incidents: 560", "incidents: 8").replace("complaints: 160", "complaints: 3"),
        "utf-8",
    )
    return copied


def run(installation: Installation, folder: Path) -> None:
    parts.join(installation.database)
    with Progress(disable=True) as progress:
        load(installation, progress, folder)


def counts(installation: Installation) -> dict[str, int]:
    with installation.database.read() as session:
        return {t.__tablename__: session.scalar(select(func.count()).select_from(t)) or 0 for t in (*TABLES, ApiToken)}


def test_the_whole_operator_is_there_and_its_people_sign_in_with_the_demos_password(
    installation: Installation, folder: Path
) -> None:
    assert not is_loaded(installation)
    run(installation, folder)
    assert is_loaded(installation)
    found = counts(installation)
    assert (found["area"], found["element"], found["subscriber"]) == (32, 524, 2000)
    assert found["problem_kind"] == 30
    assert found["schedule"] == 4
    assert found["api_token"] == 3
    assert (found["drill"], found["drill_programme"]) == (1, 1)
    with installation.database.read() as session:
        assert set(session.scalars(select(Person.demo))) == {True}
    assert signin.authenticate(installation, COMMANDER, PASSWORD, "127.0.0.1").principal.username == COMMANDER
    with pytest.raises(Problem):
        signin.authenticate(installation, COMMANDER, PASSWORD + "!", "127.0.0.1")

    for name in (TOKEN_FILE, DRIVER_FILE):
        mode = stat.S_IMODE((installation.settings.data / name).stat().st_mode)
        assert mode == 0o600, "only their owner can read the tokens"
    token = (installation.settings.data / TOKEN_FILE).read_text().strip()
    answer = create_app(installation).test_client().get("/api/v1/alarms", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200

    settings = Settings(**installation.settings.model_dump() | {"env": "production"})
    with pytest.raises(Problem):  # production lets nobody of the demo in
        signin.authenticate(replace(installation, settings=settings), COMMANDER, PASSWORD, "127.0.0.1")


def test_loading_again_changes_nothing_and_finishes_what_was_cut_short(
    installation: Installation, folder: Path
) -> None:
    run(installation, folder)
    before, token = counts(installation), (installation.settings.data / TOKEN_FILE).read_text()
    run(installation, folder)
    assert counts(installation) == before
    assert (installation.settings.data / TOKEN_FILE).read_text() == token

    (installation.settings.data / TOKEN_FILE).unlink()
    assert not is_loaded(installation)
    run(installation, folder)
    assert is_loaded(installation)
    assert counts(installation)["api_token"] == 3


def test_production_refuses_the_demo(installation: Installation, folder: Path) -> None:
    settings = Settings(**installation.settings.model_dump() | {"env": "production"})
    with pytest.raises(DemoRefused, match="not for production"):
        run(replace(installation, settings=settings), folder)
    assert counts(installation)["person"] == 0


def test_a_broken_folder_is_named(installation: Installation, folder: Path) -> None:
    file = folder / "elements.csv"
    file.write_text(file.read_text("utf-8") + "X-1,access,nowhere,,voice,0\n", "utf-8")
    with pytest.raises(DemoRefused, match=r"elements\.csv holds 1 rows"):
        run(installation, folder)


def test_the_demos_settings_are_those_its_readme_explains() -> None:
    found: Any = read(DEMO / "tocsin.toml")
    assert found.correlation.quiet_is_recovery
    assert (found.correlation.window_seconds, found.correlation.quiet_seconds) == (300, 90)
    assert [gateway.name for gateway in found.gateways] == ["simulator", "voice", "app"]
    assert demo.SOURCE
