"""A gateway whose provider takes only texts approved beforehand gets no others: they take another road, or are refused early (B12)."""

from pathlib import Path
from typing import Any

import pytest

from command.core.installation import Installation
from command.core.settings import GatewaySettings, Settings, SettingsError, read
from command.messages.models import State
from tests.builders import application
from tests.composing.test_notices import EN, ZH, composed
from tests.incidents.conftest import Desk
from tests.messages.conftest import Build

APPROVED = "【示例通信】{}，正在抢修。\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "approved.txt"
    path.write_text(APPROVED, "utf-8")
    return path


@pytest.mark.proves("B4", "B12")
def test_a_text_takes_the_road_that_takes_it(build: Build, file: Path) -> None:
    house = build(gateway={"approved_texts": file}, others=({"name": "free", "approved_texts": None},))
    strict = house.enqueue(2, text="【示例通信】网络中断，正在抢修。")
    other = house.enqueue(2, first=3, text="【示例通信】网络恢复。")
    page = house.page(9, text="请应答 1234")
    house.send()
    assert [house.row(each).gateway for each in (*strict, *other, page)] == ["twilio", "twilio", "free", "free", "free"]


@pytest.mark.proves("I2")
def test_a_text_no_gateway_takes_fails_at_once_and_is_said_to(build: Build, file: Path) -> None:
    house = build(gateway={"approved_texts": file})
    taken, refused = house.enqueue(text="【示例通信】断纤，正在抢修。")[0], house.enqueue(first=2, text="别的")[0]
    house.send()
    assert house.row(taken).gateway == "twilio"
    row = house.row(refused)
    assert (row.state, row.gateway) == (State.FAILED, None) and row.reason == "no_road"


def test_exercises_are_not_held_to_what_providers_approved(build: Build, file: Path) -> None:
    house = build(gateway={"approved_texts": file})
    house.allow(1)
    drilled = house.enqueue(exercise=True, text="演练：别的")[0]
    house.send()
    assert house.row(drilled).gateway == "exercise"


def strict(installation: Installation, file: Path) -> Desk:
    gateway = GatewaySettings(name="twilio", transport="simulated", approved_texts=file)
    settings = installation.settings.model_copy(update={"gateways": (gateway,)})
    return Desk(Installation(settings, installation.database, installation.keyring))


def test_a_person_is_told_before_anything_is_counted(installation: Installation, file: Path) -> None:
    desk = strict(installation, file)
    address = composed(desk, desk.responding())
    refused = desk.post("dou", f"/api/v1{address}/actions/submit")
    assert refused.status_code == 422, refused.text
    assert refused.json["field"] == "zh" and "approved" in desk.ask("dou", "POST", f"{address}/submit?lang=en").text
    assert desk.get("dou", f"/api/v1{address}").json["state"] == "draft"
    file.write_text(APPROVED + ZH + "\n" + EN + "\n", "utf-8")
    more = file.with_name("more.txt")
    more.write_text(file.read_text("utf-8"), "utf-8")
    assert desk.post("dou", f"/api/v1{address}/actions/submit").status_code == 422, "what was read at the start stands"
    desk = strict_again(desk, more)
    assert desk.post("dou", f"/api/v1{address}/actions/submit").status_code == 200
    road = next(each for each in desk.get("ada", "/api/v1/roads").json["roads"] if each["name"] == "twilio")
    assert road["approved"] == ["【示例通信】{}，正在抢修。", ZH, EN]
    assert ZH in desk.get("ada", "/roads?lang=en").text


def strict_again(desk: Desk, file: Path) -> Desk:
    """The same desk, its processes started again with another file."""
    gateway = GatewaySettings(name="twilio", transport="simulated", approved_texts=file)
    house = desk.installation
    settings = house.settings.model_copy(update={"gateways": (gateway,)})
    desk.installation = Installation(settings, house.database, house.keyring)
    desk.app = application(desk.installation)
    return desk


def test_a_bad_file_stops_the_start_and_names_itself(tmp_path: Path) -> None:
    gateway: dict[str, Any] = {"name": "a", "transport": "simulated", "approved_texts": str(tmp_path / "nowhere.txt")}
    with pytest.raises(SettingsError, match="name a UTF-8 file"):
        read(tmp_path / "none.toml", gateways=[gateway])
    assert Settings(gateways=()).gateways == ()
