"""The playbooks as people read them, and which incidents follow which version."""

from typing import Any

import pytest
from sqlalchemy import select

from command.core import clock
from command.core.installation import Installation
from command.incidents import plans
from command.incidents.models import PlaybookVersion
from playbooks.loader import load_library
from playbooks.schema import Playbook
from tests.incidents.conftest import Desk

LIBRARY = load_library()
CODES = [sheet.playbook.code for sheet in LIBRARY.sheets]


@pytest.fixture
def desk(installation: Installation) -> Desk:
    return Desk(installation)


def older(desk: Desk) -> str:
    """An edition that only incidents keep: with another cap and less time for one task."""

    def pin(session: Any) -> str:
        text = LIBRARY.get("network_fault", 1).model_dump_json(by_alias=True)
        text = text.replace('"audience_cap":50000', '"audience_cap":30000')
        plan = Playbook.model_validate_json(text.replace('"due_minutes":15,', '"due_minutes":10,'))
        return plans.pin(session, plan, clock.now(session)).digest[:12]

    mark: str = desk.do(pin)
    return mark


@pytest.mark.proves("R1", "R34")
def test_the_overview_shows_the_five_plans_with_scope_approval_and_expiry(desk: Desk) -> None:
    page = desk.get("kef", "/playbooks?lang=en").text
    for sheet in LIBRARY.sheets:
        plan = sheet.playbook
        for said in (plan.title.en, plan.scope.en.split("'")[0], plan.expires.isoformat(), "2026-10-30"):
            assert said in page
    assert page.count("days left") == 5


@pytest.mark.proves("R1")
@pytest.mark.parametrize("code", CODES)
def test_every_side_of_every_plan_is_a_page(desk: Desk, code: str) -> None:
    plan = LIBRARY.get(code, 1)
    for number in (1, 2, 3, 4):
        page = desk.get("kef", f"/playbooks/{code}?tier={number}&lang=zh").text
        tier = plan.tier(number)
        for said in (*(task.title.zh for task in tier.tasks), *(each.name.zh for each in tier.resources)):
            assert said in page
        assert tier.notices.first.text.en in page.replace("&#39;", "'") and "GSM-7" in page and "UCS-2" in page
    for department in ("technical", "customer_service", "security", "operations"):
        page = desk.get("kef", f"/playbooks/{code}?department={department}&lang=en").text
        assert all(task.title.en in page.replace("&#39;", "'") for task in plan.tier(1).tasks_of(department))


@pytest.mark.proves("R1", "D6")
def test_a_running_incident_is_shown_at_the_version_it_follows_to_those_who_may_know(desk: Desk) -> None:
    number = desk.responding()
    hidden = desk.report("ada", kind="information_security", elements=["CELL-4"])["number"]
    desk.act("ada", hidden, "assess")
    desk.act("ada", hidden, "activate")
    mark = older(desk)
    answer = desk.get("ops", "/api/v1/playbooks/network_fault").json
    assert [(each["in_files"], each["current"], each["running"]) for each in answer["versions"]] == [
        (True, True, [number]),
        (False, False, []),
    ]
    assert answer["versions"][1]["id"] == mark
    assert hidden not in desk.get("ops", "/playbooks").text and hidden in desk.get("ada", "/playbooks").text
    assert desk.get("ops", "/api/v1/playbooks/information_security").json["versions"][0]["running"] == []


@pytest.mark.proves("R1", "D6")
def test_two_versions_stand_side_by_side_in_words(desk: Desk) -> None:
    mark = older(desk)
    page = desk.get("ada", "/playbooks/network_fault/compare?lang=en").text
    assert f'value="{mark}" selected' in page and "30,000" in page and "50,000" in page
    assert "changed" in page and "Give agents one answer" in page and "Due after, minutes" in page
    now = desk.get("ada", "/api/v1/playbooks/network_fault").json["current"]["id"]
    same = desk.get("ada", f"/playbooks/network_fault/compare?before={now}&after={now}&lang=en").text
    assert "Both sides are the same version" in same
    kept = desk.get("ada", f"/playbooks/network_fault?version={mark}&lang=en").text
    assert "Not the current version" in kept and "30,000" in kept


def test_the_interface_gives_a_version_in_full_and_says_what_is_missing(desk: Desk) -> None:
    plans_ = desk.get("kef", "/api/v1/playbooks").json["items"]
    assert [each["code"] for each in plans_] and len(plans_) == 5
    mark = plans_[0]["current"]["id"]
    whole = desk.get("kef", f"/api/v1/playbooks/{plans_[0]['code']}/versions/{mark}").json
    assert Playbook.model_validate(whole["playbook"]) == LIBRARY.get(plans_[0]["code"], 1)
    for address in ("/playbooks/nothing", "/playbooks/network_fault?version=0", "/playbooks/nothing/compare"):
        assert desk.get("kef", address).status_code == 404
    for query in ("tier=5", "tier=x", "department=kitchen"):
        assert desk.get("kef", f"/playbooks/network_fault?{query}").status_code == 422
    assert desk.get("kef", "/api/v1/playbooks/network_fault/versions/0").status_code == 404


@pytest.mark.proves("R34")
def test_an_expired_plan_and_one_that_soon_will_be_are_warned_of(desk: Desk, time: Any) -> None:
    last = LIBRARY.get("network_fault", 1).expires
    for days, said in ((7, "expires soon"), (-1, "expired")):
        time.forward(days=(last - time.now().date()).days - days)
        desk._tokens.clear()  # those of before have expired
        assert said in desk.get("ada", "/playbooks?lang=en").text


def test_searching_in_a_plan_marks_the_words(desk: Desk) -> None:
    page = desk.get("ada", "/playbooks/network_fault?q=roll-back&lang=en").text
    assert "<mark>roll-back</mark>" in page
    assert "These words stand nowhere" in desk.get("ada", "/playbooks/network_fault?q=<unicorn>&lang=en").text


def test_an_edition_from_before_approvals_had_a_day_keeps_its_digest(desk: Desk) -> None:
    def pin(session: Any) -> int:
        plan = LIBRARY.get("network_fault", 1).model_copy(update={"approved_on": None})
        return plans.pin(session, plan, clock.now(session)).id

    row = desk.do(pin)
    with desk.database.read() as session:
        content = session.scalar(select(PlaybookVersion.content).where(PlaybookVersion.id == row))
    assert content is not None and "approved_on" not in content
    assert "day not on file" in desk.get("ada", "/playbooks/network_fault?lang=en&version=" + _mark(desk, row)).text


def _mark(desk: Desk, row: int) -> str:
    with desk.database.read() as session:
        return session.get_one(PlaybookVersion, row).digest[:12]
