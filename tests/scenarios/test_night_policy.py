"""A night in two time zones over the SMS simulator: who is told at once and who in the morning, who opts out, who complains."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from command.core.database import Database
from command.core.keys import Keyring
from command.network.models import Area
from tests.notices.policies import written
from tests.scenarios.centre import Centre, at_night


@pytest.fixture
def night(database: Database, keyring: Keyring, tmp_path: Path) -> Iterator[Centre]:
    own = {"quiet_hours": True, "notices": written(tmp_path, opt_out={"confirm": True}, quiet={"tiers": []})}
    with at_night(Centre, database, keyring, tmp_path, settings=own) as centre:
        yield centre


def abroad(session: Any) -> None:
    """Yunzhan lives by another clock: it is afternoon there when it is night here."""
    session.execute(update(Area).where(Area.code.in_(("8002", "800201"))).values(zone="Europe/Berlin"))


def forward_to(night: Centre, hour: int) -> None:
    there = night.now().astimezone(ZoneInfo("Asia/Shanghai"))
    wanted = there.replace(hour=hour, minute=0, second=0, microsecond=0)
    wanted += timedelta(days=1) if wanted <= there else timedelta(0)
    night.time.forward(seconds=(wanted - there).total_seconds())
    night.engine()


def inbox(night: Centre, number: str) -> list[str]:
    items = night.house.http.get(f"/api/phones/{number}/messages").json()["items"]
    return [item["body"] for item in items if item["direction"] == "out"]


def replies(night: Centre, number: str, text: str) -> None:
    assert night.house.http.post(f"/api/phones/{number}/reply", json={"body": text, "to": "10690000"}).ok
    night.house.settle_down()
    night.engine()


@pytest.mark.proves("B12", "I8", "R16")
def test_a_night_in_two_zones(night: Centre) -> None:
    night.do(abroad)
    forward_to(night, 23)
    number = night.report(elements=["CELL-3", "CELL-5"], area="800102")["number"]
    night.act("dou", number, "assess")
    night.act("dou", number, "activate")
    night.engine()
    asleep, awake = night.subscribers("CELL-3"), night.subscribers("CELL-5")
    assert set(night.received()) == awake
    one, two, *_ = sorted(awake)
    replies(night, one, "TD")
    assert any("退订" in text or "no more" in text for text in inbox(night, one))
    replies(night, two, "还是没有信号")
    forward_to(night, 7)
    assert set(night.received()) == asleep | awake
    waiting = night.ok(night.get("kef", "/api/v1/notice-replies"))["replies"]
    assert [(each["words"], each["notice_kind"]) for each in waiting] == [("还是没有信号", "first")]
    night.ok(night.post("kef", f"/api/v1/notice-replies/{waiting[0]['id']}/actions/answer", text="正在抢修，请稍候。"))
    night.engine()
    assert inbox(night, two)[0] == "正在抢修，请稍候。"
    before = night.received()
    night.act("ada", number, "restore", evidence="test calls")
    night.engine()
    assert set(night.received() - before) == asleep | awake, "an opt-out covers no all-clear"


@pytest.mark.proves("B2")
def test_whoever_has_service_again_before_their_morning_hears_nothing(night: Centre) -> None:
    night.do(abroad)
    forward_to(night, 23)
    number = night.report(elements=["CELL-3", "CELL-5"], area="800102")["number"]
    night.act("dou", number, "assess")
    night.act("dou", number, "activate")
    night.engine()
    night.act("dou", number, "restore", evidence="test calls")
    forward_to(night, 8)
    outage = [
        text
        for phone in night.subscribers("CELL-3")
        for text in inbox(night, phone)
        if "抢修" in text or "working" in text
    ]
    assert outage == []
    assert all(len(inbox(night, phone)) == 2 for phone in night.subscribers("CELL-5"))
