"""What the affected read, and when it may leave: in their language, with what is confirmed, not in the middle of the night."""

from datetime import datetime, timedelta

import pytest

from command.incidents.eta_window import around
from command.messages.policy import EtaRange
from playbooks.loader import load_library
from playbooks.schema import Kind
from tests.conftest import Time
from tests.incidents.conftest import Desk


def test_the_first_notice_says_where_what_and_since_when_in_both_languages(desk: Desk, time: Time) -> None:
    since = time.now() - timedelta(minutes=20)
    number = desk.responding(occurred_at=since.isoformat())
    there = since.astimezone(desk.installation.settings.tz)
    texts = desk.notices(number)[0]["texts"]
    for language, place in (("zh", "梅江区"), ("en", "Meijiang")):
        assert place in texts[language]
        assert f"{there:%H:%M}" in texts[language]
        assert "10000" in texts[language]
        assert "{" not in texts[language]


def test_an_eta_once_known_is_in_the_next_notice(desk: Desk, time: Time) -> None:
    number = desk.responding()
    eta = time.now() + timedelta(minutes=90)
    desk.act("eng", number, "eta", eta=eta.isoformat(), reason="splicing")
    notice = desk.post("dou", "/api/v1/notices", incident=number, kind="update").json
    begins, ends = around(eta, time.now(), EtaRange(width_minutes=60, round_to=5, source="ours"))
    local = [each.astimezone(desk.installation.settings.tz) for each in (begins, ends)]
    assert f"{local[0]:%H:%M}–" in notice["texts"]["zh"] and f"{local[1]:%H:%M}恢复" in notice["texts"]["zh"]
    assert f"{local[0]:%H:%M} and " in notice["texts"]["en"] and "between " in notice["texts"]["en"]


def at_local(desk: Desk, time: Time, hour: int) -> None:
    """Move the clock forward to the next time of this hour on the operator's wall."""
    there = time.now().astimezone(desk.installation.settings.tz)
    wanted = there.replace(hour=hour, minute=0, second=0, microsecond=0)
    wanted += timedelta(days=1) if wanted <= there else timedelta(0)
    time.forward(seconds=(wanted - there).total_seconds())


@pytest.mark.parametrize(("tier", "waits"), [(4, True), (3, True), (2, False)])
def test_at_night_notices_of_lower_tiers_wait_for_the_morning(desk: Desk, time: Time, tier: int, waits: bool) -> None:
    desk.database.info["settings"] = desk.installation.settings.model_copy(update={"quiet_hours": True})
    at_local(desk, time, 23)
    number = desk.report(elements=["CELL-1"])["number"]
    if tier != 4:
        desk.act("dou", number, "regrade", tier=tier, reason="by judgement")
    desk.act("dou", number, "assess")
    desk.act("dou", number, "activate")
    release = desk.notices(number)[0]["release_at"]
    assert (release is not None) is waits
    if waits:
        there = datetime.fromisoformat(release).astimezone(desk.installation.settings.tz)
        assert f"{there:%H:%M}" == "07:00"
    desk.send()
    assert bool(desk.notices(number)[0]["counts"].get("submitted")) is not waits


def test_what_waits_for_the_morning_leaves_at_once_when_the_tier_rises(desk: Desk, time: Time) -> None:
    desk.database.info["settings"] = desk.installation.settings.model_copy(update={"quiet_hours": True})
    at_local(desk, time, 23)
    number = desk.responding()
    desk.send()
    assert desk.notices(number)[0]["counts"] == {"ready": 20}
    desk.act("ada", number, "regrade", tier=3, reason="it wakes nobody yet")
    desk.send()
    assert desk.notices(number)[0]["counts"] == {"ready": 20}
    desk.act("ada", number, "regrade", tier=2, reason="emergency calls are gone")
    first = desk.notices(number)[0]
    assert first["release_at"] is None
    desk.send()
    assert desk.notices(number)[0]["counts"] == {"submitted": 20}
    assert first["audience"] == 20


@pytest.mark.proves("B2")
def test_a_notice_that_still_waits_when_service_returns_is_never_sent(desk: Desk, time: Time) -> None:
    desk.database.info["settings"] = desk.installation.settings.model_copy(update={"quiet_hours": True})
    at_local(desk, time, 23)
    number = desk.responding()
    desk.send()
    desk.act("dou", number, "restore", evidence="test call")
    time.forward(hours=9)
    desk.send()
    first = desk.notices(number)[0]
    assert first["counts"].get("submitted", 0) == 0
    assert first["state"] in ("withdrawn", "sent")


@pytest.mark.proves("I9", "B10")
def test_over_the_cap_of_the_plan_a_second_person_lets_the_first_notice_leave(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = load_library()
    plan = library.current(Kind.network_fault, library.sheets[0].playbook.issued)
    lowered = plan.model_copy(update={"pre_approved": plan.pre_approved.model_copy(update={"audience_cap": 19})})
    monkeypatch.setattr("command.incidents.plans.current", lambda session, kind, at: lowered)
    number = desk.responding()
    first = desk.notices(number)[0]
    assert (first["state"], first["audience"]) == ("submitted", 20)
    desk.send()
    assert desk.notices(number)[0]["counts"] == {}
    approved = desk.post("ada", f"/api/v1/notices/{first['id']}/actions/approve", count=20)
    assert approved.json["state"] == "approved", approved.text
    desk.send()
    assert desk.notices(number)[0]["counts"] == {"submitted": 20}


@pytest.mark.proves("I3")
def test_an_exercise_tells_no_subscriber(desk: Desk) -> None:
    number = desk.report("tra", elements=["CELL-1"], exercise=True)["number"]
    desk.act("dou", number, "assess")
    desk.act("dou", number, "activate")
    desk.send()
    for notice in desk.notices(number):
        assert notice["exercise"] is True
        assert not notice["counts"].get("submitted")


def test_nothing_leaves_by_itself_about_a_leak(desk: Desk) -> None:
    number = desk.report("ada", kind="information_security", area="800101", elements=["CELL-1"])["number"]
    desk.act("ada", number, "assess")
    desk.act("ada", number, "activate")
    desk.act("ada", number, "restore", evidence="contained")
    assert desk.notices(number) == []
