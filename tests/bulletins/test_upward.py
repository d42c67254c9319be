"""What cannot be solved in time is reported upward in time (R31): to the superior echelon, once a clock, acknowledged."""

from datetime import timedelta
from pathlib import Path

import pytest

from command.core import clock
from command.core.settings import Settings
from command.messages.models import Purpose
from playbooks.loader import SHIPPED
from tests.bulletins.conftest import Bureau
from tests.conftest import Time

pytestmark = [pytest.mark.proves("R31"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def late(bureau: Bureau, number: str, hours: float = 9) -> None:
    """An ETA after the limit of eight hours."""
    eta = (bureau.database.write(clock.now) + timedelta(hours=hours)).isoformat()
    bureau.act("dou", number, "eta", eta=eta)


def test_an_eta_after_the_limit_tells_the_superior_once_and_drafts_the_report(bureau: Bureau) -> None:
    number = bureau.grave(tier=2)
    bureau.cycle()
    assert bureau.of(number)["upward"] == []
    late(bureau, number)
    bureau.cycle()
    bureau.cycle()
    (report,) = bureau.of(number)["upward"]
    assert (report["clock"], report["why"], report["told"]) == ("sla-resolve", "eta", 1)
    (text,) = bureau.texts(Purpose.DUTY)
    assert number in text and f"/incidents/{number}/bulletins" in text
    made = bureau.read(report["bulletin"])
    assert (made["kind"], made["recipients"], made["state"]) == ("upward", ["superior"], "draft")
    assert "预计无法达成" in made["texts"]["zh"] and "will not be met" in made["texts"]["en"]
    refreshed = bureau.do("dou", made["id"], "refresh")
    assert "will not be met" in refreshed["texts"]["en"], "why stays when it is drafted anew"
    assert bureau.kinds(number).count("upward.reported") == 1
    page = bureau.get("ada", f"/incidents/{number}/bulletins?lang=en").text
    assert "Reported upward" in page and "restoration by service level" in page


def test_the_superior_acknowledges_and_the_incidents_own_commander_cannot(bureau: Bureau) -> None:
    number = bureau.grave(tier=3)
    late(bureau, number, hours=30)
    bureau.cycle()
    own = bureau.see(number)["commander"]["username"]
    address = f"/api/v1/incidents/{number}/upward/sla-resolve/actions/acknowledge"
    assert bureau.post(own, address).status_code == 403 and bureau.post("eng", address).status_code == 403
    boss = "ada" if own != "ada" else "dep"
    answer = bureau.ok(bureau.post(boss, address))
    assert answer["acknowledged_at"] and bureau.ok(bureau.post(boss, address)) == answer
    assert bureau.kinds(number).count("upward.acknowledged") == 1
    assert bureau.post(boss, address.replace("sla-resolve", "no-such")).status_code == 404


def test_time_that_runs_out_with_tasks_open_is_reported_and_a_restored_incident_is_not(
    bureau: Bureau, time: Time
) -> None:
    number, other = bureau.grave(tier=2), bureau.grave(tier=2, elements=["CELL-4"])
    bureau.act("ada", other, "restore", evidence="test calls succeed")
    time.forward(hours=6)
    bureau.cycle()
    (report,) = bureau.of(number)["upward"]
    assert (report["why"], report["used_percent"]) == ("used", 75)
    assert bureau.of(other)["upward"] == []


def test_a_drill_tells_nobody_by_phone(bureau: Bureau) -> None:
    number = bureau.grave(tier=2, by="tra", exercise=True)
    late(bureau, number)
    bureau.engine()
    (report,) = bureau.of(number)["upward"]
    assert report["told"] == 0 and bureau.texts(Purpose.DUTY) == []


class TestPreApproved:
    """A plan that pre-approves what goes to superiors alone."""

    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Settings:
        text = (SHIPPED / "network_fault.yaml").read_text("utf-8")
        own = tmp_path / "plans"
        own.mkdir()
        text = text.replace("version: 1", "version: 2", 1)
        text = text.replace(
            "within_minutes: 480\n      text:", "within_minutes: 480\n      pre_approved: true\n      text:", 1
        )
        text = text.replace(
            "within_minutes: 120\n      text:", "within_minutes: 120\n      pre_approved: true\n      text:", 1
        )
        by_hand = "pre_approved: false, recipients: [superior, regulator"
        text = text.replace("recipients: [superior, regulator", by_hand)
        (own / "network_fault.yaml").write_text(text, encoding="utf-8")
        return settings.model_copy(update={"playbooks": own})

    @pytest.mark.proves("R33")
    def test_it_leaves_without_a_person_and_says_so(self, bureau: Bureau, time: Time) -> None:
        number = bureau.grave(tier=4)
        time.forward(minutes=225)
        bureau.engine()
        (sent,) = bureau.of(number)["items"]
        assert (sent["kind"], sent["state"], sent["automatic"]) == ("first", "approved", True)
        assert set(bureau.mailed()) == {"city@example.net"}
        grave = bureau.grave(tier=1, elements=["CELL-4"])
        time.forward(minutes=29)
        bureau.engine()
        assert [each["state"] for each in bureau.of(grave)["items"]] == ["draft"], "what the regulator gets waits"
